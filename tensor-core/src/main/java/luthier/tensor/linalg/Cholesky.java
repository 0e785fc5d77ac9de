package luthier.tensor.linalg;

import luthier.tensor.DTypeException;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.kernel.DoubleRows;

/** The Cholesky decomposition A = L L^T of symmetric positive definite matrices, in double precision, F32 rounded at the end. */
public final class Cholesky {
    private Cholesky() {}

    /**
     * Returns L, lower triangular with a positive diagonal: {@code a [.., n, n] -> [.., n, n]}, F32 or F64. Only the lower triangle of A is
     * read; that the upper one mirrors it is the caller's word. A matrix without rows gives one without rows.
     *
     * {@snippet :
     * Cholesky.factor(Tensor.of(new double[] {4, 2, 2, 10}, 2, 2)); // F64[2, 2][2.0, 0.0, 1.0, 3.0]
     * }
     *
     * @throws LinearAlgebraException if A is not positive definite, naming the first leading minor that is not positive, or an
     *     entry is NaN or infinite
     * @throws ShapeException if the matrices are not square
     * @throws DTypeException if the type is not floating
     */
    public static Tensor factor(Tensor a) {
        MatrixBatch in = MatrixBatch.square("cholesky", a);
        MatrixBatch out = in.like("cholesky", in.rows, in.rows);
        in.forEach(index -> out.put(index, lower(in, index)));
        return out.matrices();
    }

    private static double[][] lower(MatrixBatch in, int index) {
        double[][] a = in.get(index);
        double[][] l = new double[in.rows][in.rows];
        for (int i = 0; i < in.rows; i++) {
            for (int j = 0; j < i; j++) {
                l[i][j] = (a[i][j] - DoubleRows.dot(l[i], l[j], 0, j)) / l[j][j];
            }
            double pivot = a[i][i] - DoubleRows.dot(l[i], l[i], 0, i);
            if (!(pivot > 0)) {
                throw in.refuse(
                        "cholesky",
                        "the matrix must be positive definite",
                        index,
                        "pivot " + pivot + " at the leading minor of order " + (i + 1),
                        "add a small multiple of the identity, or use SymmetricEigen");
            }
            l[i][i] = Math.sqrt(pivot);
        }
        return l;
    }
}
