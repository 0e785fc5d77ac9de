package luthier.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Method;
import luthier.finetune.task.ClassWeights;
import luthier.finetune.task.Classification;
import luthier.finetune.task.Example;
import luthier.finetune.task.InBatchNegatives;
import luthier.finetune.task.Lengths;
import luthier.finetune.task.Metric;
import luthier.finetune.task.Task;
import luthier.finetune.task.TextEmbedding;
import luthier.finetune.task.TypedRow;
import luthier.finetune.train.BestKeeper;
import luthier.finetune.train.ParameterTable;
import luthier.finetune.train.RunPlan;
import luthier.finetune.train.Saving;
import luthier.finetune.train.Trainer;
import luthier.finetune.train.TrainingEvent;
import luthier.finetune.train.TrainingListener;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * One run of fine-tuning: a model, rows of training and validation, settings. It says what it will do before it does it, runs here or
 * in the background, can be cancelled after any step, and puts the best evaluation's weights in place at its end. Until then the model
 * answers as before.
 */
public final class FineTuning {
    private static final int WARM_UP_STEPS = 5;

    private final TextModel model;
    private final Task task;
    private final TuningSettings settings;
    private final List<Example> train;
    private final Map<String, List<Example>> splits = new LinkedHashMap<>();
    private final RunPlan plan;
    private final Optional<Metric> metric;
    private boolean goesOn;

    private FineTuning(TextModel model, List<TypedRow> train, List<TypedRow> valid, TuningSettings settings) {
        this.model = model;
        this.settings = settings;
        this.train = model.examples(train);
        task = settings.classWeights() ? weighted(model.task(), this.train) : model.task();
        if (!valid.isEmpty()) {
            splits.put(BestKeeper.VALIDATION, model.examples(valid));
        }
        plan = new RunPlan(train.size(), settings.run());
        List<Metric> offered = new ArrayList<>(task.metrics());
        offered.add(Metric.LOSS);
        Metric chosen = settings.choice()
                .metric()
                .map(name -> Metric.choose(task.name(), name, offered))
                .orElse(offered.getFirst());
        metric = valid.isEmpty() ? Optional.empty() : Optional.of(chosen);
    }

    /**
     * Prepares a run.
     *
     * @param valid the rows that choose the best state; none to keep the last
     * @throws IllegalArgumentException if there are no rows, or a setting does not fit the task
     */
    public static FineTuning of(TextModel model, List<TypedRow> train, List<TypedRow> valid, TuningSettings settings) {
        return new FineTuning(model, train, valid, settings);
    }

    private static Task weighted(Task task, List<Example> train) {
        if (!(task instanceof Classification classes)) {
            throw new IllegalArgumentException("class-weights: the task must be classification; got " + task.name());
        }
        long[] rows = new long[task.labels().size()];
        train.forEach(example -> rows[(int) example.target()[0]]++);
        return classes.weighted(ClassWeights.of(task.labels(), rows));
    }

    /** Measures other rows too at every evaluation; they choose nothing. */
    public FineTuning measuring(String split, List<TypedRow> rows) {
        splits.put(split, model.examples(rows));
        return this;
    }

    /**
     * Trains on from what the model has learned, instead of anew. Layers that are trained whole and that it has not learned, a head for
     * instance, begin as the model has them.
     *
     * @throws IllegalStateException if it has learned nothing, or by another method
     */
    public FineTuning goingOn() {
        Method before = model.learned().map(Adaptation::method).orElse(null);
        if (before == null || !before.name().equals(settings.method().name())) {
            throw new IllegalStateException("fine-tuning: a run goes on from what was learned by its method, "
                    + settings.method().name() + "; got " + (before == null ? "nothing" : before.name())
                    + "; load an adapter of the method first");
        }
        goesOn = true;
        return this;
    }

    /** Returns the steps, evaluations and rates of the run. */
    public RunPlan plan() {
        return plan;
    }

    /** Returns the task as it is trained. */
    public Task task() {
        return task;
    }

    /** Returns the lengths of the sequences, and how many are cut. */
    public Lengths lengths() {
        return Lengths.of(
                train.stream()
                        .mapToInt(example -> example.length() + example.cut())
                        .toArray(),
                model.maxLength());
    }

