package luthier.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import luthier.benchmarks.compare.Statistics.Spread;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void quartilesLieBetweenNeighbours() {
        assertEquals(new Spread(2.5, 1.75, 3.25), Statistics.spread(List.of(4.0, 1.0, 3.0, 2.0)));
        assertEquals(new Spread(7, 7, 7), Statistics.spread(List.of(7.0)));
        assertEquals(0.75, Statistics.spread(List.of(4.0, 1.0, 3.0, 2.0)).half());
    }

    @Test
    void aRatioIsTakenInEachRoundBeforeTheMedian() {
        // Rounds 2 and 3 met noise that slowed both; the ratio of the medians would be 4 / 3.
        Spread ratio = Statistics.ratio(List.of(2.0, 20.0, 4.0), List.of(1.0, 10.0, 3.0));
        assertEquals(2, ratio.median());
    }

    @Test
    void roundsMustMatch() {
        String text = assertThrows(
                        IllegalArgumentException.class, () -> Statistics.ratio(List.of(1.0), List.of(1.0, 2.0)))
                .getMessage();
        assertEquals("ratio: both must have the same rounds; got 1 and 2", text);
        assertThrows(IllegalArgumentException.class, () -> Statistics.spread(List.of()));
    }
}
