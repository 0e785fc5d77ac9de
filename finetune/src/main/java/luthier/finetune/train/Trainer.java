package luthier.finetune.train;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import luthier.autograd.Variable;
import luthier.finetune.method.Adaptation;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.optim.GradientClipping;
import luthier.nn.optim.Optimizer;
import luthier.nn.optim.Schedule;
import luthier.tensor.Pool;
import luthier.tensor.Rng;

/**
 * The training loop: for each step one batch, its loss, a backward pass, clipping, an optimizer step; after each epoch an
 * evaluation. It fails loudly: nothing trainable, a trainable parameter without a gradient at the first step, a frozen one that
 * changed, a loss that is not finite.
 *
 * <p>A run is a function of model, data and seed: the same three give the same bits on any number of threads.
 *
 * @param <B> a batch
 */
public final class Trainer<B> {
    /**
     * How long and how a run trains.
     *
     * @param epochs passes over the data
     * @param maxSteps steps after which the run ends early; {@link Long#MAX_VALUE} for none
     * @param maxGradientNorm the global gradient norm is cut to this
     * @param seed of the random streams of the run
     */
    public record Config(int epochs, long maxSteps, double maxGradientNorm, long seed) {
        /** Checks the numbers. */
        public Config {
            if (epochs < 1 || maxSteps < 1) {
                throw new IllegalArgumentException("train: epochs and steps must be at least 1; got " + epochs
                        + " epochs, " + maxSteps + " steps");
            }
            if (!(maxGradientNorm > 0)) {
                throw new IllegalArgumentException(
                        "train: the largest gradient norm must be positive; got " + maxGradientNorm);
            }
        }

        /** Returns the number of steps the run takes with this many batches an epoch. */
        public long totalSteps(int batchesPerEpoch) {
            return Math.min(maxSteps, Math.multiplyExact((long) epochs, batchesPerEpoch));
        }
    }

    /** The loss of one batch: the mean over its examples, a single number. */
    @FunctionalInterface
    public interface Objective<B> {
        /** Computes the loss in the given pass. */
        Variable loss(B batch, Context context);
    }

    /** What is measured after each epoch and at the end. */
    @FunctionalInterface
    public interface Evaluator {
        /** Returns values by name. */
        Map<String, Double> evaluate();
    }

    private final Layer model;
    private final Adaptation adaptation;
    private final Objective<B> objective;
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final Config config;
    private final List<TrainingListener> listeners;
    private final LongSupplier clock;
    private final Pool memory = new Pool();

    private volatile boolean stopRequested;

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

    /** Asks the run to end after the current step; may be called from any thread. */
    public void stop() {
        stopRequested = true;
    }

    /**
     * Trains and evaluates.
     *
     * @throws TrainingException if the run does not train what it should
     */
    public void run(TrainingData<B> data, Evaluator evaluator) {
        long begin = clock.getAsLong();
        TrainingChecks checks = new TrainingChecks(model, adaptation);
        long total = config.totalSteps(data.batchesPerEpoch());
        tell(new TrainingEvent.Start(total, ParameterTable.of(model, adaptation.trained(), optimizer.rule())));
        Rng rng = Rng.of(config.seed()).split("train");
        long step = 0;
        for (int epoch = 0; step < total && !stopRequested; epoch++) {
            for (int index = 0; index < data.batchesPerEpoch() && step < total && !stopRequested; index++) {
                B batch = data.batch(epoch, index);
                step(checks, rng.split(step), data.examples(batch), batch, step, total, epoch);
                step++;
            }
            if (!stopRequested) {
                evaluate(evaluator, step, epoch + 1);
            }
        }
        checks.frozenUnchanged();
        tell(new TrainingEvent.End(step, seconds(begin), trainingSeconds, examples, stopRequested));
    }

    private void step(TrainingChecks checks, Rng rng, int count, B batch, long step, long total, int epoch) {
        long begin = clock.getAsLong();
        double learningRate = schedule.at(step);
        adaptation.beforeStep(step + 1, total);
        Learned learned = learn(checks, rng, batch, step, learningRate);
        adaptation.afterStep(step + 1, total);
        if (step == 0) {
            checks.frozenUnchanged();
        }
        trainingSeconds += seconds(begin);
        examples += count;
        tell(new TrainingEvent.Step(
                step + 1,
                total,
                epoch + 1,
                learned.loss(),
                learningRate,
                learned.norm(),
                count,
                examples / trainingSeconds));
    }

    /** The loss before a step, and the length of its gradient before clipping. */
    private record Learned(double loss, double norm) {}

    private Learned learn(TrainingChecks checks, Rng rng, B batch, long step, double learningRate) {
        optimizer.zeroGrad();
        Context context = Context.training(rng).with(Context.ACTIVE, adaptation.active());
        Variable own = objective.loss(batch, context);
        Variable loss = adaptation.penalty(context).map(own::add).orElse(own);
        double value = loss.item();
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new TrainingException("train: the loss must be finite; got " + value + " at step " + (step + 1)
                    + "; lower the learning rate or look for bad inputs");
        }
        // Gradients use the same memory again and again; what the forward pass keeps is the collector's, as its size
        // varies.
        memory.scope(() -> {
            loss.backward();
            return loss;
        });
        context.commit();
        if (step == 0) {
            checks.gradientsArrived();
        }
        double norm = GradientClipping.byNorm(checks.trainable(), config.maxGradientNorm());
        optimizer.step(learningRate);
        return new Learned(value, norm);
    }

    private void evaluate(Evaluator evaluator, long step, int epoch) {
        long begin = clock.getAsLong();
        Map<String, Double> metrics = evaluator.evaluate();
        tell(new TrainingEvent.Evaluation(step, epoch, metrics, seconds(begin)));
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
