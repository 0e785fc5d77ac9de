package luthier.finetune.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.Safetensors;
import org.jspecify.annotations.Nullable;

/**
 * A small run with everything a large one has on the disk: data, validation, a base model with its vocabulary, a configuration, a log and
 * checkpoints. It learns to tell two kinds of lines by their letters.
 */
final class TinyRun {
    static final int LETTERS = 8;
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
        /** It is asked to end inside the step behind. */
        STOPPED_IN_WINDOW,
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
     */
    record Session(long from, List<String> notes, List<Long> steps, long total, boolean early) {}

    private final Path folder;
    /** The step whose evaluation is the best by decree; 0 to measure. */
    private final long bestAt;

    Path data;
    Path model;

    private TinyRun(Path folder, long bestAt) {
        this.folder = folder;
        this.bestAt = bestAt;
        data = folder.resolve("data.csv");
        model = folder.resolve("model");
    }

    /** Makes the folder of a run that has not begun. */
    static TinyRun create(Path folder, Map<String, String> options, int rows, long bestAt) throws IOException {
        TinyRun run = new TinyRun(folder, bestAt);
        Files.createDirectories(run.model);
        Files.writeString(run.data, rows(rows, 1));
        Files.writeString(run.validation(), rows(VALIDATION_ROWS, 2));
        Safetensors.write(run.model.resolve("model.safetensors"), Map.of("base", base(3)), Map.of());
        Files.writeString(run.model.resolve("vocab.txt"), "a\nb\nc\nd\ne\nf\ng\nh\n");
        Files.writeString(run.config(), Json.of(options).toJson(2));
        return run;
    }

    static Tensor base(long seed) {
        float[] values = new float[LETTERS];
        for (int i = 0; i < LETTERS; i++) {
            values[i] = (float) Rng.of(seed).normal(i);
        }
        return Tensor.of(values, LETTERS);
    }

    private static String rows(int count, long seed) {
        StringBuilder rows = new StringBuilder();
        for (int row = 0; row < count; row++) {
            Rng rng = Rng.of(seed).split(row);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 12; i++) {
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
            return new Loop(options, identity, checkpoints).run(until, end, meanwhile);
        }
    }

    private static String get(Map<String, String> options, String name) {
        return Objects.requireNonNull(options.get(name), name);
    }

    /** Everything that a run ends with: the newest checkpoint's numbers, the best one's, and its log. */
    Map<String, String> result() throws IOException {
        try (CheckpointFolder checkpoints = CheckpointFolder.open(checkpoints(), 1)) {
            Checkpoint last = checkpoints.read(checkpoints.ended().orElseThrow().steps());
            Map<String, String> result = new TreeMap<>();
            result.put("weights", Fingerprint.sha256(last.weights()));
            result.put("optimizer", Fingerprint.sha256(last.optimizer()));
            result.put("state", last.state().toString());
            result.put("log", Files.readString(log()));
            if (last.state().bestStep().isPresent()) {
                result.put("best", Fingerprint.sha256(checkpoints.read(last.state().bestStep().getAsLong()).weights()));
            }
            return result;
        }
    }

    /** The training loop itself. */
    private final class Loop {
        private final Map<String, String> options;
        private final RunIdentity identity;
        private final CheckpointFolder checkpoints;
        private final List<String> lines = Files.readAllLines(data);
        private final List<String> validation = Files.readAllLines(validation());
        private final long seed;
        private final int batchSize;
        private final int accumulate;
        private final int windows;
        private final long total;
        private float[] weights = new float[LETTERS];
        private float[] momentum = new float[LETTERS];
        private final float[] base;
        private RunState state;

        Loop(Map<String, String> options, RunIdentity identity, CheckpointFolder checkpoints) throws IOException {
            this.options = options;
            this.identity = identity;
            this.checkpoints = checkpoints;
            seed = Long.parseLong(get(options, "seed"));
            batchSize = number("batch-size");
            accumulate = number("accumulate");
            int batches = Math.ceilDiv(lines.size(), batchSize);
            windows = Math.ceilDiv(batches, accumulate);
            total = (long) windows * number("epochs");
            base = Objects.requireNonNull(Safetensors.read(model.resolve("model.safetensors")).get("base"))
                    .toFloatArray();
            state = new RunState(0, new RunState.Position(0, 0, 0), seed, RunState.Best.NONE, List.of(), 0);
        }

        private int number(String name) {
            return Integer.parseInt(get(options, name));
        }

