package luthier.tensor;

import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.DoubleFunctions;
import luthier.tensor.kernel.Unary;

/**
 * Rounding to whole numbers and the remainder of a division, in F32, F64, I64 and I32.
 *
 * <p>All throw {@link DTypeException} for other types or types that differ and {@link ShapeException} if operands do not broadcast.
 */
public final class Rounding {
    private Rounding() {}

    /**
     * Returns the largest integer not above x; integers stay.
     *
     * {@snippet :
     * Rounding.floor(Tensor.of(new float[] {-1.5f, 2.5f}, 2)); // F32[2][-2.0, 2.0]
     * }
     */
    public static Tensor floor(Tensor x) {
        return ElementLoops.unary("floor", x, Unary.FLOOR, Math::floor, u -> u);
    }

    /**
     * Returns the smallest integer not below x; integers stay.
     *
     * {@snippet :
     * Rounding.ceil(Tensor.of(new float[] {-1.5f, 2.5f}, 2)); // F32[2][-1.0, 3.0]
     * }
     */
    public static Tensor ceil(Tensor x) {
        return ElementLoops.unary("ceil", x, Unary.CEIL, Math::ceil, u -> u);
    }

    /**
     * Returns the nearest integer, ties to even; integers stay.
     *
     * {@snippet :
     * Rounding.round(Tensor.of(new float[] {0.5f, 1.5f, 2.5f}, 3)); // F32[3][0.0, 2.0, 2.0]
     * }
     */
    public static Tensor round(Tensor x) {
        return ElementLoops.unary("round", x, Unary.ROUND, Math::rint, u -> u);
    }

    /**
     * Returns the integer towards zero; integers stay.
     *
     * {@snippet :
     * Rounding.trunc(Tensor.of(new float[] {-1.5f, 2.5f}, 2)); // F32[2][-1.0, 2.0]
     * }
     */
    public static Tensor trunc(Tensor x) {
        return ElementLoops.unary("trunc", x, Unary.TRUNC, DoubleFunctions::trunc, u -> u);
    }

    /**
     * Returns a - b floor(a / b), with the sign of b as in PyTorch and Python; exact but for one last rounding. NaN for b = 0 or infinite a.
     *
     * {@snippet :
     * Rounding.remainder(Tensor.of(new float[] {5, -5}, 2), 3); // F32[2][2.0, 1.0]
     * }
     *
     * @throws ArithmeticException if an integer divisor is 0
     */
    public static Tensor remainder(Tensor a, Tensor b) {
        requireDivisors("remainder", b);
        return ElementLoops.binary("remainder", a, b, Binary.REMAINDER, DoubleFunctions::remainder, Math::floorMod);
    }

    /**
     * The same with a number for b, rounded to the type of x.
     */
    public static Tensor remainder(Tensor x, double number) {
        return remainder(x, ElementLoops.number("remainder", x, number, Math::floorMod));
    }

    /**
     * Returns floor(a / b) of the exact quotient, the whole number that goes with {@link #remainder}; F32 and F64, where it is infinite or NaN
     * for b = 0, I64 and I32, which wrap: the least integer over -1 is itself.
     *
     * {@snippet :
     * Rounding.floorDivide(Tensor.of(new long[] {7, -7}, 2), 2); // I64[2][3, -4]
     * }
     *
     * @throws ArithmeticException if an integer divisor is 0
     */
    public static Tensor floorDivide(Tensor a, Tensor b) {
        requireDivisors("floorDivide", b);
        return ElementLoops.binary(
                "floorDivide", a, b, Binary.FLOOR_DIVIDE, DoubleFunctions::floorDivide, Math::floorDiv);
    }

    /** The same with a number for b, rounded to the type of x. */
    public static Tensor floorDivide(Tensor x, double number) {
        return floorDivide(x, ElementLoops.number("floorDivide", x, number, Math::floorDiv));
    }

    /**
     * Returns a / b of the exact quotient without its fraction, as Java divides integers; else the rules of {@link #floorDivide}.
     *
     * {@snippet :
     * Rounding.truncDivide(Tensor.of(new long[] {7, -7}, 2), 2); // I64[2][3, -3]
     * }
     *
     * @throws ArithmeticException if an integer divisor is 0
     */
    public static Tensor truncDivide(Tensor a, Tensor b) {
        requireDivisors("truncDivide", b);
        return ElementLoops.binary(
                "truncDivide", a, b, Binary.TRUNC_DIVIDE, DoubleFunctions::truncDivide, (u, v) -> u / v);
    }

    /** The same with a number for b, rounded to the type of x. */
    public static Tensor truncDivide(Tensor x, double number) {
        return truncDivide(x, ElementLoops.number("truncDivide", x, number, (u, v) -> u / v));
    }

    private static void requireDivisors(String name, Tensor b) {
        if (!Require.isInteger(b)) {
            return;
        }
        for (long divisor : b.toLongArray()) {
            if (divisor == 0) {
                throw new ArithmeticException(
                        name + ": an integer divisor must not be 0; got " + b.shape() + " with a 0; convert with to()");
            }
        }
    }
}