    /** Returns what a run says before its first step, in lines: what is kept, when it stops, what else a user must know. */
    public List<String> announcement() {
        List<String> says = new ArrayList<>();
        List<Example> valid = splits.getOrDefault(BestKeeper.VALIDATION, List.of());
        says.add(keeper(metric.orElse(Metric.LOSS)).announcement(valid.size()));
        if (task instanceof TextEmbedding) {
            says.add(InBatchNegatives.announcement(
                    settings.run().batchSize(), settings.run().accumulate()));
        }
        return says;
    }

    private BestKeeper keeper(Metric chosen) {
        return BestKeeper.of(
                chosen, settings.choice().patience(), settings.choice().minGain());
    }

    private Adaptation attach() {
        Adaptation fresh = model.attach(
                settings.method(), settings.options(), Seed.of(settings.seed()).at("adapters"));
        if (goesOn) {
            try {
                Map<String, Tensor> state = new LinkedHashMap<>(fresh.state());
                state.putAll(model.learned().orElseThrow().state());
                fresh.load(state);
            } catch (RuntimeException e) {
                fresh.close();
                throw e;
            }
        }
        return fresh;
    }

    /** Returns what will be trained and what it costs; attaches and takes off again. */
    public ParameterTable table() {
        try (Adaptation adaptation = attach()) {
            return ParameterTable.of(
                    model.layers(), adaptation.trained(), settings.update().optimizer());
        }
    }

    /** Returns the shape of every value that will be trained, by name; attaches and takes off again. */
    public Map<String, Shape> trained() {
        try (Adaptation adaptation = attach()) {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            adaptation.trained().forEach((name, parameter) -> shapes.put(name, parameter.shape()));
            return shapes;
        }
    }

    /**
     * Returns how long an evaluation of all splits takes, measured on a batch of each; 0 if there are none.
     *
     * @param rows of each split that are measured
     */
    public double secondsPerEvaluation(int rows) {
        Context c = model.pass();
        double seconds = 0;
        for (List<Example> examples : splits.values()) {
            List<Example> some = examples.subList(0, Math.min(rows, examples.size()));
            long begin = System.nanoTime();
            task.evaluate(model.layers(), some, model.tokenizer().padId(), c);
            seconds += (System.nanoTime() - begin) / 1e9 * examples.size() / some.size();
        }
        return seconds;
    }

    /**
     * Returns how long a step takes, the median of some on real batches; the model is as it was afterwards.
     *
     * @param steps how many are measured, after five that let the JVM compile
     */
    public double secondsPerStep(int steps) {
        try (Adaptation adaptation = attach()) {
            ShuffledExamples data = new ShuffledExamples(
                    task,
                    train,
                    settings.run().batchSize(),
                    Rng.of(settings.seed()).split("order"));
            Optimizer optimizer = optimizer(adaptation);
            double[] seconds = new double[steps];
            for (int step = -WARM_UP_STEPS; step < steps; step++) {
                long begin = System.nanoTime();
                optimizer.ahead();
                for (int micro = 0; micro < settings.run().accumulate(); micro++) {
                    List<Example> batch =
                            data.batch(0, Math.floorMod(step + WARM_UP_STEPS + micro, data.batchesPerEpoch()));
                    Context c =
                            Context.training(Rng.of(step + WARM_UP_STEPS)).with(Context.ACTIVE, adaptation.active());
                    task.loss(model.layers(), batch, model.tokenizer().padId(), c)
                            .backward();
                }
                optimizer.step(0);
                optimizer.zeroGrad();
                if (step >= 0) {
                    seconds[step] = (System.nanoTime() - begin) / 1e9;
                }
            }
            Arrays.sort(seconds);
            return seconds[steps / 2];
        }
    }

    /** Returns the loss and metrics of all splits by split and name, as the model answers now. */
    public Map<String, Map<String, Double>> measure() {
        return measure(model.pass());
    }

    private Map<String, Map<String, Double>> measure(Context c) {
        Map<String, Map<String, Double>> values = new LinkedHashMap<>();
        splits.forEach((split, examples) -> values.put(
                split, task.evaluate(model.layers(), examples, model.tokenizer().padId(), c)));
        return values;
    }

    /**
     * How a run has ended.
     *
     * @param end the steps done, the step kept, and why it ended
     * @param before metrics by split and name before the first step
     * @param after metrics of what the model answers with now; empty if it was stopped in place, and answers nothing
     */
    public record Outcome(
            TrainingEvent.End end, Map<String, Map<String, Double>> before, Map<String, Map<String, Double>> after) {}

