package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class EntityMetricsTest {
    /** The second entity lies beyond the limit: it is missed, not forgotten. */
    @Test
    void whatIsCutOffIsMissed() {
        EntityMetrics metrics = EntityMetrics.of(
                TagReading.FORGIVING, List.of(List.of("B-a", "O", "O", "B-a")), List.of(List.of("B-a", "O")));
        assertEquals(1, metrics.precision());
        assertEquals(0.5, metrics.recall());
        assertEquals(2 / 3.0, metrics.f1(), 1e-15);
        assertEquals(0.75, metrics.tokenAccuracy());
        assertEquals(2, metrics.cut());
    }

    @Test
    void theNamesSayWhetherItIsStrict() {
        List<List<String>> rows = List.of(List.of("B-a"));
        assertTrue(EntityMetrics.of(TagReading.FORGIVING, rows, rows).values().containsKey("entity_f1"));
        assertTrue(EntityMetrics.of(TagReading.IOB2, rows, rows).values().containsKey("strict_entity_f1"));
        assertEquals("forgiving", TagReading.FORGIVING.toString());
        assertEquals("strict IOB2", TagReading.IOB2.toString());
    }

    @Test
    void refusesRowsThatDoNotFit() {
        assertEquals(
                "entities: a prediction must not be longer than its row; got 2 tags for 1 tokens in row 1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> EntityMetrics.of(
                                        TagReading.FORGIVING, List.of(List.of("O")), List.of(List.of("O", "O"))))
                        .getMessage());
        assertEquals(
                "entities: every row needs a truth and a prediction; got 1 and 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> EntityMetrics.of(TagReading.FORGIVING, List.of(List.of("O")), List.of()))
                        .getMessage());
    }
}
