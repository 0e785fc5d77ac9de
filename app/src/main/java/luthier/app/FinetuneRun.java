package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import luthier.app.data.SupersenseTask;
import luthier.app.report.ReportPage;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.finetune.train.Fingerprint;
import luthier.finetune.train.ParameterTable;
import luthier.finetune.train.RunLength;
import luthier.finetune.train.RunPlan;
import luthier.finetune.train.RunSettings;
import luthier.finetune.train.Trainer;
import luthier.finetune.train.TrainingEvent;
import luthier.finetune.train.TrainingListener;
import luthier.nn.Context;
import luthier.nn.data.TokenBatch;
import luthier.nn.models.Pretrained;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.nn.optim.Schedule;
import luthier.nn.text.Tokenizer;
import luthier.tensor.Rng;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;

/** One fine-tuning run from its settings to its report. */
final class FinetuneRun {
    static final String ID = "ID";
    static final String OOD = "OOD";
    static final String ACCURACY = "accuracy";
    private static final double MAX_GRADIENT_NORM = 1;
    /** Steps of warm-up are this part of all steps. */
    private static final int WARMUP_PART = 10;

    private final Settings settings;
    private final @Nullable Path wish;
    private final PrintWriter out;

    FinetuneRun(Settings settings, @Nullable Path wish, PrintWriter out) {
        this.settings = settings;
        this.wish = wish;
        this.out = out;
    }

    void execute() throws IOException {
        SupersenseTask task = SupersenseTask.load();
        SupersenseTask.Split split = task.split(settings.seed(), settings.trainSize());
        Pretrained minilm = MiniLm.open();
        Tokenizer tokenizer = minilm.tokenizer();
        BertClassifier model = MiniLm.classifier(minilm, task.classes(), settings.seed());
        TunedModel tuning = TunedModel.fresh(settings, model);
        SupersenseData train = SupersenseData.shuffled(
                split.train(),
                tokenizer,
                settings.batchSize(),
                Rng.of(settings.seed()).split("order"));
        Evaluation evaluation = new Evaluation(
                model,
                SupersenseData.sorted(split.inDistribution(), tokenizer),
                SupersenseData.sorted(split.outOfDistribution(), tokenizer));
        try (RunFolder folder = RunFolder.create(wish, settings, settings.toFields())) {
            Path directory = folder.directory();
            out.println(settings.method().name() + ": " + settings.method().what() + "\n" + MiniLm.NAME + ", "
                    + Tables.count(split.train().size()) + " definitions, writing to " + directory + "\n");
            End end = new End(tuning);
            List<TrainingListener> listeners = List.of(new Progress(out, Progress.onTerminal()), folder, end);
            RunPlan plan = plan(settings, split.train().size(), settings.epochs(), settings.steps());
            trainer(tuning, settings, plan, listeners).run(train, evaluation);
            finish(tuning, evaluation, end, task, split, directory);
        }
    }

    /** The steps of the main job: one evaluation an epoch. */
    static RunPlan plan(Settings settings, int rows, int epochs, long mostSteps) {
        long perEpoch = Math.ceilDiv(rows, settings.batchSize());
        return new RunPlan(
                rows,
                new RunSettings(
                        settings.batchSize(),
                        1,
                        new RunLength.Steps(Math.min(mostSteps, Math.multiplyExact(perEpoch, (long) epochs))),
                        "linear",
                        settings.learningRate(),
                        0,
                        OptionalLong.of(perEpoch),
                        OptionalLong.of(perEpoch)));
    }

    /** A trainer with the main job's optimizer and schedule, whose warm-up is counted in steps rounded down. */
    static Trainer<TokenBatch> trainer(
            TunedModel tuning, Settings settings, RunPlan plan, List<TrainingListener> listeners) {
        long total = plan.totalSteps();
        return new Trainer<>(
                tuning.model(),
                tuning.adaptation(),
                (batch, context) -> loss(tuning.model(), batch, context),
                new Optimizer(AdamW.USUAL, tuning.parameters(), tuning.adaptation()::group, settings.weightDecay()),
                Schedule.linearWithWarmup(settings.learningRate(), total / WARMUP_PART, total),
                new Trainer.Config(plan, MAX_GRADIENT_NORM, settings.seed(), Optional.empty()),
                listeners);
    }

    private static Variable loss(BertClassifier model, TokenBatch batch, Context context) {
        Variable logits = model.forward(Variable.constant(batch.ids()), context.withMask(batch.mask()));
        return LossOps.crossEntropy(logits, batch.labels());
    }

    /** Accuracies after each epoch; keeps the last predictions for the report. */
    private static final class Evaluation implements Trainer.Evaluator {
        private final BertClassifier model;
        private final SupersenseData id;
        private final SupersenseData ood;
        private @Nullable Predictions idPredictions;
        private @Nullable Predictions oodPredictions;

