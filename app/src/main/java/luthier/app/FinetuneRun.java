package luthier.app;

import java.io.IOException;
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
import luthier.app.data.Supersenses;
import luthier.app.report.ReportPage;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.finetune.train.CheckpointFolder;
import luthier.finetune.train.Fingerprint;
import luthier.finetune.train.ParameterTable;
import luthier.finetune.train.RunIdentity;
import luthier.finetune.train.RunLength;
import luthier.finetune.train.RunPlan;
import luthier.finetune.train.RunSettings;
import luthier.finetune.train.Trainer;
import luthier.finetune.train.TrainingEvent;
import luthier.finetune.train.TrainingListener;
import luthier.nn.Context;
import luthier.nn.WeightStorage;
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

    /** Of the checkpoints the newest stays: nothing is chosen among them. */
    private static final int KEPT = 1;

    private final Settings settings;
    private final Path directory;
    private final Voice voice;

    FinetuneRun(Settings settings, Path directory, Voice voice) {
        this.settings = settings;
        this.directory = directory;
        this.voice = voice;
    }

    /** Begins the run in a new folder. */
    void begin() throws IOException {
        run(false);
    }

    /** Goes on with the run of the folder, from its newest checkpoint. */
    void resume() throws IOException {
        run(true);
    }

    private void run(boolean resumed) throws IOException {
        TunedModel outline =
                TunedModel.fresh(settings, MiniLm.outline(Supersenses.read().size()));
        ModelMemory.require(ParameterTable.of(outline.model(), outline.parameters(), AdamW.USUAL), WeightStorage.F32);
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
        if (!resumed) {
            RunFolder.create(directory, settings.toFields());
        }
        try (Keeping keeping = Keeping.open(directory, KEPT, identity(split), resumed, voice.said())) {
            voice.said()
                    .println(settings.method().name() + ": " + settings.method().what() + "\n" + MiniLm.NAME + ", "
                            + Tables.count(split.train().size()) + " definitions, writing to " + directory + "\n");
            MainJobEnd end = new MainJobEnd(tuning);
            end.readBest(directory.resolve(RunFolder.METRICS));
            List<TrainingListener> listeners =
                    List.of(new Progress(voice), end, new EventLog(keeping.log(), end::logged));
            RunPlan plan = plan(settings, split.train().size(), settings.epochs(), settings.steps());
            Trainer<TokenBatch> trainer = trainer(tuning, settings, plan, listeners);
            try (StopSignals _ = new StopSignals(trainer::stop, voice.warned())) {
                trainer.run(train, evaluation, Optional.of(keeping.saving()));
                if (end.event().reason() == TrainingEvent.Reason.STOPPED) {
                    stopped(voice, directory, end.event().steps());
                    return;
                }
            }
            finish(tuning, evaluation, end, task, split);
            keeping.checkpoints().end(new CheckpointFolder.Ending(end.event().steps(), false));
        }
    }

    /** Says how to go on with a run that was stopped. */
    static void stopped(Voice voice, Path directory, long steps) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", directory.toString());
        fields.put("finished", false);
        fields.put("steps", steps);
        voice.result(
                fields,
                "stopped after step " + steps + "; go on with: luthier resume " + directory + System.lineSeparator());
    }

    private RunIdentity identity(SupersenseTask.Split split) {
        Map<String, String> fields = new LinkedHashMap<>();
        settings.toFields().forEach((name, value) -> fields.put(name.replace('_', '-'), value.toString()));
        fields.put("model", MiniLm.NAME);
        return RunIdentity.here(fields, Map.of("rows", new RunIdentity.Source("WordNet", split.sha256())));
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

    private void finish(
            TunedModel tuning, Evaluation evaluation, MainJobEnd end, SupersenseTask task, SupersenseTask.Split split)
            throws IOException {
        Path saved = tuning.save(directory);
        ParameterTable table = ParameterTable.of(tuning.model(), tuning.parameters(), AdamW.USUAL);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("method", settings.method().name());
        summary.put("trainable", table.total().trainable());
        summary.put("total", table.total().total());
        summary.put("steps", end.event().steps());
        summary.put("id_accuracy", evaluation.inDistribution().accuracy());
        summary.put("ood_accuracy", evaluation.outOfDistribution().accuracy());
        summary.put("seconds", secondsSinceStart());
        summary.put("examples_per_second", end.event().examples() / end.event().trainingSeconds());
        summary.put("peak_heap_bytes", end.peakHeapBytes());
        summary.put("weights_sha256", Fingerprint.sha256(tuning.trained()));
        summary.putAll(end.best());
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
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", directory.toString());
        fields.put("finished", true);
        fields.putAll(summary);
        voice.said().println();
        voice.said().flush();
        voice.result(fields, Tables.aligned(rows));
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