    /** A run on its way. */
    public static final class Running {
        private final Trainer<List<Example>> trainer;
        private final CompletableFuture<Outcome> outcome;

        private Running(Trainer<List<Example>> trainer, CompletableFuture<Outcome> outcome) {
            this.trainer = trainer;
            this.outcome = outcome;
        }

        /**
         * Asks the run to end after its step; may be called from any thread. The model answers as before, unless its own weights were
         * trained in place: it answers nothing then until it is loaded anew. A run that saves can be gone on with.
         */
        public void cancel() {
            trainer.stop();
        }

        /** Returns whether it has ended. */
        public boolean isDone() {
            return outcome.isDone();
        }

        /** Waits for the end; throws what has ended the run, if it failed: the model is as after {@link #cancel} then. */
        public Outcome join() {
            try {
                return outcome.join();
            } catch (CompletionException e) {
                switch (e.getCause()) {
                    case RuntimeException cause -> throw cause;
                    case Error cause -> throw cause;
                    case null, default -> throw e;
                }
            }
        }

        /** Returns the end as a future. */
        public CompletableFuture<Outcome> outcome() {
            return outcome;
        }
    }

    /** Runs here and returns how it ended. */
    public Outcome run(TrainingListener... listeners) {
        return start(Runnable::run, Optional.empty(), List.of(listeners)).join();
    }

    /** Runs in the background, on a thread of its own. */
    public Running start(TrainingListener... listeners) {
        return start(
                task -> Thread.ofPlatform().name("luthier-training").daemon().start(task),
                Optional.empty(),
                List.of(listeners));
    }

    /**
     * Runs on an executor. If it does not take the run, its exception comes through, and the model is as it was.
     *
     * @param saving where checkpoints go and which one to go on from; empty to save nothing
     * @throws IllegalStateException if another run of the model is under way
     */
    public Running start(Executor executor, Optional<Saving> saving, List<TrainingListener> listeners) {
        model.beginChange("fine-tuning");
        try {
            return start(attach(), executor, saving, listeners);
        } catch (RuntimeException | Error e) {
            model.endChange();
            throw e;
        }
    }

    private Running start(
            Adaptation adaptation, Executor executor, Optional<Saving> saving, List<TrainingListener> listeners) {
        try {
            List<TrainingListener> all = new ArrayList<>(listeners);
            TrainingEvent.End[] end = new TrainingEvent.End[1];
            all.add(event -> {
                if (event instanceof TrainingEvent.End last) {
                    end[0] = last;
                }
            });
            Trainer<List<Example>> trainer = trainer(adaptation, all);
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            executor.execute(() -> {
                try {
                    outcome.complete(train(trainer, adaptation, saving, end));
                } catch (RuntimeException | Error e) {
                    outcome.completeExceptionally(e);
                }
            });
            return new Running(trainer, outcome);
        } catch (RuntimeException | Error e) {
            model.end(adaptation);
            throw e;
        }
    }

    private Outcome train(
            Trainer<List<Example>> trainer, Adaptation adaptation, Optional<Saving> saving, TrainingEvent.End[] end) {
        try {
            Map<String, Map<String, Double>> before = measure();
            model.begin(adaptation);
            Rng order = Rng.of(settings.seed()).split("order");
            trainer.run(
                    new ShuffledExamples(task, train, settings.run().batchSize(), order),
                    () -> measure(Context.inference().with(Context.ACTIVE, adaptation.active())),
                    saving);
            if (end[0].reason() != TrainingEvent.Reason.STOPPED) {
                model.publish(adaptation);
            }
            model.end(adaptation);
            return new Outcome(end[0], before, model.answers() ? measure() : Map.of());
        } finally {
            model.end(adaptation);
            model.endChange();
        }
    }

    private Optimizer optimizer(Adaptation adaptation) {
        TuningSettings.Update update = settings.update();
        return new Optimizer(update.optimizer(), adaptation.trained(), adaptation::group, update.weightDecay());
    }

    private Trainer<List<Example>> trainer(Adaptation adaptation, List<TrainingListener> listeners) {
        Optional<BestKeeper> best = metric.map(this::keeper);
        return new Trainer<>(
                model.layers(),
                adaptation,
                (batch, c) -> task.loss(model.layers(), batch, model.tokenizer().padId(), c),
                optimizer(adaptation),
                plan.schedule(),
                new Trainer.Config(plan, settings.update().clip(), settings.seed(), best),
                listeners);
    }
}
