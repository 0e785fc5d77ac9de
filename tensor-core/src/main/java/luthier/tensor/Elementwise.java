package luthier.tensor;

import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.DoubleBinary;
import luthier.tensor.kernel.DoubleFunctions;
import luthier.tensor.kernel.DoublePower;
import luthier.tensor.kernel.DoubleUnary;
import luthier.tensor.kernel.ElementaryKernels;
import luthier.tensor.kernel.LongBinary;
import luthier.tensor.kernel.Unary;
import luthier.tensor.kernel.UnaryKernel;

/**
 * Arithmetic of single elements. Two operands broadcast (aligned at the last axis, sizes equal or 1) and must have one type; the
 * result has that type; a number in an operand's place is rounded to it, and beside integers must be whole. NaN in any operand gives NaN. Computed in F32 and F64, most also in I64 and I32.
 *
 * <p>All throw {@link ShapeException} if operands do not broadcast and {@link DTypeException} if types differ or the operation is not
 * defined for them. Functions of school are in {@link Elementary}, comparisons and choices in {@link Comparison}.
 */
public final class Elementwise {
    private static final int BLOCK_PICOSECONDS = 250;

    private Elementwise() {}

    // ---- two operands

    /**
     * Returns a + b. Integers wrap.
     *
     * {@snippet :
     * Elementwise.add(Tensor.of(new float[] {1, 2}, 2), Tensor.scalar(10f)); // F32[2][11.0, 12.0]
     * }
     */
    public static Tensor add(Tensor a, Tensor b) {
        return add("add", a, b);
    }

    /** Adds for another operation, which errors name. */
    static Tensor add(String name, Tensor a, Tensor b) {
        return ElementLoops.binary(name, a, b, Binary.ADD, DoubleBinary.ADD, LongBinary.ADD);
    }

    /**
     * The same with a number for b, rounded to the type of x.
     */
    public static Tensor add(Tensor x, double number) {
        return ElementLoops.binary("add", x, number, Binary.ADD, DoubleBinary.ADD, LongBinary.ADD);
    }

    /**
     * Returns a - b. Integers wrap.
     *
     * {@snippet :
     * Elementwise.sub(Tensor.of(new float[] {1, 2}, 2), Tensor.of(new float[] {3, 5}, 2)); // F32[2][-2.0, -3.0]
     * }
     */
    public static Tensor sub(Tensor a, Tensor b) {
        return ElementLoops.binary("sub", a, b, Binary.SUB, DoubleBinary.SUB, LongBinary.SUB);
    }

    /**
     * The same with a number for b, rounded to the type of x.
     */
    public static Tensor sub(Tensor x, double number) {
        return ElementLoops.binary("sub", x, number, Binary.SUB, DoubleBinary.SUB, LongBinary.SUB);
    }

    /**
     * Returns number - x, the number rounded to the type of x.
     *
     * {@snippet :
     * Elementwise.sub(1, Tensor.of(new float[] {1, 2}, 2)); // F32[2][0.0, -1.0]
     * }
     */
    public static Tensor sub(double number, Tensor x) {
        return sub(ElementLoops.number("sub", x, number, Long::sum), x);
    }

    /**
     * Returns a b. Integers wrap.
     *
     * {@snippet :
     * Elementwise.mul(Tensor.of(new float[] {1, 2}, 2), 3); // F32[2][3.0, 6.0]
     * }
     */
    public static Tensor mul(Tensor a, Tensor b) {
        return mul("mul", a, b);
    }

    /** Multiplies for another operation, which errors name. */
    static Tensor mul(String name, Tensor a, Tensor b) {
        return ElementLoops.binary(name, a, b, Binary.MUL, DoubleBinary.MUL, LongBinary.MUL);
    }

    /**
     * The same with a number for b, rounded to the type of x.
     */
    public static Tensor mul(Tensor x, double number) {
        return ElementLoops.binary("mul", x, number, Binary.MUL, DoubleBinary.MUL, LongBinary.MUL);
    }

