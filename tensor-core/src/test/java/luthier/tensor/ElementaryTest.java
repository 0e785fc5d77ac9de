package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

class ElementaryTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    private static void both(BinaryOperator<Tensor> operation, float a, float b, double expected) {
        assertEquals((float) expected, (float)
                operation.apply(Tensor.scalar(a), Tensor.scalar(b)).item());
        assertEquals(
                expected,
                operation
                        .apply(Tensor.scalar((double) a), Tensor.scalar((double) b))
                        .item());
    }

    @Test
    void logaddexpIsStable() {
        both(Elementary::logaddexp, -INF, -INF, Double.NEGATIVE_INFINITY);
        both(Elementary::logaddexp, INF, INF, Double.POSITIVE_INFINITY);
        both(Elementary::logaddexp, INF, -INF, Double.POSITIVE_INFINITY);
        both(Elementary::logaddexp, -INF, 3, 3);
        both(Elementary::logaddexp, 1000, 1000, 1000 + StrictMath.log(2));
        both(Elementary::logaddexp, Float.NaN, 1, Double.NaN);
    }

    @Test
    void xlogyIsZeroAtZero() {
        both(Elementary::xlogy, 0, 0, 0);
        both(Elementary::xlogy, 0, -1, 0);
        both(Elementary::xlogy, 0, INF, 0);
        both(Elementary::xlogy, 0, Float.NaN, Double.NaN);
        both(Elementary::xlogy, 2, 0, Double.NEGATIVE_INFINITY);
    }

    @Test
    void integersAreRefused() {
        assertEquals(
                "exp: needs F32 or F64; got I64; convert with to()",
                assertThrows(DTypeException.class, () -> Elementary.exp(Tensor.of(new long[] {1}, 1)))
                        .getMessage());
        assertEquals(
                "atan2: needs F32 or F64; got I32; convert with to()",
                assertThrows(
                                DTypeException.class,
                                () -> Elementary.atan2(Tensor.of(new int[] {1}, 1), Tensor.of(new int[] {1}, 1)))
                        .getMessage());
    }
}
