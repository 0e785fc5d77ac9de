package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import luthier.golden.ChildJvm;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/** Tells one story of a run that is stopped and taken up again, and compares how it goes on with what the case says. */
final class ResumeStory {
    /** What the JVM ends with after a signal; the command line's test of signals sends them. */
    private static final Map<String, Integer> EXIT_CODES = Map.of("SIGINT", 130, "SIGTERM", 143, "SIGHUP", 129);

    private static final Map<String, Map<String, String>> NEVER_STOPPED = new ConcurrentHashMap<>();

    private final JsonObject story;
    private final JsonObject settings;
    private final Path folder;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final TinyRun run;
    private final RunDamage damage;

    /** The step that the next event finds the run at. */
    private long reached;
    /** The most steps that were trained before the last resume. */
    private long trained;

    private Optional<TinyRun.Session> session = Optional.empty();
    private String refusal = "";
    private String secondRefusal = "";
    private boolean began;
    private boolean inWindow;
    private String lastSignal = "";
    private boolean resumed;
    private Storage storage = new UnforcedStorage();
    private Map<String, String> before = Map.of();
    /** Options of the process that resumes; none for this one. */
    private List<String> jvmOptions = List.of();

    ResumeStory(JsonObject story, JsonObject settings, Path folder) throws IOException {
        this.story = story;
        this.settings = settings;
        this.folder = folder;
        for (String name : settings.members().keySet()) {
            if (!List.of("rows", "steps_per_epoch", "total_steps", "validation").contains(name)) {
                options.put(name.replace('_', '-'), text(settings.get(name)));
            }
        }
        for (JsonObject event : events()) {
            if (event.get("event").asString().equals("set")) {
                event.members().forEach((name, value) -> {
                    if (!name.equals("event")) {
                        options.put(name, text(value));
                    }
                });
            }
            event.find("patience").ifPresent(patience -> options.put("patience", text(patience)));
        }
        run = create("run");
        damage = new RunDamage(run);
    }

    private List<JsonObject> events() {
        return story.get("events").asList().stream().map(JsonValue::asObject).toList();
    }

    private TinyRun create(String name) throws IOException {
        return TinyRun.create(
                folder.resolve(name), options, settings.get("rows").asInt(), bestAt());
    }

    /** The step that the story wants to be the best, 0 if it does not say. */
    private long bestAt() {
        long every = settings.get("evaluate_every").asLong();
        long at = 0;
        long best = 0;
        for (JsonObject event : events()) {
            switch (event.get("event").asString()) {
                case "train" -> at = event.get("to_step").asLong();
                case "best" -> best = event.get("step").asLong();
                case "without_gain" ->
                    best = at / every * every - event.get("count").asLong() * every;
                default -> {}
            }
        }
        return best;
    }

    static String text(JsonValue value) {
        return switch (value) {
            case JsonString string -> string.value();
            case JsonNumber number ->
                number.text().matches("-?[0-9]+") ? number.text() : String.valueOf(number.asDouble());
            case JsonBoolean truth -> String.valueOf(truth.value());
            default -> throw new AssertionError(value.toString());
        };
    }

