package luthier.tensor;

import java.math.BigDecimal;
import java.util.function.UnaryOperator;
import luthier.tensor.kernel.Comparing;

/**
 * Comparisons, logic and choices, element by element. Operands broadcast (aligned at the last axis, sizes equal or 1) and must have
 * one type: F32, F64, I64, I32 or BOOL, whose false is less than true. Results of comparisons are BOOL. NaN compares as false, but
 * differs from everything, itself included; -0 equals 0.
 *
 * <p>All throw {@link ShapeException} if operands do not broadcast and {@link DTypeException} if types differ or are storage types.
 */
public final class Comparison {
    /** Picoseconds of an element. */
    static final int COST = 700;

    private Comparison() {}

    // ---- comparisons

    /**
     * Returns {@code a < b}.
     *
     * {@snippet :
     * Comparison.less(Tensor.of(new float[] {1, 2, Float.NaN}, 3), Tensor.scalar(2f)); // BOOL[3][true, false, false]
     * }
     */
    public static Tensor less(Tensor a, Tensor b) {
        return compare("less", Order.LESS, a, b, false);
    }

    /** Returns {@code x < number}, the number rounded to the type of x if that is F32; integers are compared with it as it is. */
    public static Tensor less(Tensor x, double number) {
        return x.dtype().isFloating()
                ? less(x, number("less", x, number))
                : whole("less", x, Math.ceil(number), number > 0, bound -> less(x, bound));
    }

    /** The same with a whole number, which no I64 is rounded to meet. */
    public static Tensor less(Tensor x, long number) {
        return x.dtype() == DType.I64 ? less(x, Tensor.scalar(number)) : less(x, (double) number);
    }

    /**
     * Returns {@code a <= b}.
     *
     * {@snippet :
     * Comparison.lessEqual(Tensor.of(new float[] {1, 2, 3}, 3), Tensor.scalar(2f)); // BOOL[3][true, true, false]
     * }
     */
    public static Tensor lessEqual(Tensor a, Tensor b) {
        return compare("lessEqual", Order.LESS_EQUAL, a, b, false);
    }

    /** Returns {@code x <= number}, the number rounded to the type of x if that is F32; integers are compared with it as it is. */
    public static Tensor lessEqual(Tensor x, double number) {
        return x.dtype().isFloating()
                ? lessEqual(x, number("lessEqual", x, number))
                : whole("lessEqual", x, Math.floor(number), number > 0, bound -> lessEqual(x, bound));
    }

    /** The same with a whole number, which no I64 is rounded to meet. */
    public static Tensor lessEqual(Tensor x, long number) {
        return x.dtype() == DType.I64 ? lessEqual(x, Tensor.scalar(number)) : lessEqual(x, (double) number);
    }

    /**
     * Returns a > b.
     *
     * {@snippet :
     * Comparison.greater(Tensor.of(new float[] {1, 2, 3}, 3), Tensor.scalar(2f)); // BOOL[3][false, false, true]
     * }
     */
    public static Tensor greater(Tensor a, Tensor b) {
        return compare("greater", Order.LESS, b, a, false);
    }

    /** Returns x > number, the number rounded to the type of x if that is F32; integers are compared with it as it is. */
    public static Tensor greater(Tensor x, double number) {
        return x.dtype().isFloating()
                ? greater(x, number("greater", x, number))
                : whole("greater", x, Math.floor(number), number < 0, bound -> greater(x, bound));
    }

    /** The same with a whole number, which no I64 is rounded to meet. */
    public static Tensor greater(Tensor x, long number) {
        return x.dtype() == DType.I64 ? greater(x, Tensor.scalar(number)) : greater(x, (double) number);
    }

    /**
     * Returns a >= b.
     *
     * {@snippet :
     * Comparison.greaterEqual(Tensor.of(new float[] {1, 2, 3}, 3), Tensor.scalar(2f)); // BOOL[3][false, true, true]
     * }
     */
    public static Tensor greaterEqual(Tensor a, Tensor b) {
        return compare("greaterEqual", Order.LESS_EQUAL, b, a, false);
    }

    /** Returns x >= number, the number rounded to the type of x if that is F32; integers are compared with it as it is. */
    public static Tensor greaterEqual(Tensor x, double number) {
        return x.dtype().isFloating()
                ? greaterEqual(x, number("greaterEqual", x, number))
                : whole("greaterEqual", x, Math.ceil(number), number < 0, bound -> greaterEqual(x, bound));
    }

