package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code metrics.json}: values of scikit-learn, SciPy and seqeval. */
class MetricsCasesTest {
    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("metrics.json", MetricsCasesTest::check);
    }

    private static void check(JsonObject c) {
        String op = c.get("op").asString();
        switch (op) {
            case "classes" -> classes(c);
            case "counts" -> counts(c);
            case "numbers" -> numbers(c);
            case "multi" -> multi(c);
            case "threshold" -> threshold(c);
            case "auc" -> auc(c);
            case "recall" -> recall(c);
            case "entities" -> entities(c);
            case "lengths" -> lengths(c);
            case "weights" -> weights(c);
            case "logits" -> logits(c);
            default -> throw new NotCovered("op " + op);
        }
    }

    /** Every number of the case that a value is known for must agree; at least one must be there. */
    private static void compare(JsonObject expected, Map<String, Double> values, double tolerance) {
        long compared = 0;
        for (Map.Entry<String, Double> value : values.entrySet()) {
            JsonValue right = expected.members().get(value.getKey());
            if (right != null) {
                assertEquals(CaseFile.number(right), value.getValue(), tolerance, value.getKey());
                compared++;
            }
        }
        assertTrue(compared > 0, "nothing was compared");
    }

    private static double tolerance(JsonObject c) {
        return c.find("tolerance").map(JsonValue::asDouble).orElse(1e-12);
    }

    private static void classes(JsonObject c) {
        List<String> names = CaseFile.texts(c.get("names"));
        int[] truth = indices(names, c.get("truth"));
        int[] predicted = indices(names, c.get("predicted"));
        ConfusionMatrix matrix = ConfusionMatrix.of(names, truth, predicted);
        compare(c, values(matrix), tolerance(c));
        confusion(c, matrix);
        Map<String, JsonValue> scores = c.get("per_class").asObject().members();
        List<String> present =
                matrix.perClass().stream().map(ConfusionMatrix.ClassScore::name).toList();
        assertEquals(List.copyOf(scores.keySet()), present);
        for (ConfusionMatrix.ClassScore score : matrix.perClass()) {
            JsonObject right = c.get("per_class").asObject().get(score.name()).asObject();
            compare(
                    right,
                    Map.of(
                            "precision", score.precision(),
                            "recall", score.recall(),
                            "f1", score.f1(),
                            "rows", (double) score.rows()),
                    tolerance(c));
        }
    }

    private static Map<String, Double> values(ConfusionMatrix matrix) {
        Map<String, Double> values = new LinkedHashMap<>(matrix.values());
        values.put("micro_f1", matrix.accuracy());
        values.put("majority_accuracy", matrix.majorityAccuracy());
        values.put("macro_f1_over_all_names", matrix.macroF1OverAllNames());
        return values;
    }

    private static void confusion(JsonObject c, ConfusionMatrix matrix) {
        double[][] counts = CaseFile.rows(c.get("confusion"));
        for (int i = 0; i < counts.length; i++) {
            for (int j = 0; j < counts.length; j++) {
                assertEquals(counts[i][j], matrix.count(i, j), i + ", " + j);
            }
        }
    }

    private static int[] indices(List<String> names, JsonValue list) {
        return CaseFile.texts(list).stream().mapToInt(names::indexOf).toArray();
    }

    private static void counts(JsonObject c) {
        long[][] counts = c.get("confusion").asList().stream()
                .map(row -> row.asList().stream().mapToLong(JsonValue::asLong).toArray())
                .toArray(long[][]::new);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            names.add("class " + i);
        }
        compare(c, values(ConfusionMatrix.of(names, counts)), tolerance(c));
    }

    private static void numbers(JsonObject c) {
        NumberMetrics metrics =
                NumberMetrics.of(CaseFile.numbers(c.get("truth")), CaseFile.numbers(c.get("predicted")));
        compare(c, metrics.values(), tolerance(c));
    }

    private static void multi(JsonObject c) {
        MultiLabelMetrics metrics =
                MultiLabelMetrics.of(CaseFile.texts(c.get("names")), sets(c.get("truth")), sets(c.get("predicted")));
        Map<String, Double> values = new LinkedHashMap<>(metrics.values());
        values.put("exact", metrics.subsetAccuracy());
        values.put("macro_f1_over_all_names", metrics.macroF1OverAllNames());
        compare(c, values, tolerance(c));
    }

    private static List<List<String>> sets(JsonValue rows) {
        return rows.asList().stream().map(CaseFile::texts).toList();
    }

    private static void threshold(JsonObject c) {
        List<String> names = CaseFile.texts(c.get("names"));
        List<List<String>> predicted =
                Answers.labels(
                                CaseFile.rows(c.get("logits")),
                                c.get("threshold").asDouble())
                        .stream()
                        .map(row -> row.stream().map(names::get).toList())
                        .toList();
        assertEquals(sets(c.get("predicted")), predicted);
    }

    private static void auc(JsonObject c) {
        double[] truth = CaseFile.numbers(c.get("truth"));
        boolean[] positive = new boolean[truth.length];
        for (int i = 0; i < truth.length; i++) {
            positive[i] = truth[i] == 1;
        }
        double auc = RocAuc.of(positive, CaseFile.numbers(c.get("scores")));
        assertEquals(CaseFile.number(c.get("auc")), auc, tolerance(c));
    }

    private static void recall(JsonObject c) {
        int[] positive =
                c.get("positive").asList().stream().mapToInt(JsonValue::asInt).toArray();
        RetrievalMetrics metrics =
                RetrievalMetrics.of(CaseFile.rows(c.get("scores")), CaseFile.texts(c.get("documents")), positive);
        JsonObject optimistic = c.get("optimistic").asObject();
        c.get("recall").asObject().members().forEach((k, range) -> {
            double value = metrics.recallAt(Integer.parseInt(k));
            double[] ends = CaseFile.numbers(range);
            assertTrue(value >= ends[0] - 1e-12 && value <= ends[1] + 1e-12, "recall@" + k + ": " + value);
            if (optimistic.get(k).asDouble() > ends[1]) {
                assertTrue(value < optimistic.get(k).asDouble(), "recall@" + k + " flatters: " + value);
            }
        });
        double[] ends = CaseFile.numbers(c.get("mean_reciprocal_rank"));
        assertEquals(ends[0], metrics.meanReciprocalRank(), 1e-12, "ties count against");
    }

    private static void entities(JsonObject c) {
        entities(c, TagReading.FORGIVING, "default");
        if (c.find("strict").isPresent()) {
            TagReading strict = TagReading.valueOf(c.get("scheme").asString());
            entities(c, strict, "strict");
            assertTrue(strict.toString().startsWith("strict "));
        }
    }

    private static void entities(JsonObject c, TagReading reading, String field) {
        EntityMetrics metrics = EntityMetrics.of(reading, sets(c.get("truth")), sets(c.get("predicted")));
        Map<String, Double> values = Map.of(
                "precision", metrics.precision(),
                "recall", metrics.recall(),
                "f1", metrics.f1(),
                "macro_f1", metrics.macroF1());
        compare(c.get(field).asObject(), values, tolerance(c));
        assertEquals(c.get("token_accuracy").asDouble(), metrics.tokenAccuracy(), tolerance(c));
    }

    private static void lengths(JsonObject c) {
        int[] lengths =
                c.get("lengths").asList().stream().mapToInt(JsonValue::asInt).toArray();
        Lengths measured = Lengths.of(lengths, c.get("max_length").asInt());
        double[] median = CaseFile.numbers(c.get("median"));
        double[] percentile = CaseFile.numbers(c.get("p95_range"));
        assertTrue(median[0] <= measured.median() && measured.median() <= median[1], measured.toString());
        assertTrue(
                percentile[0] <= measured.percentile95() && measured.percentile95() <= percentile[1],
                measured.toString());
        assertEquals(c.get("cut").asInt(), measured.cut());
    }

    private static void weights(JsonObject c) {
        JsonObject rows = c.get("rows").asObject();
        List<String> names = List.copyOf(rows.members().keySet());
        long[] counts =
                names.stream().mapToLong(name -> rows.get(name).asLong()).toArray();
        if (c.find("refused").isPresent()) {
            refused(c, assertThrows(IllegalArgumentException.class, () -> ClassWeights.of(names, counts)));
            return;
        }
        double[] weights = ClassWeights.of(names, counts);
        for (int i = 0; i < weights.length; i++) {
            double right = c.get("weights").asObject().get(names.get(i)).asDouble();
            assertEquals(right, weights[i], 1e-12, names.get(i));
        }
    }

    private static void logits(JsonObject c) {
        double[][] logits = CaseFile.rows(c.get("logits"));
        if (c.find("refused").isPresent()) {
            refused(c, assertThrows(NotFiniteException.class, () -> Answers.classes(logits)));
            return;
        }
        List<String> names = CaseFile.texts(c.get("names"));
        List<String> predicted = new ArrayList<>();
        for (int index : Answers.classes(logits)) {
            predicted.add(names.get(index));
        }
        assertEquals(CaseFile.texts(c.get("predicted")), predicted);
    }

    private static void refused(JsonObject c, Exception e) {
        for (String word : CaseFile.texts(c.get("refused"))) {
            assertTrue(String.valueOf(e.getMessage()).contains(word), e.getMessage());
        }
    }
}
