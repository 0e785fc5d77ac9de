package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import luthier.app.report.ReportPage;
import luthier.finetune.FineTuning;
import luthier.finetune.RunOptions;
import luthier.finetune.SavedTuning;
import luthier.finetune.TextModel;
import luthier.finetune.TuningSettings;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.task.Answer;
import luthier.finetune.task.DataShape;
import luthier.finetune.task.Task;
import luthier.finetune.task.Tasks;
import luthier.finetune.task.TypedRow;
import luthier.finetune.train.BestKeeper;
import luthier.finetune.train.CheckpointFolder;
import luthier.finetune.train.ParameterTable;
import luthier.finetune.train.RunIdentity;
import luthier.finetune.train.TrainingEvent;
import luthier.nn.WeightStorage;
import luthier.nn.data.DataFiles;
import luthier.nn.data.Rows;
import luthier.nn.data.Split;
import luthier.tensor.Rng;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;

/** A run on a user's own model and rows: what is said before it, the run, what is said and written at its end. */
final class OwnRun {
    private static final int WORST = 10;
    private static final int SHOWN = 70;

    private final Method method;
    private Config options;
    private Config own;
    private final Path directory;
    private final Voice voice;
    private final PrintWriter out;
    private final StartingPoint start;

    private final Rows trainFile;
    private final DataShape shape;
    private List<TypedRow> train = List.of();
    private List<TypedRow> valid = List.of();
    private final Map<String, List<TypedRow>> kept = new LinkedHashMap<>();
    private final Map<String, Path> sources = new LinkedHashMap<>();

    /**
     * Reads the data and says what it is.
     *
     * @param given all options
     */
    OwnRun(GivenOptions given, Path directory, Voice voice) throws IOException {
        this.directory = directory;
        this.voice = voice;
        out = voice.said();
        method = given.method();
        options = given.run();
        own = given.own();
        start = OwnOptions.start(options);
        DataMemory.require(OwnOptions.data(options));
        DataFiles files = DataFiles.read(OwnOptions.data(options));
        sources.put("data", OwnOptions.data(options));
        trainFile = files.train();
        shape = DataShape.recognise(trainFile, OwnOptions.columns(options));
        out.println(shape.announcement());
        files.unread().forEach(name -> out.println("not read: " + name));
        divide(files);
    }

    private void divide(DataFiles files) throws IOException {
        List<TypedRow> rows = shape.typed(trainFile);
        Optional<Rows> given = OwnOptions.file(options, OwnOptions.VALID).isPresent()
                ? Optional.of(
                        read("valid", OwnOptions.file(options, OwnOptions.VALID).get()))
                : files.valid();
        if (given.isPresent()) {
            train = rows;
            valid = checked("valid", given.get());
        } else {
            Split split = shape.split(
                    rows,
                    OwnOptions.share(options),
                    Rng.of(options.get(RunOptions.SEED)).split("split"));
            train = split.train().stream().map(rows::get).toList();
            valid = split.valid().stream().map(rows::get).toList();
            split.says().forEach(out::println);
            out.println(train.size() + " rows of training, " + valid.size() + " of validation");
        }
        Optional<Rows> test = OwnOptions.file(options, OwnOptions.TEST).isPresent()
                ? Optional.of(
                        read("test", OwnOptions.file(options, OwnOptions.TEST).get()))
                : files.test();
        if (test.isPresent()) {
            kept.put("test", checked("test", test.get()));
        }
        Optional<Path> ood = OwnOptions.file(options, OwnOptions.OOD);
        if (ood.isPresent()) {
            kept.put("ood", checked("ood", read("ood", ood.get())));
        }
    }

    private Rows read(String name, Path file) throws IOException {
        sources.put(name, file);
        DataMemory.require(file);
        return Rows.read(file);
    }

    private List<TypedRow> checked(String name, Rows rows) {
        shape.check(rows).forEach(out::println);
        List<TypedRow> typed = shape.typed(rows);
        shape.overlap(train, typed).says(name).forEach(out::println);
        return typed;
    }

    /** Begins a run in a new folder. */
    void begin() throws IOException {
        TextModel model = model();
        FineTuning tuning = announced(model);
        if (options.get(RunOptions.MINUTES) > 0) {
            // Counted once: the learning rates depend on the number of steps, and a run that goes on must find the
            // same.
            int steps = Math.toIntExact(tuning.plan().totalSteps());
            options = options.with(RunOptions.MINUTES, 0.0).with(RunOptions.STEPS, steps);
        }
        RunIdentity identity = identity();
        RunFolder.create(directory, fields());
        train(model, tuning, identity, false);
    }

