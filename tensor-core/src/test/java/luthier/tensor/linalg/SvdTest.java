package luthier.tensor.linalg;

import static luthier.tensor.linalg.MatrixChecks.CLOSE;
import static luthier.tensor.linalg.MatrixChecks.assertClose;
import static luthier.tensor.linalg.MatrixChecks.assertOrthonormal;
import static luthier.tensor.linalg.MatrixChecks.transposed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import luthier.tensor.Creation;
import luthier.tensor.DType;
import luthier.tensor.Matmul;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SvdTest {
    private static Tensor rebuilt(Svd svd) {
        int k = (int) svd.s().size(0);
        Tensor scaled = svd.u().slice(1, 0, k).mul(svd.s());
        return scaled.matmul(svd.vt().slice(0, 0, k));
    }

    @Test
    void takesEveryKindOfMatrixApart() {
        MatrixChecks.kinds().forEach((kind, a) -> {
            Svd reduced = Svd.of(a);
            long k = Math.min(a.size(0), a.size(1));
            assertEquals(Shape.of(a.size(0), k), reduced.u().shape(), kind);
            assertEquals(Shape.of(k, a.size(1)), reduced.vt().shape(), kind);
            Svd full = Svd.full(a);
            assertEquals(Shape.of(a.size(0), a.size(0)), full.u().shape(), kind);
            assertEquals(Shape.of(a.size(1), a.size(1)), full.vt().shape(), kind);
            for (Svd svd : new Svd[] {reduced, full}) {
                assertOrthonormal(kind + " u", svd.u());
                assertOrthonormal(kind + " v", transposed(svd.vt()));
                assertClose(kind, a, rebuilt(svd), CLOSE);
            }
            double[] s = reduced.s().toDoubleArray();
            for (int i = 0; i < k; i++) {
                assertTrue(s[i] >= 0 && (i == 0 || s[i] <= s[i - 1]), kind + ": values must descend");
            }
            assertTrue(reduced.s().bitEquals(Svd.values(a)), kind);
            assertTrue(reduced.s().bitEquals(full.s()), kind);
        });
    }

    @Test
    void matchesTheClosedForm() {
        Svd svd = Svd.of(Tensor.of(new double[] {3, 0, 4, 5}, 2, 2));
        assertArrayEquals(new double[] {Math.sqrt(45), Math.sqrt(5)}, svd.s().toDoubleArray(), 1e-14);
        double r = Math.sqrt(0.5);
        assertEquals(r, svd.vt().get(0, 0), 1e-14);
        assertEquals(r, svd.vt().get(0, 1), 1e-14);
    }

    /** det Hilbert(8) = 1 / 365356847125734485878112256000000, so the product of the values is known to all digits. */
    @Test
    void keepsTheDigitsOfSmallValues() {
        double product = 1;
        for (double s : Svd.values(MatrixChecks.hilbert(8)).toDoubleArray()) {
            product *= s;
        }
        // The entries themselves are rounded, which moves the smallest values by cond eps, about 3e-6.
        assertEquals(1, product * 3.65356847125734485878112256e32, 1e-5);
        double[] diagonal = Svd.values(Tensor.of(new double[] {1e-150, 0, 0, 0, 1e150, 0, 0, 0, 2}, 3, 3))
                .toDoubleArray();
        assertArrayEquals(new double[] {1e150, 2, 1e-150}, diagonal);
    }

    @Test
    void agreesOnTheTranspose() {
        Tensor a = MatrixChecks.normal(31, 9, 14);
        double[] s = Svd.values(a).toDoubleArray();
        assertArrayEquals(s, Svd.values(transposed(a)).toDoubleArray(), CLOSE * s[0]);
    }

    /** The values are the roots of the eigenvalues of A^T A, and rotations of A do not change them. */
    @Test
    void agreesWithEigenvaluesAndRotations() {
        Tensor a = MatrixChecks.normal(32, 12, 8);
        double[] s = Svd.values(a).toDoubleArray();
        double[] squares = SymmetricEigen.of(transposed(a).matmul(a)).values().toDoubleArray();
        for (int i = 0; i < 8; i++) {
            assertEquals(Math.sqrt(squares[7 - i]), s[i], 1e-12);
        }
        Tensor turned = Qr.of(MatrixChecks.normal(33, 12, 12)).q().matmul(a);
        assertArrayEquals(s, Svd.values(turned).toDoubleArray(), 1e-13 * s[0]);
    }

    @Test
    void fixesSigns() {
        for (Tensor a : new Tensor[] {MatrixChecks.normal(34, 7, 5), MatrixChecks.normal(35, 5, 7)}) {
            Tensor vt = Svd.of(a).vt();
            for (int i = 0; i < 5; i++) {
                double[] row = vt.select(0, i).toDoubleArray();
                double most = Arrays.stream(row).map(Math::abs).max().orElseThrow();
                assertTrue(Arrays.stream(row).anyMatch(x -> x == most));
            }
            Svd negated = Svd.of(a.mul(-1));
            assertClose("negated", vt, negated.vt(), CLOSE);
        }
    }

    @Test
    void givesABatchTheBitsOfEachMatrixAlone() {
        Tensor a = MatrixChecks.normal(36, 5, 4, 6);
        Svd batch = Svd.full(a);
        for (int i = 0; i < 5; i++) {
            Svd alone = Svd.full(a.select(0, i));
            assertTrue(alone.u().bitEquals(batch.u().select(0, i)));
            assertTrue(alone.s().bitEquals(batch.s().select(0, i)));
            assertTrue(alone.vt().bitEquals(batch.vt().select(0, i)));
        }
        Tensor f32 = a.to(DType.F32);
        assertTrue(Svd.of(f32).s().bitEquals(Svd.of(f32.to(DType.F64)).s().to(DType.F32)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesWhatIsNotFinite(double value) {
        Tensor a = Tensor.of(new double[] {1, 2, 3, value}, 2, 2);
        assertEquals(
                "svd: entries must be finite; got [2, 2] with " + value
                        + " at [1, 1]; find its origin with Reduction.allFinite",
                assertThrows(LinearAlgebraException.class, () -> Svd.of(a)).getMessage());
    }

    /** Rows that shrink into the range where products underflow count as zero instead of being turned for ever. */
    @Test
    void manyEqualColumnsConverge() {
        for (int n : new int[] {26, 31, 34, 35, 60}) {
            Tensor ones = Tensor.full(DType.F64, 1, Shape.of(n + 5, n));
            Svd svd = Svd.of(ones);
            assertEquals(Math.sqrt(n * (n + 5.0)), svd.s().get(0), 1e-12 * n);
            assertTrue(svd.s().get(1) < 1e-13, "second of " + n);
            for (Tensor q : new Tensor[] {svd.u(), svd.vt().transpose(0, 1)}) {
                Tensor error = Selection.abs(Matmul.matmul(q.transpose(0, 1), q).sub(Creation.eye(DType.F64, n)));
                assertTrue(Reduction.max(error, false).item() < 1e-12, "orthonormal " + n);
            }
        }
    }
}