    /**
     * Returns a / b, for F32 and F64; x / 0 is infinite or, for x = 0, NaN.
     *
     * {@snippet :
     * Elementwise.div(Tensor.of(new float[] {1, 2}, 2), Tensor.of(new float[] {4, 0}, 2)); // F32[2][0.25, Infinity]
     * }
     */
    public static Tensor div(Tensor a, Tensor b) {
        return ElementLoops.binary("div", a, b, Binary.DIV, DoubleBinary.DIV, null);
    }

    /**
     * The same with a number for b, rounded to the type of x.
     */
    public static Tensor div(Tensor x, double number) {
        return ElementLoops.binary("div", x, number, Binary.DIV, DoubleBinary.DIV, null);
    }

    /**
     * Returns number / x, for F32 and F64.
     *
     * {@snippet :
     * Elementwise.div(1, Tensor.of(new float[] {2, 4}, 2)); // F32[2][0.5, 0.25]
     * }
     */
    public static Tensor div(double number, Tensor x) {
        return div(ElementLoops.number("div", x, number, null), x);
    }

    /**
     * Returns a + weight (b - a), taken from b's side for weights of a half and more, so that weight 1 gives b. F32 and F64.
     *
     * {@snippet :
     * Elementwise.lerp(Tensor.of(new float[] {0, 10}, 2), Tensor.of(new float[] {4, 20}, 2), 0.25); // F32[2][1.0, 12.5]
     * }
     */
    public static Tensor lerp(Tensor a, Tensor b, double weight) {
        return ElementLoops.binary(
                "lerp", a, b, Binary.lerp((float) weight), (u, v) -> DoubleFunctions.lerp(u, v, weight), null);
    }

    /**
     * The same with a weight for each element, broadcast.
     */
    public static Tensor lerp(Tensor a, Tensor b, Tensor weight) {
        Require.floating("lerp", weight);
        Require.sameType("lerp", a, b);
        Require.sameType("lerp", a, weight);
        Require.broadcast("lerp", "a, b, w", a, b, weight);
        Tensor near = add(a, mul(weight, sub(b, a)));
        Tensor far = add(b, mul(sub(weight, 1), sub(b, a)));
        return Selection.where(Comparison.less(weight, 0.5).expand(near.shape()), near, far);
    }

    /**
     * Returns a + scale b, the product rounded before the sum.
     *
     * {@snippet :
     * Elementwise.addScaled(Tensor.of(new float[] {1, 2}, 2), Tensor.of(new float[] {10, 10}, 2), 0.5); // F32[2][6.0, 7.0]
     * }
     */
    public static Tensor addScaled(Tensor a, Tensor b, double scale) {
        Require.sameType("addScaled", a, b);
        Tensor scaled = ElementLoops.binary("addScaled", b, scale, Binary.MUL, DoubleBinary.MUL, LongBinary.MUL);
        return add("addScaled", a, scaled);
    }

    // ---- powers

    /**
     * Returns a to the power of b with the special cases of {@link Math#pow}: x^0 = 1, also for NaN; NaN for negative a and fractional b.
     * F32 within 1 ulp. Integers wrap.
     *
     * {@snippet :
     * Elementwise.pow(Tensor.of(new float[] {2, 4}, 2), Tensor.of(new float[] {3, 0.5f}, 2)); // F32[2][8.0, 2.0]
     * }
     *
     * @throws ArithmeticException if an integer exponent is negative
     */
    public static Tensor pow(Tensor a, Tensor b) {
        requireExponents(b);
        return ElementLoops.binary("pow", a, b, ElementaryKernels.POW, DoublePower::pow, Elementwise::power);
    }

