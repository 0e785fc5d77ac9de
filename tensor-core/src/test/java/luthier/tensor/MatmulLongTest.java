package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Products of integers: those of small ones are F64's, large ones are exact or refused. */
class MatmulLongTest {
    private static Tensor integers(long seed, long... shape) {
        return Rng.of(seed).integers(Shape.of(shape), -9, 10);
    }

    @Test
    void smallProductsAreThoseOfDoubles() {
        long[][][] shapes = {
            {{3, 4}, {4, 5}},
            {{4}, {4}},
            {{4}, {4, 5}},
            {{3, 4}, {4}},
            {{2, 3, 4}, {4, 5}},
            {{2, 1, 3, 4}, {3, 4, 2}},
            {{4, 0}, {0, 3}},
            {{0, 3}, {3, 2}},
            {{70, 90}, {90, 80}}
        };
        for (long[][] pair : shapes) {
            Tensor a = integers(1, pair[0]);
            Tensor b = integers(2, pair[1]);
            Tensor expected = Matmul.matmul(a.to(DType.F64), b.to(DType.F64)).to(DType.I64);
            assertTrue(expected.bitEquals(Matmul.matmul(a, b)), () -> a.shape() + " x " + b.shape());
        }
        Tensor a = integers(1, 3, 4);
        assertTrue(Matmul.matmul(a.transpose(0, 1), a)
                .bitEquals(Matmul.matmul(a.transpose(0, 1).copy(), a.copy())));
    }

    @Test
    void everyDigitCounts() {
        long large = (1L << 53) + 1;
        Tensor a = Tensor.of(new long[] {large, Long.MAX_VALUE, Long.MIN_VALUE}, 3, 1);
        assertArrayEquals(
                new long[] {large, Long.MAX_VALUE, Long.MIN_VALUE},
                Matmul.matmul(a, Tensor.of(new long[] {1}, 1)).toLongArray());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Tensor a = Tensor.of(new long[] {Long.MAX_VALUE, 1}, 2);
        assertEquals(
                "matmul: sums of integers must fit I64; got 9223372036854775807 + 1 * 1; convert with to(DType.F64)",
                assertThrows(ArithmeticException.class, () -> Matmul.matmul(a, Tensor.of(new long[] {1, 1}, 2)))
                        .getMessage());
        assertThrows(ArithmeticException.class, () -> Matmul.matmul(a, Tensor.of(new long[] {-2, 0}, 2)));
        Tensor least = Tensor.of(new long[] {Long.MIN_VALUE}, 1);
        assertThrows(ArithmeticException.class, () -> Matmul.matmul(least, Tensor.of(new long[] {-1}, 1)));
        assertEquals(
                "matmul: needs F32, F64 or I64; got I32; convert with to()",
                assertThrows(DTypeException.class, () -> Matmul.matmul(a.to(DType.I32), a.to(DType.I32)))
                        .getMessage());
        assertEquals(
                "matmul: types must agree; got I64 and F64; convert with to()",
                assertThrows(DTypeException.class, () -> Matmul.matmul(a, a.to(DType.F64)))
                        .getMessage());
    }
}
