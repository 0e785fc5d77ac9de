package luthier.tensor;

import luthier.tensor.kernel.Parallel;

/**
 * Triangles and diagonals of the matrices in the last two axes. The diagonal k lies k places to the right of the main one; k may
 * be negative or beyond the matrix. For every type.
 */
public final class Diagonals {
    private static final int BLOCK = 1 << 16;

    private Diagonals() {}

    /**
     * Returns x with zeros below diagonal k: {@code y[i][j] = x[i][j] if j >= i + k, else 0}.
     *
     * {@snippet :
     * Diagonals.triu(Tensor.of(new long[] {1, 2, 3, 4}, 2, 2), 0); // I64[2, 2][1, 2, 0, 4]
     * }
     *
     * @throws ShapeException if x has fewer than two axes
     */
    public static Tensor triu(Tensor x, long k) {
        return triangle("triu", x, k, true);
    }

    /**
     * Returns x with zeros above diagonal k: {@code y[i][j] = x[i][j] if j <= i + k, else 0}.
     *
     * {@snippet :
     * Diagonals.tril(Tensor.of(new long[] {1, 2, 3, 4}, 2, 2), 0); // I64[2, 2][1, 0, 3, 4]
     * }
     *
     * @throws ShapeException if x has fewer than two axes
     */
    public static Tensor tril(Tensor x, long k) {
        return triangle("tril", x, k, false);
    }

    private static Tensor triangle(String name, Tensor x, long k, boolean upper) {
        requireMatrices(name, x);
        Tensor from = x.contiguous();
        Object to = Creation.allocate(x.dtype(), x.shape(), name);
        int rows = (int) x.size(-2);
        int columns = (int) x.size(-1);
        long shift = Math.clamp(k, -rows, columns);
        int count = x.elementCount() == 0 ? 0 : (int) (x.elementCount() / columns);
        int perTask = Math.max(1, BLOCK / Math.max(columns, 1));
        Parallel.run(Math.ceilDiv(count, perTask), task -> {
            for (int row = task * perTask; row < Math.min(count, (task + 1) * perTask); row++) {
                int edge = Math.clamp(row % rows + shift + (upper ? 0 : 1), 0, columns);
                int start = row * columns + (upper ? edge : 0);
                System.arraycopy(from.storage(), from.offset() + start, to, start, upper ? columns - edge : edge);
            }
        });
        return Tensor.wrap(x.dtype(), to, x.shape());
    }

    private static void requireMatrices(String name, Tensor x) {
        ShapeRule.MATRIX.require(
                () -> name + ": needs at least two axes [.., rows, columns]; got " + x.shape(), "x", x);
    }

    /**
     * Returns a view of diagonal k of the matrices along two axes, as a new last axis in their place: {@code y[.., i] =
     * x[.., i, .., i + k, ..]} for k not negative. Its length is 0 if the diagonal lies outside.
     *
     * {@snippet :
     * Diagonals.diagonal(Tensor.of(new long[] {1, 2, 3, 4}, 2, 2), 0, 0, 1); // I64[2][1, 4]
     * }
     *
     * @throws ShapeException if an axis does not exist or both are the same
     */
    public static Tensor diagonal(Tensor x, long k, int axisA, int axisB) {
        int[] along = Require.axes("diagonal", x, axisA, axisB);
        int a = along[0];
        int b = along[1];
        if (a == b) {
            throw Require.broken(
                    "diagonal: needs two different axes; got " + axisA + " and " + axisB + " for shape " + x.shape(),
                    x);
        }
        long right = Math.clamp(k, 0, x.size(b));
        long down = Math.clamp(-Math.max(k, -Long.MAX_VALUE), 0, x.size(a));
        Tensor corner = x.slice(a, down, x.size(a)).slice(b, right, x.size(b));
        long length = Math.min(corner.size(a), corner.size(b));
        int step = length > 1 ? Math.addExact(x.strides()[a], x.strides()[b]) : 0;
        int high = Math.max(a, b);
        int low = Math.min(a, b);
        int last = x.rank() - 2;
        long[] sizes = Layout.without(Layout.without(corner.shape().toArray(), high), low);
        int[] strides = Layout.without(Layout.without(corner.strides(), high), low);
        return x.view(
                Shape.trusted(Layout.with(sizes, last, length)), Layout.with(strides, last, step), corner.offset());
    }

    /**
     * Returns square matrices with the last axis on diagonal k and zeros elsewhere, {@code [.., n] -> [.., n + |k|, n + |k|]}.
     *
     * {@snippet :
     * Diagonals.diagonalMatrix(Tensor.of(new long[] {1, 2}, 2), 0); // I64[2, 2][1, 0, 0, 2]
     * }
     *
     * @throws ShapeException if x has rank 0
     */
    public static Tensor diagonalMatrix(Tensor x, long k) {
        if (x.rank() == 0) {
            throw new ShapeException("diagonalMatrix: needs at least one axis; got a tensor of rank 0");
        }
        long n = Layout.plus("diagonalMatrix", x.size(-1), Math.abs(Math.max(k, -Long.MAX_VALUE)));
        long[] sizes = Layout.with(x.shape().toArray(), x.rank(), n);
        sizes[x.rank() - 1] = n;
        Tensor result = Tensor.zeros(x.dtype(), Shape.of(sizes));
        StridedCopy.copy(x, diagonal(result, k, -2, -1));
        return result;
    }
}
