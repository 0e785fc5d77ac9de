package luthier.tensor;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.BinaryKernel;
import luthier.tensor.kernel.DoubleFunctions;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.Unary;
import luthier.tensor.kernel.UnaryKernel;
import org.jspecify.annotations.Nullable;

/**
 * Operations on single elements. Two operands broadcast (aligned at the last axis, sizes equal or 1) and must have one type;
 * the result has that type, comparisons give BOOL. NaN in any operand gives NaN, in a comparison false (true for notEqual).
 *
 * <p>All throw {@link ShapeException} if operands do not broadcast and {@link DTypeException} if types differ or the operation
 * is not defined for them. Single-precision functions are own polynomials within 2 ulp, double precision follows {@link
 * StrictMath}.
 */
public final class Elementwise {
    /** Elements of a broadcast operand laid out for a kernel at a time. */
    private static final int SCRATCH = 1024;

    private Elementwise() {}

    // ---- two operands
    // ---------------------------------------------------------------------------------------------------

    /** Returns a + b. Integers wrap. */
    public static Tensor add(Tensor a, Tensor b) {
        return binary("add", a, b, Binary.ADD, Double::sum, Long::sum);
    }

    /** Returns a - b. Integers wrap. */
    public static Tensor sub(Tensor a, Tensor b) {
        return binary("sub", a, b, Binary.SUB, (u, v) -> u - v, (u, v) -> u - v);
    }

    /** Returns a b. Integers wrap. */
    public static Tensor mul(Tensor a, Tensor b) {
        return binary("mul", a, b, Binary.MUL, (u, v) -> u * v, (u, v) -> u * v);
    }

    /** Returns a / b, for floating-point types. */
    public static Tensor div(Tensor a, Tensor b) {
        return binary("div", a, b, Binary.DIV, (u, v) -> u / v, null);
    }

    /** Returns the larger element; -0 is smaller than 0. */
    public static Tensor maximum(Tensor a, Tensor b) {
        return binary("maximum", a, b, Binary.MAX, Math::max, Math::max);
    }

    /** Returns the smaller element; -0 is smaller than 0. */
    public static Tensor minimum(Tensor a, Tensor b) {
        return binary("minimum", a, b, Binary.MIN, Math::min, Math::min);
    }

    /** Returns a to the power of b, rounded from double precision, with the special cases of {@link Math#pow}. */
    public static Tensor pow(Tensor a, Tensor b) {
        BinaryKernel rounded = (x, xo, y, yo, z, zo, n) -> {
            for (int i = 0; i < n; i++) {
                z[zo + i] = (float) StrictMath.pow(x[xo + i], y[yo + i]);
            }
        };
        return binary("pow", a, b, rounded, StrictMath::pow, null);
    }

    /** Returns x + scalar, the scalar rounded to the type of x. */
    public static Tensor add(Tensor x, double scalar) {
        return add(x, Tensor.full(x.dtype(), scalar, Shape.of()));
    }

    /** Returns x scalar, the scalar rounded to the type of x. */
    public static Tensor mul(Tensor x, double scalar) {
        return mul(x, Tensor.full(x.dtype(), scalar, Shape.of()));
    }

    /** Returns x to the power of a number. */
    public static Tensor pow(Tensor x, double exponent) {
        return exponent == 2 ? square(x) : pow(x, Tensor.full(x.dtype(), exponent, Shape.of()));
    }

    /** Returns x cut to [low, high]; NaN stays. */
    public static Tensor clamp(Tensor x, double low, double high) {
        Tensor raised = maximum(x, Tensor.full(x.dtype(), low, Shape.of()));
        return minimum(raised, Tensor.full(x.dtype(), high, Shape.of()));
    }

    /** Returns a + scale b, the product rounded before the sum. */
    public static Tensor addScaled(Tensor a, Tensor b, double scale) {
        return add(a, mul(b, scale));
    }

    // ---- comparisons and selection
    // --------------------------------------------------------------------------------------

    /** Returns a < b. */
    public static Tensor less(Tensor a, Tensor b) {
        return compare("less", a, b, (u, v) -> u < v, (u, v) -> u < v);
    }

    /** Returns a <= b. */
    public static Tensor lessEqual(Tensor a, Tensor b) {
        return compare("lessEqual", a, b, (u, v) -> u <= v, (u, v) -> u <= v);
    }

    /** Returns a > b. */
    public static Tensor greater(Tensor a, Tensor b) {
        return less(b, a);
    }

