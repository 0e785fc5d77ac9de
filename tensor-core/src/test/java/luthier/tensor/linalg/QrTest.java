package luthier.tensor.linalg;

import static luthier.tensor.linalg.MatrixChecks.CLOSE;
import static luthier.tensor.linalg.MatrixChecks.assertClose;
import static luthier.tensor.linalg.MatrixChecks.assertOrthonormal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.tensor.Creation;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Matmul;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class QrTest {
    private static void check(String kind, Tensor a, Qr qr) {
        assertOrthonormal(kind, qr.q());
        assertClose(kind, a, qr.q().matmul(qr.r()), CLOSE);
        for (long i = 0; i < qr.r().size(0); i++) {
            for (long j = 0; j < qr.r().size(1); j++) {
                double value = qr.r().get(i, j);
                assertTrue(i <= j || value == 0, kind + ": R must be upper");
                assertTrue(i != j || value >= 0, kind + ": the diagonal of R must not be negative");
            }
        }
    }

    @Test
    void takesEveryKindOfMatrixApart() {
        MatrixChecks.kinds().forEach((kind, a) -> {
            Qr reduced = Qr.of(a);
            assertEquals(
                    Shape.of(a.size(0), Math.min(a.size(0), a.size(1))),
                    reduced.q().shape());
            check(kind, a, reduced);
            Qr complete = Qr.complete(a);
            assertEquals(Shape.of(a.size(0), a.size(0)), complete.q().shape());
            assertEquals(a.shape(), complete.r().shape());
            check(kind + " complete", a, complete);
        });
    }

    @Test
    void matchesTheClosedForm() {
        Qr qr = Qr.of(Tensor.of(new double[] {3, 5, 4, 0}, 2, 2));
        assertClose("q", Tensor.of(new double[] {0.6, 0.8, 0.8, -0.6}, 2, 2), qr.q(), CLOSE);
        assertClose("r", Tensor.of(new double[] {5, 3, 0, 4}, 2, 2), qr.r(), CLOSE);
    }

    @Test
    void keepsSmallColumnsBesideLargeOnes() {
        Tensor a = Tensor.of(new double[] {1e200, 1e-200, 1e200, -1e-200}, 2, 2);
        assertEquals(1e-200 * Math.sqrt(2), Qr.of(a).r().get(1, 1), 1e-213);
    }

    @Test
    void givesABatchTheBitsOfEachMatrixAlone() {
        Tensor a = MatrixChecks.normal(21, 2, 3, 6, 4);
        Qr batch = Qr.of(a);
        for (int i = 0; i < 6; i++) {
            Qr alone = Qr.of(a.select(0, i / 3).select(0, i % 3));
            assertTrue(alone.q().bitEquals(batch.q().select(0, i / 3).select(0, i % 3)));
            assertTrue(alone.r().bitEquals(batch.r().select(0, i / 3).select(0, i % 3)));
        }
    }

    @Test
    void roundsF32OnceAtTheEnd() {
        Tensor a = MatrixChecks.normal(22, 7, 5).to(DType.F32);
        assertTrue(Qr.of(a).q().bitEquals(Qr.of(a.to(DType.F64)).q().to(DType.F32)));
    }

    @Test
    void readsViewsAndEmptyBatches() {
        Tensor a = MatrixChecks.normal(23, 4, 7);
        assertTrue(Qr.of(a.transpose(0, 1))
                .r()
                .bitEquals(Qr.of(a.transpose(0, 1).copy()).r()));
        assertEquals(
                Shape.of(0, 3, 2), Qr.of(Tensor.zeros(DType.F64, 0, 3, 2)).q().shape());
    }

    @Test
    void saysWhatDoesNotFit() {
        Tensor nan = Tensor.of(new double[] {1, 2, 3, 4, Double.NaN, 6, 7, 8}, 2, 2, 2);
        assertEquals(
                "qr: entries must be finite; got [2, 2, 2] with NaN at [0, 0] of matrix [1]; find its origin with"
                        + " Reduction.allFinite",
                assertThrows(LinearAlgebraException.class, () -> Qr.of(nan)).getMessage());
        assertEquals(
                "qr: the tensor must be a matrix or a batch of them, [.., m, n]; got [3]; add axes with unsqueeze"
                        + "\n  a >[3]< F64"
                        + "\n  try a.unsqueeze(1): [3, 1] fits",
                assertThrows(ShapeException.class, () -> Qr.complete(Tensor.zeros(DType.F64, 3)))
                        .getMessage());
        assertEquals(
                "qr: needs F32 or F64; got I64; convert with to()",
                assertThrows(DTypeException.class, () -> Qr.of(Tensor.zeros(DType.I64, 3, 3)))
                        .getMessage());
    }

    /** What is left of equal columns shrinks by 1e-16 a step, into the denormals; Q stays orthogonal. */
    @Test
    void dependentColumnsLeaveQOrthogonal() {
        for (double value : new double[] {1, 1e-300, 1e300}) {
            Tensor ones = Tensor.full(DType.F64, value, Shape.of(40, 30));
            for (Qr qr : new Qr[] {Qr.of(ones), Qr.complete(ones)}) {
                Tensor gram = Matmul.matmul(qr.q().transpose(0, 1), qr.q());
                Tensor error = Selection.abs(gram.sub(Creation.eye(DType.F64, gram.size(0))));
                assertTrue(Reduction.max(error).item() < 1e-13, "Q^T Q " + value);
                Tensor rest = Selection.abs(Matmul.matmul(qr.q(), qr.r()).sub(ones));
                assertTrue(Reduction.max(rest).item() <= 1e-13 * value, "Q R " + value);
            }
        }
    }
}