    /** Goes on with the run of a folder. */
    void resume() throws IOException {
        TextModel model = model();
        train(model, announced(model), identity(), true);
    }

    /** Returns what a run would train and cost; writes nothing. */
    PlanReport plan() throws IOException {
        TextModel model = model();
        return PlanReport.of(announced(model));
    }

    private TextModel model() throws IOException {
        Task task = start.task(Tasks.of(shape, train));
        requireMemory(task);
        TextModel model = TextModel.load(
                start.model(),
                task,
                options.get(RunOptions.MAX_LENGTH),
                options.get(RunOptions.SEED),
                WeightStorage.named(options.get(OwnOptions.STORAGE)));
        sources.put("model", start.model());
        out.println(model.report());
        Optional<SavedTuning> before = start.tuning();
        if (before.isPresent()) {
            model.learn(before.get());
            own = new GivenOptions(method, options, own, List.of())
                    .trainingOn(model.learned().orElseThrow().config())
                    .own();
            Path adapter = start.adapter().orElseThrow();
            sources.put("adapter", adapter);
            out.println("trained on from the adapter " + adapter);
        }
        return model;
    }

    private void requireMemory(Task task) throws IOException {
        TuningSettings settings = ofAnyLength();
        ModelMemory.require(
                TextModel.table(
                        start.model(),
                        task,
                        method,
                        settings.options(),
                        settings.update().optimizer()),
                WeightStorage.named(options.get(OwnOptions.STORAGE)));
    }

    private FineTuning announced(TextModel model) {
        TuningSettings settings = RunOptions.settings(method, options, own, () -> secondsPerStep(model));
        FineTuning tuning = tuning(model, settings);
        out.println(method.name() + ": " + method.what() + ", " + method.formula());
        out.println(tuning.lengths());
        out.println(tuning.plan().announcement());
        tuning.announcement().forEach(out::println);
        out.println();
        out.flush();
        return tuning;
    }

    private double secondsPerStep(TextModel model) {
        return tuning(model, ofAnyLength()).secondsPerStep(3);
    }

    /** The settings where the length does not matter: a step that takes a second, unmeasured. */
    private TuningSettings ofAnyLength() {
        return RunOptions.settings(method, options, own, () -> 1);
    }

    private FineTuning tuning(TextModel model, TuningSettings settings) {
        FineTuning tuning = FineTuning.of(model, train, valid, settings);
        return start.adapter().isPresent() ? tuning.goingOn() : tuning;
    }

    private Map<String, Object> fields() {
        return OwnConfig.fields(new GivenOptions(method, options, own, List.of()));
    }

    private void train(TextModel model, FineTuning tuning, RunIdentity identity, boolean resumed) throws IOException {
        try (Keeping keeping = Keeping.open(directory, options.get(RunOptions.KEEP), identity, resumed, out)) {
            Map<String, Map<String, Double>> before = measured(model);
            FineTuning.Running running = tuning.start(
                    task -> Thread.ofPlatform().name("luthier-training").start(task),
                    Optional.of(keeping.saving()),
                    List.of(new Progress(voice), new EventLog(keeping.log())));
            FineTuning.Outcome outcome;
            try (StopSignals _ = new StopSignals(running::cancel, voice.warned())) {
                outcome = running.join();
                if (outcome.end().reason() == TrainingEvent.Reason.STOPPED) {
                    FinetuneRun.stopped(voice, directory, outcome.end().steps());
                    return;
                }
            }
            before.putAll(outcome.before());
            finish(model, tuning.table(), before, outcome);
            keeping.checkpoints()
                    .end(new CheckpointFolder.Ending(
                            outcome.end().steps(), outcome.end().reason() == TrainingEvent.Reason.EARLY));
        }
    }

    /** The splits that choose nothing, as the model answers now. */
    private Map<String, Map<String, Double>> measured(TextModel model) {
        Map<String, Map<String, Double>> values = new LinkedHashMap<>();
        kept.forEach((split, rows) -> values.put(split, model.evaluate(rows)));
        return values;
    }

