package luthier.tensor;

import luthier.tensor.kernel.Activations;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.Comparing;
import luthier.tensor.kernel.DoubleBinary;
import luthier.tensor.kernel.DoubleUnary;
import luthier.tensor.kernel.LongBinary;
import luthier.tensor.kernel.Unary;

/**
 * Choices between elements: the larger, the smaller, what lies within bounds or under a condition, and the sign. Operands broadcast and must have
 * one type; a number in an operand's place is rounded to it. NaN in any operand of an order gives NaN.
 *
 * <p>All throw {@link ShapeException} if operands do not broadcast and {@link DTypeException} if types differ or the operation is not
 * defined for them.
 */
public final class Selection {
    private Selection() {}

    /**
     * Returns the larger element; NaN if either is NaN; -0 is smaller than 0, whatever the order.
     *
     * {@snippet :
     * Selection.maximum(Tensor.of(new float[] {-0f, Float.NaN, 3}, 3), 0); // F32[3][0.0, NaN, 3.0]
     * }
     */
    public static Tensor maximum(Tensor a, Tensor b) {
        return ElementLoops.binary("maximum", a, b, Binary.MAX, DoubleBinary.MAX, LongBinary.MAX);
    }

    /**
     * The same with a number for b, rounded to the type of x.
     */
    public static Tensor maximum(Tensor x, double number) {
        return atLeast("maximum", x, number);
    }

    /**
     * Returns the smaller element; NaN if either is NaN; -0 is smaller than 0, whatever the order.
     *
     * {@snippet :
     * Selection.minimum(Tensor.of(new float[] {-0f, Float.NaN, 3}, 3), 0); // F32[3][-0.0, NaN, 0.0]
     * }
     */
    public static Tensor minimum(Tensor a, Tensor b) {
        return ElementLoops.binary("minimum", a, b, Binary.MIN, DoubleBinary.MIN, LongBinary.MIN);
    }

    /**
     * The same with a number for b, rounded to the type of x.
     */
    public static Tensor minimum(Tensor x, double number) {
        return atMost("minimum", x, number);
    }

    /**
     * Returns x cut to [low, high], bounds rounded to the type of x, for integers whole or infinite; NaN stays. Where low > high, high.
     *
     * {@snippet :
     * Selection.clamp(Tensor.of(new float[] {-2, 0.5f, 2}, 3), -1, 1); // F32[3][-1.0, 0.5, 1.0]
     * }
     */
    public static Tensor clamp(Tensor x, double low, double high) {
        if (x.dtype() == DType.F32) {
            return ElementLoops.unary("clamp", x, Activations.clamp((float) low, (float) high), u -> u);
        }
        return atMost("clamp", atLeast("clamp", x, low), high);
    }

    private static Tensor atLeast(String name, Tensor x, double number) {
        // Every integer lies above minus infinity.
        return Require.isInteger(x) && number == Double.NEGATIVE_INFINITY
                ? x
                : ElementLoops.binary(name, x, number, Binary.MAX, DoubleBinary.MAX, LongBinary.MAX);
    }

    private static Tensor atMost(String name, Tensor x, double number) {
        return Require.isInteger(x) && number == Double.POSITIVE_INFINITY
                ? x
                : ElementLoops.binary(name, x, number, Binary.MIN, DoubleBinary.MIN, LongBinary.MIN);
    }

    /**
     * The same with tensors for bounds, broadcast.
     */
    public static Tensor clamp(Tensor x, Tensor low, Tensor high) {
        Require.broadcast("clamp", "x, low, high", x, low, high);
        Tensor least = ElementLoops.binary("clamp", x, low, Binary.MAX, DoubleBinary.MAX, LongBinary.MAX);
        return ElementLoops.binary("clamp", least, high, Binary.MIN, DoubleBinary.MIN, LongBinary.MIN);
    }

    /**
     * Returns |x|. The least integer stays.
     *
     * {@snippet :
     * Selection.abs(Tensor.of(new float[] {-0f, -2}, 2)); // F32[2][0.0, 2.0]
     * }
     */
    public static Tensor abs(Tensor x) {
        return ElementLoops.unary("abs", x, Unary.ABS, DoubleUnary.ABS, Math::abs);
    }

