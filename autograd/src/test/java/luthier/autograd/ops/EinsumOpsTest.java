package luthier.autograd.ops;

import static luthier.autograd.ops.Comparing.assertClose;
import static luthier.autograd.ops.Comparing.gradient;
import static luthier.autograd.ops.Comparing.leaf;
import static luthier.autograd.ops.Comparing.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import luthier.autograd.Variable;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class EinsumOpsTest {
    @Test
    void aMatrixProduct() {
        Variable a = leaf(51, 2, 3, 4);
        Variable b = leaf(52, 4, 2);
        Tensor weights = normal(53, 2, 3, 2);
        Tensor expected = gradient(MatmulOps.matmul(a, b), weights, b);
        assertClose(expected, gradient(EinsumOps.einsum("...ij,jk", a, b), weights, b), 1e-14);
    }

    @Test
    void lettersOfOneOperandAreSpread() {
        Variable a = leaf(54, 2, 3);
        Variable b = leaf(Shape.of(2, 2), 1, 2, 3, 4);
        EinsumOps.einsum("ij,kl->", a, b).backward();
        assertClose(
                Tensor.of(new double[] {10, 10, 10, 10, 10, 10}, 2, 3), a.grad().orElseThrow(), 1e-14);
    }

    @Test
    void diagonalsGetTheirGradientAndTheRestNone() {
        Variable a = leaf(55, 2, 2, 2);
        EinsumOps.einsum("iii->i", a).backward(Tensor.of(new double[] {3, 5}, 2));
        assertClose(
                Tensor.of(new double[] {3, 0, 0, 0, 0, 0, 0, 5}, 2, 2, 2),
                a.grad().orElseThrow(),
                0);
        // Off the diagonal nothing flows, not even from infinity.
        a.zeroGrad();
        EinsumOps.einsum("iii->i", a).backward(Tensor.of(new double[] {Double.POSITIVE_INFINITY, 1}, 2));
        assertEquals(0, a.grad().orElseThrow().get(0, 0, 1));
    }

    @Test
    void repeatedSizesOfOneAreSummed() {
        Variable a = leaf(Shape.of(1, 2), 1, 2);
        Variable b = leaf(Shape.of(3, 1), 1, 2, 4);
        EinsumOps.einsum("ij,ij->", a, b).backward();
        assertClose(Tensor.of(new double[] {7, 7}, 1, 2), a.grad().orElseThrow(), 0);
        assertClose(Tensor.of(new double[] {3, 3, 3}, 3, 1), b.grad().orElseThrow(), 0);
    }

    @Test
    void anOperandUsedTwice() {
        Variable a = leaf(56, 3);
        EinsumOps.einsum("i,i->", a, a).backward();
        assertClose(a.value().mul(2), a.grad().orElseThrow(), 1e-15);
    }

    @Test
    void emptySums() {
        Variable a = leaf(57, 2, 0);
        Variable b = leaf(58, 0, 3);
        EinsumOps.einsum("ij,jk->ik", a, b).sum().backward();
        assertEquals(Shape.of(2, 0), a.grad().orElseThrow().shape());
        assertEquals(Shape.of(0, 3), b.grad().orElseThrow().shape());
    }

    @Test
    void errorsAreThoseOfValues() {
        String message = assertThrows(ShapeException.class, () -> EinsumOps.einsum("ij->ik", leaf(59, 2, 2)))
                .getMessage();
        assertEquals(
                "einsum: the output's letters must appear in a term; got k in 'ij->ik'\n  operands[0] [2, 2] F64",
                message);
    }

    @Test
    void productsOfVectorsAgreeWithEinsum() {
        Variable a = leaf(60, 3);
        Variable b = leaf(61, 3);
        Tensor weights = normal(62, 3, 3);
        assertClose(
                gradient(EinsumOps.einsum("i,j->ij", a, b), weights, a),
                gradient(ProductOps.outer(a, b), weights, a),
                1e-15);
        Tensor one = Tensor.scalar(1.0);
        assertClose(b.value(), gradient(ProductOps.dot(a, b), one, a), 0);
        Variable block = leaf(63, 2, 2);
        Variable other = leaf(64, 2, 3);
        Tensor wide = normal(65, 4, 6);
        Variable composed = ShapeOps.reshape(EinsumOps.einsum("ij,kl->ikjl", block, other), 4, 6);
        assertClose(gradient(composed, wide, block), gradient(ProductOps.kron(block, other), wide, block), 1e-14);
    }
}
