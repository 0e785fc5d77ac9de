package luthier.tensor;

/**
 * What operations require of the types of their operands: {@code Require.floating("exp", x)}.
 */
final class Require {
    private Require() {}

    static void sameType(String name, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype()) {
            throw new DTypeException(
                    name + ": types must agree; got " + a.dtype() + " and " + b.dtype() + "; convert with to()");
        }
    }

    static void floating(String name, Tensor x) {
        if (!x.dtype().isFloating()) {
            throw floatingNeeded(name, x);
        }
    }

    static boolean isInteger(Tensor x) {
        return x.dtype() == DType.I64 || x.dtype() == DType.I32;
    }

    static void truths(String name, Tensor x) {
        if (x.dtype() != DType.BOOL) {
            throw new DTypeException(name + ": needs BOOL; got " + x.dtype() + "; compare first, or convert with to()");
        }
    }

    static void values(String name, Tensor x) {
        switch (x.dtype()) {
            case F32, F64, I64, I32, BOOL -> {}
            case BF16, F16, I8, U8 ->
                throw new DTypeException(
                        name + ": needs F32, F64, I64, I32 or BOOL; got " + x.dtype() + "; convert with to()");
        }
    }

    /** From here on a double may stand for several whole numbers. */
    static final double INEXACT = 0x1p53;

    /** Throws unless a number is one of the type's; the floating types round, and of BOOL all but 0 is true. */
    static void whole(String name, DType dtype, double value) {
        double low = switch (dtype) {
            case I64 -> -INEXACT;
            case I32 -> Integer.MIN_VALUE;
            case I8 -> Byte.MIN_VALUE;
            case U8 -> 0;
            case F32, F64, BF16, F16, BOOL -> Double.NaN;
        };
        if (Double.isNaN(low)) {
            return;
        }
        if (value != Math.rint(value)) {
            throw new DTypeException(
                    name + ": a number beside integers must be whole; got " + value + "; convert with to()");
        }
        double high = dtype == DType.U8 ? 255 : -low - 1;
        if (dtype == DType.I64 && Math.abs(value) >= INEXACT) {
            throw inexact(name, value);
        }
        if (value < low || value > high) {
            throw new DTypeException(name + ": " + dtype + " holds " + (long) low + " to " + (long) high + "; got "
                    + value + "; convert with to()");
        }
    }

    static DTypeException inexact(String name, double value) {
        return new DTypeException(name + ": a double of 2^53 or more may stand for several whole numbers; got " + value
                + "; give a long or an I64 tensor, Tensor.scalar(long)");
    }

    static DTypeException floatingNeeded(String name, Tensor x) {
        return new DTypeException(name + ": needs F32 or F64; got " + x.dtype() + "; convert with to()");
    }

    static DTypeException numbersNeeded(String name, Tensor x) {
        return new DTypeException(name + ": needs F32, F64, I64 or I32; got " + x.dtype() + "; convert with to()");
    }
}
