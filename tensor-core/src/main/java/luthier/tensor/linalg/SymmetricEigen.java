package luthier.tensor.linalg;

import java.util.Arrays;
import java.util.Comparator;
import luthier.tensor.DTypeException;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.kernel.DoubleRows;

/**
 * The eigenvalue decomposition A = V diag(w) V^T of symmetric matrices: w ascends, V is orthogonal. The sign of every vector makes its
 * entry of largest magnitude (the first of equal ones) positive.
 *
 * <p>Cyclic Jacobi rotations in double precision, F32 rounded at the end; Golub and Van Loan 2013, algorithm 8.5.3. Eigenvalues are right
 * to rounding relative to the norm of A.
 *
 * <p>Differences: a rotation turns two rows and mirrors them into the columns, which keeps the matrix exactly symmetric.
 *
 * @param values {@code [.., n]}
 * @param vectors {@code [.., n, n]}, a vector in each column
 */
public record SymmetricEigen(Tensor values, Tensor vectors) {
    private static final int MAX_SWEEPS = 60;

    /** Below this share of the largest entry (over n) an entry beside the diagonal counts as zero. */
    private static final double EPSILON = 0x1p-53;

    /**
     * Returns the decomposition: {@code a [.., n, n] -> values [.., n], vectors [.., n, n]}, F32 or F64. Only the lower triangle of A is
     * read; that the upper one mirrors it is the caller's word.
     *
     * {@snippet :
     * SymmetricEigen.of(Tensor.of(new double[] {2, 0, 0, -1}, 2, 2)).values(); // F64[2][-1.0, 2.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     * @throws ShapeException if the matrices are not square
     * @throws DTypeException if the type is not floating
     */
    public static SymmetricEigen of(Tensor a) {
        MatrixBatch in = MatrixBatch.square("symmetricEigen", a);
        MatrixBatch values = in.like("symmetricEigen", 1, in.rows);
        MatrixBatch vectors = in.like("symmetricEigen", in.rows, in.rows);
        in.forEach(index -> decompose(in.get(index), index, values, vectors));
        return new SymmetricEigen(values.vectors(), vectors.matrices());
    }

    private static void decompose(double[][] a, int index, MatrixBatch values, MatrixBatch vectors) {
        int n = a.length;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                a[j][i] = a[i][j];
            }
        }
        int shift = MatrixBatch.bringInto(0, 0, a);
        double[][] turned = MatrixBatch.identity(n, n);
        sweep(a, turned);
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> a[i][i]));
        double[] sorted = new double[n];
        double[][] rows = new double[n][];
        for (int i = 0; i < n; i++) {
            sorted[i] = Math.scalb(a[order[i]][order[i]], -shift);
            rows[i] = turned[order[i]];
            if (Svd.leadsNegative(rows[i])) {
                DoubleRows.scale(-1, rows[i], 0, n);
            }
        }
        values.put(index, sorted);
        vectors.put(index, MatrixBatch.transpose(rows, n));
    }

    private static void sweep(double[][] a, double[][] turned) {
        int n = a.length;
        double zero = EPSILON * MatrixBatch.maxAbs(a) / Math.max(1, n);
        for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
            boolean done = true;
            for (int p = 0; p < n - 1; p++) {
                for (int q = p + 1; q < n; q++) {
                    if (Math.abs(a[p][q]) > zero) {
                        rotate(a, turned, p, q);
                        done = false;
                    }
                }
            }
            if (done) {
                return;
            }
        }
        throw new LinearAlgebraException(
                "symmetricEigen: rotations must make the matrix diagonal; got one that is not after " + MAX_SWEEPS
                        + " sweeps; report it");
    }

    private static void rotate(double[][] a, double[][] turned, int p, int q) {
        int n = a.length;
        double app = a[p][p];
        double aqq = a[q][q];
        double apq = a[p][q];
        double zeta = (aqq - app) / (2 * apq);
        double t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        double c = 1 / Math.sqrt(1 + t * t);
        DoubleRows.rotate(c, c * t, a[p], a[q], 0, n);
        a[p][p] = app - t * apq;
        a[q][q] = aqq + t * apq;
        a[p][q] = 0;
        a[q][p] = 0;
        for (int i = 0; i < n; i++) {
            a[i][p] = a[p][i];
            a[i][q] = a[q][i];
        }
        DoubleRows.rotate(c, c * t, turned[p], turned[q], 0, n);
    }
}
