package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.tensor.linalg.MatrixChecks;
import org.junit.jupiter.api.Test;

class ProductTest {
    @Test
    void multipliesVectors() {
        Tensor a = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Tensor b = Tensor.of(new double[] {1, 0, -1}, 3);
        assertArrayEquals(new double[] {-2, -2}, Product.dot(a, b).toDoubleArray());
        assertEquals(Shape.of(), Product.dot(b, b).shape());
        assertEquals(
                0,
                Product.dot(Tensor.zeros(DType.F32, 0), Tensor.zeros(DType.F32, 0))
                        .item());
        assertEquals(Shape.of(2, 3, 3), Product.outer(a, b).shape());
        assertEquals(-6, Product.outer(a, b).get(1, 2, 2));
    }

    /** kron(A, B) kron(C, D) = kron(AC, BD). */
    @Test
    void mixesKroneckerProducts() {
        Tensor a = MatrixChecks.normal(71, 2, 3);
        Tensor b = MatrixChecks.normal(72, 4, 2);
        Tensor c = MatrixChecks.normal(73, 3, 2);
        Tensor d = MatrixChecks.normal(74, 2, 5);
        MatrixChecks.assertClose(
                "mixed",
                Product.kron(a.matmul(c), b.matmul(d)),
                Product.kron(a, b).matmul(Product.kron(c, d)),
                MatrixChecks.CLOSE);
        Tensor vector = Tensor.of(new double[] {1, 10}, 2);
        assertTrue(Product.kron(vector, a).bitEquals(Product.kron(vector.unsqueeze(0), a)));
        assertEquals(
                Shape.of(0, 6),
                Product.kron(Tensor.zeros(DType.F64, 0, 2), Tensor.zeros(DType.F64, 2, 3))
                        .shape());
    }

    @Test
    void saysWhatDoesNotFit() {
        Tensor three = Tensor.zeros(DType.F32, 3);
        assertEquals(
                "dot: operands must be [.., n] and [.., n], whose leading axes broadcast; got [3] and [2]"
                        + "\n  a [>3<] F32" + "\n  b [>2<] F32",
                assertThrows(ShapeException.class, () -> Product.dot(three, Tensor.zeros(DType.F32, 2)))
                        .getMessage());
        assertEquals(
                "outer: operands must be [.., m] and [.., n], whose leading axes broadcast; got [3] and []"
                        + "\n  a [3] F32" + "\n  b >[]< F32" + "\n  try b.unsqueeze(0): [1] fits",
                assertThrows(ShapeException.class, () -> Product.outer(three, Tensor.scalar(1f)))
                        .getMessage());
    }
}