        Evaluation(BertClassifier model, SupersenseData id, SupersenseData ood) {
            this.model = model;
            this.id = id;
            this.ood = ood;
        }

        @Override
        public Map<String, Map<String, Double>> evaluate() {
            idPredictions = Predictions.of(model, id);
            oodPredictions = Predictions.of(model, ood);
            Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
            metrics.put(ID, Map.of(ACCURACY, inDistribution().accuracy()));
            metrics.put(OOD, Map.of(ACCURACY, outOfDistribution().accuracy()));
            return metrics;
        }

        Predictions inDistribution() {
            return require(idPredictions);
        }

        Predictions outOfDistribution() {
            return require(oodPredictions);
        }

        private static Predictions require(@Nullable Predictions predictions) {
            if (predictions == null) {
                throw new IllegalStateException("a run evaluates before it ends");
            }
            return predictions;
        }
    }

    /**
     * Remembers how the run ended, the most heap that was in use at any of its events, and the evaluation with the best accuracy on ID:
     * the job keeps its last step, and has no other split to choose by.
     */
    private static final class End implements TrainingListener {
        private final TunedModel tuning;
        private TrainingEvent.End event =
                new TrainingEvent.End(0, 0, 0, 0, 0, TrainingEvent.Reason.STOPPED, Optional.empty());
        private long peakHeapBytes;
        private double best = Double.NEGATIVE_INFINITY;
        private long bestStep;
        private String bestHash = "";

        End(TunedModel tuning) {
            this.tuning = tuning;
        }

        @Override
        public void on(TrainingEvent any) {
            Runtime runtime = Runtime.getRuntime();
            peakHeapBytes = Math.max(peakHeapBytes, runtime.totalMemory() - runtime.freeMemory());
            if (any instanceof TrainingEvent.End end) {
                event = end;
            } else if (any instanceof TrainingEvent.Evaluation evaluation) {
                double accuracy =
                        evaluation.metrics().getOrDefault(ID, Map.of()).getOrDefault(ACCURACY, Double.NaN);
                if (accuracy > best) {
                    best = accuracy;
                    bestStep = evaluation.step();
                    bestHash = Fingerprint.sha256(tuning.trained());
                }
            }
        }
    }

    private void finish(
            TunedModel tuning,
            Evaluation evaluation,
            End end,
            SupersenseTask task,
            SupersenseTask.Split split,
            Path directory)
            throws IOException {
        Path saved = tuning.save(directory);
        ParameterTable table = ParameterTable.of(tuning.model(), tuning.parameters(), AdamW.USUAL);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("method", settings.method().name());
        summary.put("trainable", table.total().trainable());
        summary.put("total", table.total().total());
        summary.put("steps", end.event.steps());
        summary.put("id_accuracy", evaluation.inDistribution().accuracy());
        summary.put("ood_accuracy", evaluation.outOfDistribution().accuracy());
        summary.put("seconds", secondsSinceStart());
        summary.put("examples_per_second", end.event.examples() / end.event.trainingSeconds());
        summary.put("peak_heap_bytes", end.peakHeapBytes);
        summary.put("weights_sha256", Fingerprint.sha256(tuning.trained()));
        summary.put("best_step", end.bestStep);
        summary.put("best_id_accuracy", end.best);
        summary.put("best_sha256", end.bestHash);
        AtomicFiles.writeString(
                directory.resolve(RunFolder.SUMMARY), Json.of(summary).toJson(2) + "\n");
        RunReport report = new RunReport(settings, task.classes(), split, directory);
        AtomicFiles.writeString(
                directory.resolve(RunFolder.REPORT),
                ReportPage.html(
                        report.build(table, evaluation.inDistribution(), evaluation.outOfDistribution(), List.of())));
        List<List<String>> rows = new ArrayList<>();
        summary.forEach((name, value) -> rows.add(List.of(name.replace('_', ' '), shown(name, value))));
        rows.add(List.of("saved", saved.toString()));
        rows.add(List.of("report", directory.resolve(RunFolder.REPORT).toString()));
        out.println();
        out.print(Tables.aligned(rows));
        out.flush();
    }

    /** A number as the closing table and the report show it. */
    static String shown(String name, Object value) {
        if (name.endsWith("_bytes") && value instanceof Long bytes) {
            return Tables.bytes(bytes);
        }
        return switch (value) {
            case Double number -> String.format(Locale.ROOT, name.endsWith("accuracy") ? "%.4f" : "%.1f", number);
            case Long number -> Tables.count(number);
            default -> value.toString();
        };
    }

    /** The time since the JVM was started, in seconds. */
    private static double secondsSinceStart() {
        return ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
    }
}
