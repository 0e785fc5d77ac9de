package luthier.tensor.linalg;

import java.util.Arrays;
import java.util.Comparator;
import luthier.tensor.kernel.DoubleRows;

/**
 * The singular value decomposition of one matrix with at least as many rows as columns, by one-sided Jacobi rotations behind a
 * pivoted QR: A P = Q R, then rotations J of the rows of R until they are orthogonal, J^T R = S W^T, hence A = (Q J) S (P W)^T.
 * Drmac and Veselic 2008, "New fast and accurate Jacobi SVD algorithm I, II", LAPACK Working Notes 169 and 170.
 *
 * <p>Rows count as orthogonal by the cosine between them, not by their product, so that V is orthonormal and small singular
 * values of graded matrices keep their digits.
 *
 * <p>Differences: the second QR of their preconditioner is left out; J is accumulated, not solved for, so that U is orthonormal
 * for any rank.
 */
final class JacobiSvd {
    /** The Frobenius norm is brought to 2^510: its square is finite and those of rows down to {@link #VANISHING} are exact. */
    private static final int NORM_EXPONENT = 510;

    /** Entries of 2^480 have squares whose sum is finite for any array. */
    private static final int SAFE_EXPONENT = 480;

    /** 2^-503: rows below, 1e-305 of the largest, count as zero. */
    private static final double VANISHING = 0x1p-503;

    private static final double EPSILON = 0x1p-52;
    private static final int MAX_SWEEPS = 60;

    final double[] values;
    double[][] leftRows = {};
    double[][] rightRows = {};

    private final int n;
    private final double[][] rows;
    private final double[][] turned;
    private final double[] square;

    /**
     * Decomposes rows of n entries; they are overwritten.
     *
     * @param vectors whether U and V are wanted
     * @param full whether U shall be square
     */
    JacobiSvd(double[][] a, int n, boolean vectors, boolean full) {
        this.n = n;
        int shift = scaleToNorm(a);
        Householder qr = Householder.of(a, n, true);
        rows = qr.r(n);
        turned = vectors ? MatrixBatch.identity(n, n) : new double[n][0];
        square = new double[n];
        sweepUntilOrthogonal();
        double[] norms = new double[n];
        for (int i = 0; i < n; i++) {
            norms[i] = DoubleRows.norm(rows[i], 0, n);
            norms[i] = norms[i] < VANISHING ? 0 : norms[i];
        }
        Integer[] sorted = new Integer[n];
        Arrays.setAll(sorted, i -> i);
        Arrays.sort(sorted, Comparator.comparingDouble(i -> -norms[i]));
        values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = Math.scalb(norms[sorted[i]], -shift);
        }
        if (vectors) {
            rightRows = right(sorted, norms, qr.order());
            leftRows = left(sorted, MatrixBatch.transpose(qr.q(full ? a.length : n), full ? a.length : n), a.length);
        }
    }

    private int scaleToNorm(double[][] a) {
        int first = MatrixBatch.bringInto(SAFE_EXPONENT, SAFE_EXPONENT, a);
        double sum = 0;
        for (double[] row : a) {
            sum += DoubleRows.dot(row, row, 0, n);
        }
        if (sum == 0) {
            return first;
        }
        int second = NORM_EXPONENT - 1 - Math.getExponent(Math.sqrt(sum));
        MatrixBatch.shift(a, second);
        return first + second;
    }

    private void sweepUntilOrthogonal() {
        double tolerance = EPSILON * Math.max(4, Math.sqrt(n));
        for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
            for (int i = 0; i < n; i++) {
                square[i] = DoubleRows.dot(rows[i], rows[i], 0, n);
            }
            boolean done = true;
            for (int p = 0; p < n - 1; p++) {
                for (int q = p + 1; q < n; q++) {
                    done &= !rotate(p, q, tolerance);
                }
            }
            if (done) {
                return;
            }
        }
        throw new LinearAlgebraException("svd: rotations must make the rows orthogonal; got rows that are not after "
                + MAX_SWEEPS + " sweeps; scale the matrix or report it");
    }

    /** Makes two rows orthogonal, (p, q) = (c p - s q, s p + c q); returns whether they were not. */
    private boolean rotate(int p, int q, double tolerance) {
        if (Math.min(square[p], square[q]) < VANISHING * VANISHING) {
            // Such a row counts as zero, and its products have lost their digits to underflow.
            return false;
        }
        double product = DoubleRows.dot(rows[p], rows[q], 0, n);
        if (Math.abs(product) <= tolerance * Math.sqrt(square[p]) * Math.sqrt(square[q])) {
            return false;
        }
        double zeta = (square[q] - square[p]) / (2 * product);
        // Beyond 1e8 the 1 under the root is lost, and the square of zeta may overflow.
        double t =
                Math.abs(zeta) > 1e8 ? 0.5 / zeta : (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        if (t == 0) {
            return false;
        }
        double c = 1 / Math.sqrt(1 + t * t);
        DoubleRows.rotate(c, c * t, rows[p], rows[q], 0, n);
        DoubleRows.rotate(c, c * t, turned[p], turned[q], 0, turned[p].length);
        square[p] = changed(p, -t * product);
        square[q] = changed(q, t * product);
        return true;
    }

    /** Returns the new squared norm of a row, taken anew where the difference would cancel. */
    private double changed(int row, double change) {
        double updated = square[row] + change;
        return updated < 0.5 * square[row] ? DoubleRows.dot(rows[row], rows[row], 0, n) : updated;
    }

    private double[][] right(Integer[] sorted, double[] norms, int[] order) {
        double[][] result = new double[n][n];
        int rank = 0;
        for (int i = 0; i < n; i++) {
            double norm = norms[sorted[i]];
            for (int j = 0; norm > 0 && j < n; j++) {
                result[i][order[j]] = rows[sorted[i]][j] / norm;
            }
            rank += norm > 0 ? 1 : 0;
        }
        complete(result, rank);
        return result;
    }

    /** Returns U^T: the turned rows of Q^T in order, and behind them those that R does not touch. */
    private double[][] left(Integer[] sorted, double[][] q, int m) {
        double[][] result = new double[q.length][];
        double[][] inside = Arrays.copyOf(q, n);
        double[][] ordered = new double[n][];
        for (int i = 0; i < n; i++) {
            ordered[i] = turned[sorted[i]];
        }
        System.arraycopy(MatrixBatch.product(ordered, inside, m), 0, result, 0, n);
        System.arraycopy(q, n, result, n, q.length - n);
        return result;
    }

    /** Fills rows from {@code rank} on with unit vectors orthogonal to all before: axes least covered by them, twice orthogonalised. */
    private void complete(double[][] orthonormal, int rank) {
        double[] covered = new double[n];
        for (int i = 0; i < n; i++) {
            if (i >= rank) {
                double[] row = orthonormal[i];
                int axis = 0;
                for (int j = 1; j < n; j++) {
                    axis = covered[j] < covered[axis] ? j : axis;
                }
                row[axis] = 1;
                for (int pass = 0; pass < 2; pass++) {
                    for (int k = 0; k < i; k++) {
                        DoubleRows.addScaled(-DoubleRows.dot(orthonormal[k], row, 0, n), orthonormal[k], row, 0, n);
                    }
                }
                DoubleRows.scale(1 / DoubleRows.norm(row, 0, n), row, 0, n);
            }
            for (int j = 0; j < n; j++) {
                covered[j] += orthonormal[i][j] * orthonormal[i][j];
            }
        }
    }
}
