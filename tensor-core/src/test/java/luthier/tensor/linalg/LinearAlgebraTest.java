package luthier.tensor.linalg;

import static luthier.tensor.linalg.MatrixChecks.CLOSE;
import static luthier.tensor.linalg.MatrixChecks.assertClose;
import static luthier.tensor.linalg.MatrixChecks.eye;
import static luthier.tensor.linalg.MatrixChecks.normal;
import static luthier.tensor.linalg.MatrixChecks.transposed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.linalg.LinearAlgebra.MatrixNorm;
import org.junit.jupiter.api.Test;

class LinearAlgebraTest {
    private static final Tensor SINGULAR = Tensor.of(new double[] {1, 2, 2, 4}, 2, 2);

    private static String message(Class<? extends RuntimeException> type, Runnable call) {
        return assertThrows(type, call::run).getMessage();
    }

    @Test
    void solvesWithOneAndSeveralRightHandSides() {
        Tensor a = normal(51, 40, 40);
        Tensor x = normal(52, 40, 3);
        assertClose("matrix", x, LinearAlgebra.solve(a, a.matmul(x)), 1e-11);
        Tensor vector = LinearAlgebra.solve(a, a.matmul(x).select(1, 0));
        assertClose("vector", x.select(1, 0).unsqueeze(1), vector.unsqueeze(1), 1e-11);
        Tensor residual = a.matmul(LinearAlgebra.solve(a, x));
        assertClose("residual", x, residual, 1e-11);
        assertEquals(
                Shape.of(0, 2),
                LinearAlgebra.solve(Tensor.zeros(DType.F64, 0, 0), Tensor.zeros(DType.F64, 0, 2))
                        .shape());
    }

    /** Backward stability does not care about the condition: the residual of a Hilbert matrix is tiny. */
    @Test
    void leavesATinyResidualWhateverTheCondition() {
        Tensor a = MatrixChecks.hilbert(12);
        Tensor x = LinearAlgebra.solve(a, eye(12).select(1, 0));
        Tensor rest = a.matmul(x.unsqueeze(1)).sub(eye(12).slice(1, 0, 1));
        assertTrue(MatrixChecks.norm(rest) <= 1e-14 * MatrixChecks.norm(x.unsqueeze(1)));
    }

    @Test
    void broadcastsLeadingAxes() {
        Tensor a = normal(53, 2, 1, 4, 4);
        Tensor b = normal(54, 3, 4, 2);
        Tensor x = LinearAlgebra.solve(a, b);
        assertEquals(Shape.of(2, 3, 4, 2), x.shape());
        for (int i = 0; i < 6; i++) {
            Tensor alone = LinearAlgebra.solve(a.select(0, i / 3).select(0, 0), b.select(0, i % 3));
            assertTrue(alone.bitEquals(x.select(0, i / 3).select(0, i % 3)));
        }
    }

    @Test
    void solvesTriangles() {
        Tensor t = normal(55, 6, 6).add(eye(6).mul(4));
        Tensor b = normal(56, 6, 2);
        for (boolean upper : new boolean[] {true, false}) {
            for (boolean unit : new boolean[] {true, false}) {
                double[] data = t.toDoubleArray();
                for (int i = 0; i < 36; i++) {
                    data[i] = (upper ? i / 6 < i % 6 : i / 6 > i % 6) ? data[i] : 0;
                    data[i] = i / 6 == i % 6 ? unit ? 1 : t.get(i / 6, i % 6) : data[i];
                }
                Tensor x = LinearAlgebra.triangularSolve(t, b, upper, unit);
                assertClose(
                        "upper " + upper + " unit " + unit,
                        b,
                        Tensor.of(data, 6, 6).matmul(x),
                        1e-12);
            }
        }
        assertEquals(
                "triangularSolve: the diagonal must not be zero; got [2, 2] with 0.0 at [1, 1]; use LinearAlgebra.leastSquares",
                message(
                        LinearAlgebraException.class,
                        () -> LinearAlgebra.triangularSolve(
                                Tensor.of(new double[] {1, 1, 1, 0}, 2, 2), eye(2), true, false)));
        Tensor batch = Tensor.of(new double[] {1, 0, 0, 1, -0.0, 0, 0, 1}, 2, 1, 2, 2);
        assertEquals(
                "triangularSolve: the diagonal must not be zero; got [2, 1, 2, 2] with -0.0 at [0, 0] of matrix [1, 0];"
                        + " use LinearAlgebra.leastSquares",
                message(
                        LinearAlgebraException.class,
                        () -> LinearAlgebra.triangularSolve(batch, eye(2), false, false)));
    }