        Session run(long until, End end, Runnable meanwhile) throws IOException {
            List<String> notes = new ArrayList<>();
            if (checkpoints.ended().isPresent()) {
                notes.add(checkpoints.ended().get().early() ? "the run has ended early" : "the run is finished");
                return new Session(-1, notes, List.of(), total, false);
            }
            CheckpointFolder.Found found = checkpoints.resume(identity);
            notes.addAll(found.notes());
            found.checkpoint().ifPresentOrElse(this::restore, () -> notes.add("beginning anew: there is no checkpoint"));
            meanwhile.run();
            long from = state.step();
            List<Long> steps = new ArrayList<>();
            boolean early = false;
            try (MetricsLog log = MetricsLog.open(log(), state.logBytes(), notes)) {
                early = from > 0 && due(from, "evaluate-every") && evaluate(log);
                while (state.step() < total && !early) {
                    step(log);
                    long step = state.step();
                    steps.add(step);
                    boolean last = step == until;
                    boolean stop = last && (end == End.STOPPED || end == End.STOPPED_IN_WINDOW);
                    if (due(step, "save-every") || stop) {
                        save(log);
                    }
                    if (stop) {
                        return new Session(from, notes, steps, total, false);
                    }
                    if (last && end == End.KILLED_IN_EVALUATION) {
                        throw new Killed();
                    }
                    if (due(step, "evaluate-every")) {
                        early = evaluate(log);
                    }
                    if (last && end == End.KILLED) {
                        throw new Killed();
                    }
                }
                log.force();
            }
            checkpoints.end(new CheckpointFolder.Ending(state.step(), early));
            return new Session(from, notes, steps, total, early);
        }

        private boolean due(long step, String every) {
            return step % number(every) == 0 || step == total;
        }

        private void restore(Checkpoint checkpoint) {
            state = checkpoint.state();
            weights = Objects.requireNonNull(checkpoint.weights().get("w")).toFloatArray();
            momentum = Objects.requireNonNull(checkpoint.optimizer().get("w.momentum")).toFloatArray();
        }

        private void save(MetricsLog log) throws IOException {
            RunState now = new RunState(
                    state.step(), state.position(), seed, state.best(), state.evaluations(), log.force());
            checkpoints.save(new Checkpoint(
                    identity,
                    now,
                    Map.of("w", Tensor.of(weights.clone(), LETTERS)),
                    Map.of("w.momentum", Tensor.of(momentum.clone(), LETTERS))));
        }

        private void step(MetricsLog log) throws IOException {
            RunState.Position at = state.position();
            float[] gradient = new float[LETTERS];
            int[] order = Rng.of(seed).split("order").split(at.epoch()).permutation(lines.size());
            Rng random = Rng.of(seed).split("train").split(state.step());
            double loss = 0;
            int first = at.batch() * batchSize;
            int past = Math.min(lines.size(), first + accumulate * batchSize);
            for (int row = first; row < past; row++) {
                loss += learn(lines.get(order[row]), gradient, random.split(row)) / (past - first);
            }
            double rate = Double.parseDouble(get(options, "learning-rate")) * (1 - state.step() / (double) total);
            for (int i = 0; i < LETTERS; i++) {
                momentum[i] = 0.9f * momentum[i] + gradient[i] / (past - first);
                weights[i] -= (float) (rate * 100) * momentum[i];
            }
            boolean epochDone = past == lines.size();
            state = new RunState(
                    state.step() + 1,
                    new RunState.Position(
                            at.epoch() + (epochDone ? 1 : 0),
                            epochDone ? 0 : at.batch() + accumulate,
                            at.examples() + past - first),
                    seed,
                    state.best(),
                    state.evaluations(),
                    0);
            log.write("{\"step\":" + state.step() + ",\"loss\":" + loss + "}");
        }

        private double learn(String line, float[] gradient, Rng random) {
            double dropout = Double.parseDouble(options.getOrDefault("dropout", "0"));
            float[] counts = counts(line);
            for (int i = 0; i < LETTERS; i++) {
                counts[i] = random.uniform(i) < dropout ? 0 : counts[i];
            }
            double label = line.endsWith("many") ? 1 : 0;
            double p = 1 / (1 + StrictMath.exp(-score(counts)));
            for (int i = 0; i < LETTERS; i++) {
                gradient[i] += (float) ((p - label) * counts[i]);
            }
            return (p - label) * (p - label);
        }

        private float[] counts(String line) {
            float[] counts = new float[LETTERS];
            for (byte letter : line.substring(0, line.indexOf(',')).getBytes(StandardCharsets.UTF_8)) {
                counts[letter - 'a']++;
            }
            return counts;
        }

        private double score(float[] counts) {
            double score = 0;
            for (int i = 0; i < LETTERS; i++) {
                score += counts[i] * (base[i] + weights[i]);
            }
            return score;
        }

        /** Returns whether the run ends for want of gain. */
        private boolean evaluate(MetricsLog log) throws IOException {
            double right = 0;
            for (String line : validation) {
                right += score(counts(line)) > 0 == line.endsWith("many") ? 1.0 / validation.size() : 0;
            }
            long step = state.step();
            double value = bestAt == 0 ? right : step == bestAt ? 1 : 0;
            RunState.Best best = state.best();
            boolean gain = best.step() == 0 || value > best.value();
            List<RunState.Evaluation> evaluations = new ArrayList<>(state.evaluations());
            evaluations.add(new RunState.Evaluation(step, Map.of("accuracy", value)));
            state = new RunState(
                    step,
                    state.position(),
                    seed,
                    gain
                            ? new RunState.Best(step, value, value, 0)
                            : new RunState.Best(best.step(), best.value(), best.counted(), best.withoutGain() + 1),
                    evaluations,
                    0);
            log.write("{\"step\":" + step + ",\"accuracy\":" + value + "}");
            @Nullable String patience = options.get("patience");
            return patience != null && state.best().withoutGain() >= Integer.parseInt(patience);
        }
    }
}
