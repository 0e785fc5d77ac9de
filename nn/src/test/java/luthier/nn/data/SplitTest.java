package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import luthier.tensor.Rng;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static SplitRow row(String text, String... labels) {
        return new SplitRow(List.of(text), List.of(labels));
    }

    private static List<SplitRow> rows(int count, String label) {
        return IntStream.range(0, count)
                .mapToObj(i -> row(label + " " + i, label))
                .toList();
    }

    @Test
    void everyClassHasItsShare() {
        List<SplitRow> rows = new ArrayList<>(rows(70, "a"));
        rows.addAll(rows(20, "b"));
        rows.addAll(rows(10, "c"));
        List<Integer> valid = Split.stratified(rows, 0.1, Rng.of(3)).valid();
        assertEquals(7, valid.stream().filter(row -> row < 70).count());
        assertEquals(2, valid.stream().filter(row -> row >= 70 && row < 90).count());
        assertEquals(1, valid.stream().filter(row -> row >= 90).count());
    }

    @Test
    void manySmallClassesShareWhatRoundingLeavesOver() {
        List<SplitRow> rows = new ArrayList<>();
        for (int c = 0; c < 50; c++) {
            rows.addAll(rows(4, "class " + c));
        }
        assertEquals(20, Split.stratified(rows, 0.1, Rng.of(0)).valid().size());
    }

    @Test
    void aClassOfPairsOfEqualTextsReachesValidation() {
        List<SplitRow> rows = new ArrayList<>(rows(10, "a"));
        rows.addAll(rows(10, "a"));
        Split split = Split.stratified(rows, 0.05, Rng.of(0));
        assertEquals(2, split.valid().size());
        assertEquals(10, split.duplicates());
        assertEquals(List.of("rows whose texts repeat those of others: 10; they lie on the same side"), split.says());
    }

    @Test
    void whatCannotBeValidatedIsSaid() {
        List<SplitRow> rows = new ArrayList<>(rows(20, "a"));
        rows.add(row("single", "b"));
        rows.add(row("A 3", "b"));
        rows.add(row("once", "c"));
        Split split = Split.stratified(rows, 0.2, Rng.of(4));
        assertTrue(split.train().contains(22));
        assertEquals(1, split.conflicts());
        assertTrue(split.says().getFirst().startsWith("labels without a row in validation, too few different texts: "));
        assertTrue(split.says().getFirst().contains("c"));
        assertEquals("texts with different labels: 1", split.says().getLast());
    }

    @Test
    void tooFewRowsLeaveValidationEmpty() {
        Split split = Split.stratified(rows(3, "a"), 0.1, Rng.of(0));
        assertEquals(
                List.of("no rows for validation: 3 rows are too few; there is no best state and no early stop"),
                split.says());
        assertEquals(List.of(0, 1, 2), split.train());
    }

    @Test
    void rowsWithoutLabelsAreDividedByTextAlone() {
        List<SplitRow> rows =
                IntStream.range(0, 40).mapToObj(i -> row("text " + i / 2)).toList();
        Split split = Split.stratified(rows, 0.2, Rng.of(8));
        assertEquals(8, split.valid().size());
        assertTrue(split.valid().stream().allMatch(row -> split.valid().contains(row ^ 1)));
    }

    @Test
    void theShareIsChecked() {
        IllegalArgumentException fault =
                assertThrows(IllegalArgumentException.class, () -> Split.stratified(List.of(), 1, Rng.of(0)));
        assertEquals("split: the share of validation must lie between 0 and 1; got 1.0", fault.getMessage());
    }

    @Test
    void textsAreEqualAfterFolding() {
        assertEquals(
                TextKey.of(List.of("Caf\u00E9  Stra\u00DFe\u00A0\u03A3\u03C2\u0085")),
                TextKey.of(List.of(" cafe\u0301 STRASSE \u03C3\u03C3")));
        assertTrue(!TextKey.of(List.of("a b", "c")).equals(TextKey.of(List.of("a", "b c"))));
    }
}
