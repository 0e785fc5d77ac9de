package luthier.autograd.ops;

import static luthier.autograd.ops.Comparing.assertClose;
import static luthier.autograd.ops.Comparing.gradient;
import static luthier.autograd.ops.Comparing.leaf;
import static luthier.autograd.ops.Comparing.normal;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.Matmul;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.linalg.LinearAlgebraException;
import luthier.tensor.linalg.Svd;
import org.junit.jupiter.api.Test;

class DecompositionOpsTest {
    private static final List<Shape> SHAPES =
            List.of(Shape.of(5, 3), Shape.of(3, 3), Shape.of(2, 2, 4), Shape.of(1, 3), Shape.of(3, 1), Shape.of(1, 1));

    @Test
    void theProductOfTheFactorsIsTheIdentityMap() {
        for (Shape shape : SHAPES) {
            Variable a = leaf(11, shape.toArray());
            Tensor weights = normal(12, shape.toArray());
            DecompositionOps.QrFactors qr = DecompositionOps.qr(a);
            assertClose(weights, gradient(MatmulOps.matmul(qr.q(), qr.r()), weights, a), 1e-11);
            DecompositionOps.SvdFactors svd = DecompositionOps.svd(a);
            Variable product = MatmulOps.matmul(Matrices.timesDiagonal(svd.u(), svd.s()), svd.vt());
            assertClose(weights, gradient(product, weights, a), 1e-11);
        }
    }

    @Test
    void symmetricProductsGiveTheSymmetricPart() {
        Variable a = Variable.parameter(Matrices.symmetric(leaf(13, 2, 4, 4)).value());
        Tensor weights = normal(14, 2, 4, 4);
        Tensor expected = weights.add(weights.transpose(-2, -1)).mul(0.5);
        DecompositionOps.EigenFactors eigen = DecompositionOps.symmetricEigen(a);
        Variable scaled = Matrices.timesDiagonal(eigen.vectors(), eigen.values());
        assertClose(expected, gradient(Matrices.timesTransposed(scaled, eigen.vectors()), weights, a), 1e-11);
        Variable b = Variable.parameter(Matrices.timesTransposed(a, a)
                .value()
                .add(Matrices.identity(DType.F64, 4).value()));
        Variable l = DecompositionOps.cholesky(b);
        assertClose(expected, gradient(Matrices.timesTransposed(l, l), weights, b), 1e-11);
    }

    /** U U^T and Q Q^T are one projector, whatever the signs of the columns; so are their gradients. */
    @Test
    void projectorsDoNotDependOnTheFactors() {
        Variable a = leaf(15, 5, 2);
        Tensor weights = normal(16, 5, 5);
        Variable u = DecompositionOps.svd(a).u();
        Variable q = DecompositionOps.qr(a).q();
        Tensor byU = gradient(Matrices.timesTransposed(u, u), weights, a);
        Tensor byQ = gradient(Matrices.timesTransposed(q, q), weights, a);
        assertClose(byU, byQ, 1e-12);
        Variable y = MatmulOps.matmul(a, LinearAlgebraOps.pseudoInverse(a));
        assertClose(byU, gradient(y, weights, a), 1e-12);
    }

    @Test
    void normsByTheirSingularValues() {
        Variable a = leaf(17, 4, 3);
        Variable squares = ElementwiseOps.square(DecompositionOps.singularValues(a));
        Tensor ones = Tensor.of(new double[] {1, 1, 1}, 3);
        assertClose(a.value().mul(2), gradient(squares, ones, a), 1e-13);
        Svd svd = Svd.of(a.value());
        Tensor nuclear = gradient(DecompositionOps.svd(a).s(), ones, a);
        assertClose(Matmul.matmul(svd.u(), svd.vt()), nuclear, 1e-14);
    }

    @Test
    void equalSingularValuesHaveAGradientAndTheirVectorsNone() {
        Variable a = leaf(Shape.of(2, 2), 1, 0, 0, 1);
        DecompositionOps.svd(a).s().sum().backward();
        assertClose(Tensor.of(new double[] {1, 0, 0, 1}, 2, 2), a.grad().orElseThrow(), 0);
        a.zeroGrad();
        DecompositionOps.svd(a).u().backward(normal(18, 2, 2));
        assertFalse(Double.isFinite(a.grad().orElseThrow().get(0, 1)));
        a.zeroGrad();
        DecompositionOps.EigenFactors eigen = DecompositionOps.symmetricEigen(a);
        eigen.values().sum().backward();
        assertClose(Tensor.of(new double[] {1, 0, 0, 1}, 2, 2), a.grad().orElseThrow(), 0);
        a.zeroGrad();
        eigen.vectors().backward(normal(19, 2, 2));
        assertFalse(Double.isFinite(a.grad().orElseThrow().get(0, 1)));
    }

    @Test
    void dependentColumnsHaveNoQr() {
        Variable a = leaf(Shape.of(2, 2), 1, 0, 0, 0);
        Variable q = DecompositionOps.qr(a).q();
        String message = assertThrows(
                        LinearAlgebraException.class, () -> q.sum().backward())
                .getMessage();
        assertTrue(
                message.startsWith("triangularSolve: the diagonal must not be zero; got [2, 2] with 0.0 at [1, 1]"),
                message);
    }

    @Test
    void singlePrecisionFollowsDouble() {
        for (Shape shape : SHAPES) {
            Variable wide = leaf(20, shape.toArray());
            Variable narrow = Variable.parameter(wide.value().to(DType.F32));
            DecompositionOps.SvdFactors exact = DecompositionOps.svd(wide);
            DecompositionOps.SvdFactors rounded = DecompositionOps.svd(narrow);
            Tensor weights = normal(21, exact.u().shape().toArray());
            assertClose(gradient(exact.u(), weights, wide), gradient(rounded.u(), weights.to(DType.F32), narrow), 2e-4);
            DecompositionOps.QrFactors exactQr = DecompositionOps.qr(wide);
            Tensor rWeights = normal(22, exactQr.r().shape().toArray());
            assertClose(
                    gradient(exactQr.r(), rWeights, wide),
                    gradient(DecompositionOps.qr(narrow).r(), rWeights.to(DType.F32), narrow),
                    2e-4);
        }
    }

    @Test
    void emptyMatrices() {
        Variable a = leaf(23, 3, 0);
        DecompositionOps.QrFactors qr = DecompositionOps.qr(a);
        Tensor none = Tensor.of(new double[0], 3, 0);
        assertClose(none, gradient(MatmulOps.matmul(qr.q(), qr.r()), none, a), 0);
        DecompositionOps.SvdFactors svd = DecompositionOps.svd(a);
        assertClose(none, gradient(svd.u(), none, a), 0);
    }
}
