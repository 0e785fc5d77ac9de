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

    @Test
    void inOneLineUpTo64() {
        assertEquals(
                "F32[2, 2][0.1, -0.0, NaN, Infinity]",
                Tensor.of(new float[] {0.1f, -0f, Float.NaN, Float.POSITIVE_INFINITY}, 2, 2)
                        .toString());
        assertEquals("F64[][0.1]", Tensor.scalar(0.1).toString());
        assertEquals("F32[0, 3][]", Tensor.zeros(DType.F32, 0, 3).toString());
        assertEquals(
                "I64[1][9007199254740993]",
                Tensor.of(new long[] {(1L << 53) + 1}, 1).toString());
        assertEquals(
                "BOOL[2][true, false]",
                Tensor.of(new boolean[] {true, false}, 2).toString());
        assertEquals(
                "BF16[1][1.5]", Tensor.of(new float[] {1.5f}, 1).to(DType.BF16).toString());
        assertEquals(64, TensorTest.counting(DType.I64, 8, 8).toString().split(",").length - 1);
    }

    @Test
    void largeOnesByTheirEnds() {
        assertEquals(
                "I64[65][0, 1, 2, ..., 62, 63, 64]",
                TensorTest.counting(DType.I64, 65).toString());
        assertEquals("""
                F32[8, 9]
                [[ 0.0,  1.0,  2.0, ...,  6.0,  7.0,  8.0],
                 [ 9.0, 10.0, 11.0, ..., 15.0, 16.0, 17.0],
                 [18.0, 19.0, 20.0, ..., 24.0, 25.0, 26.0],
                 ...,
                 [45.0, 46.0, 47.0, ..., 51.0, 52.0, 53.0],
                 [54.0, 55.0, 56.0, ..., 60.0, 61.0, 62.0],
                 [63.0, 64.0, 65.0, ..., 69.0, 70.0, 71.0]]""", TensorTest.counting(DType.F32, 8, 9).toString());
        Tensor large = Tensor.of(new long[] {(1L << 53) + 1}, 1).expand(Shape.of(100));
        assertEquals("9007199254740993", large.toString().split("[\\[\\], ]+")[2]);
        // The bits of a number, not its double's; nothing of a row is written twice.
        assertEquals(
                "F32[70][0.1, 0.1, 0.1, ..., 0.1, 0.1, 0.1]",
                Tensor.full(DType.F32, 0.1, Shape.of(70)).toString());
    }

    @Test
    void manyAxesShowLess() {
        String four = Tensor.zeros(DType.F32, 9, 9, 9, 9).toString();
        assertEquals(256, four.split("0\\.0", -1).length - 1);
        assertEquals(
                "I64[2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2][0, ..., 2047]",
                TensorTest.counting(DType.I64, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2).toString());
        // Only what is shown is read.
        assertEquals(
                36,
                Tensor.scalar(1f).expand(Shape.of(40_000, 50_000)).toString().split("1\\.0", -1).length - 1);
    }
}
