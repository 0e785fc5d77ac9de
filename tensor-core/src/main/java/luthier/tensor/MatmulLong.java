package luthier.tensor;

/** Products of matrices of integers, which are exact or refused. */
final class MatmulLong {
    private static final double NANOS = 1.5;

    private MatmulLong() {}

    /** Returns {@code a [.., m, k]} times {@code b [.., k, n]}, whose leading axes agree. */
    static Tensor multiply(Tensor a, Tensor b, Shape shape) {
        int rank = shape.rank();
        int m = (int) shape.size(rank - 2);
        int n = (int) shape.size(rank - 1);
        int k = (int) a.size(-1);
        Tensor left = a.contiguous();
        Tensor right = b.contiguous();
        long[] c = new long[shape.arrayLength("matmul")];
        int rows = n == 0 ? 0 : c.length / n;
        Axes.parallel(rows, NANOS * k * n, (start, end) -> {
            for (int row = start; row < end; row++) {
                int rightAt = right.offset() + row / m * k * n;
                addRow(left.longs(), left.offset() + row * k, k, right.longs(), rightAt, c, row * n, n);
            }
        });
        return Tensor.wrap(c, shape);
    }

    private static void addRow(long[] a, int ao, int k, long[] b, int bo, long[] c, int co, int n) {
        for (int p = 0; p < k; p++) {
            long factor = a[ao + p];
            for (int j = 0; j < n; j++) {
                long next = b[bo + p * n + j];
                long product = factor * next;
                long sum = c[co + j] + product;
                if (Math.multiplyHigh(factor, next) != product >> 63 || ((c[co + j] ^ sum) & (product ^ sum)) < 0) {
                    throw new ArithmeticException("matmul: sums of integers must fit I64; got " + c[co + j] + " + "
                            + factor + " * " + next + "; convert with to(DType.F64)");
                }
                c[co + j] = sum;
            }
        }
    }
}
