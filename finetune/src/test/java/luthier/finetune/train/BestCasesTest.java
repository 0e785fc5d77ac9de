package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Stream;
import luthier.finetune.task.ConfusionMatrix;
import luthier.finetune.task.EntityMetrics;
import luthier.finetune.task.Metric;
import luthier.finetune.task.NumberMetrics;
import luthier.finetune.task.RetrievalMetrics;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code best.json}: which evaluation is kept, where a run stops, which checkpoints stay. */
class BestCasesTest {
    private static final Map<String, List<Metric>> METRICS = Map.of(
            "classify", ConfusionMatrix.METRICS,
            "score", NumberMetrics.METRICS,
            "tag", EntityMetrics.METRICS,
            "embed", RetrievalMetrics.METRICS);

    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("best.json", BestCasesTest::check);
    }

    private static void check(JsonObject c) {
        String op = c.get("op").asString();
        switch (op) {
            case "series" -> series(c);
            case "splits" -> splits(c);
            case "name" -> name(c);
            case "end" -> end(c);
            case "keep" -> keep(c);
            case "resume" -> resume(c);
            default -> throw new NotCovered("op " + op);
        }
    }

    /** A keeper of the case; a patience of null is none, which is 0 here. */
    private static BestKeeper keeper(JsonObject c) {
        return BestKeeper.of(
                Metric.named(c.get("metric").asString()),
                c.find("patience").map(JsonValue::asInt).orElse(0),
                c.find("min_delta").map(JsonValue::asDouble).orElse(0.0));
    }

    /** What came of a series of evaluations. */
    private record Outcome(BestKeeper keeper, OptionalLong stoppedAt, long last) {}

    private static Outcome run(BestKeeper start, List<JsonValue> evaluations) {
        BestKeeper keeper = start;
        long last = 0;
        for (JsonValue evaluation : evaluations) {
            last = evaluation.asList().get(0).asLong();
            keeper = keeper.after(last, CaseFile.number(evaluation.asList().get(1)));
            if (keeper.stops()) {
                return new Outcome(keeper, OptionalLong.of(last), last);
            }
        }
        return new Outcome(keeper, OptionalLong.empty(), last);
    }

    private static OptionalLong step(JsonObject c, String name) {
        return c.find(name).map(value -> OptionalLong.of(value.asLong())).orElse(OptionalLong.empty());
    }

    private static void series(JsonObject c) {
        Outcome outcome = run(keeper(c), c.get("evaluations").asList());
        List<JsonObject> accepted = CaseFile.accepted(c, "expect");
        if (accepted.getFirst().find("error").isPresent()) {
            String message = assertThrows(TrainingException.class, () -> outcome.keeper.kept(outcome.last))
                    .getMessage();
            assertTrue(message.contains(accepted.getFirst().get("error").asString()), message);
            assertTrue(outcome.keeper.bestStep().isEmpty());
            return;
        }
        assertTrue(
                accepted.stream().anyMatch(expect -> fits(expect, outcome)),
                () -> accepted + "; got " + outcome.keeper.report() + ", " + outcome.stoppedAt);
    }

    private static boolean fits(JsonObject expect, Outcome outcome) {
        return expect.find("kept").isPresent()
                && expect.get("kept").asLong() == outcome.keeper.kept(outcome.last)
                && step(expect, "stopped_at").equals(outcome.stoppedAt)
                && expect.get("last").asLong() == outcome.last
                && expect.find("without_gain_at_end")
                        .map(count -> count.asInt() == outcome.keeper.withoutGain())
                        .orElse(true);
    }

    private static void splits(JsonObject c) {
        BestKeeper keeper = keeper(c);
        String metric = c.get("metric").asString();
        for (JsonValue evaluation : c.get("evaluations").asList()) {
            Map<String, Map<String, Double>> values = new LinkedHashMap<>();
            evaluation.asObject().members().forEach((split, value) -> {
                if (!split.equals("step")) {
                    values.put(split, Map.of(metric, CaseFile.number(value)));
                }
            });
            keeper = keeper.after(evaluation.asObject().get("step").asLong(), values);
        }
        assertEquals(step(c, "kept"), keeper.bestStep());
    }

    private static void name(JsonObject c) {
        String metric = c.get("metric").asString();
        if (c.find("outcome").isPresent()) {
            JsonObject outcome = c.get("outcome").asObject();
            String said = keeper(c).announcement(c.get("validation_rows").asLong());
            CaseFile.texts(outcome.get("says")).forEach(word -> assertTrue(said.contains(word), said));
            assertEquals("last", outcome.get("kept").asString());
            assertEquals(77, keeper(c).kept(77), "without an evaluation the last step is kept");
            return;
        }
        String task = c.get("task").asString();
        List<Metric> offered = METRICS.get(task);
        if (offered == null) {
            throw new NotCovered("task " + task);
        }
        String message = assertThrows(IllegalArgumentException.class, () -> Metric.choose(task, metric, offered))
                .getMessage();
        CaseFile.texts(c.get("refused")).forEach(word -> assertTrue(message.contains(word), message));
    }

    private static void end(JsonObject c) {
        Outcome outcome = run(keeper(c), c.get("evaluations").asList());
        assertEquals(c.get("loaded").asLong(), outcome.keeper.kept(outcome.last));
        JsonObject got = Json.of(outcome.keeper.report()).asObject();
        JsonObject right = c.get("report").asObject();
        assertEquals(right.members().keySet(), got.members().keySet());
        right.members().forEach((name, value) -> {
            assertEquals(CaseFile.number(value), CaseFile.number(got.get(name)), name);
        });
    }

    private static void keep(JsonObject c) {
        int keep = c.get("keep").asInt();
        if (c.find("refused").isPresent()) {
            String message = assertThrows(IllegalArgumentException.class, () -> new Retention(keep))
                    .getMessage();
            CaseFile.texts(c.get("refused")).forEach(word -> assertTrue(message.contains(word), message));
            return;
        }
        Retention retention = new Retention(keep);
        OptionalLong best = step(c, "best");
        TreeSet<Long> standing = new TreeSet<>();
        List<List<Long>> during = new ArrayList<>();
        for (JsonValue saved : c.get("saves").asList()) {
            standing.add(saved.asLong());
            during.add(List.copyOf(standing));
            // The best of a case is known from its evaluation on.
            OptionalLong bestYet =
                    best.isPresent() && standing.last() >= best.getAsLong() ? best : OptionalLong.empty();
            standing.removeAll(retention.expendable(standing, bestYet));
            assertFalse(standing.isEmpty());
            assertEquals(saved.asLong(), standing.last(), "the newest stays");
        }
        c.find("during").ifPresent(right -> {
            List<List<Long>> expected = right.asList().stream()
                    .map(steps -> steps.asList().stream().map(JsonValue::asLong).toList())
                    .toList();
            assertEquals(expected, during);
        });
        c.find("left").ifPresent(left -> {
            assertEquals(left.asList().stream().map(JsonValue::asLong).toList(), List.copyOf(standing));
        });
        best.ifPresent(step -> assertTrue(standing.contains(step)));
    }

    private static void resume(JsonObject c) {
        BestKeeper start = keeper(c);
        OptionalLong from = step(c, "resume_from");
        List<JsonValue> before = c.get("before").asList().stream()
                .filter(e -> from.isEmpty() || e.asList().get(0).asLong() <= from.getAsLong())
                .toList();
        BestKeeper stopped = run(start, before).keeper;
        String checkpoint = Json.of(stopped.toFields()).toJson(0);
        BestKeeper resumed =
                keeper(c).resumed(Json.parse(checkpoint, "training.json").asObject());
        assertEquals(checkpoint, Json.of(resumed.toFields()).toJson(0));
        Outcome outcome = run(resumed, c.get("after").asList());
        assertEquals(step(c, "kept"), outcome.keeper.bestStep());
        assertEquals(step(c, "stopped_at"), outcome.stoppedAt);
    }
}