    @Test
    void invertsAndNamesZeroPivots() {
        Tensor a = normal(57, 20, 20);
        assertClose("inverse", eye(20), LinearAlgebra.inverse(a).matmul(a), 1e-12);
        assertClose("inverse of the inverse", a, LinearAlgebra.inverse(LinearAlgebra.inverse(a)), 1e-11);
        assertEquals(
                "solve: the matrix must be regular; got [2, 2] with pivot 0.0 at [1, 1]; use LinearAlgebra.leastSquares or"
                        + " pseudoInverse",
                message(LinearAlgebraException.class, () -> LinearAlgebra.solve(SINGULAR, eye(2))));
        assertEquals(
                "inverse: the matrix must be regular; got [1, 2, 2] with pivot 0.0 at [1, 1] of matrix [0]; use"
                        + " LinearAlgebra.leastSquares or pseudoInverse",
                message(LinearAlgebraException.class, () -> LinearAlgebra.inverse(SINGULAR.unsqueeze(0))));
        assertEquals(
                "matrixPower: the matrix must be regular; got [2, 2] with pivot 0.0 at [1, 1]; use"
                        + " LinearAlgebra.leastSquares or pseudoInverse",
                message(LinearAlgebraException.class, () -> LinearAlgebra.matrixPower(SINGULAR, -2)));
        assertEquals(
                "solve: A and B must have as many rows, [.., m, n] and [.., m, k] or [m]; got [2, 2] and [3, 1]"
                        + "\n  a [>2<, 2] F64"
                        + "\n  b [>3<, 1] F64",
                message(ShapeException.class, () -> LinearAlgebra.solve(eye(2), Tensor.zeros(DType.F64, 3, 1))));
    }

    @Test
    void multipliesDeterminants() {
        Tensor a = normal(58, 8, 8);
        Tensor b = normal(59, 8, 8);
        double product = LinearAlgebra.determinant(a).item()
                * LinearAlgebra.determinant(b).item();
        assertEquals(product, LinearAlgebra.determinant(a.matmul(b)).item(), 1e-11 * Math.abs(product));
        LinearAlgebra.LogDeterminant log = LinearAlgebra.logDeterminant(a);
        assertEquals(
                LinearAlgebra.determinant(a).item(),
                log.sign().item() * StrictMath.exp(log.logAbs().item()),
                1e-11);
    }

    @Test
    void countsDeterminantsBeyondTheRangeOfTheirPivots() {
        Tensor a = Tensor.of(new double[] {1e200, 0, 0, 0, 1e200, 0, 0, 0, 1e-300}, 3, 3);
        assertEquals(1e100, LinearAlgebra.determinant(a).item(), 1e87);
        assertEquals(
                Double.POSITIVE_INFINITY,
                LinearAlgebra.determinant(eye(2).mul(1e300)).item());
        assertEquals(0.0, LinearAlgebra.determinant(SINGULAR).item());
        assertEquals(
                1.0, LinearAlgebra.determinant(Tensor.zeros(DType.F64, 0, 0)).item());
        assertEquals(0.0, LinearAlgebra.logDeterminant(SINGULAR).sign().item());
        assertEquals(
                Double.NEGATIVE_INFINITY,
                LinearAlgebra.logDeterminant(SINGULAR).logAbs().item());
    }

    /** The four conditions of Penrose 1955. */
    @Test
    void pseudoInvertsEveryKind() {
        for (String kind : List.of("square", "tall", "wide", "rank 3", "zeros", "0xn", "nx0", "repeated")) {
            Tensor a = MatrixChecks.kinds().get(kind);
            Tensor p = LinearAlgebra.pseudoInverse(a);
            assertClose(kind, a, a.matmul(p).matmul(a), 1e-12);
            assertClose(kind, p, p.matmul(a).matmul(p), 1e-12);
            Tensor left = a.matmul(p);
            assertClose(kind, left, transposed(left), 1e-12);
            Tensor right = p.matmul(a);
            assertClose(kind, right, transposed(right), 1e-12);
        }
    }

    @Test
    void findsLeastSquaresOfLeastNorm() {
        for (String kind : List.of("tall", "wide", "rank 3")) {
            Tensor a = MatrixChecks.kinds().get(kind);
            Tensor b = normal(60, a.size(0), 2);
            Tensor x = LinearAlgebra.leastSquares(a, b);
            assertClose(kind, LinearAlgebra.pseudoInverse(a).matmul(b), x, 1e-12);
            Tensor gradient = transposed(a).matmul(a.matmul(x).sub(b));
            assertTrue(MatrixChecks.norm(gradient) < 1e-11, kind);
            assertTrue(x.select(1, 0).bitEquals(LinearAlgebra.leastSquares(a, b.select(1, 0))), kind);
        }
    }