    /** The same with a whole number, which no I64 is rounded to meet. */
    public static Tensor greaterEqual(Tensor x, long number) {
        return x.dtype() == DType.I64 ? greaterEqual(x, Tensor.scalar(number)) : greaterEqual(x, (double) number);
    }

    /**
     * Returns a == b; NaN equals nothing, -0 equals 0.
     *
     * {@snippet :
     * Comparison.equal(Tensor.of(new float[] {-0f, Float.NaN}, 2), Tensor.scalar(0f)); // BOOL[2][true, false]
     * }
     */
    public static Tensor equal(Tensor a, Tensor b) {
        return compare("equal", Order.EQUAL, a, b, false);
    }

    /** Returns x == number, the number rounded to the type of x if that is F32; integers are compared with it as it is. */
    public static Tensor equal(Tensor x, double number) {
        return x.dtype().isFloating()
                ? equal(x, number("equal", x, number))
                : whole("equal", x, number, false, bound -> equal(x, bound));
    }

    /** The same with a whole number, which no I64 is rounded to meet. */
    public static Tensor equal(Tensor x, long number) {
        return x.dtype() == DType.I64 ? equal(x, Tensor.scalar(number)) : equal(x, (double) number);
    }

    /**
     * Returns a != b; NaN differs from everything.
     *
     * {@snippet :
     * Comparison.notEqual(Tensor.of(new float[] {0, 1, Float.NaN}, 3), Tensor.scalar(0f)); // BOOL[3][false, true, true]
     * }
     */
    public static Tensor notEqual(Tensor a, Tensor b) {
        return compare("notEqual", Order.EQUAL, a, b, true);
    }

    /** Returns x != number, the number rounded to the type of x if that is F32; integers are compared with it as it is. */
    public static Tensor notEqual(Tensor x, double number) {
        return x.dtype().isFloating()
                ? notEqual(x, number("notEqual", x, number))
                : whole("notEqual", x, number, true, bound -> notEqual(x, bound));
    }

    /** The same with a whole number, which no I64 is rounded to meet. */
    public static Tensor notEqual(Tensor x, long number) {
        return x.dtype() == DType.I64 ? notEqual(x, Tensor.scalar(number)) : notEqual(x, (double) number);
    }

    private enum Order {
        LESS,
        LESS_EQUAL,
        EQUAL
    }

    static Tensor number(String name, Tensor x, double number) {
        Require.values(name, x);
        return Creation.full(name, x.dtype(), number, Shape.of());
    }

    /**
     * Compares integers with a number as it is. The integer {@code bound} decides in its place; where it is none of the type's,
     * the answer is the same for all.
     */
    private static Tensor whole(
            String name, Tensor x, double bound, boolean otherwise, UnaryOperator<Tensor> comparison) {
        Require.values(name, x);
        boolean fits = bound == Math.rint(bound)
                && switch (x.dtype()) {
                    case I64 -> bound >= -0x1p63 && bound < 0x1p63;
                    case I32 -> bound >= -0x1p31 && bound < 0x1p31;
                    default -> bound == 0 || bound == 1;
                };
        return fits
                ? comparison.apply(Tensor.full(x.dtype(), (long) bound, Shape.of()))
                : Tensor.full(DType.BOOL, otherwise ? 1 : 0, x.shape());
    }

    private static Tensor compare(String name, Order order, Tensor givenA, Tensor givenB, boolean negated) {
        Require.sameType(name, givenA, givenB);
        Require.values(name, givenA);
        Shape shape = Require.broadcast(name, givenA, givenB);
        Tensor a = ElementLoops.dense(givenA, shape.elementCount());
        Tensor b = ElementLoops.dense(givenB, shape.elementCount());
        byte[] y = new byte[shape.arrayLength(name)];
        Object left = a.storage();
        Object right = b.storage();
        ElementLoops.walk(shape, a, b, COST, (ao, as, bo, bs, yo, n) -> {
            switch (order) {
                case LESS -> less(left, ao, as, right, bo, bs, y, yo, n, false);
                case LESS_EQUAL -> lessEqual(left, ao, as, right, bo, bs, y, yo, n);
                case EQUAL -> equal(left, ao, as, right, bo, bs, y, yo, n, negated);
            }
        });
        return Tensor.wrap(DType.BOOL, y, shape);
    }