    private RunIdentity identity() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        fields().forEach((name, value) -> settings.put(name, value.toString()));
        Map<String, RunIdentity.Source> contents = new LinkedHashMap<>();
        for (Map.Entry<String, Path> source : sources.entrySet()) {
            contents.put(source.getKey(), RunIdentity.Source.of(source.getKey(), source.getValue()));
        }
        return RunIdentity.here(settings, contents);
    }

    // ---- the end

    private void finish(
            TextModel model,
            ParameterTable parameters,
            Map<String, Map<String, Double>> before,
            FineTuning.Outcome outcome)
            throws IOException {
        model.save(directory);
        Map<String, Map<String, Double>> after = new LinkedHashMap<>(outcome.after());
        after.putAll(measured(model));
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("method", method.name());
        summary.put("task", model.task().name());
        summary.put("steps", outcome.end().steps());
        summary.put("kept_step", outcome.end().kept());
        outcome.end().best().map(BestKeeper::report).ifPresent(summary::putAll);
        summary.put("seconds", outcome.end().seconds());
        after.forEach((split, values) -> values.forEach((name, value) ->
                summary.put(split + "_" + name, Double.isFinite(value) ? (Object) value : value.toString())));
        AtomicFiles.writeString(
                directory.resolve(RunFolder.SUMMARY), Json.of(summary).toJson(2) + "\n");
        Map<String, String> facts = new LinkedHashMap<>();
        summary.forEach((name, value) -> facts.put(name.replace('_', ' '), fact(name, value)));
        String title = method.name() + " on " + OwnOptions.model(options) + ", " + OwnOptions.data(options);
        AtomicFiles.writeString(
                directory.resolve(RunFolder.REPORT),
                ReportPage.html(
                        OwnReport.of(title, facts, directory.resolve(RunFolder.METRICS), parameters, model, valid)));
        out.println();
        out.flush();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("run", directory.toString());
        result.put("finished", true);
        result.putAll(summary);
        result.put("before", AnswerText.finite(before));
        result.put("after", AnswerText.finite(after));
        voice.result(result, table(before, after));
        worst(model);
        String learned = model.learned().isPresent() ? "adapter" : "weights.safetensors";
        out.println("written: " + directory.resolve(learned) + ", " + directory.resolve("model.json") + ", "
                + directory.resolve(RunFolder.SUMMARY) + ", " + directory.resolve(RunFolder.METRICS) + ", "
                + directory.resolve(RunFolder.REPORT));
        out.println("next:");
        out.println("  luthier predict " + directory + " \""
                + shortened(train.getFirst().texts().getFirst()) + "\"");
        out.println("  luthier evaluate " + directory + " --data FILE");
        if (model.learned().isPresent()) {
            out.println("  luthier merge " + directory + " --out DIR");
        }
        out.flush();
    }

    private static String table(Map<String, Map<String, Double>> before, Map<String, Map<String, Double>> after) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("metric", "before", "after"));
        after.forEach((split, values) -> values.forEach((name, value) -> rows.add(List.of(
                split + " " + name.replace('_', ' '),
                Optional.ofNullable(before.get(split))
                        .map(old -> shown(old.get(name)))
                        .orElse("-"),
                shown(value)))));
        return Tables.aligned(rows);
    }

    private static String shown(@Nullable Double value) {
        return value == null ? "-" : Double.isNaN(value) ? "undefined" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String fact(String name, Object value) {
        return value instanceof Double number
                ? String.format(Locale.ROOT, name.equals("seconds") ? "%.1f" : "%.4f", number)
                : value.toString();
    }

    /** The rows of validation that the model is most wrong about, where it gives probabilities. */
    private void worst(TextModel model) {
        List<TypedRow> rows = valid;
        boolean classes =
                !rows.isEmpty() && model.task().outputs() > 1 && !model.task().isPerToken();
        if (!classes || rows.stream().anyMatch(row -> row.labels().size() != 1)) {
            return;
        }
        List<Answer> answers = model.predict(rows.stream().map(TypedRow::texts).toList());
        List<Integer> order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingDouble(
                        i -> probability(answers.get(i), rows.get(i).label())))
                .limit(WORST)
                .toList();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("worst rows of validation", "label", "p", "answer"));
        for (int i : order) {
            TypedRow row = rows.get(i);
            table.add(List.of(
                    shortened(String.join(" | ", row.texts())),
                    row.label(),
                    String.format(Locale.ROOT, "%.3f", probability(answers.get(i), row.label())),
                    answers.get(i).label()));
        }
        out.print(Tables.aligned(table));
        out.println();
    }

    private static double probability(Answer answer, String label) {
        return answer.labels().stream()
                .filter(scored -> scored.label().equals(label))
                .mapToDouble(Answer.Scored::probability)
                .findFirst()
                .orElse(0);
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN - 2) + "..";
    }
}
