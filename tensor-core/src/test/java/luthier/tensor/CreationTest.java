package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CreationTest {
    @Test
    void arangeCountsExactly() {
        assertEquals(10, Creation.arange(DType.F64, 0, 1, 0.1).size(0));
        // The doubles 1.3 and 0.1 as they are: (1.3 - 1) / 0.1 is a little more than 3.
        assertEquals(4, Creation.arange(DType.F64, 1, 1.3, 0.1).size(0));
        assertEquals(3, Creation.arange(DType.F64, 0, 0.3, 0.1).size(0));
        assertEquals(
                "F64[3][3.0, 2.0, 1.0]", Creation.arange(DType.F64, 3, 0, -1).toString());
        assertEquals("F32[0][]", Creation.arange(DType.F32, 0, 1, -0.5).toString());
        assertEquals("F32[0][]", Creation.arange(DType.F32, 1, 1, 0.5).toString());
        assertEquals("I64[3][0, 1, 3]", Creation.arange(DType.I64, 0, 4, 1.5).toString());
        assertEquals(
                2,
                Creation.arange(DType.F64, -Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE)
                        .size(0));
        assertEquals(0.7, Creation.arange(DType.F64, 0, 1, 0.1).get(7), 2e-16);
    }

    @Test
    void wholeNumbersAtTheEndsOfTheirRange() {
        assertEquals(
                "I64[2][9223372036854775805, 9223372036854775806]",
                Creation.arange(Long.MAX_VALUE - 2, Long.MAX_VALUE, 1).toString());
        assertEquals(
                "I64[2][-9223372036854775808, -1]",
                Creation.arange(Long.MIN_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE)
                        .toString());
        assertEquals("I64[0][]", Creation.arange(0, 5, -1).toString());
    }

    @Test
    void linspaceHitsBothEnds() {
        assertEquals(
                "F64[3][-1.0, 0.0, 1.0]", Creation.linspace(DType.F64, -1, 1, 3).toString());
        assertEquals("F64[1][5.0]", Creation.linspace(DType.F64, 5, 9, 1).toString());
        assertEquals("F64[0][]", Creation.linspace(DType.F64, 5, 9, 0).toString());
        Tensor x = Creation.linspace(DType.F64, 0.1, 0.7, 1001);
        assertEquals(0.1, x.get(0));
        assertEquals(0.7, x.get(1000));
        Tensor whole = Creation.linspace(DType.F64, -Double.MAX_VALUE, Double.MAX_VALUE, 5);
        assertEquals(Double.MAX_VALUE, whole.get(4));
        assertEquals(0.0, whole.get(2), 1e292);
    }

    @Test
    void eyeOfEveryType() {
        for (DType dtype : DType.values()) {
            assertEquals(
                    "[1, 0, 0, 0, 1, 0]",
                    java.util.Arrays.toString(Creation.eye(dtype, 2, 3).toLongArray()));
        }
        assertEquals("[0, 0]", Creation.eye(DType.F32, 0).shape().toString());
    }

    @Test
    void whatDoesNotFitIsSaid() {
        assertEquals(
                "arange: the step must not be 0; got 0",
                assertThrows(ShapeException.class, () -> Creation.arange(DType.F32, 0, 1, 0))
                        .getMessage());
        assertEquals(
                "arange: bounds and steps must be finite; got NaN",
                assertThrows(ShapeException.class, () -> Creation.arange(DType.F32, 0, Double.NaN, 1))
                        .getMessage());
        assertEquals(
                "arange: a tensor may hold at most 2147483639 elements; got 10000000000; split it",
                assertThrows(ShapeException.class, () -> Creation.arange(0, 10_000_000_000L, 1))
                        .getMessage());
        assertThrows(ShapeException.class, () -> Creation.arange(DType.F64, 0, 1e300, 1e-300));
        assertEquals(
                "linspace: needs F32, F64 or I64; got BF16; convert with to()",
                assertThrows(DTypeException.class, () -> Creation.linspace(DType.BF16, 0, 1, 2))
                        .getMessage());
    }
}
