package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MultiLabelMetricsTest {
    private static final List<String> NAMES = List.of("a", "b", "c");

    @Test
    void countsByHand() {
        MultiLabelMetrics metrics = MultiLabelMetrics.of(
                NAMES,
                List.of(List.of("b", "a"), List.of(), List.of("a")),
                List.of(List.of("a", "b"), List.of(), List.of("b")));
        assertEquals(2 * 2 / 6.0, metrics.microF1(), 1e-15);
        assertEquals(2 / 3.0, metrics.macroF1(), 1e-15);
        assertEquals(4 / 9.0, metrics.macroF1OverAllNames(), 1e-15);
        assertEquals(2 / 3.0, metrics.subsetAccuracy(), 1e-15);
    }

    @Test
    void withoutLabelsThereIsNoMacroF1() {
        MultiLabelMetrics none = MultiLabelMetrics.of(NAMES, List.of(List.of()), List.of(List.of()));
        assertEquals(0, none.microF1());
        assertTrue(Double.isNaN(none.macroF1()));
        assertEquals(1, none.subsetAccuracy());
    }

    @Test
    void refusesALabelWithoutAName() {
        assertEquals(
                "labels: must be among 3 names; got \"d\" in row 1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> MultiLabelMetrics.of(NAMES, List.of(List.of()), List.of(List.of("d"))))
                        .getMessage());
        assertEquals(
                "labels: every row needs a truth and a prediction; got 1 and 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> MultiLabelMetrics.of(NAMES, List.of(List.of()), List.of()))
                        .getMessage());
    }
}