    private static void less(
            Object a, int ao, int as, Object b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        switch (a) {
            case float[] u -> Comparing.less(u, ao, as, (float[]) b, bo, bs, y, yo, n, negated);
            case double[] u -> Comparing.less(u, ao, as, (double[]) b, bo, bs, y, yo, n, negated);
            case long[] u -> Comparing.less(u, ao, as, (long[]) b, bo, bs, y, yo, n, negated);
            case int[] u -> Comparing.less(u, ao, as, (int[]) b, bo, bs, y, yo, n, negated);
            default -> Comparing.less((byte[]) a, ao, as, (byte[]) b, bo, bs, y, yo, n, negated);
        }
    }

    private static void lessEqual(Object a, int ao, int as, Object b, int bo, int bs, byte[] y, int yo, int n) {
        switch (a) {
            case float[] u -> Comparing.lessEqual(u, ao, as, (float[]) b, bo, bs, y, yo, n);
            case double[] u -> Comparing.lessEqual(u, ao, as, (double[]) b, bo, bs, y, yo, n);
            // Without NaN, a <= b where not b < a.
            default -> less(b, bo, bs, a, ao, as, y, yo, n, true);
        }
    }

    private static void equal(
            Object a, int ao, int as, Object b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        switch (a) {
            case float[] u -> Comparing.equal(u, ao, as, (float[]) b, bo, bs, y, yo, n, negated);
            case double[] u -> Comparing.equal(u, ao, as, (double[]) b, bo, bs, y, yo, n, negated);
            case long[] u -> Comparing.equal(u, ao, as, (long[]) b, bo, bs, y, yo, n, negated);
            case int[] u -> Comparing.equal(u, ao, as, (int[]) b, bo, bs, y, yo, n, negated);
            default -> Comparing.equal((byte[]) a, ao, as, (byte[]) b, bo, bs, y, yo, n, negated);
        }
    }

    // ---- kinds of numbers

    /**
     * Returns where x is not a number; nowhere for integers.
     *
     * {@snippet :
     * Comparison.isNaN(Tensor.of(new float[] {1, Float.NaN}, 2)); // BOOL[2][false, true]
     * }
     */
    public static Tensor isNaN(Tensor x) {
        return compare("isNaN", Order.EQUAL, x, x, true);
    }

    /**
     * Returns where x is infinite; nowhere for integers.
     *
     * {@snippet :
     * Comparison.isInf(Tensor.of(new float[] {1, Float.NEGATIVE_INFINITY, Float.NaN}, 3)); // BOOL[3][false, true, false]
     * }
     */
    public static Tensor isInf(Tensor x) {
        return x.dtype().isFloating()
                ? equal(Selection.abs(x), Double.POSITIVE_INFINITY)
                : compare("isInf", Order.EQUAL, x, x, true);
    }

    /**
     * Returns where x is neither infinite nor NaN; everywhere for integers.
     *
     * {@snippet :
     * Comparison.isFinite(Tensor.of(new float[] {1, Float.POSITIVE_INFINITY, Float.NaN}, 3)); // BOOL[3][true, false, false]
     * }
     */
    public static Tensor isFinite(Tensor x) {
        return x.dtype().isFloating()
                ? less(Selection.abs(x), Double.POSITIVE_INFINITY)
                : compare("isFinite", Order.EQUAL, x, x, false);
    }

    // ---- nearness

    /**
     * Returns where {@code |a - b| <= atol + rtol |b|}; see the longer form. NaN is close to nothing.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new float[] {1, 1.01f}, 2);
     * Comparison.isClose(a, Tensor.scalar(1f), 1e-5, 1e-8); // BOOL[2][true, false]
     * }
     */
    public static Tensor isClose(Tensor a, Tensor b, double rtol, double atol) {
        return isClose(a, b, rtol, atol, false);
    }

    /**
     * Returns where {@code |a - b| <= atol + rtol |b|}, b being what is right. An infinity is close to itself alone. F32 and F64 are compared in
     * double precision, integers exactly.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY}, 2);
     * Comparison.isClose(x, x, 0, 0, true); // BOOL[2][true, true]
     * }
     *
     * @param equalNaN whether NaN is close to NaN
     * @throws IllegalArgumentException if a tolerance is negative, infinite or NaN
     */
    public static Tensor isClose(Tensor a, Tensor b, double rtol, double atol, boolean equalNaN) {
        return isClose("isClose", a, b, rtol, atol, equalNaN);
    }

    /**
     * Returns whether all elements are close, as {@link #isClose(Tensor, Tensor, double, double)} says; true for none.
     *
     * {@snippet :
     * Comparison.allClose(Tensor.scalar(1.0), Tensor.scalar(1.1), 0.1, 0); // true
     * }
     */
    public static boolean allClose(Tensor a, Tensor b, double rtol, double atol) {
        return allClose(a, b, rtol, atol, false);
    }

