package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.tensor.Rng;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code splits.json}: properties that a split has for every seed. */
class SplitsCasesTest {
    private static final int SEEDS = 12;

    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("splits.json", SplitsCasesTest::check);
    }

    private static void check(JsonObject c) {
        switch (c.find("op").map(JsonValue::asString).orElse("split")) {
            case "split" -> split(c);
            case "files" -> files(c);
            default -> throw new NotCovered("op " + c.get("op"));
        }
    }

    private static List<SplitRow> rows(JsonValue rows) {
        return rows.asList().stream()
                .map(row -> new SplitRow(
                        texts(row.asList().getFirst()), labels(row.asList().getLast())))
                .toList();
    }

    private static List<String> texts(JsonValue value) {
        return value instanceof JsonArray ? CaseFile.texts(value) : List.of(value.asString());
    }

    private static List<String> labels(JsonValue value) {
        return value instanceof JsonNumber ? List.of() : texts(value);
    }

    private static void files(JsonObject c) {
        Overlap overlap = Overlap.of(rows(c.get("train")), rows(c.get("valid")));
        assertEquals(c.get("overlap").asList().stream().map(JsonValue::asInt).toList(), overlap.rows());
        c.find("duplicates").ifPresent(count -> assertEquals(count.asInt(), overlap.duplicates()));
        assertEquals(
                !overlap.rows().isEmpty() || overlap.duplicates() > 0,
                !overlap.says("validation").isEmpty());
    }

    private static void split(JsonObject c) {
        List<SplitRow> rows = rows(c.get("rows"));
        double fraction = c.get("fraction").asDouble();
        Set<List<Integer>> different = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            Split split = Split.stratified(rows, fraction, Rng.of(seed));
            properties(c.get("properties").asObject(), rows, split);
            assertEquals(split, Split.stratified(rows, fraction, Rng.of(seed)), "the same seed gives the same split");
            independentOfOrder(rows, fraction, seed, split);
            different.add(split.valid());
        }
        boolean differ = c.get("properties").asObject().find("seeds_differ").isPresent();
        assertTrue(!differ || different.size() > 1, "twelve seeds must give at least two splits");
    }

    private static void properties(JsonObject properties, List<SplitRow> rows, Split split) {
        Set<Integer> valid = new TreeSet<>(split.valid());
        Set<Integer> all = new TreeSet<>(split.train());
        assertTrue(Collections.disjoint(all, valid));
        all.addAll(valid);
        assertEquals(rows.size(), all.size());
        between(properties.get("valid_rows"), valid.size(), "rows of validation");
        properties
                .get("valid_of")
                .asObject()
                .members()
                .forEach((label, range) -> between(range, count(rows, valid, label), label));
        properties
                .find("together")
                .ifPresent(groups -> groups.asList().forEach(group -> {
                    List<Boolean> sides = group.asList().stream()
                            .map(row -> valid.contains(row.asInt()))
                            .distinct()
                            .toList();
                    assertEquals(1, sides.size(), () -> "must lie on one side: " + group);
                }));
        properties
                .find("training")
                .ifPresent(kept -> kept.asList()
                        .forEach(row -> assertFalse(valid.contains(row.asInt()), "must stay in training: " + row)));
        if (properties.find("every_label_in_training").isPresent()) {
            Set<String> trained = new HashSet<>();
            split.train().forEach(row -> trained.addAll(rows.get(row).labels()));
            rows.forEach(
                    row -> assertTrue(trained.containsAll(row.labels()), () -> "not in training: " + row.labels()));
        }
        properties.find("conflicts").ifPresent(count -> assertEquals(count.asInt(), split.conflicts()));
        properties
                .find("says")
                .ifPresent(words -> CaseFile.texts(words)
                        .forEach(word -> assertTrue(
                                split.says().toString().contains(word),
                                () -> word + " must be said; got " + split.says())));
        assertTrue(!valid.isEmpty() || !split.says().isEmpty(), "an empty validation must be said");
    }

    private static void between(JsonValue range, long found, String what) {
        int least = range.asList().getFirst().asInt();
        int most = range.asList().getLast().asInt();
        assertTrue(
                found >= least && found <= most, () -> what + ": " + found + " is not from " + least + " to " + most);
    }

    private static long count(List<SplitRow> rows, Set<Integer> valid, String label) {
        return valid.stream()
                .filter(row -> rows.get(row).labels().contains(label))
                .count();
    }

    /** The same rows in another order must be divided alike. */
    private static void independentOfOrder(List<SplitRow> rows, double fraction, int seed, Split split) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        Split other = Split.stratified(order.stream().map(rows::get).toList(), fraction, Rng.of(seed));
        assertEquals(
                split.valid(), other.valid().stream().map(order::get).sorted().toList(), "independent of the order");
    }
}
