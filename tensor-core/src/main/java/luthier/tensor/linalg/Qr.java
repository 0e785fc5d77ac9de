package luthier.tensor.linalg;

import luthier.tensor.DTypeException;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.kernel.DoubleRows;

/**
 * The QR decomposition A = Q R: Q has orthonormal columns, R is zero below its diagonal. The diagonal of R is not negative, which
 * makes the decomposition of a matrix of full column rank unique (LAPACK leaves the signs as they fall).
 *
 * <p>Householder reflections in double precision, F32 rounded at the end: Q is orthonormal to rounding whatever A is, and each
 * column of Q R is that of A to rounding relative to its own norm. Entries may lie anywhere between 1e-300 and 1e300.
 *
 * @param q {@code [.., m, k]}, k the smaller of m and n; complete {@code [.., m, m]}
 * @param r {@code [.., k, n]}; complete {@code [.., m, n]}
 */
public record Qr(Tensor q, Tensor r) {
    /** Exponents between which no norm overflows and no product that matters vanishes. */
    private static final int LOWEST = -500;

    private static final int HIGHEST = 1000;

    /**
     * Returns the reduced decomposition: {@code a [.., m, n] -> q [.., m, k], r [.., k, n]}, k = min(m, n). F32 or F64. Without
     * rows or columns both are empty.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new double[] {3, 5, 4, 0}, 2, 2);
     * Qr.of(a).r().get(0, 0); // 5.0
     * Qr.of(a).r().get(1, 0); // 0.0
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     * @throws ShapeException if the rank is below 2
     * @throws DTypeException if the type is not floating
     */
    public static Qr of(Tensor a) {
        MatrixBatch in = MatrixBatch.finite("qr", a);
        return decompose(in, Math.min(in.rows, in.columns));
    }

    /**
     * Returns the complete decomposition: {@code a [.., m, n] -> q [.., m, m], r [.., m, n]}. The columns of Q beyond the n-th span
     * what is orthogonal to A. Without columns Q is the identity.
     *
     * {@snippet :
     * Qr.complete(Tensor.of(new double[] {3, 4}, 2, 1)).r(); // F64[2, 1][5.0, 0.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     * @throws ShapeException if the rank is below 2
     * @throws DTypeException if the type is not floating
     */
    public static Qr complete(Tensor a) {
        MatrixBatch in = MatrixBatch.finite("qr", a);
        return decompose(in, in.rows);
    }

    private static Qr decompose(MatrixBatch in, int k) {
        MatrixBatch q = in.like("qr", in.rows, k);
        MatrixBatch r = in.like("qr", k, in.columns);
        in.forEach(index -> {
            double[][] rows = in.get(index);
            int shift = MatrixBatch.bringInto(LOWEST, HIGHEST, rows);
            Householder reflections = Householder.of(rows, in.columns, false);
            double[][] left = reflections.q(k);
            double[][] right = reflections.r(k);
            for (int i = 0; i < Math.min(k, in.columns); i++) {
                if (right[i][i] < 0) {
                    DoubleRows.scale(-1, right[i], i, in.columns);
                    for (double[] row : left) {
                        row[i] = -row[i];
                    }
                }
            }
            MatrixBatch.shift(right, -shift);
            q.put(index, left);
            r.put(index, right);
        });
        return new Qr(q.matrices(), r.matrices());
    }
}
