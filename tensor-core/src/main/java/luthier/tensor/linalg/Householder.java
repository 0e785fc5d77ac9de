package luthier.tensor.linalg;

import java.util.Arrays;
import luthier.tensor.kernel.DoubleRows;

/**
 * A = H_1 H_2 ... H_k R, H_i = I - tau_i v_i v_i^T, of a matrix given as rows; with pivoting A P = H_1 ... H_k R, the column of
 * the largest remaining norm first. Golub and Van Loan 2013, section 5.2.2 and algorithm 5.4.1.
 *
 * <p>Reflections run over rows (w = v^T A, then A -= tau v w), so that memory is read in order.
 *
 * <p>Differences: norms of remaining columns are computed anew at every step instead of being updated, which costs a third of
 * the reflections and never cancels.
 */
final class Householder {
    private static final double SMALL = 0x1p-900;

    private final double[][] a;
    private final int m;
    private final int n;
    private final double[][] v;
    private final double[] tau;
    private final int[] order;

    private Householder(double[][] a, int n) {
        this.a = a;
        this.m = a.length;
        this.n = n;
        this.v = new double[Math.min(m, n)][];
        this.tau = new double[v.length];
        this.order = new int[n];
        Arrays.setAll(order, j -> j);
    }

    /** Decomposes rows of n entries; they are overwritten. */
    static Householder of(double[][] a, int n, boolean pivoted) {
        Householder result = new Householder(a, n);
        double[] w = new double[n];
        for (int k = 0; k < result.v.length; k++) {
            if (pivoted) {
                result.exchange(k, result.largest(k, w));
            }
            result.eliminate(k);
            reflect(result.v[k], result.tau[k], a, k, k + 1, n, w);
        }
        return result;
    }

    private int largest(int k, double[] w) {
        Arrays.fill(w, k, n, 0);
        for (int i = k; i < m; i++) {
            double[] row = a[i];
            for (int j = k; j < n; j++) {
                w[j] += row[j] * row[j];
            }
        }
        int best = k;
        for (int j = k + 1; j < n; j++) {
            if (w[j] > w[best]) {
                best = j;
            }
        }
        return best;
    }

    private void exchange(int k, int j) {
        for (double[] row : a) {
            double kept = row[k];
            row[k] = row[j];
            row[j] = kept;
        }
        int kept = order[k];
        order[k] = order[j];
        order[j] = kept;
    }

    /** Makes v_k and tau_k from column k, 1 at row k, and sets the column to (beta, 0, ..): beta has the other sign than its head. */
    private void eliminate(int k) {
        double[] x = new double[m];
        for (int i = k; i < m; i++) {
            x[i] = a[i][k];
        }
        v[k] = x;
        if (DoubleRows.maxAbs(x, k + 1, m) == 0) {
            return;
        }
        int shift = raise(x, k);
        double norm = DoubleRows.norm(x, k, m);
        double alpha = x[k];
        double beta = alpha >= 0 ? -norm : norm;
        double head = alpha - beta;
        for (int i = k + 1; i < m; i++) {
            x[i] /= head;
            a[i][k] = 0;
        }
        x[k] = 1;
        tau[k] = head / -beta;
        a[k][k] = Math.scalb(beta, -shift);
    }

    /**
     * Brings a column whose largest entry is near underflow to about 1 and returns by which power of two: what is left of
     * dependent columns shrinks from step to step, and v and tau made from denormals would be no reflection.
     */
    private int raise(double[] x, int first) {
        double largest = DoubleRows.maxAbs(x, first, m);
        if (largest >= SMALL) {
            return 0;
        }
        int shift = -Math.getExponent(largest);
        for (int i = first; i < m; i++) {
            x[i] = Math.scalb(x[i], shift);
        }
        return shift;
    }

    /** Applies I - tau v v^T to the columns from {@code from} on of rows. */
    private static void reflect(double[] v, double tau, double[][] rows, int first, int from, int to, double[] w) {
        if (tau == 0) {
            return;
        }
        Arrays.fill(w, from, to, 0);
        for (int i = first; i < rows.length; i++) {
            DoubleRows.addScaled(v[i], rows[i], w, from, to);
        }
        for (int i = first; i < rows.length; i++) {
            DoubleRows.addScaled(-tau * v[i], w, rows[i], from, to);
        }
    }

    /** Returns the first rows of R, zeros below the diagonal. */
    double[][] r(int rows) {
        return Arrays.copyOf(a, rows);
    }

    /** Returns the first columns of Q = H_1 ... H_k. */
    double[][] q(int columns) {
        double[][] q = MatrixBatch.identity(m, columns);
        double[] w = new double[columns];
        for (int k = v.length - 1; k >= 0; k--) {
            reflect(v[k], tau[k], q, k, k, columns, w);
        }
        return q;
    }

    /** Returns P: column j of A P is column {@code order[j]} of A. */
    int[] order() {
        return order;
    }
}