    /**
     * The same with a number for b. Exponent 2 is {@link #square}; other whole ones up to 64 and halves are products and roots, rounded once.
     *
     * @throws ArithmeticException if x has integers and the exponent is negative or fractional
     */
    public static Tensor pow(Tensor x, double exponent) {
        if (exponent == 2) {
            return square(x);
        }
        UnaryKernel power = ElementaryKernels.power((float) exponent);
        if (x.dtype() == DType.F32 && power != null) {
            return ElementLoops.unary("pow", x, power, u -> DoublePower.pow(u, exponent));
        }
        if (x.dtype().isFloating()) {
            return ElementLoops.binary("pow", x, exponent, ElementaryKernels.POW, DoublePower::pow, null);
        }
        if (exponent != Math.rint(exponent)) {
            throw new ArithmeticException(
                    "pow: integers need whole exponents; got " + exponent + "; convert with to()");
        }
        return pow(x, ElementLoops.number("pow", x, exponent, Elementwise::power));
    }

    /**
     * Returns number to the power of x.
     *
     * {@snippet :
     * Elementwise.pow(2, Tensor.of(new float[] {3, -1}, 2)); // F32[2][8.0, 0.5]
     * }
     */
    public static Tensor pow(double number, Tensor x) {
        return pow(ElementLoops.number("pow", x, number, Elementwise::power), x);
    }

    /** By repeated squaring. */
    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            result = (left & 1) == 0 ? result : result * square;
            square *= square;
        }
        return result;
    }

    // ---- one operand

    /**
     * Returns -x. Integers wrap.
     *
     * {@snippet :
     * Elementwise.neg(Tensor.of(new float[] {1, -2}, 2)); // F32[2][-1.0, 2.0]
     * }
     */
    public static Tensor neg(Tensor x) {
        return ElementLoops.unary("neg", x, Unary.NEG, DoubleUnary.NEG, u -> -u);
    }

    /**
     * Returns x^2. Integers wrap.
     *
     * {@snippet :
     * Elementwise.square(Tensor.of(new float[] {-3, 2}, 2)); // F32[2][9.0, 4.0]
     * }
     */
    public static Tensor square(Tensor x) {
        return ElementLoops.unary("square", x, Unary.SQUARE, DoubleUnary.SQUARE, u -> u * u);
    }

    /**
     * Returns the square root, rounded correctly; NaN for negative x. F32 and F64.
     *
     * {@snippet :
     * Elementwise.sqrt(Tensor.of(new float[] {4, -1}, 2)); // F32[2][2.0, NaN]
     * }
     */
    public static Tensor sqrt(Tensor x) {
        return ElementLoops.unary("sqrt", x, Unary.SQRT, DoubleUnary.SQRT);
    }

    /**
     * Returns 1 / sqrt(x), in F32 rounded once; infinite at 0, NaN for negative x. F32 and F64.
     *
     * {@snippet :
     * Elementwise.rsqrt(Tensor.of(new float[] {4, 0}, 2)); // F32[2][0.5, Infinity]
     * }
     */
    public static Tensor rsqrt(Tensor x) {
        return ElementLoops.unary("rsqrt", x, Unary.RSQRT, u -> 1 / Math.sqrt(u));
    }

    /**
     * Returns 1 / x. F32 and F64.
     *
     * {@snippet :
     * Elementwise.reciprocal(Tensor.of(new float[] {4, -2}, 2)); // F32[2][0.25, -0.5]
     * }
     */
    public static Tensor reciprocal(Tensor x) {
        return ElementLoops.unary("reciprocal", x, Unary.RECIPROCAL, DoubleUnary.RECIPROCAL);
    }

    // ---- what the families share

    /** Visits the blocks of n elements of cheap work, on all threads if it is much. */
    static void forBlocks(int n, ElementLoops.Range range) {
        ElementLoops.forBlocks(n, BLOCK_PICOSECONDS, range);
    }

    private static void requireExponents(Tensor b) {
        if (!Require.isInteger(b)) {
            return;
        }
        for (long exponent : b.toLongArray()) {
            if (exponent < 0) {
                throw new ArithmeticException(
                        "pow: an integer exponent must not be negative; got " + exponent + "; convert with to()");
            }
        }
    }
}
