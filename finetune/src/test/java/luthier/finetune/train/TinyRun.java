package luthier.finetune.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.Safetensors;

/**
 * A small run with everything a large one has on the disk: data, validation, a base model with its vocabulary, a configuration, a log and
 * checkpoints. It learns to tell two kinds of lines by their letters.
 */
final class TinyRun {
    static final int LETTERS = 8;
    static final int LINE = 12;
    private static final int VALIDATION_ROWS = 10;

    /** How a session ends. */
    enum End {
        /** All steps are done, or there was no gain for too long. */
        ITSELF,
        /** The process is gone behind the step's checkpoint and evaluation. */
        KILLED,
        /** The process is gone while the step is evaluated. */
        KILLED_IN_EVALUATION,
        /** The process is gone while the checkpoint of the step is written. */
        KILLED_IN_SAVE,
        /** It is asked to end after the step. */
        STOPPED,
        /** It is asked to end between two batches of the step. */
        STOPPED_IN_WINDOW,
        /** It is asked to end while the step is evaluated. */
        STOPPED_IN_EVALUATION,
        /** The disk is full when the step's checkpoint is written. */
        DISK_FULL
    }

    /** Thrown where a process would be gone. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /**
     * What a session did.
     *
     * @param from the step of the checkpoint it began with
     * @param notes what it said
     * @param steps the steps it trained
     * @param total the steps it announced
     * @param reason why it ended
     */
    record Session(long from, List<String> notes, List<Long> steps, long total, TrainingEvent.Reason reason) {}

    private final Path folder;
    private final long bestAt;

    Path data;
    Path model;
    /** Is told of every event besides. */
    TrainingListener listener = event -> {};

    private TinyRun(Path folder, long bestAt) {
        this.folder = folder;
        this.bestAt = bestAt;
        data = folder.resolve("data.csv");
        model = folder.resolve("model");
    }

    /** Options of a run of 20 steps with dropout, five an epoch; to be changed at will. */
    static Map<String, String> usual() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("method", "lora");
        options.put("rank", "4");
        options.put("dropout", "0.1");
        options.put("epochs", "4");
        options.put("batch-size", "4");
        options.put("accumulate", "2");
        options.put("learning-rate", "0.001");
        options.put("schedule", "linear");
        options.put("warmup", "10");
        options.put("save-every", "4");
        options.put("evaluate-every", "3");
        options.put("keep", "2");
        options.put("seed", "7");
        return options;
    }

    /** Makes the folder of a run that has not begun. */
    static TinyRun create(Path folder, Map<String, String> options, int rows, long bestAt) throws IOException {
        TinyRun run = new TinyRun(folder, bestAt);
        Files.createDirectories(run.model);
        Files.writeString(run.data, rows(rows, 1));
        Files.writeString(run.validation(), rows(VALIDATION_ROWS, 2));
        Safetensors.write(run.model.resolve("model.safetensors"), base(3), Map.of());
        Files.writeString(run.model.resolve("vocab.txt"), "a\nb\nc\nd\ne\nf\ng\nh\n");
        Files.writeString(run.config(), Json.of(options).toJson(2));
        return run;
    }

    /** A pretrained model of which the seed decides every value. */
    static Map<String, Tensor> base(long seed) {
        return (model(0).initialize(Seed.of(seed))).weights();
    }

    /** Opens the folder of a run that was made before. */
    static TinyRun open(Path folder) {
        return new TinyRun(folder, 0);
    }

    static BertClassifier model(double dropout) {
        BertConfig config = new BertConfig(LETTERS, 16, 32, 1, 2, LINE, 1, 1e-12, dropout);
        return new BertClassifier(config, 2, BertClassifier.Pooling.MEAN);
    }

    private static String rows(int count, long seed) {
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < count; row++) {
            Rng rng = Rng.of(seed).split(row);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < LINE; i++) {
                text.append((char) ('a' + rng.below(i, LETTERS)));
            }
            boolean many = text.chars().filter(c -> c < 'c').count() > 2;
            rows.append(text).append(',').append(many ? "many" : "few").append('\n');
        }
        return rows.toString();
    }

    Path folder() {
        return folder;
    }

    /** The step whose evaluation is the best by decree; 0 to measure. */
    long bestAt() {
        return bestAt;
    }

    Path validation() {
        return folder.resolve("valid.csv");
    }

    Path config() {
        return folder.resolve("config.json");
    }

    Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    Path log() {
        return folder.resolve("metrics.jsonl");
    }

    /** The options of the configuration and those typed behind the command. */
    private Map<String, String> options(Map<String, String> typed) throws IOException {
        Map<String, String> options = new LinkedHashMap<>();
        Json.read(config()).asObject().members().forEach((name, value) -> options.put(name, value.asString()));
        options.putAll(typed);
        return options;
    }

    private RunIdentity identity(Map<String, String> options) throws IOException {
        Map<String, RunIdentity.Source> sources = new LinkedHashMap<>();
        sources.put("data", RunIdentity.Source.of("data", data));
        sources.put("valid", RunIdentity.Source.of("valid", validation()));
        sources.put("model", RunIdentity.Source.of("model", model.resolve("model.safetensors")));
        sources.put("tokenizer", RunIdentity.Source.of("tokenizer", model.resolve("vocab.txt")));
        return RunIdentity.here(options, sources);
    }

    /** Runs from the newest checkpoint, or from the beginning, up to a step. */
    Session run(Map<String, String> typed, long until, End end, Storage storage, Runnable meanwhile)
            throws IOException {
        Map<String, String> options = options(typed);
        RunIdentity identity = identity(options);
        try (CheckpointFolder checkpoints =
                CheckpointFolder.open(checkpoints(), Integer.parseInt(get(options, "keep")), storage)) {
            return new TinySession(this, options, until, end).run(checkpoints, identity, meanwhile);
        }
    }

    /** Runs to the end, and returns what it said. */
    Session run(Map<String, String> typed) throws IOException {
        return run(typed, Long.MAX_VALUE, End.ITSELF, new UnforcedStorage(), () -> {});
    }

    static String get(Map<String, String> options, String name) {
        return Objects.requireNonNull(options.get(name), name);
    }

    /** Everything that a run ends with: the newest checkpoint's numbers, the best one's, and its log. */
    Map<String, String> result() throws IOException {
        try (CheckpointFolder checkpoints = CheckpointFolder.open(checkpoints(), 1)) {
            Checkpoint last = checkpoints.read(
                    CheckpointFolder.ended(checkpoints()).orElseThrow().steps());
            Map<String, String> result = new TreeMap<>();
            result.put("weights", Fingerprint.sha256(last.weights()));
            result.put("optimizer", Fingerprint.sha256(last.optimizer()));
            result.put("state", last.state().toJson());
            result.put("log", Files.readString(log()));
            if (last.state().bestStep().isPresent()) {
                result.put(
                        "best",
                        Fingerprint.sha256(checkpoints
                                .read(last.state().bestStep().getAsLong())
                                .weights()));
            }
            return result;
        }
    }
}
