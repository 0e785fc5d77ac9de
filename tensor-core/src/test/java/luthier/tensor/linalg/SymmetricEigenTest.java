package luthier.tensor.linalg;

import static luthier.tensor.linalg.MatrixChecks.CLOSE;
import static luthier.tensor.linalg.MatrixChecks.assertClose;
import static luthier.tensor.linalg.MatrixChecks.assertOrthonormal;
import static luthier.tensor.linalg.MatrixChecks.transposed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
    @Test
    void rebuildsTheMatrix() {
        MatrixChecks.kinds().forEach((kind, x) -> {
            if (x.size(0) == x.size(1)) {
                Tensor a = x.mul(0.5).add(transposed(x).mul(0.5));
                SymmetricEigen eigen = SymmetricEigen.of(a);
                assertOrthonormal(kind, eigen.vectors());
                assertClose(kind, a, eigen.vectors().mul(eigen.values()).matmul(transposed(eigen.vectors())), CLOSE);
                double[] values = eigen.values().toDoubleArray();
                for (int i = 1; i < values.length; i++) {
                    assertTrue(values[i] >= values[i - 1], kind);
                }
            }
        });
        assertEquals(
                Shape.of(0),
                SymmetricEigen.of(Tensor.zeros(DType.F64, 0, 0)).values().shape());
    }

    /** The second difference of n points has the eigenvalues 2 - 2 cos(i pi / (n + 1)). */
    @Test
    void matchesTheClosedForm() {
        int n = 10;
        double[] data = new double[n * n];
        double[] wanted = new double[n];
        for (int i = 0; i < n; i++) {
            data[i * n + i] = 2;
            if (i > 0) {
                data[i * n + i - 1] = -1;
            }
            wanted[i] = 2 - 2 * StrictMath.cos((i + 1) * Math.PI / (n + 1));
        }
        // The upper triangle stays zero: it is not read.
        assertArrayEquals(
                wanted, SymmetricEigen.of(Tensor.of(data, n, n)).values().toDoubleArray(), 1e-14);
    }

    @Test
    void givesABatchTheBitsOfEachMatrixAlone() {
        Tensor a = MatrixChecks.normal(43, 4, 5, 5);
        SymmetricEigen batch = SymmetricEigen.of(a);
        for (int i = 0; i < 4; i++) {
            SymmetricEigen alone = SymmetricEigen.of(a.select(0, i));
            assertTrue(alone.values().bitEquals(batch.values().select(0, i)));
            assertTrue(alone.vectors().bitEquals(batch.vectors().select(0, i)));
        }
    }

    @Test
    void refusesWhatIsNotFinite() {
        Tensor a = Tensor.of(new double[] {1, 0, Double.NaN, 1}, 2, 2);
        assertEquals(
                "symmetricEigen: entries must be finite; got [2, 2] with NaN at [1, 0]; find its origin with"
                        + " Reduction.allFinite",
                assertThrows(LinearAlgebraException.class, () -> SymmetricEigen.of(a))
                        .getMessage());
    }
}