    @Test
    void countsRanks() {
        assertEquals(
                3, LinearAlgebra.matrixRank(MatrixChecks.kinds().get("rank 3")).item());
        assertEquals(
                3,
                LinearAlgebra.matrixRank(MatrixChecks.kinds().get("rank 3").to(DType.F32))
                        .item());
        assertEquals(0, LinearAlgebra.matrixRank(Tensor.zeros(DType.F64, 3, 2)).item());
        assertEquals(0, LinearAlgebra.matrixRank(Tensor.zeros(DType.F64, 3, 0)).item());
        assertEquals(
                1,
                LinearAlgebra.matrixRank(eye(2).mul(Tensor.of(new double[] {1, 0.1}, 2)), 0.2)
                        .item());
        assertTrue(LinearAlgebra.matrixRank(Tensor.zeros(DType.F64, 2, 3, 2)).bitEquals(Tensor.of(new long[2], 2)));
    }

    @Test
    void measuresConditionsAndNorms() {
        assertEquals(
                Double.POSITIVE_INFINITY,
                LinearAlgebra.conditionNumber(Tensor.zeros(DType.F64, 2, 2)).item());
        // 1.6025e16 in exact arithmetic; the 10 x 10 one is known to be 1.60249e13.
        assertEquals(
                1.60249e13,
                LinearAlgebra.conditionNumber(MatrixChecks.hilbert(10)).item(),
                1e10);
        Tensor a = Tensor.of(new double[] {1, -2, 3, -4, 5, -6}, 2, 3);
        assertEquals(9, LinearAlgebra.matrixNorm(a, MatrixNorm.ONE).item());
        assertEquals(15, LinearAlgebra.matrixNorm(a, MatrixNorm.INFINITY).item());
        assertEquals(
                Math.sqrt(91), LinearAlgebra.matrixNorm(a, MatrixNorm.FROBENIUS).item(), 1e-14);
        assertEquals(
                9.508032000695724, LinearAlgebra.matrixNorm(a, MatrixNorm.TWO).item(), 1e-13);
        assertEquals(
                5e300,
                LinearAlgebra.matrixNorm(Tensor.of(new double[] {3e300, 4e300}, 2, 1), MatrixNorm.FROBENIUS)
                        .item(),
                1e286);
        Tensor nan = Tensor.of(new double[] {1, Double.NaN}, 1, 2);
        for (MatrixNorm norm : MatrixNorm.values()) {
            assertEquals(
                    0,
                    LinearAlgebra.matrixNorm(Tensor.zeros(DType.F64, 0, 3), norm)
                            .item());
            if (norm != MatrixNorm.TWO) {
                assertTrue(Double.isNaN(LinearAlgebra.matrixNorm(nan, norm).item()));
            }
        }
    }

    @Test
    void raisesToPowers() {
        Tensor a = normal(61, 3, 4, 4);
        assertTrue(LinearAlgebra.matrixPower(a, 1).bitEquals(a));
        for (int i = 0; i < 3; i++) {
            Tensor one = a.select(0, i);
            assertClose(
                    "cube",
                    one.matmul(one).matmul(one),
                    LinearAlgebra.matrixPower(a, 3).select(0, i),
                    1e-12);
        }
        assertTrue(LinearAlgebra.matrixPower(a, 0).select(0, 1).bitEquals(eye(4)));
        Tensor one = a.select(0, 0);
        assertClose(
                "negative", eye(4), LinearAlgebra.matrixPower(one, -3).matmul(LinearAlgebra.matrixPower(one, 3)), 1e-9);
    }

    @Test
    void tracesRectangles() {
        Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertEquals(6, LinearAlgebra.trace(a).item());
        assertEquals(0, LinearAlgebra.trace(Tensor.zeros(DType.F32, 0, 3)).item());
    }

    @Test
    void givesABatchTheBitsOfEachMatrixAloneAndRoundsF32Once() {
        List<UnaryOperator<Tensor>> all = List.of(
                LinearAlgebra::inverse,
                LinearAlgebra::pseudoInverse,
                LinearAlgebra::determinant,
                a -> LinearAlgebra.logDeterminant(a).logAbs(),
                LinearAlgebra::matrixRank,
                LinearAlgebra::conditionNumber,
                LinearAlgebra::trace,
                a -> LinearAlgebra.matrixNorm(a, MatrixNorm.TWO),
                a -> LinearAlgebra.matrixPower(a, 5));
        Tensor a = normal(62, 3, 5, 5);
        for (UnaryOperator<Tensor> operation : all) {
            for (int i = 0; i < 3; i++) {
                assertTrue(operation
                        .apply(a.select(0, i))
                        .bitEquals(operation.apply(a).select(0, i)));
            }
        }
        Tensor f32 = a.to(DType.F32);
        assertTrue(LinearAlgebra.inverse(f32)
                .bitEquals(LinearAlgebra.inverse(f32.to(DType.F64)).to(DType.F32)));
    }

    @Test
    void agreesWithHandNumbers() {
        assertArrayEquals(
                new double[] {-2, 1, 1.5, -0.5},
                LinearAlgebra.inverse(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2))
                        .toDoubleArray(),
                CLOSE);
        assertEquals(
                -2,
                LinearAlgebra.determinant(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2))
                        .item(),
                CLOSE);
    }
}