    /** The same; {@code equalNaN} says whether NaN is close to NaN. */
    public static boolean allClose(Tensor a, Tensor b, double rtol, double atol, boolean equalNaN) {
        return Counting.all(isClose("allClose", a, b, rtol, atol, equalNaN)).item() == 1;
    }

    private static Tensor isClose(String name, Tensor a, Tensor b, double rtol, double atol, boolean equalNaN) {
        Require.sameType(name, a, b);
        Require.values(name, a);
        if (!(rtol >= 0 && atol >= 0 && Double.isFinite(rtol + atol))) {
            throw new IllegalArgumentException(
                    name + ": rtol and atol must be finite and not negative; got " + rtol + " and " + atol);
        }
        Shape shape = Require.broadcast(name, a, b);
        byte[] y = new byte[shape.arrayLength(name)];
        boolean floating = a.dtype().isFloating();
        Tensor left = a.to(floating ? DType.F64 : DType.I64);
        Tensor right = b.to(left.dtype());
        ElementLoops.walk(shape, left, right, ElementLoops.OBJECT_PICOSECONDS, (ao, as, bo, bs, yo, n) -> {
            for (int i = 0; i < n; i++) {
                int u = ao + i * as;
                int v = bo + i * bs;
                boolean close = floating
                        ? isClose(left.doubles()[u], right.doubles()[v], rtol, atol, equalNaN)
                        : isClose(left.longs()[u], right.longs()[v], rtol, atol);
                y[yo + i] = (byte) (close ? 1 : 0);
            }
        });
        return Tensor.wrap(DType.BOOL, y, shape);
    }

    private static boolean isClose(double a, double b, double rtol, double atol, boolean equalNaN) {
        if (a == b || Double.isInfinite(a) || Double.isInfinite(b)) {
            return a == b;
        }
        return Math.abs(a - b) <= atol + rtol * Math.abs(b) || equalNaN && Double.isNaN(a) && Double.isNaN(b);
    }

    private static boolean isClose(long a, long b, double rtol, double atol) {
        if (a == b) {
            return true;
        }
        BigDecimal right = BigDecimal.valueOf(b);
        BigDecimal bound = new BigDecimal(rtol).multiply(right.abs()).add(new BigDecimal(atol));
        return BigDecimal.valueOf(a).subtract(right).abs().compareTo(bound) <= 0;
    }

    // ---- logic

    /**
     * Returns a and b, for BOOL.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new boolean[] {false, false, true, true}, 4);
     * Comparison.logicalAnd(a, Tensor.of(new boolean[] {false, true, false, true}, 4)); // BOOL[4][false, false, false, true]
     * }
     */
    public static Tensor logicalAnd(Tensor a, Tensor b) {
        Require.truths("logicalAnd", b);
        Require.truths("logicalAnd", a);
        return Selection.choose("logicalAnd", Require.broadcast("logicalAnd", a, b), a, b, a);
    }

    /**
     * Returns a or b, for BOOL.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new boolean[] {false, false, true, true}, 4);
     * Comparison.logicalOr(a, Tensor.of(new boolean[] {false, true, false, true}, 4)); // BOOL[4][false, true, true, true]
     * }
     */
    public static Tensor logicalOr(Tensor a, Tensor b) {
        Require.truths("logicalOr", b);
        Require.truths("logicalOr", a);
        return Selection.choose("logicalOr", Require.broadcast("logicalOr", a, b), a, a, b);
    }

    /**
     * Returns whether exactly one of a and b holds, for BOOL.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new boolean[] {false, false, true, true}, 4);
     * Comparison.logicalXor(a, Tensor.of(new boolean[] {false, true, false, true}, 4)); // BOOL[4][false, true, true, false]
     * }
     */
    public static Tensor logicalXor(Tensor a, Tensor b) {
        Require.truths("logicalXor", a);
        Require.truths("logicalXor", b);
        return compare("logicalXor", Order.EQUAL, a, b, true);
    }

    /**
     * Returns the negation of truth values.
     *
     * {@snippet :
     * Comparison.logicalNot(Tensor.of(new boolean[] {false, true}, 2)); // BOOL[2][true, false]
     * }
     */
    public static Tensor logicalNot(Tensor a) {
        Require.truths("logicalNot", a);
        return equal(a, Tensor.zeros(DType.BOOL));
    }
}