    /**
     * Returns -1, 0 or 1 with the sign of x; zeros keep their sign, NaN stays.
     *
     * {@snippet :
     * Selection.sign(Tensor.of(new float[] {-3, 0, 5}, 3)); // F32[3][-1.0, 0.0, 1.0]
     * }
     */
    public static Tensor sign(Tensor x) {
        return ElementLoops.unary("sign", x, Unary.SIGN, Math::signum, u -> (long) Long.signum(u));
    }

    /**
     * Returns a where the condition (BOOL) holds and b elsewhere; all three broadcast.
     *
     * {@snippet :
     * Tensor c = Tensor.of(new boolean[] {true, false}, 2);
     * Selection.where(c, Tensor.of(new float[] {1, 2}, 2), Tensor.scalar(9f)); // F32[2][1.0, 9.0]
     * }
     */
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        Require.truths("where", condition);
        Require.sameType("where", a, b);
        Require.values("where", a);
        return choose("where", Require.broadcast("where", "a, b, condition", a, b, condition), condition, a, b);
    }

    /**
     * Returns x with the elements where the mask (BOOL, broadcast) holds replaced by a value, rounded to the type of x.
     *
     * {@snippet :
     * Tensor mask = Tensor.of(new boolean[] {true, false}, 2);
     * Selection.maskedFill(Tensor.of(new float[] {1, 2}, 2), mask, -1); // F32[2][-1.0, 2.0]
     * }
     */
    public static Tensor maskedFill(Tensor x, Tensor mask, double value) {
        Require.truths("maskedFill", mask);
        Shape shape = Require.broadcast("maskedFill", "x, mask", x, mask);
        return choose("maskedFill", shape, mask, Comparison.number("maskedFill", x, value), x);
    }

    /** Picks from a where the condition holds, from b elsewhere, all expanded to a shape, for another operation, which errors name. */
    static Tensor choose(String name, Shape shape, Tensor givenCondition, Tensor givenA, Tensor givenB) {
        Tensor condition = ElementLoops.dense(givenCondition, shape.elementCount());
        Tensor a = ElementLoops.dense(givenA, shape.elementCount());
        Tensor b = ElementLoops.dense(givenB, shape.elementCount());
        Tensor result = Creation.blank(a.dtype(), shape, name);
        Object y = result.storage();
        byte[] c = condition.bytes();
        Object u = a.storage();
        Object v = b.storage();
        int n = shape.arrayLength(name);
        int cs = ElementLoops.evenStep(shape, condition);
        int as = ElementLoops.evenStep(shape, a);
        int bs = ElementLoops.evenStep(shape, b);
        if (cs >= 0 && as >= 0 && bs >= 0) {
            int co = condition.offset();
            int ao = a.offset();
            int bo = b.offset();
            ElementLoops.forBlocks(
                    n,
                    Comparison.COST,
                    (start, length) -> choose(
                            c, co + start * cs, cs, u, ao + start * as, as, v, bo + start * bs, bs, y, start, length));
            return result;
        }
        Broadcasting walk = new Broadcasting(shape, condition, a, b);
        int cStep = walk.step(0);
        int aStep = walk.step(1);
        int bStep = walk.step(2);
        Broadcasting.Run run = (position, length, at) ->
                choose(c, at[0], cStep, u, at[1], aStep, v, at[2], bStep, y, position, length);
        walk.forEach(Comparison.COST, () -> run);
        return result;
    }

    private static void choose(
            byte[] c, int co, int cs, Object a, int ao, int as, Object b, int bo, int bs, Object y, int yo, int n) {
        switch (a) {
            case float[] u -> Comparing.where(c, co, cs, u, ao, as, (float[]) b, bo, bs, (float[]) y, yo, n);
            case double[] u -> Comparing.where(c, co, cs, u, ao, as, (double[]) b, bo, bs, (double[]) y, yo, n);
            case long[] u -> Comparing.where(c, co, cs, u, ao, as, (long[]) b, bo, bs, (long[]) y, yo, n);
            case int[] u -> Comparing.where(c, co, cs, u, ao, as, (int[]) b, bo, bs, (int[]) y, yo, n);
            default -> Comparing.where(c, co, cs, (byte[]) a, ao, as, (byte[]) b, bo, bs, (byte[]) y, yo, n);
        }
    }
}
