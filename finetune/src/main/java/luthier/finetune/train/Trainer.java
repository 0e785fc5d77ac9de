package luthier.finetune.train;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import luthier.autograd.Variable;
import luthier.finetune.method.Adaptation;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.optim.Optimizer;
import luthier.nn.optim.Schedule;

/**
 * The training loop: for each step its batches, their mean loss, backward passes, clipping, an optimizer step; checkpoints and evaluations
 * when the plan says so, a checkpoint first. At the end the model has the weights of the best evaluation, if the run chooses one. It fails
 * loudly: nothing trainable, a trainable parameter without a gradient at the first step, a frozen one that changed, a loss that is not
 * finite.
 *
 * <p>A run is a function of model, data and seed: the same three give the same bits on any number of threads, and however often it was
 * stopped and taken up again.
 *
 * @param <B> a batch
 */
public final class Trainer<B> {
    /**
     * How a run trains.
     *
     * @param plan its steps, evaluations and checkpoints
     * @param maxGradientNorm the global gradient norm is cut to this
     * @param seed of the random streams of the run
     * @param best chooses the evaluation whose weights are kept, and ends the run when there is no gain; empty to keep the last step
     */
    public record Config(RunPlan plan, double maxGradientNorm, long seed, Optional<BestKeeper> best) {
        /** Checks the norm. */
        public Config {
            if (!(maxGradientNorm > 0)) {
                throw new IllegalArgumentException(
                        "train: the largest gradient norm must be positive; got " + maxGradientNorm);
            }
        }
    }

    /** The loss of one batch: the mean over its examples, a single number. */
    @FunctionalInterface
    public interface Objective<B> {
        /** Computes the loss in the given pass. */
        Variable loss(B batch, Context context);
    }

    /** What is measured while the run goes and at its end. */
    @FunctionalInterface
    public interface Evaluator {
        /** Returns values by split and name. */
        Map<String, Map<String, Double>> evaluate();
    }

    private final Layer model;
    private final Adaptation adaptation;
    private final Objective<B> objective;
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final Config config;
    private final List<TrainingListener> listeners;
    private final LongSupplier clock;

    private volatile boolean stopRequested;

    private boolean moved;
    private double trainingSeconds;
    private long examples;

    /**
     * Creates a trainer for one run.
     *
     * @param adaptation what is trained; it is attached to the model, and the passes of the run use it alone
     * @param optimizer of the adaptation's trained parameters
     */
    public Trainer(
            Layer model,
            Adaptation adaptation,
            Objective<B> objective,
            Optimizer optimizer,
            Schedule schedule,
            Config config,
            List<TrainingListener> listeners) {
        this.model = model;
        this.adaptation = adaptation;
        this.objective = objective;
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.config = config;
        this.listeners = List.copyOf(listeners);
        this.clock = System::nanoTime;
    }

    /** Asks the run to end after the current step, saved if it is one that is saved; may be called from any thread. */
    public void stop() {
        stopRequested = true;
    }

    /**
     * Trains and evaluates; nothing is saved.
     *
     * @throws TrainingException if the run does not train what it should
     */
    public void run(TrainingData<B> data, Evaluator evaluator) {
        run(data, evaluator, Optional.empty());
    }

    /**
     * Trains and evaluates, from a checkpoint or from the beginning.
     *
     * @param saving where checkpoints go and which one to go on from; empty to save nothing
     * @throws TrainingException if the run does not train what it should
     * @throws CheckpointException if it cannot be saved, or the checkpoint is not one of this run
     */
    public void run(TrainingData<B> data, Evaluator evaluator, Optional<Saving> saving) {
        long begin = clock.getAsLong();
        RunPlan plan = config.plan();
        if (plan.batchesPerEpoch() != data.batchesPerEpoch()) {
            throw new IllegalArgumentException("train: the data must have the batches of the plan, "
                    + plan.batchesPerEpoch() + " an epoch; got " + data.batchesPerEpoch());
        }
        TrainingChecks checks = new TrainingChecks(model, adaptation);
        RunKeeping keeping = new RunKeeping(adaptation, optimizer, config, saving, this::tell);
        Learner<B> learner = new Learner<>(adaptation, objective, optimizer, config, data, checks);
        long total = plan.totalSteps();
        long done = keeping.begin();
        tell(new TrainingEvent.Start(total, done, ParameterTable.of(model, adaptation.trained(), optimizer.rule())));
        long step = done;
        evaluate(evaluator, keeping, step);
        while (step < total && !stopRequested && !keeping.stops()) {
            step(learner, checks, step, step == done);
            step++;
            if (plan.savesAfter(step) || keeping.owesCheckpoint()) {
                keeping.save(step, step == total);
            }
            evaluate(evaluator, keeping, step);
        }
        boolean stopped = stopRequested && !keeping.stops() && (step < total || keeping.owesEvaluation(step));
        keeping.save(step, true);
        checks.frozenUnchanged();
        TrainingEvent.Reason reason = stopped
                ? TrainingEvent.Reason.STOPPED
                : step < total ? TrainingEvent.Reason.EARLY : TrainingEvent.Reason.DONE;
        long kept = stopped ? step : keeping.putBest(step);
        tell(new TrainingEvent.End(step, kept, seconds(begin), trainingSeconds, examples, reason, keeping.best()));
    }

    private void step(Learner<B> learner, TrainingChecks checks, long step, boolean first) {
        long begin = clock.getAsLong();
        double learningRate = schedule.at(step);
        boolean moves = learningRate > 0 && !moved;
        if (moves) {
            checks.rememberTrained();
        }
        Learner.Learned learned = learner.learn(step, learningRate, first);
        if (moves) {
            checks.somethingMoved(step + 1, learningRate);
            moved = true;
        }
        trainingSeconds += seconds(begin);
        examples += learned.examples();
        tell(new TrainingEvent.Step(
                step + 1,
                config.plan().totalSteps(),
                Math.toIntExact(config.plan().position(step).epoch() + 1),
                learned.loss(),
                learningRate,
                learned.norm(),
                learned.examples(),
                examples / trainingSeconds));
    }

    /** Evaluates if the plan says so and it was not done before the run was stopped; a run that is asked to stop does not wait for it. */
    private void evaluate(Evaluator evaluator, RunKeeping keeping, long step) {
        if (!keeping.owesEvaluation(step) || stopRequested) {
            return;
        }
        long begin = clock.getAsLong();
        Map<String, Map<String, Double>> metrics = evaluator.evaluate();
        int epoch = Math.toIntExact(config.plan().position(step - 1).epoch() + 1);
        tell(new TrainingEvent.Evaluation(step, epoch, metrics, seconds(begin)));
        keeping.evaluated(step, metrics);
    }

    private double seconds(long since) {
        return (clock.getAsLong() - since) / 1e9;
    }

    private void tell(TrainingEvent event) {
        for (TrainingListener listener : listeners) {
            listener.on(event);
        }
    }
}
