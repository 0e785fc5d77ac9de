package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaddingTest {
    private static final Tensor X = Tensor.of(new long[] {1, 2, 3, 4, 5, 6}, 2, 3);

    @Test
    void everyNumberIsWhereItsFormulaSays() {
        long[] widths = {2, 1, 1, 1};
        Tensor constant = Padding.constant(X, 9, widths);
        Tensor reflect = Padding.reflect(X, widths);
        Tensor edge = Padding.edge(X, widths);
        Tensor circular = Padding.circular(X, widths);
        for (int i = -1; i < 3; i++) {
            for (int j = -2; j < 4; j++) {
                boolean inside = i >= 0 && i < 2 && j >= 0 && j < 3;
                assertEquals(inside ? X.get(i, j) : 9, constant.get(i + 1, j + 2));
                assertEquals(X.get(mirror(i, 2), mirror(j, 3)), reflect.get(i + 1, j + 2));
                assertEquals(X.get(Math.clamp(i, 0, 1), Math.clamp(j, 0, 2)), edge.get(i + 1, j + 2));
                assertEquals(X.get(Math.floorMod(i, 2), Math.floorMod(j, 3)), circular.get(i + 1, j + 2));
            }
        }
    }

    private static int mirror(int i, int n) {
        return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
    }

    @Test
    void negativeWidthsCutOff() {
        assertEquals(
                "I64[2, 3][2, 3, 0, 5, 6, 0]", Padding.constant(X, 0, -1, 1).toString());
        assertEquals("I64[1, 3][4, 5, 6]", Padding.constant(X, 0, 0, 0, -1, 0).toString());
        assertEquals("I64[2, 0][]", Padding.constant(X, 0, -1, -2).toString());
        assertEquals(
                "I64[2, 3][2, 2, 3, 5, 5, 6]",
                Padding.edge(Padding.constant(X, 0, -1, 0), 1, 0).toString());
        assertEquals(
                "I64[2, 3][3, 2, 3, 6, 5, 6]",
                Padding.reflect(X.slice(1, 1, 3), 1, 0).toString());
    }

    @ParameterizedTest
    @EnumSource
    void everyType(DType dtype) {
        Tensor x = Tensor.of(new long[] {0, 1}, 2).to(dtype);
        assertArrayEquals(
                new double[] {1, 0, 1, 1, 1}, Padding.constant(x, 1, 1, 2).toDoubleArray());
        assertArrayEquals(new double[] {1, 0, 1}, Padding.reflect(x, 1, 0).toDoubleArray());
    }

    @Test
    void nothingAroundNothing() {
        assertEquals(
                "F32[2][7.0, 7.0]",
                Padding.constant(Tensor.zeros(DType.F32, 0), 7, 1, 1).toString());
        assertEquals("F32[][3.0]", Padding.constant(Tensor.scalar(3f), 7).toString());
    }

    @Test
    void whatDoesNotFitIsSaid() {
        assertEquals(
                "reflect: widths must be smaller than the axis; got 3 and 0 for axis 1 of [2, 3]"
                        + "\n  x [2, >3<] I64",
                assertThrows(ShapeException.class, () -> Padding.reflect(X, 3, 0))
                        .getMessage());
        assertEquals(
                "circular: widths must not be larger than the axis; got 0 and 4 for axis 1 of [2, 3]"
                        + "\n  x [2, >3<] I64",
                assertThrows(ShapeException.class, () -> Padding.circular(X, 0, 4))
                        .getMessage());
        assertEquals(
                "edge: an empty axis has no edge; got axis 0 of [0]" + "\n  x [>0<] F32",
                assertThrows(ShapeException.class, () -> Padding.edge(Tensor.zeros(DType.F32, 0), 1, 0))
                        .getMessage());
        assertEquals(
                "constant: widths must be pairs (before, after), at most one pair an axis; got [1] for shape [2, 3]"
                        + "\n  x [2, 3] I64",
                assertThrows(ShapeException.class, () -> Padding.constant(X, 0, 1))
                        .getMessage());
        assertEquals(
                "constant: negative widths must not cut off more than there is; got -2 and -2 for axis 1 of [2, 3]"
                        + "\n  x [2, >3<] I64",
                assertThrows(ShapeException.class, () -> Padding.constant(X, 0, -2, -2))
                        .getMessage());
    }

    @Test
    void widthsBeyondALongAreRefused() {
        Tensor x = Tensor.of(new long[] {1, 2}, 2);
        assertEquals(
                "constant: a size must fit a long; got 2 + 9223372036854775807",
                assertThrows(ShapeException.class, () -> Padding.constant(x, 0, Long.MAX_VALUE, 0))
                        .getMessage());
        assertThrows(ShapeException.class, () -> Padding.edge(x, Long.MAX_VALUE, Long.MAX_VALUE));
    }
}
