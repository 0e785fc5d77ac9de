package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NumberMetricsTest {
    @Test
    void measuresByHand() {
        NumberMetrics metrics = NumberMetrics.of(new double[] {1, 2, 3}, new double[] {1, 4, 3});
        assertEquals(2 / 3.0, metrics.meanAbsoluteError(), 1e-15);
        assertEquals(4 / 3.0, metrics.meanSquaredError(), 1e-15);
        assertEquals(2 / Math.sqrt(2 * 14 / 3.0), metrics.pearson(), 1e-15);
        assertEquals(0.5, metrics.spearman(), 1e-15);
    }

    /** Squares of these leave the range of a double; a correlation does not depend on the unit. */
    @Test
    void hugeAndTinyNumbersCorrelate() {
        for (double unit : new double[] {1e-300, 1e300}) {
            NumberMetrics metrics = NumberMetrics.of(new double[] {unit, 2 * unit, 3 * unit}, new double[] {1, 4, 3});
            assertEquals(2 / Math.sqrt(2 * 14 / 3.0), metrics.pearson(), 1e-14);
        }
    }

    /** The mean of equal numbers may differ from them in the last bit; they are constant all the same. */
    @Test
    void aConstantHasNoCorrelation() {
        double[] constant = {0.1, 0.1, 0.1};
        NumberMetrics metrics = NumberMetrics.of(new double[] {1, 2, 4}, constant);
        assertTrue(Double.isNaN(metrics.pearson()));
        assertTrue(Double.isNaN(metrics.spearman()));
        assertTrue(Double.isNaN(NumberMetrics.of(new double[0], new double[0]).meanAbsoluteError()));
        assertTrue(Double.isNaN(NumberMetrics.of(new double[0], new double[0]).pearson()));
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertEquals(
                "numbers: a prediction must be finite; got NaN in row 2; the model has diverged or its weights are damaged",
                assertThrows(
                                NotFiniteException.class,
                                () -> NumberMetrics.of(new double[2], new double[] {0, Double.NaN}))
                        .getMessage());
        assertEquals(
                "numbers: a truth must be finite; got Infinity in row 1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> NumberMetrics.of(new double[] {Double.POSITIVE_INFINITY}, new double[1]))
                        .getMessage());
        assertEquals(
                "numbers: every row needs a truth and a prediction; got 1 and 0",
                assertThrows(IllegalArgumentException.class, () -> NumberMetrics.of(new double[1], new double[0]))
                        .getMessage());
    }
}
