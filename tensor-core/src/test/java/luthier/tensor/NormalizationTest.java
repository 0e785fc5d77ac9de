package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Normalisation in closed form, and F32 against F64. */
class NormalizationTest {
    @Test
    void rootMeanSquares() {
        Tensor x = Tensor.of(new double[] {3, 4, 0, 0}, 2, 2);
        Tensor w = Tensor.of(new double[] {1, 2}, 2);
        double r = 1 / Math.sqrt(12.5);
        Normalization.RmsNorm done = Normalization.rmsNorm(x, w, 1e-30);
        assertArrayEquals(new double[] {3 * r, 8 * r, 0, 0}, done.y().toDoubleArray(), 1e-15);
        assertEquals(
                "rmsNorm: the weight must have the trailing shape of x; got x [2, 2] and weight [3]",
                assertThrows(ShapeException.class, () -> Normalization.rmsNorm(x, Tensor.ones(DType.F64, 3), 0))
                        .getMessage());
    }

    @Test
    void singlePrecisionFollowsDouble() {
        for (int n : new int[] {1, 15, 16, 17, 97, 384}) {
            Tensor x = Rng.of(n).normal(DType.F32, Shape.of(5, n), 1, 2);
            Tensor w = Rng.of(7).normal(DType.F32, Shape.of(n), 0, 1);
            Tensor dY = Rng.of(8).normal(DType.F32, Shape.of(5, n), 0, 1);
            Normalization.RmsNorm single = Normalization.rmsNorm(x, w, 1e-6);
            Normalization.RmsNorm exact = Normalization.rmsNorm(x.to(DType.F64), w.to(DType.F64), 1e-6);
            assertArrayEquals(exact.y().toDoubleArray(), single.y().toDoubleArray(), 2e-6);
            assertArrayEquals(
                    Normalization.rmsNormBackward(x.to(DType.F64), w.to(DType.F64), exact.rstd(), dY.to(DType.F64))
                            .toDoubleArray(),
                    Normalization.rmsNormBackward(x, w, single.rstd(), dY).toDoubleArray(),
                    1e-5);
        }
    }

    @Test
    void runningStatisticsAreUnbiased() {
        Tensor x = Tensor.of(new double[] {1, 10, 3, 30}, 2, 2);
        Normalization.RunningStatistics before =
                new Normalization.RunningStatistics(Tensor.zeros(DType.F64, 2), Tensor.ones(DType.F64, 2));
        Normalization.RunningStatistics after = before.updated(x, 0.5);
        assertArrayEquals(new double[] {1, 10}, after.mean().toDoubleArray());
        assertArrayEquals(new double[] {1.5, 100.5}, after.variance().toDoubleArray());
        assertThrows(ShapeException.class, () -> before.updated(Tensor.zeros(DType.F64, 2, 3), 0.5));
    }
}
