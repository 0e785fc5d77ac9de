package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
                "rmsNorm: the weight must have the trailing shape of x; got x [2, 2] and weight [3]"
                        + "\n  x [2, >2<] F64"
                        + "\n  weight [>3<] F64",
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

    /** Mean and rstd may be views that begin inside an array. */
    @Test
    void backwardReadsStatisticsWhereTheyLie() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            Tensor x = Rng.of(1).normal(dtype, Shape.of(3, 5), 0, 1);
            Tensor dY = Rng.of(2).normal(dtype, Shape.of(3, 5), 0, 1);
            Tensor w = Rng.of(3).normal(dtype, Shape.of(5), 0, 1);
            Normalization.LayerNorm y = Normalization.layerNorm(x, 1, 1e-5);
            Tensor mean = inside(y.mean());
            Tensor rstd = inside(y.rstd());
            assertTrue(Normalization.layerNormBackward(x, w, y.mean(), y.rstd(), dY)
                    .bitEquals(Normalization.layerNormBackward(x, w, mean, rstd, dY)));
            assertTrue(Normalization.rmsNormBackward(x, w, y.rstd(), dY)
                    .bitEquals(Normalization.rmsNormBackward(x, w, rstd, dY)));
            assertTrue(Normalization.layerNormParameterGradients(x, 1, y.mean(), y.rstd(), dY)
                    .dWeight()
                    .bitEquals(Normalization.layerNormParameterGradients(x, 1, mean, rstd, dY)
                            .dWeight()));
        }
    }

    private static Tensor inside(Tensor x) {
        return Padding.constant(x, 7, 2, 0).slice(0, 2, 2 + x.size(0));
    }

    @Test
    void backwardOperandsMustFit() {
        Tensor x = Tensor.ones(DType.F32, 3, 5);
        Tensor w = Tensor.ones(DType.F32, 5);
        Tensor rows = Tensor.ones(DType.F32, 3);
        assertEquals(
                "layerNormBackward: dY must have the shape of x; got [5] and [3, 5]"
                        + "\n  dY [5] F32"
                        + "\n  x >[3, 5]< F32",
                assertThrows(ShapeException.class, () -> Normalization.layerNormBackward(x, w, rows, rows, w))
                        .getMessage());
        assertEquals(
                "rmsNormBackward: rstd must hold one number for each of the 3 rows of x; got [5] for x [3, 5]"
                        + "\n  x [3, 5] F32" + "\n  rstd [5] F32",
                assertThrows(ShapeException.class, () -> Normalization.rmsNormBackward(x, w, w, x))
                        .getMessage());
        assertEquals(
                "rmsNormBackward: the weight must have the trailing shape of x; got x [3, 5] and weight [3]"
                        + "\n  x [3, >5<] F32"
                        + "\n  weight [>3<] F32"
                        + "\n  try x.transpose(0, 1): [5, 3] fits",
                assertThrows(ShapeException.class, () -> Normalization.rmsNormBackward(x, rows, rows, x))
                        .getMessage());
        assertThrows(ShapeException.class, () -> Normalization.layerNormParameterGradients(x, 1, rows, w, x));
        assertThrows(
                DTypeException.class,
                () -> Normalization.layerNormParameterGradients(x, 1, rows, rows, x.to(DType.F64)));
        assertThrows(DTypeException.class, () -> Normalization.layerNormBackward(x, w, rows, rows.to(DType.F64), x));
        assertThrows(DTypeException.class, () -> Normalization.rmsNormBackward(x, w.to(DType.I64), rows, x));
    }
}
