package luthier.tensor.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** What the tests of the decompositions share: matrices of every kind and the distance of results from what they must be. */
public final class MatrixChecks {
    /** Bound on errors relative to the norm. */
    public static final double CLOSE = 1e-13;

    private MatrixChecks() {}

    public static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F64, Shape.of(shape), 0, 1);
    }

    public static Tensor transposed(Tensor a) {
        return a.transpose(-1, -2);
    }

    public static Tensor eye(int n) {
        return Tensor.wrap(
                Arrays.stream(MatrixBatch.identity(n, n))
                        .flatMapToDouble(Arrays::stream)
                        .toArray(),
                Shape.of(n, n));
    }

    public static Tensor hilbert(int n) {
        double[] data = new double[n * n];
        for (int i = 0; i < n * n; i++) {
            data[i] = 1.0 / (i / n + i % n + 1);
        }
        return Tensor.of(data, n, n);
    }

    /** Returns a normal matrix whose rows run from 10^low to 10^high. */
    public static Tensor graded(int n, int low, int high) {
        double[] data = normal(17, n, n).toDoubleArray();
        for (int i = 0; i < n * n; i++) {
            data[i] *= StrictMath.pow(10, low + (high - low) * (i / n) / (double) (n - 1));
        }
        return Tensor.of(data, n, n);
    }

    /** Returns matrices of every kind by name, F64. */
    public static Map<String, Tensor> kinds() {
        Map<String, Tensor> kinds = new LinkedHashMap<>();
        kinds.put("square", normal(1, 9, 9));
        kinds.put("tall", normal(2, 23, 7));
        kinds.put("wide", normal(3, 5, 18));
        kinds.put("1x1", Tensor.of(new double[] {-3}, 1, 1));
        kinds.put("row", normal(4, 1, 6));
        kinds.put("column", normal(5, 6, 1));
        kinds.put("0xn", Tensor.zeros(DType.F64, 0, 4));
        kinds.put("nx0", Tensor.zeros(DType.F64, 4, 0));
        kinds.put("zeros", Tensor.zeros(DType.F64, 4, 3));
        kinds.put("identity", eye(6));
        kinds.put("hilbert", hilbert(12));
        kinds.put("rank 3", normal(6, 20, 3).matmul(normal(7, 3, 11)));
        kinds.put("repeated", Qr.of(normal(8, 8, 8)).q().mul(7));
        kinds.put("graded rows", graded(12, -150, 150));
        kinds.put("graded columns", transposed(graded(12, -150, 150)));
        kinds.put("huge", normal(9, 6, 6).mul(1e305));
        kinds.put("tiny", normal(10, 6, 6).mul(1e-305));
        kinds.put("medium", normal(11, 70, 70));
        return kinds;
    }

    public static double norm(Tensor a) {
        return LinearAlgebra.matrixNorm(a, LinearAlgebra.MatrixNorm.FROBENIUS).item();
    }

    /** Fails unless |got - wanted| <= bound |wanted| in the Frobenius norm; both are scaled first, so that nothing overflows. */
    public static void assertClose(String what, Tensor wanted, Tensor got, double bound) {
        assertEquals(wanted.shape(), got.shape(), what);
        double scale = LinearAlgebra.matrixNorm(wanted, LinearAlgebra.MatrixNorm.INFINITY)
                .item();
        if (scale == 0) {
            assertEquals(0, norm(got), what);
            return;
        }
        Tensor unit = Tensor.full(DType.F64, scale, Shape.of());
        double error = norm(got.div(unit).sub(wanted.div(unit)));
        assertTrue(error <= bound * norm(wanted.div(unit)), what + ": error " + error);
    }

    /** Fails unless the columns are orthonormal, in the Frobenius norm relative to their own. */
    public static void assertOrthonormal(String what, Tensor q) {
        int n = (int) q.size(1);
        double error = norm(transposed(q).matmul(q).sub(eye(n)));
        assertTrue(error <= CLOSE * Math.max(1, Math.sqrt(n)), what + ": not orthonormal by " + error);
    }
}
