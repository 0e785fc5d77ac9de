package luthier.autograd.ops;

import static luthier.autograd.ops.Comparing.assertClose;
import static luthier.autograd.ops.Comparing.gradient;
import static luthier.autograd.ops.Comparing.leaf;
import static luthier.autograd.ops.Comparing.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.autograd.Backward;
import luthier.autograd.Variable;
import luthier.tensor.Matmul;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.linalg.LinearAlgebra;
import luthier.tensor.linalg.LinearAlgebraException;
import org.junit.jupiter.api.Test;

class LinearAlgebraOpsTest {
    @Test
    void theGradientOfLogDetIsTheTransposedInverse() {
        Variable a = leaf(1, 2, 4, 4);
        LinearAlgebraOps.LogDeterminant logDet = LinearAlgebraOps.logDeterminant(a);
        Tensor got = gradient(logDet.logAbs(), Tensor.of(new double[] {1, 1}, 2), a);
        assertClose(LinearAlgebra.inverse(a.value()).transpose(-2, -1), got, 1e-12);
        assertClose(LinearAlgebra.logDeterminant(a.value()).sign(), logDet.sign(), 0);
    }

    @Test
    void solveAgreesWithTheProductWithTheInverse() {
        Variable a = leaf(2, 4, 4);
        Variable b = leaf(3, 3, 4, 2);
        Tensor weights = normal(4, 3, 4, 2);
        Tensor dA = gradient(LinearAlgebraOps.solve(a, b), weights, a);
        Tensor dB = gradient(LinearAlgebraOps.solve(a, b), weights, b);
        Variable composed = MatmulOps.matmul(LinearAlgebraOps.inverse(a), b);
        assertClose(composed.value(), LinearAlgebraOps.solve(a, b).value(), 1e-11);
        assertClose(gradient(composed, weights, a), dA, 1e-10);
        Variable again = MatmulOps.matmul(LinearAlgebraOps.inverse(a), b);
        assertClose(gradient(again, weights, b), dB, 1e-11);
    }

    @Test
    void aTriangleGetsItsGradientInsideAlone() {
        Variable t = leaf(Shape.of(2, 2), 2, 7, 1, 4);
        Variable b = leaf(Shape.of(2), 2, 9);
        // x = (1, 2); dB = T^-T (1, 1) = (3/8, 1/4); dT = -dB x^T
        Tensor ones = Tensor.of(new double[] {1, 1}, 2);
        Variable x = LinearAlgebraOps.triangularSolve(t, b, false, false);
        assertClose(Tensor.of(new double[] {-0.375, 0, -0.25, -0.5}, 2, 2), gradient(x, ones, t), 1e-15);
        Variable unit = LinearAlgebraOps.triangularSolve(t, b, true, true);
        // upper with ones: x = (2 - 7 * 9, 9); dB = (1, 1 - 7); dT[0][1] = -9
        assertClose(Tensor.of(new double[] {0, -9, 0, 0}, 2, 2), gradient(unit, ones, t), 1e-14);
    }

    @Test
    void aDeterminantOfZeroHasCofactors() {
        Variable a = leaf(Shape.of(2, 2, 2), 1, 2, 2, 4, 3, 1, 2, 5);
        Tensor got = gradient(LinearAlgebraOps.determinant(a), Tensor.of(new double[] {1, 1}, 2), a);
        assertClose(Tensor.of(new double[] {4, -2, -2, 1, 5, -2, -1, 3}, 2, 2, 2), got, 1e-14);
        Variable line = leaf(Shape.of(3, 3), 1, 2, 3, 2, 4, 6, 0, 0, 0);
        LinearAlgebraOps.determinant(line).backward();
        assertClose(Tensor.of(new double[9], 3, 3), line.grad().orElseThrow(), 1e-13);
    }

    @Test
    void whereNoDerivativeExistsItSays() {
        Variable a = leaf(Shape.of(2, 2), 1, 2, 2, 4);
        Variable logAbs = LinearAlgebraOps.logDeterminant(a).logAbs();
        assertEquals(Double.NEGATIVE_INFINITY, logAbs.item());
        String message =
                assertThrows(LinearAlgebraException.class, logAbs::backward).getMessage();
        assertTrue(
                message.startsWith("inverse: the matrix must be regular; got [2, 2] with pivot 0.0 at [1, 1]"),
                message);
        Backward second = Backward.fromScalar(LinearAlgebraOps.determinant(a)).createGraph();
        assertThrows(LinearAlgebraException.class, () -> second.gradients(a));
    }

    @Test
    void powersOfZeroAndOne() {
        Variable a = leaf(5, 2, 2);
        assertFalse(LinearAlgebraOps.matrixPower(a, 0).requiresGrad());
        Tensor weights = normal(6, 2, 2);
        Variable square = LinearAlgebraOps.matrixPower(a, 2);
        Tensor aT = a.value().transpose(0, 1);
        Tensor expected = Matmul.matmul(weights, aT).add(Matmul.matmul(aT, weights));
        assertClose(expected, gradient(square, weights, a), 1e-14);
        String message = assertThrows(ShapeException.class, () -> LinearAlgebraOps.matrixPower(leaf(7, 2, 3), 2))
                .getMessage();
        assertEquals("matrixPower: the matrix must be square, [.., n, n]; got [2, 3]\n  a [>2<, >3<] F64", message);
    }

    @Test
    void emptyMatricesHaveEmptyGradients() {
        Variable a = leaf(8, 2, 0, 0);
        Tensor got = gradient(LinearAlgebraOps.determinant(a), Tensor.of(new double[] {1, 1}, 2), a);
        assertEquals(Shape.of(2, 0, 0), got.shape());
        Variable none = leaf(9, 0, 2, 2);
        Tensor weights = Tensor.of(new double[0], 0, 2, 2);
        assertEquals(
                Shape.of(0, 2, 2),
                gradient(LinearAlgebraOps.inverse(none), weights, none).shape());
    }
}
