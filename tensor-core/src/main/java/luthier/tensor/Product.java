package luthier.tensor;

/** Products of vectors and of blocks, composed from {@link Matmul} and {@link Elementwise}; {@link Einsum} writes any other. */
public final class Product {
    private Product() {}

    /**
     * Returns sum_i a_i b_i over the last axis: {@code a [.., n], b [.., n] -> [..]}, leading axes broadcast. F32 and F64, one chain of fused
     * multiply-adds; 0 of no elements; NaN and infinities as they multiply and add.
     *
     * {@snippet :
     * Product.dot(Tensor.of(new float[] {1, 2, 3}, 3), Tensor.of(new float[] {4, 5, 6}, 3)); // F32[][32.0]
     * }
     *
     * @throws ShapeException if a rank is 0, the last sizes differ or leading axes do not broadcast
     * @throws DTypeException if types differ or are not floating
     */
    public static Tensor dot(Tensor a, Tensor b) {
        Require.sameType("dot", a, b);
        Require.floating("dot", a);
        ShapeRule.DOT.require(
                () -> "dot: operands must be [.., n] and [.., n], whose leading axes broadcast; got " + a.shape()
                        + " and " + b.shape(),
                "a, b",
                a,
                b);
        return Matmul.matmul(a.unsqueeze(-2), b.unsqueeze(-1)).squeeze(-1).squeeze(-1);
    }

    /**
     * Returns y[i, j] = a_i b_j: {@code a [.., m], b [.., n] -> [.., m, n]}, leading axes broadcast. The types of {@link Elementwise#mul}.
     *
     * {@snippet :
     * Product.outer(Tensor.of(new float[] {1, 2}, 2), Tensor.of(new float[] {3, 4}, 2)); // F32[2, 2][3.0, 4.0, 6.0, 8.0]
     * }
     *
     * @throws ShapeException if a rank is 0 or leading axes do not broadcast
     * @throws DTypeException if types differ or do not multiply
     */
    public static Tensor outer(Tensor a, Tensor b) {
        Require.sameType("outer", a, b);
        ShapeRule.OUTER.require(
                () -> "outer: operands must be [.., m] and [.., n], whose leading axes broadcast; got " + a.shape()
                        + " and " + b.shape(),
                "a, b",
                a,
                b);
        return Elementwise.mul("outer", a.unsqueeze(-1), b.unsqueeze(-2));
    }

    /**
     * Returns the Kronecker product, blocks a[i, j] B: {@code a [m, n], b [p, q] -> [m p, n q]}, and the same over any number of axes; the
     * shorter shape is filled with 1 in front. The types of {@link Elementwise#mul}.
     *
     * {@snippet :
     * Product.kron(Tensor.of(new float[] {1, 2}, 1, 2), Tensor.of(new float[] {3, 4}, 2, 1)); // F32[2, 2][3.0, 6.0, 4.0, 8.0]
     * }
     *
     * @throws ShapeException if the result has too many elements
     * @throws DTypeException if types differ or do not multiply
     */
    public static Tensor kron(Tensor a, Tensor b) {
        int rank = Math.max(a.rank(), b.rank());
        long[] left = new long[2 * rank];
        long[] right = new long[2 * rank];
        long[] sizes = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            left[2 * axis] = sizeOf(a, axis, rank);
            left[2 * axis + 1] = 1;
            right[2 * axis] = 1;
            right[2 * axis + 1] = sizeOf(b, axis, rank);
            sizes[axis] = Math.multiplyExact(left[2 * axis], right[2 * axis + 1]);
        }
        return Elementwise.mul("kron", a.reshape(left), b.reshape(right)).reshape(sizes);
    }

    private static long sizeOf(Tensor t, int axis, int rank) {
        int own = axis - (rank - t.rank());
        return own < 0 ? 1 : t.size(own);
    }
}
