package luthier.tensor;

import java.util.Arrays;

/**
 * What operations require of the types, shapes and axes of their operands: {@code Require.floating("exp", x)}.
 */
final class Require {
    private Require() {}

    static void sameType(String name, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype()) {
            throw new DTypeException(
                    name + ": types must agree; got " + a.dtype() + " and " + b.dtype() + "; convert with to()");
        }
    }

    /** Returns the shape to which two operands broadcast. */
    static Shape broadcast(String name, Tensor a, Tensor b) {
        return broadcast(name, "a, b", a, b);
    }

    /** The same of operands that have names of their own. */
    static Shape broadcast(String name, String names, Tensor a, Tensor b) {
        try {
            return a.shape().broadcast(b.shape(), name);
        } catch (ShapeException e) {
            throw e.of(name, ShapeRule.BROADCAST, names, a, b);
        }
    }

    /** Returns the shape to which three operands broadcast, the first two before the third; names are in their order. */
    static Shape broadcast(String name, String names, Tensor a, Tensor b, Tensor c) {
        try {
            return a.shape().broadcast(b.shape(), name).broadcast(c.shape(), name);
        } catch (ShapeException e) {
            throw e.of(name, ShapeRule.BROADCAST, names, a, b, c);
        }
    }

    /** Returns the error of an operand x that has no rule of shapes; an axis that the line names is marked. */
    static ShapeException broken(String line, Tensor x) {
        return ShapeRule.ANY.broken(line, "x", x);
    }

    /** Returns an axis of x as an index from the front. */
    static int axis(String name, Tensor x, int axis) {
        return axis(name, "x", x, axis);
    }

    /** The same of an operand that has a name of its own. */
    static int axis(String name, String operand, Tensor x, int axis) {
        try {
            return x.shape().axis(axis, name);
        } catch (ShapeException e) {
            throw e.of(operand, x, Repairs.axes(x.rank(), axis));
        }
    }

    /** Returns axes of x that are given together as indices from the front. */
    static int[] axes(String name, Tensor x, int... axes) {
        int[] resolved = new int[axes.length];
        try {
            Arrays.setAll(resolved, i -> x.shape().axis(axes[i], name));
        } catch (ShapeException e) {
            throw e.of("x", x, Repairs.axes(x.rank(), axes));
        }
        return resolved;
    }

    /** Requires that a gradient has the shape of the result. */
    static void gradient(String name, Tensor dY, Shape y) {
        if (!dY.shape().equals(y)) {
            throw ShapeRule.shaped(y)
                    .broken(name + ": dY must have the shape of y, " + y + "; got " + dY.shape(), "dY", dY);
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
