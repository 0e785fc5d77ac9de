package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ElementwiseTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;

    private static Tensor f(float... values) {
        return Tensor.of(values, values.length);
    }

    private static Tensor d(double... values) {
        return Tensor.of(values, values.length);
    }

    private static Tensor l(long... values) {
        return Tensor.of(values, values.length);
    }

    private static void same(Tensor expected, Tensor got) {
        assertEquals(expected.toString(), got.toString());
    }

    /** In F32 and in F64. */
    private static void both(UnaryOperator<Tensor> operation, float[] x, float... expected) {
        same(f(expected), operation.apply(f(x)));
        same(f(expected).to(DType.F64), operation.apply(f(x).to(DType.F64)));
    }

    @Test
    void ties() {
        both(Rounding::round, new float[] {0.5f, 1.5f, 2.5f, -0.5f, 8388609f, NAN}, 0, 2, 2, -0f, 8388609f, NAN);
        both(Rounding::floor, new float[] {0.7f, -0.7f, -0f, 1e30f, -INF}, 0, -1, -0f, 1e30f, -INF);
        both(Rounding::ceil, new float[] {0.7f, -0.7f, -0f, 1e30f, INF}, 1, -0f, -0f, 1e30f, INF);
        both(Rounding::trunc, new float[] {1.7f, -1.7f, -0.2f, NAN}, 1, -1, -0f, NAN);
        both(Selection::sign, new float[] {-2, 0, -0f, 1e-45f, NAN}, -1, 0, -0f, 1, NAN);
    }

    @Test
    void extremesFollowJava() {
        float[] x = {-0f, 0f, NAN, 1};
        both(t -> Selection.maximum(t, 0), x, 0, 0, NAN, 1);
        both(t -> Selection.minimum(t, -0.0), x, -0f, -0f, NAN, -0f);
        both(t -> Selection.clamp(t, -1, 0.5), new float[] {-3, NAN, 0.25f, INF}, -1, NAN, 0.25f, 0.5f);
        same(l(1, 2, 3), Selection.clamp(l(-4, 2, 9), 1, 3));
        same(f(1, 2), Selection.clamp(f(0, 9), f(1, 1), f(2, 2)));
    }

    @Test
    void powers() {
        both(t -> Elementwise.pow(t, 0), new float[] {0, NAN, -INF, 2}, 1, 1, 1, 1);
        both(t -> Elementwise.pow(t, 0.5), new float[] {0, 4, -4, INF}, 0, 2, NAN, INF);
        both(t -> Elementwise.pow(t, 3), new float[] {-2, -0f, 10}, -8, -0f, 1000);
        both(t -> Elementwise.pow(2, t), new float[] {-1, 10}, 0.5f, 1024);
        same(l(1, -8, 1L << 62), Elementwise.pow(l(5, -2, 2), l(0, 3, 62)));
        same(
                Tensor.of(new int[] {-8, 0}, 2),
                Elementwise.pow(Tensor.of(new int[] {-2, 2}, 2), Tensor.of(new int[] {3, 40}, 2)));
        assertEquals(
                "pow: an integer exponent must not be negative; got -1; convert with to()",
                assertThrows(ArithmeticException.class, () -> Elementwise.pow(l(2), -1))
                        .getMessage());
        assertEquals(
                "pow: integers need whole exponents; got 0.5; convert with to()",
                assertThrows(ArithmeticException.class, () -> Elementwise.pow(l(2), 0.5))
                        .getMessage());
    }

    @Test
    void remaindersTakeTheSignOfTheDivisor() {
        both(t -> Rounding.remainder(t, 3), new float[] {5, -5, 3, -0f, INF}, 2, 1, 0, -0f, NAN);
        both(t -> Rounding.remainder(t, -3), new float[] {5, -5}, -1, -2);
        both(t -> Rounding.remainder(t, 0), new float[] {5}, NAN);
        same(l(2, 1, -1), Rounding.remainder(l(5, -5, 5), l(3, 3, -3)));
        assertEquals(
                "remainder: an integer divisor must not be 0; got [] with a 0; convert with to()",
                assertThrows(ArithmeticException.class, () -> Rounding.remainder(l(1), 0))
                        .getMessage());
    }

    @Test
    void lerpEndsExactly() {
        Tensor a = f(0.1f, -3);
        Tensor b = f(0.7f, 1e8f);
        same(a, Elementwise.lerp(a, b, 0));
        same(b, Elementwise.lerp(a, b, 1));
        same(Elementwise.lerp(f(1, 2), f(3, 8), 0.25), Elementwise.lerp(f(1, 2), f(3, 8), Tensor.scalar(0.25f)));
        same(f(1.5f, 6.5f), Elementwise.lerp(f(1, 2), f(3, 8), f(0.25f, 0.75f)));
    }

    @Test
    void integersWrap() {
        same(l(Long.MIN_VALUE), Elementwise.add(l(Long.MAX_VALUE), 1));
        same(Tensor.of(new int[] {Integer.MIN_VALUE}, 1), Elementwise.neg(Tensor.of(new int[] {Integer.MIN_VALUE}, 1)));
        same(l(3, 0), Selection.abs(l(-3, 0)));
        same(l(-1, 0, 1), Selection.sign(l(-7, 0, 9)));
        same(l(7), Rounding.floor(l(7)));
        same(l(4, -3), Elementwise.sub(5, l(1, 8)));
    }

    @Test
    void typesAreChecked() {
        assertEquals(
                "div: needs F32 or F64; got I64; convert with to()",
                assertThrows(DTypeException.class, () -> Elementwise.div(l(1), l(2)))
                        .getMessage());
        assertEquals(
                "add: needs F32, F64, I64 or I32; got BF16; convert with to()",
                assertThrows(DTypeException.class, () -> Elementwise.add(f(1).to(DType.BF16), 1))
                        .getMessage());
        assertEquals(
                "sqrt: needs F32 or F64; got BOOL; convert with to()",
                assertThrows(DTypeException.class, () -> Elementwise.sqrt(Tensor.zeros(DType.BOOL)))
                        .getMessage());
        assertEquals(
                "mul: types must agree; got F32 and F64; convert with to()",
                assertThrows(DTypeException.class, () -> Elementwise.mul(f(1), d(1)))
                        .getMessage());
        assertTrue(assertThrows(ShapeException.class, () -> Elementwise.mul(f(1, 2), f(1, 2, 3)))
                .getMessage()
                .startsWith("mul: shapes must broadcast"));
    }

    @Test
    void denormalsAreKept() {
        both(t -> Elementwise.mul(t, 0.5), new float[] {Float.MIN_NORMAL, -Float.MIN_NORMAL}, 0x1p-127f, -0x1p-127f);
        assertEquals(Float.MIN_VALUE, (float) Selection.abs(f(-Float.MIN_VALUE)).item());
    }

    @Test
    void broadcastingIsExplicitExpansion() {
        List<Shape> shapes = List.of(
                Shape.of(),
                Shape.of(1),
                Shape.of(7),
                Shape.of(5, 1),
                Shape.of(5, 7),
                Shape.of(3, 1, 1),
                Shape.of(3, 5, 7),
                Shape.of(1, 1, 1, 7));
        List<BinaryOperator<Tensor>> operations =
                List.of(Elementwise::sub, Elementwise::pow, Elementary::atan2, Comparison::less, Rounding::remainder);
        for (Shape a : shapes) {
            for (Shape b : shapes) {
                Tensor u = Rng.of(1).normal(DType.F32, a, 0, 1);
                Tensor v = Rng.of(2).normal(DType.F32, b, 0, 1);
                Shape shape = a.broadcast(b, "test");
                for (BinaryOperator<Tensor> operation : operations) {
                    Tensor expected = operation.apply(
                            u.expand(shape).copy(), v.expand(shape).copy());
                    Tensor got = operation.apply(u, v);
                    assertTrue(expected.bitEquals(got), a + " and " + b);
                    Tensor wide = operation.apply(u.to(DType.F64), v.to(DType.F64));
                    assertEquals(shape, wide.shape());
                }
            }
        }
    }

    @Test
    void viewsLargeOperandsAndThreads() {
        Tensor x = Rng.of(3).normal(DType.F32, Shape.of(700, 1001), 0, 1);
        Tensor column = x.slice(1, 3, 4);
        Tensor flipped = x.transpose(0, 1);
        int before = Threads.count();
        try {
            Threads.set(1);
            Tensor one = Elementary.exp(Elementwise.mul(x, column));
            Tensor turned = Elementary.tanh(flipped);
            Threads.set(3);
            assertTrue(one.bitEquals(Elementary.exp(Elementwise.mul(x, column))));
            assertTrue(turned.bitEquals(Elementary.tanh(flipped)));
            assertTrue(turned.transpose(0, 1).bitEquals(Elementary.tanh(x)));
        } finally {
            Threads.set(before);
        }
        assertEquals(
                Shape.of(0, 3), Elementwise.neg(Tensor.zeros(DType.F32, 0, 3)).shape());
        assertEquals(-2, Elementwise.neg(Tensor.scalar(2f)).item());
    }

    @Test
    void numbersBesideIntegersAreWhole() {
        Tensor x = Tensor.of(new long[] {4, 5}, 2);
        assertEquals("I64[2][8, 10]", Elementwise.mul(x, 2).toString());
        assertEquals(
                "I64[2][4, 5]", Selection.maximum(x, Double.NEGATIVE_INFINITY).toString());
        assertEquals(
                "mul: a number beside integers must be whole; got 0.5; convert with to()",
                assertThrows(DTypeException.class, () -> Elementwise.mul(x, 0.5))
                        .getMessage());
        assertThrows(DTypeException.class, () -> Elementwise.add(x.to(DType.I32), Double.NaN));
        assertThrows(DTypeException.class, () -> Elementwise.pow(2.5, x));
        assertThrows(DTypeException.class, () -> Rounding.remainder(x, 0.5));
        assertThrows(DTypeException.class, () -> Selection.clamp(x, -2.5, 2.5));
    }
}