    /** Returns a >= b. */
    public static Tensor greaterEqual(Tensor a, Tensor b) {
        return lessEqual(b, a);
    }

    /** Returns a == b. */
    public static Tensor equal(Tensor a, Tensor b) {
        return compare("equal", a, b, (u, v) -> u == v, (u, v) -> u == v);
    }

    /** Returns a != b. */
    public static Tensor notEqual(Tensor a, Tensor b) {
        return compare("notEqual", a, b, (u, v) -> u != v, (u, v) -> u != v);
    }

    /** Returns a where the condition (BOOL) holds and b elsewhere; all three broadcast. */
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        requireBool("where", condition);
        requireSameType("where", a, b);
        Shape shape = a.shape().broadcast(b.shape(), "where").broadcast(condition.shape(), "where");
        Tensor result = Tensor.zeros(a.dtype(), shape);
        Broadcasting walk = new Broadcasting(shape, condition, a, b);
        int cs = walk.step(0);
        int as = walk.step(1);
        int bs = walk.step(2);
        byte[] c = condition.bytes();
        walk.forEach((position, length, at) -> {
            switch (result.storage()) {
                case float[] y -> {
                    float[] u = a.floats();
                    float[] v = b.floats();
                    for (int i = 0; i < length; i++) {
                        y[position + i] = c[at[0] + i * cs] != 0 ? u[at[1] + i * as] : v[at[2] + i * bs];
                    }
                }
                case double[] y -> {
                    double[] u = a.doubles();
                    double[] v = b.doubles();
                    for (int i = 0; i < length; i++) {
                        y[position + i] = c[at[0] + i * cs] != 0 ? u[at[1] + i * as] : v[at[2] + i * bs];
                    }
                }
                case long[] y -> {
                    long[] u = a.longs();
                    long[] v = b.longs();
                    for (int i = 0; i < length; i++) {
                        y[position + i] = c[at[0] + i * cs] != 0 ? u[at[1] + i * as] : v[at[2] + i * bs];
                    }
                }
                case int[] y -> {
                    int[] u = (int[]) a.storage();
                    int[] v = (int[]) b.storage();
                    for (int i = 0; i < length; i++) {
                        y[position + i] = c[at[0] + i * cs] != 0 ? u[at[1] + i * as] : v[at[2] + i * bs];
                    }
                }
                default -> {
                    byte[] y = result.bytes();
                    byte[] u = a.bytes();
                    byte[] v = b.bytes();
                    for (int i = 0; i < length; i++) {
                        y[position + i] = c[at[0] + i * cs] != 0 ? u[at[1] + i * as] : v[at[2] + i * bs];
                    }
                }
            }
        });
        return result;
    }

    /** Returns x with the elements where the mask (BOOL, broadcast) holds replaced by a value. */
    public static Tensor maskedFill(Tensor x, Tensor mask, double value) {
        return where(mask, Tensor.full(x.dtype(), value, Shape.of()), x);
    }

    /** Returns the negation of truth values. */
    public static Tensor logicalNot(Tensor a) {
        requireBool("logicalNot", a);
        return equal(a, Tensor.zeros(DType.BOOL));
    }

    // ---- one operand
    // ----------------------------------------------------------------------------------------------------

    /** Returns -x. */
    public static Tensor neg(Tensor x) {
        return x.dtype().isFloating() ? unary("neg", x, Unary.NEG, u -> -u) : sub(Tensor.zeros(x.dtype()), x);
    }

    /** Returns |x|. */
    public static Tensor abs(Tensor x) {
        return x.dtype().isFloating() ? unary("abs", x, Unary.ABS, Math::abs) : maximum(x, neg(x));
    }

    /** Returns -1, 0 or 1 with the sign of x; NaN stays. */
    public static Tensor sign(Tensor x) {
        UnaryKernel signum = (a, ao, y, yo, n) -> {
            for (int i = 0; i < n; i++) {
                y[yo + i] = Math.signum(a[ao + i]);
            }
        };
        return unary("sign", x, signum, Math::signum);
    }

    /** Returns x^2. */
    public static Tensor square(Tensor x) {
        return x.dtype().isFloating() ? unary("square", x, Unary.SQUARE, u -> u * u) : mul(x, x);
    }

    /** Returns the square root, correctly rounded; NaN for x < 0. */
    public static Tensor sqrt(Tensor x) {
        return unary("sqrt", x, Unary.SQRT, Math::sqrt);
    }

    /** Returns 1 / sqrt(x). */
    public static Tensor rsqrt(Tensor x) {
        return unary("rsqrt", x, Unary.RSQRT, u -> 1 / Math.sqrt(u));
    }

    /** Returns 1 / x. */
    public static Tensor reciprocal(Tensor x) {
        return unary("reciprocal", x, Unary.RECIPROCAL, u -> 1 / u);
    }

    /** Returns e^x. */
    public static Tensor exp(Tensor x) {
        return unary("exp", x, Unary.EXP, StrictMath::exp);
    }

    /** Returns the natural logarithm; minus infinity for 0, NaN for x < 0. */
    public static Tensor log(Tensor x) {
        return unary("log", x, Unary.LOG, StrictMath::log);
    }

    /** Returns the hyperbolic tangent. */
    public static Tensor tanh(Tensor x) {
        return unary("tanh", x, Unary.TANH, StrictMath::tanh);
    }

    /** Returns the error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
    public static Tensor erf(Tensor x) {
        return unary("erf", x, Unary.ERF, DoubleFunctions::erf);
    }

    /** Returns 1 / (1 + e^-x). */
    public static Tensor sigmoid(Tensor x) {
        return unary("sigmoid", x, Unary.SIGMOID, DoubleFunctions::sigmoid);
    }

    // ---- how they run
    // ---------------------------------------------------------------------------------------------------

    static Tensor unary(String name, Tensor x, UnaryKernel f32, DoubleUnaryOperator f64) {
        requireFloating(name, x);
        Tensor from = x.contiguous();
        int n = (int) x.elementCount();
        int o = from.offset();
        if (x.dtype() == DType.F64) {
            double[] a = from.doubles();
            double[] y = new double[n];
            for (int i = 0; i < n; i++) {
                y[i] = f64.applyAsDouble(a[o + i]);
            }
            return Tensor.wrap(y, x.shape());
        }
        float[] a = from.floats();
        float[] y = new float[n];
        forBlocks(n, (start, length) -> f32.apply(a, o + start, y, start, length));
        return Tensor.wrap(y, x.shape());
    }

    /** A range of flat element positions. */
    interface Range {
        void visit(int start, int length);
    }

    static void forBlocks(int n, Range range) {
        if (n <= Broadcasting.BLOCK) {
            range.visit(0, n);
            return;
        }
        Parallel.run((n + Broadcasting.BLOCK - 1) / Broadcasting.BLOCK, block -> {
            int start = block * Broadcasting.BLOCK;
            range.visit(start, Math.min(Broadcasting.BLOCK, n - start));
        });
    }

    static Tensor binary(
            String name,
            Tensor a,
            Tensor b,
            BinaryKernel f32,
            DoubleBinaryOperator f64,
            @Nullable LongBinaryOperator i64) {
        requireSameType(name, a, b);
        Shape shape = a.shape().broadcast(b.shape(), name);
        return switch (a.dtype()) {
            case F32 -> floats(shape, a, b, f32);
            case F64 -> doubles(shape, a, b, f64);
            case I64 -> longs(shape, a, b, requireIntegers(name, a, i64));
            case I32 ->
                longs(shape, a.to(DType.I64), b.to(DType.I64), requireIntegers(name, a, i64))
                        .to(DType.I32);
            case BOOL, BF16, F16, I8, U8 ->
                throw new DTypeException(
                        name + ": needs F32, F64, I64 or I32; got " + a.dtype() + "; convert with to()");
        };
    }

    private static Tensor floats(Shape shape, Tensor a, Tensor b, BinaryKernel kernel) {
        float[] u = a.floats();
        float[] v = b.floats();
        float[] y = new float[Layout.arrayLength(shape, "elementwise")];
        Tensor result = Tensor.wrap(y, shape);
        if (a.shape().equals(b.shape()) && a.isContiguous() && b.isContiguous()) {
            int ao = a.offset();
            int bo = b.offset();
            forBlocks(y.length, (start, length) -> kernel.apply(u, ao + start, v, bo + start, y, start, length));
            return result;
        }
        Broadcasting walk = new Broadcasting(shape, a, b);
        int as = walk.step(0);
        int bs = walk.step(1);
        walk.forEach((position, length, at) -> {
            if (as == 1 && bs == 1) {
                kernel.apply(u, at[0], v, at[1], y, position, length);
                return;
            }
            float[] left = as == 1 ? u : new float[Math.min(length, SCRATCH)];
            float[] right = bs == 1 ? v : new float[Math.min(length, SCRATCH)];
            for (int done = 0; done < length; done += SCRATCH) {
                int part = Math.min(SCRATCH, length - done);
                int leftAt = as == 1 ? at[0] + done : gather(u, at[0] + done * as, as, left, part, done == 0);
                int rightAt = bs == 1 ? at[1] + done : gather(v, at[1] + done * bs, bs, right, part, done == 0);
                kernel.apply(left, leftAt, right, rightAt, y, position + done, part);
            }
        });
        return result;
    }

    /** Lays out {@code n} elements for a kernel and returns where they start: 0. */
    private static int gather(float[] from, int at, int step, float[] to, int n, boolean first) {
        if (step != 0) {
            for (int i = 0; i < n; i++) {
                to[i] = from[at + i * step];
            }
        } else if (first) {
            Arrays.fill(to, from[at]);
        }
        return 0;
    }

    private static Tensor doubles(Shape shape, Tensor a, Tensor b, DoubleBinaryOperator operator) {
        double[] u = a.doubles();
        double[] v = b.doubles();
        double[] y = new double[Layout.arrayLength(shape, "elementwise")];
        Broadcasting walk = new Broadcasting(shape, a, b);
        int as = walk.step(0);
        int bs = walk.step(1);
        walk.forEach((position, length, at) -> {
            for (int i = 0; i < length; i++) {
                y[position + i] = operator.applyAsDouble(u[at[0] + i * as], v[at[1] + i * bs]);
            }
        });
        return Tensor.wrap(y, shape);
    }

    private static Tensor longs(Shape shape, Tensor a, Tensor b, LongBinaryOperator operator) {
        long[] u = a.longs();
        long[] v = b.longs();
        long[] y = new long[Layout.arrayLength(shape, "elementwise")];
        Broadcasting walk = new Broadcasting(shape, a, b);
        int as = walk.step(0);
        int bs = walk.step(1);
        walk.forEach((position, length, at) -> {
            for (int i = 0; i < length; i++) {
                y[position + i] = operator.applyAsLong(u[at[0] + i * as], v[at[1] + i * bs]);
            }
        });
        return Tensor.wrap(y, shape);
    }

    private interface DoubleTest {
        boolean test(double a, double b);
    }

    private interface LongTest {
        boolean test(long a, long b);
    }

    private static Tensor compare(String name, Tensor a, Tensor b, DoubleTest floating, LongTest integer) {
        requireSameType(name, a, b);
        Shape shape = a.shape().broadcast(b.shape(), name);
        boolean wide = a.dtype().isFloating();
        // Widening is exact, so one comparison serves both precisions, another all integers and truth values.
        Tensor left = a.to(wide ? DType.F64 : DType.I64);
        Tensor right = b.to(wide ? DType.F64 : DType.I64);
        byte[] y = new byte[Layout.arrayLength(shape, name)];
        Broadcasting walk = new Broadcasting(shape, left, right);
        int as = walk.step(0);
        int bs = walk.step(1);
        walk.forEach((position, length, at) -> {
            for (int i = 0; i < length; i++) {
                int ai = at[0] + i * as;
                int bi = at[1] + i * bs;
                boolean holds = wide
                        ? floating.test(left.doubles()[ai], right.doubles()[bi])
                        : integer.test(left.longs()[ai], right.longs()[bi]);
                y[position + i] = holds ? (byte) 1 : 0;
            }
        });
        return Tensor.wrap(y, shape);
    }

    static void requireSameType(String name, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype()) {
            throw new DTypeException(
                    name + ": types must agree; got " + a.dtype() + " and " + b.dtype() + "; convert with to()");
        }
    }

    static void requireFloating(String name, Tensor x) {
        if (!x.dtype().isFloating()) {
            throw new DTypeException(name + ": needs F32 or F64; got " + x.dtype() + "; convert with to()");
        }
    }

    private static LongBinaryOperator requireIntegers(String name, Tensor x, @Nullable LongBinaryOperator operator) {
        if (operator == null) {
            throw new DTypeException(name + ": needs F32 or F64; got " + x.dtype() + "; convert with to()");
        }
        return operator;
    }

    private static void requireBool(String name, Tensor x) {
        if (x.dtype() != DType.BOOL) {
            throw new DTypeException(name + ": needs BOOL; got " + x.dtype() + "; compare first, or convert with to()");
        }
    }
}
