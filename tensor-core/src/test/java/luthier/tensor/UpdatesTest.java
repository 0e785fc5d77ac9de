package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdatesTest {
    private interface Step {
        void run(Tensor x, Tensor y);
    }

    /** Each step has the numbers of the operation that returns a new tensor, F32 in whole vectors and tails. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 16, 33, 4098, 300_000})
    void stepsHaveTheBitsOfOperations(long n) {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            Tensor x = Rng.of(1).normal(type, Shape.of(n), 0, 1);
            Tensor y = Rng.of(2).normal(type, Shape.of(n), 0, 1);
            check(x, y, (a, b) -> Elementwise.mul(a, 0.3), (a, b) -> Updates.scaleInPlace(a, 0.3));
            check(x, y, Elementwise::add, Updates::addInPlace);
            check(x, y, (a, b) -> Elementwise.addScaled(a, b, -0.7), (a, b) -> Updates.addScaledInPlace(a, b, -0.7));
            for (double weight : new double[] {0.1, 0.9, 1}) {
                check(x, y, (a, b) -> Elementwise.lerp(a, b, weight), (a, b) -> Updates.lerpInPlace(a, b, weight));
            }
            check(x, y, Elementwise::mul, Updates::mulInPlace);
            check(x, y, Selection::maximum, Updates::maximumInPlace);
        }
    }

    private static void check(Tensor x, Tensor y, BinaryOperator<Tensor> operation, Step step) {
        Tensor target = x.copy();
        int before = target.version();
        step.run(target, y);
        assertEquals(before + 1, target.version());
        Tensor expected = operation.apply(x, y);
        assertTrue(expected.bitEquals(target), "expected " + expected + " but got " + target);
        // A part of a larger storage, and a strided operand.
        if (x.elementCount() > 1) {
            Tensor wide = Joining.concat(List.of(x, x), 0);
            step.run(wide.slice(0, 1, x.elementCount()), y.slice(0, 1, x.elementCount()));
            assertTrue(expected.slice(0, 1, x.elementCount()).bitEquals(wide.slice(0, 1, x.elementCount())));
            assertTrue(x.slice(0, 0, 1).bitEquals(wide.slice(0, 0, 1)));
            assertTrue(x.bitEquals(wide.slice(0, x.elementCount(), 2 * x.elementCount())));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void productsAndRatiosByHand(DType type) {
        Tensor a = Tensor.of(new float[] {2, -3, 0, 1}, 4).to(type);
        Tensor b = Tensor.of(new float[] {4, 16, 0, 0}, 4).to(type);
        check(type, x -> Updates.addProductInPlace(x, a, b, 0.5), 5, -23, 1, 1);
        check(type, x -> Updates.addProductInPlace(x, a, a, 1), 5, 10, 1, 2);
        check(type, x -> Updates.addRatioInPlace(x, a, b, 2), 2, 0.625, Double.NaN, Double.POSITIVE_INFINITY);
        check(type, x -> Updates.addRootRatioInPlace(x, a, b, 3, 1, 0), 4, -1.25, Double.NaN, Double.POSITIVE_INFINITY);
        check(type, x -> Updates.addRootRatioInPlace(x, a, b, 3, 0.5, 4), 1.75, 0.25, 1, 1.75);
    }

    private static void check(DType type, Consumer<Tensor> step, double... expected) {
        Tensor x = Tensor.ones(type, 4);
        step.accept(x);
        for (int i = 0; i < 4; i++) {
            assertEquals(expected[i], x.get(i));
        }
    }

    /** The primitives in the order of the rule are the fused step: bit for bit in F32, to a rounding in F64. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void composedStepsAreAdamW(DType type) {
        long n = 1003;
        Tensor p = Rng.of(1).normal(type, Shape.of(n), 0, 1);
        Tensor m = Tensor.zeros(type, n);
        Tensor v = Tensor.zeros(type, n);
        Tensor fusedP = p.copy();
        Tensor fusedM = m.copy();
        Tensor fusedV = v.copy();
        for (int step = 1; step <= 20; step++) {
            Tensor g = Rng.of(step).normal(type, Shape.of(n), 0, 1);
            Updates.adamWInPlace(fusedP, g, fusedM, fusedV, 0.01, 0.9, 0.999, 1e-8, 0.1, step);
            Updates.lerpInPlace(m, g, 1 - 0.9);
            Updates.scaleInPlace(v, 0.999);
            Updates.addProductInPlace(v, g, g, 1 - 0.999);
            Updates.scaleInPlace(p, 1 - 0.01 * 0.1);
            double correction = Math.sqrt(1 - StrictMath.pow(0.999, step));
            Updates.addRootRatioInPlace(p, m, v, -0.01 / (1 - StrictMath.pow(0.9, step)), correction, 1e-8);
        }
        if (type == DType.F32) {
            assertTrue(fusedP.bitEquals(p) && fusedM.bitEquals(m) && fusedV.bitEquals(v));
        } else {
            for (int i = 0; i < n; i++) {
                assertEquals(fusedP.get(i), p.get(i), 1e-14);
                assertEquals(fusedM.get(i), m.get(i), 1e-14);
                assertEquals(fusedV.get(i), v.get(i), 1e-14);
            }
        }
    }

    @Test
    void anOperandMayBeTheTargetOrStrided() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
        Updates.addScaledInPlace(x, x, 1);
        assertTrue(Tensor.of(new float[] {2, 4, 6, 8}, 2, 2).bitEquals(x));
        // A transposed view is copied before the target is written.
        Updates.addInPlace(x, x.transpose(0, 1));
        assertTrue(Tensor.of(new float[] {4, 10, 10, 16}, 2, 2).bitEquals(x));
    }

    @Test
    void errors() {
        Tensor x = Tensor.ones(DType.F32, 4);
        Tensor front = x.slice(0, 0, 3);
        Tensor back = x.slice(0, 1, 4);
        assertMessage(
                "addInPlace: an operand must not overlap the target; got two views of one memory, 1 elements apart, of shape [3]; copy() one of them"
                        + "\n  x [3] F32",
                () -> Updates.addInPlace(front, back));
        assertMessage(
                "adamW: an operand must not overlap the target; got two views of one memory, 0 elements apart, of shape [4]; copy() one of them"
                        + "\n  x [4] F32",
                () -> Updates.adamWInPlace(Tensor.ones(DType.F32, 4), x.copy(), x, x, 1, 0, 0, 1, 0, 1));
        assertMessage(
                "lerpInPlace: shapes must agree; got [4] and [3]" + "\n  x [>4<] F32" + "\n  operand [>3<] F32",
                () -> Updates.lerpInPlace(x, back, 0.1));
        Tensor strided = Tensor.ones(DType.F32, 2, 2).transpose(0, 1);
        assertMessage(
                "mulInPlace: the target must be contiguous; got a strided view of shape [2, 2]" + "\n  x [2, 2] F32",
                () -> Updates.mulInPlace(strided, strided.copy()));
        assertMessage(
                "adamW: the target must be contiguous; got a strided view of shape [2, 2]" + "\n  x [2, 2] F32",
                () -> Updates.adamWInPlace(strided.copy(), strided.copy(), strided, strided.copy(), 1, 0, 0, 1, 0, 1));
        assertMessage(
                "maximumInPlace: types must agree; got F32 and F64; convert with to()",
                () -> Updates.maximumInPlace(x, x.to(DType.F64)));
        assertMessage(
                "scaleInPlace: needs F32 or F64; got I64; convert with to()",
                () -> Updates.scaleInPlace(Tensor.ones(DType.I64, 2), 2));
        assertEquals(0, x.version());
    }

    private static void assertMessage(String expected, Executable step) {
        assertEquals(
                expected, assertThrows(IllegalArgumentException.class, step).getMessage());
    }
}
