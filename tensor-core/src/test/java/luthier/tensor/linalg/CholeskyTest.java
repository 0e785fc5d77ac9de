package luthier.tensor.linalg;

import static luthier.tensor.linalg.MatrixChecks.CLOSE;
import static luthier.tensor.linalg.MatrixChecks.assertClose;
import static luthier.tensor.linalg.MatrixChecks.transposed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.tensor.DType;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CholeskyTest {
    @Test
    void rebuildsTheMatrix() {
        Tensor x = MatrixChecks.normal(41, 30, 30);
        Tensor[] all = {
            x.matmul(transposed(x)), MatrixChecks.hilbert(10), MatrixChecks.eye(1), Tensor.zeros(DType.F64, 0, 0)
        };
        for (Tensor a : all) {
            Tensor l = Cholesky.factor(a);
            assertClose("L L^T", a, l.matmul(transposed(l)), CLOSE);
            for (int i = 0; i < a.size(0); i++) {
                assertTrue(l.get(i, i) > 0);
                for (int j = i + 1; j < a.size(0); j++) {
                    assertEquals(0.0, l.get(i, j));
                }
            }
        }
    }

    @Test
    void matchesTheClosedFormAndReadsTheLowerTriangle() {
        Tensor l = Cholesky.factor(Tensor.of(new double[] {4, Double.MAX_VALUE, 2, 10}, 2, 2));
        assertTrue(l.bitEquals(Tensor.of(new double[] {2, 0, 1, 3}, 2, 2)));
    }

    @Test
    void namesTheMinorThatFails() {
        Tensor a = Tensor.of(new double[] {1, 0, 0, 1, 1, 2, 2, 1}, 2, 2, 2);
        assertEquals(
                "cholesky: the matrix must be positive definite; got [2, 2, 2] with pivot -3.0 at the leading minor of order 2"
                        + " of matrix [1]; add a small multiple of the identity, or use SymmetricEigen",
                assertThrows(LinearAlgebraException.class, () -> Cholesky.factor(a))
                        .getMessage());
        assertEquals(
                "cholesky: the matrix must be positive definite; got [2, 2] with pivot 0.0 at the leading minor of order 1;"
                        + " add a small multiple of the identity, or use SymmetricEigen",
                assertThrows(LinearAlgebraException.class, () -> Cholesky.factor(Tensor.zeros(DType.F32, 2, 2)))
                        .getMessage());
        assertEquals(
                "cholesky: the matrix must be square, [.., n, n]; got [2, 3]" + "\n  a [>2<, >3<] F32",
                assertThrows(ShapeException.class, () -> Cholesky.factor(Tensor.zeros(DType.F32, 2, 3)))
                        .getMessage());
    }

    @Test
    void givesABatchTheBitsOfEachMatrixAlone() {
        Tensor x = MatrixChecks.normal(42, 3, 5, 5);
        Tensor a = x.matmul(transposed(x));
        for (int i = 0; i < 3; i++) {
            assertTrue(
                    Cholesky.factor(a.select(0, i)).bitEquals(Cholesky.factor(a).select(0, i)));
        }
        Tensor f32 = a.to(DType.F32);
        assertTrue(Cholesky.factor(f32)
                .bitEquals(Cholesky.factor(f32.to(DType.F64)).to(DType.F32)));
    }
}