    void tell() throws IOException {
        for (JsonObject event : events()) {
            happen(event);
        }
        List<JsonObject> outcomes = story.find("any").isPresent()
                ? story.get("any").asList().stream().map(JsonValue::asObject).toList()
                : List.of(story.get("outcome").asObject());
        List<AssertionError> failures = new ArrayList<>();
        for (JsonObject outcome : outcomes) {
            try {
                compare(outcome);
                return;
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
        AssertionError failure = failures.removeLast();
        failures.forEach(failure::addSuppressed);
        throw failure;
    }

    private void happen(JsonObject event) throws IOException {
        String name = event.get("event").asString();
        switch (name) {
            case "train" -> reached = event.get("to_step").asLong();
            case "set", "best", "without_gain" -> {}
            case "micro_batches" -> {
                reached++;
                inWindow = true;
            }
            case "signal" -> {
                lastSignal = event.get("signal").asString();
                end(inWindow ? TinyRun.End.STOPPED_IN_WINDOW : TinyRun.End.STOPPED);
            }
            case "kill" -> kill(event.find("during").map(JsonValue::asString).orElse(""));
            case "end" -> {
                if (!began) {
                    end(TinyRun.End.ITSELF);
                }
            }
            case "early_stop" -> {
                end(TinyRun.End.STOPPED);
                try (CheckpointFolder checkpoints = CheckpointFolder.open(run.checkpoints(), 1)) {
                    checkpoints.end(new CheckpointFolder.Ending(reached, true));
                }
            }
            case "disk_full" -> {
                reached = stepIn(event.get("during").asString());
                storage = new DiskThatFails(
                        run, reached, Integer.MAX_VALUE, () -> new IOException("No space left on device"));
                end(TinyRun.End.DISK_FULL);
            }
            case "damage" -> damage.damage(event);
            case "extra" -> damage.extra(event);
            case "copy" -> copy(event);
            case "touch" -> damage.touch(event);
            case "edit" -> damage.edit(event);
            case "data" -> damage.data(event.get("change").asString());
            case "validation" ->
                damage.rows(run.validation(), event.get("change").asString());
            case "base" -> damage.base(event.get("change").asString());
            case "read_only" -> storage = FailingStorage.from(0);
            case "environment" ->
                jvmOptions = List.of("-Dluthier.kernels=" + event.get("kernels").asString());
            case "resume" -> resume(event, () -> {});
            case "resume_twice_at_once" -> resume(event, this::secondResume);
            default -> throw new AssertionError("an event that this test does not know: " + name);
        }
    }

    private static long stepIn(String during) {
        return Long.parseLong(during.substring(during.lastIndexOf('-') + 1));
    }

    private void kill(String during) throws IOException {
        if (during.startsWith("saving")) {
            reached = stepIn(during);
            storage = new DiskThatFails(run, reached, Integer.MAX_VALUE, () -> {
                throw new TinyRun.Killed();
            });
            end(TinyRun.End.KILLED_IN_SAVE);
            trained = reached;
        } else {
            end(during.isEmpty() ? TinyRun.End.KILLED : TinyRun.End.KILLED_IN_EVALUATION);
        }
    }

    /** Trains up to the step reached and ends there; a second signal finds the run ended. */
    private void end(TinyRun.End how) throws IOException {
        if (began && !resumed) {
            return;
        }
        began = true;
        resumed = false;
        try {
            run.run(Map.of(), how == TinyRun.End.ITSELF ? Long.MAX_VALUE : reached, how, storage, () -> {});
        } catch (TinyRun.Killed gone) {
            assertFalse(how == TinyRun.End.STOPPED, "a process that was not killed is gone");
        } catch (CheckpointException full) {
            assertEquals(TinyRun.End.DISK_FULL, how, full.getMessage());
            assertTrue(full.getMessage().contains("disk"), full.getMessage());
            assertTrue(full.getMessage().contains(run.checkpoints().toString()), full.getMessage());
        }
        storage = new UnforcedStorage();
        trained = reached;
    }

    /** Whether a resume is followed by more training before something else ends it. */
    private void resume(JsonObject event, Runnable meanwhile) throws IOException {
        List<JsonObject> rest = events().subList(events().indexOf(event) + 1, events().size());
        Predicate<JsonObject> ends =
                next -> List.of("signal", "kill").contains(next.get("event").asString());
        resumed = rest.stream().anyMatch(ends);
        if (resumed) {
            return;
        }
        before = new TreeMap<>(CheckpointExamples.tree(run.folder()));
        Map<String, String> typed = new LinkedHashMap<>();
        event.find("options")
                .ifPresent(given -> given.asObject().members().forEach((name, value) -> {
                    if (!text(value).equals("NEW PATH")) {
                        typed.put(name, text(value));
                    }
                }));
        if (!jvmOptions.isEmpty()) {
            session = Optional.of(elsewhere());
            return;
        }
        try {
            session = Optional.of(run.run(typed, Long.MAX_VALUE, TinyRun.End.ITSELF, storage, meanwhile));
        } catch (CheckpointException e) {
            refusal = e.getMessage();
        }
    }

    /** Resumes in a process of its own. */
    private TinyRun.Session elsewhere() throws IOException {
        try {
            String said =
                    ChildJvm.run(jvmOptions, TinyProcess.class, run.folder().toString());
            List<String> lines = said.lines().toList();
            long from = Long.parseLong(lines.getLast().replace("from ", ""));
            List<Long> steps = lines.stream()
                    .filter(line -> line.startsWith("step "))
                    .map(line -> Long.parseLong(line.substring("step ".length())))
                    .toList();
            return new TinyRun.Session(from, List.of(), steps, steps.getLast(), TrainingEvent.Reason.DONE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void secondResume() {
        try {
            run.run(Map.of(), Long.MAX_VALUE, TinyRun.End.ITSELF, storage, () -> {});
        } catch (CheckpointException e) {
            secondRefusal = e.getMessage();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void copy(JsonObject event) throws IOException {
        String from = event.get("from").asString();
        Path source = run.checkpoints().resolve(from);
        if (from.contains("/")) {
            String seed = options.get("seed");
            options.put("seed", seed + "1");
            TinyRun other = create("other");
            options.put("seed", seed == null ? "" : seed);
            other.run(Map.of(), stepIn(from), TinyRun.End.STOPPED, new UnforcedStorage(), () -> {});
            source = other.checkpoints().resolve("step-" + stepIn(from));
        }
        RunDamage.copyFolder(source, run.checkpoints().resolve(event.get("to").asString()));
    }

    private void compare(JsonObject outcome) throws IOException {
        switch (outcome.get("action").asString()) {
            case "refuse" -> {
                assertFalse(refusal.isEmpty(), "must be refused");
                outcome.get("names").asList().forEach(name -> assertContains(refusal, name.asString()));
                assertEquals(before, new TreeMap<>(CheckpointExamples.tree(run.folder())), "the folder");
            }
            case "nothing" -> {
                says(outcome);
                assertEquals(List.of(), session.orElseThrow().steps());
                assertEquals(before, new TreeMap<>(CheckpointExamples.tree(run.folder())), "the folder");
            }
            case "continue" -> continued(outcome);
            default -> throw new AssertionError(outcome.toString());
        }
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), "must say " + part + ": " + text);
    }

    private void says(JsonObject outcome) {
        String said = String.join(
                "\n", session.orElseThrow(() -> new AssertionError(refusal)).notes());
        outcome.find("says").ifPresent(words -> words.asList().forEach(word -> assertContains(said, word.asString())));
    }

    private void continued(JsonObject outcome) throws IOException {
        says(outcome);
        TinyRun.Session went = session.orElseThrow();
        outcome.find("from_step").ifPresent(step -> assertEquals(step.asLong(), went.from(), "from"));
        outcome.find("lost_steps").ifPresent(lost -> assertEquals(lost.asLong(), trained - went.from(), "lost"));
        outcome.find("temporary_left")
                .ifPresent(left -> assertEquals(
                        left.asBoolean(),
                        files().stream().anyMatch(name -> name.startsWith(".tmp")),
                        files().toString()));
        outcome.find("first_step_shown")
                .ifPresent(first -> assertEquals(first.asLong(), went.steps().getFirst()));
        outcome.find("total_shown").ifPresent(total -> assertEquals(total.asLong(), went.total()));
        outcome.find("second").ifPresent(second -> {
            assertEquals("refuse", second.asString());
            assertContains(secondRefusal, "one process at a time");
        });
        outcome.find("stops_after_next_without_gain").ifPresent(step -> {
            assertEquals(TrainingEvent.Reason.EARLY, went.reason());
            assertEquals(step.asLong(), went.steps().getLast());
        });
        outcome.find("exit_code").ifPresent(code -> assertEquals(code.asInt(), EXIT_CODES.get(lastSignal)));
        outcome.find("log_steps")
                .ifPresent(steps -> assertEquals(
                        steps.asList().stream().map(JsonValue::asLong).toList(), loggedSteps()));
        if (outcome.find("equal_bits").map(JsonValue::asBoolean).orElse(false)) {
            Map<String, String> result = run.result();
            assertEquals(neverStopped(), result);
            outcome.find("best_after")
                    .ifPresent(best -> assertContains(
                            String.valueOf(result.get("state")),
                            "\"best_step\": " + best.asObject().get("if_worse").asLong() + ","));
        }
    }

    /** What the run of these options ends with; many stories share it. */
    private Map<String, String> neverStopped() throws IOException {
        String key = options + " " + settings.get("rows") + " " + bestAt();
        Map<String, String> known = NEVER_STOPPED.get(key);
        if (known != null) {
            return known;
        }
        TinyRun never = create("never-stopped");
        never.run(Map.of());
        Map<String, String> result = never.result();
        NEVER_STOPPED.put(key, result);
        return result;
    }

    private List<String> files() {
        try {
            return CheckpointExamples.names(run.checkpoints());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<Long> loggedSteps() {
        try {
            List<Long> steps = new ArrayList<>();
            for (String line : Files.readAllLines(run.log())) {
                JsonObject fields = Json.parse(line, "log").asObject();
                if (fields.find("loss").isPresent()) {
                    steps.add(fields.get("step").asLong());
                }
            }
            return steps;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
