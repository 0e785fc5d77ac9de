package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TensorFormatTest {
    private static String text(Tensor t) {
        return TensorFormat.DEFAULT.format(t);
    }

    @Test
    void numbersAreAligned() {
        assertEquals("""
                F32[2, 3]
                [[  1.00,  -0.25, 100.00],
                 [   NaN,   -Inf,  -0.00]]""", text(Tensor.of(new float[] {1, -0.25f, 100, Float.NaN, Float.NEGATIVE_INFINITY, -0f}, 2, 3)));
        assertEquals("F64[3]\n[0.3333, 0.6667, 1.0000]", text(Tensor.of(new double[] {1 / 3.0, 2 / 3.0, 1}, 3)));
        assertEquals("F32[2]\n[1.0000e+10, 1.0000e-03]", text(Tensor.of(new float[] {1e10f, 1e-3f}, 2)));
        assertEquals("I64[2]\n[ 1, -5]", text(Tensor.of(new long[] {1, -5}, 2)));
        assertEquals("BOOL[2]\n[ true, false]", text(Tensor.of(new boolean[] {true, false}, 2)));
        assertEquals("BF16[1]\n[1.5]", text(Tensor.of(new float[] {1.5f}, 1).to(DType.BF16)));
        assertEquals("F32[]\n3.0", text(Tensor.scalar(3f)));
        assertEquals("F32[0]\n[]", text(Tensor.zeros(DType.F32, 0)));
        assertEquals("F32[2, 0]\n[[],\n []]", text(Tensor.zeros(DType.F32, 2, 0)));
    }

    @Test
    void matricesOfAStackStandApart() {
        assertEquals("""
                I64[2, 2, 2]
                [[[0, 1],
                  [2, 3]],

                 [[4, 5],
                  [6, 7]]]""", text(TensorTest.counting(DType.I64, 2, 2, 2)));
    }

    @Test
    void longAxesAreAbbreviatedAndLongRowsBroken() {
        TensorFormat small = new TensorFormat(2, 2, 10, 20);
        assertEquals(
                "I64[11]\n[ 0,  1, ...,  9, 10]",
                new TensorFormat(2, 2, 10, 30).format(TensorTest.counting(DType.I64, 11)));
        assertEquals("""
                I64[5, 5]
                [[ 0,  1, ...,  3,
                   4],
                 [ 5,  6, ...,  8,
                   9],
                 ...,
                 [15, 16, ..., 18,
                  19],
                 [20, 21, ..., 23,
                  24]]""", new TensorFormat(2, 2, 10, 19).format(TensorTest.counting(DType.I64, 5, 5)));
        assertEquals("I64[6]\n[0, 1, 2, 3, 4, 5]", small.format(TensorTest.counting(DType.I64, 6)));
        assertEquals("I64[8]\n[0, 1, 2, 3, 4, 5,\n 6, 7]", small.format(TensorTest.counting(DType.I64, 8)));
    }

    @Test
    void whatDoesNotFitIsSaid() {
        assertEquals(
                "TensorFormat: precision and threshold must not be negative, edgeItems and lineWidth at least 1; got -1, 1, 1, 1",
                assertThrows(IllegalArgumentException.class, () -> new TensorFormat(-1, 1, 1, 1))
                        .getMessage());
    }
}
