package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Fused cross-entropy in closed form, and F32 against F64. */
class LossTest {
    private static final double LN2 = 0.6931471805599453;

    @Test
    void countsNats() {
        Tensor logits = Tensor.of(new double[] {0, 0, 5, 5, 1, 2}, 3, 2);
        Tensor target = Tensor.of(new long[] {0, 1, 7}, 3);
        Loss.CrossEntropy done = Loss.crossEntropy(logits, target, 0, 7);
        assertArrayEquals(new double[] {LN2, LN2, 0}, done.rows().toDoubleArray(), 1e-15);
        Tensor d = Loss.crossEntropyBackward(logits, target, 0, 7, done, Tensor.of(new double[] {1, 2, 3}, 3));
        assertArrayEquals(new double[] {-0.5, 0.5, 1, -1, 0, 0}, d.toDoubleArray(), 1e-15);
    }

    @Test
    void hugeLogitsStayExact() {
        Tensor logits = Tensor.of(new float[] {10000, 10000, -10000, 20000}, 2, 2);
        Loss.CrossEntropy done = Loss.crossEntropy(logits, Tensor.of(new long[] {0, 0}, 2), 0, -100);
        assertArrayEquals(new float[] {(float) LN2, 30000}, done.rows().toFloatArray());
    }

    @Test
    void undefinedRows() {
        float low = Float.NEGATIVE_INFINITY;
        Tensor logits = Tensor.of(new float[] {low, low, Float.NaN, 1, low, 1, Float.NaN, 1}, 4, 2);
        Tensor target = Tensor.of(new long[] {0, 1, 0, -100}, 4);
        Loss.CrossEntropy done = Loss.crossEntropy(logits, target, 0, -100);
        assertArrayEquals(
                new float[] {Float.NaN, Float.NaN, Float.POSITIVE_INFINITY, 0},
                done.rows().toFloatArray());
        Tensor d = Loss.crossEntropyBackward(logits, target, 0, -100, done, Tensor.ones(DType.F32, 4));
        assertArrayEquals(new float[] {-1, 1, 0, 0}, d.slice(0, 2, 4).toFloatArray(), "an ignored NaN stays out");
        assertEquals(
                0,
                Loss.crossEntropy(Tensor.zeros(DType.F32, 0, 3), Tensor.of(new long[0], 0), 0, -100)
                        .rows()
                        .elementCount());
    }

    @Test
    void singlePrecisionFollowsDouble() {
        for (int classes : new int[] {1, 2, 15, 16, 17, 39, 1000}) {
            Tensor wide = Rng.of(classes)
                    .normal(DType.F64, Shape.of(9, classes), 0, 3)
                    .to(DType.F32)
                    .to(DType.F64);
            Tensor target = Rng.of(2).integers(Shape.of(9), 0, classes);
            Tensor dRows = Rng.of(3).normal(DType.F64, Shape.of(9), 0, 1);
            for (double smoothing : new double[] {0, 0.1, 1}) {
                Loss.CrossEntropy exact = Loss.crossEntropy(wide, target, smoothing, -100);
                Loss.CrossEntropy single = Loss.crossEntropy(wide.to(DType.F32), target, smoothing, -100);
                assertArrayEquals(exact.rows().toDoubleArray(), single.rows().toDoubleArray(), 4e-6);
                assertArrayEquals(
                        Loss.crossEntropyBackward(wide, target, smoothing, -100, exact, dRows)
                                .toDoubleArray(),
                        Loss.crossEntropyBackward(
                                        wide.to(DType.F32), target, smoothing, -100, single, dRows.to(DType.F32))
                                .toDoubleArray(),
                        1e-6);
            }
        }
    }

    @Test
    void errorsSayWhatIsWrong() {
        Tensor logits = Tensor.zeros(DType.F32, 2, 3);
        assertEquals(
                "crossEntropy: targets must be in [0, 3) or the ignore index -100; got 3 in row 1"
                        + "\n  logits [2, >3<] F32" + "\n  target [2] I64, values 0 to 3",
                assertThrows(
                                ShapeException.class,
                                () -> Loss.crossEntropy(logits, Tensor.of(new long[] {0, 3}, 2), 0, -100))
                        .getMessage());
        assertEquals(
                "crossEntropy: label smoothing must be in [0, 1]; got 2.0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Loss.crossEntropy(logits, Tensor.of(new long[] {0, 1}, 2), 2, -100))
                        .getMessage());
    }
}
