package luthier.tensor.linalg;

import luthier.tensor.DTypeException;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.kernel.DoubleRows;

/**
 * The singular value decomposition A = U diag(s) V^T: U and V have orthonormal columns, s descends and is not negative.
 *
 * <p>Of the two signs of every pair of vectors the one is taken that makes the entry of largest magnitude in the row of V^T positive
 * (the first of equal ones); rows of V^T and columns of U without a partner keep what they have. So equal input gives equal bits.
 * Where singular values repeat, or are zero, any basis of their space is right and this is one of them.
 *
 * <p>One-sided Jacobi behind a pivoted QR, in double precision; F32 is rounded at the end. U and V are orthonormal to rounding for any
 * rank; singular values below 1e-305 of the largest come out as 0. Cost about 10 m n^2 and more: 256 x 256 takes under a second.
 *
 * @param u {@code [.., m, k]}, k = min(m, n); full {@code [.., m, m]}
 * @param s {@code [.., k]}
 * @param vt {@code [.., k, n]}; full {@code [.., n, n]}
 */
public record Svd(Tensor u, Tensor s, Tensor vt) {
    /**
     * Returns the reduced decomposition: {@code a [.., m, n] -> u [.., m, k], s [.., k], vt [.., k, n]}, k = min(m, n). F32 or F64.
     * Without rows or columns all three are empty.
     *
     * {@snippet :
     * Svd svd = Svd.of(Tensor.of(new double[] {0, -2, 3, 0}, 2, 2));
     * svd.s(); // F64[2][3.0, 2.0]
     * svd.vt().get(0, 0); // 1.0
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     * @throws ShapeException if the rank is below 2
     * @throws DTypeException if the type is not floating
     */
    public static Svd of(Tensor a) {
        return decompose(MatrixBatch.finite("svd", a), true, false);
    }

    /**
     * Returns the full decomposition: {@code a [.., m, n] -> u [.., m, m], s [.., k], vt [.., n, n]}. What U or V^T has beyond k spans
     * the rest of the space.
     *
     * {@snippet :
     * Svd.full(Tensor.of(new double[] {3, 4}, 2, 1)).u().shape(); // [2, 2]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     * @throws ShapeException if the rank is below 2
     * @throws DTypeException if the type is not floating
     */
    public static Svd full(Tensor a) {
        return decompose(MatrixBatch.finite("svd", a), true, true);
    }

    /**
     * Returns the singular values alone, descending: {@code a [.., m, n] -> [.., min(m, n)]}; about half the cost.
     *
     * {@snippet :
     * Svd.values(Tensor.of(new double[] {3, 4}, 2, 1)); // F64[1][5.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     * @throws ShapeException if the rank is below 2
     * @throws DTypeException if the type is not floating
     */
    public static Tensor values(Tensor a) {
        return decompose(MatrixBatch.finite("svd", a), false, false).s();
    }

    /** Decomposes finite matrices; without vectors U and V are empty. */
    static Svd decompose(MatrixBatch in, boolean vectors, boolean full) {
        int k = Math.min(in.rows, in.columns);
        MatrixBatch u = in.like("svd", vectors ? in.rows : 0, full ? in.rows : k);
        MatrixBatch s = in.like("svd", 1, k);
        MatrixBatch vt = in.like("svd", vectors ? full ? in.columns : k : 0, in.columns);
        in.forEach(index -> {
            boolean wide = in.columns > in.rows;
            double[][] rows = wide ? MatrixBatch.transpose(in.get(index), in.columns) : in.get(index);
            JacobiSvd jacobi = new JacobiSvd(rows, k, vectors, full);
            s.put(index, jacobi.values);
            if (vectors) {
                double[][] left = wide ? jacobi.rightRows : jacobi.leftRows;
                double[][] right = wide ? jacobi.leftRows : jacobi.rightRows;
                for (int i = 0; i < k; i++) {
                    if (leadsNegative(right[i])) {
                        DoubleRows.scale(-1, left[i], 0, in.rows);
                        DoubleRows.scale(-1, right[i], 0, in.columns);
                    }
                }
                u.put(index, MatrixBatch.transpose(left, in.rows));
                vt.put(index, right);
            }
        });
        return new Svd(u.matrices(), s.vectors(), vt.matrices());
    }

    /** Returns whether the first entry of largest magnitude is negative. */
    static boolean leadsNegative(double[] x) {
        int lead = 0;
        for (int i = 1; i < x.length; i++) {
            lead = Math.abs(x[i]) > Math.abs(x[lead]) ? i : lead;
        }
        return x.length > 0 && x[lead] < 0;
    }
}
