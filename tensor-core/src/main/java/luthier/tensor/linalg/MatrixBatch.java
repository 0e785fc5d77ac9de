package luthier.tensor.linalg;

import java.util.Arrays;
import java.util.function.IntConsumer;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Shape;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;
import luthier.tensor.kernel.DoubleRows;
import luthier.tensor.kernel.Parallel;

/**
 * The matrices {@code [.., rows, columns]} of a tensor in double precision, numbered in row-major order of the leading axes.
 * Decompositions read one as an array of rows, work on it alone, and put their results into another batch; results are
 * rounded to the tensor's type once, at the end. So a batch gives the bits of each matrix alone.
 */
final class MatrixBatch {
    final int count;
    final int rows;
    final int columns;
    private final Shape lead;
    private final DType dtype;
    private final double[] data;

    private MatrixBatch(Shape lead, DType dtype, int rows, int columns, double[] data) {
        this.lead = lead;
        this.dtype = dtype;
        this.count = (int) lead.elementCount();
        this.rows = rows;
        this.columns = columns;
        this.data = data;
    }

    /** Returns the matrices of a floating tensor of rank 2 or more. */
    static MatrixBatch of(String operation, Tensor a) {
        requireFloating(operation, a);
        ShapeRule.MATRIX.require(
                () -> operation + ": the tensor must be a matrix or a batch of them, [.., m, n]; got " + a.shape()
                        + "; add axes with unsqueeze",
                "a",
                a);
        Shape lead = Shape.of(Arrays.copyOf(a.shape().toArray(), a.rank() - 2));
        return new MatrixBatch(lead, a.dtype(), (int) a.size(-2), (int) a.size(-1), a.toDoubleArray());
    }

    /** As {@link #of}, with finite entries. */
    static MatrixBatch finite(String operation, Tensor a) {
        MatrixBatch result = of(operation, a);
        for (int i = 0; i < result.data.length; i++) {
            if (!Double.isFinite(result.data[i])) {
                int place = i % (result.rows * result.columns);
                throw result.refuse(
                        operation,
                        "entries must be finite",
                        i / (result.rows * result.columns),
                        result.data[i] + " at [" + place / result.columns + ", " + place % result.columns + "]",
                        "find its origin with Reduction.allFinite");
            }
        }
        return result;
    }

    /** As {@link #finite}, with square matrices. */
    static MatrixBatch square(String operation, Tensor a) {
        requireFloating(operation, a);
        requireSquare(operation, a);
        return finite(operation, a);
    }

    static void requireSquare(String operation, Tensor a) {
        ShapeRule.SQUARE.require(() -> operation + ": the matrix must be square, [.., n, n]; got " + a.shape(), "a", a);
    }

    private static void requireFloating(String operation, Tensor a) {
        if (!a.dtype().isFloating()) {
            throw new DTypeException(operation + ": needs F32 or F64; got " + a.dtype() + "; convert with to()");
        }
    }

    static void requireSameType(String operation, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype()) {
            throw new DTypeException(
                    operation + ": types must agree; got " + a.dtype() + " and " + b.dtype() + "; convert with to()");
        }
    }

    /** Returns a batch of zeros with as many matrices. */
    MatrixBatch like(String operation, int rows, int columns) {
        int length = shape(rows, columns).arrayLength(operation);
        return new MatrixBatch(lead, dtype, rows, columns, new double[length]);
    }

    /** Returns a copy of a matrix, row by row. */
    double[][] get(int index) {
        double[][] result = new double[rows][];
        for (int i = 0; i < rows; i++) {
            int from = (index * rows + i) * columns;
            result[i] = Arrays.copyOfRange(data, from, from + columns);
        }
        return result;
    }

    /** Overwrites a matrix. */
    void put(int index, double[]... matrix) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(matrix[i], 0, data, (index * rows + i) * columns, columns);
        }
    }

    /** Runs the body for every matrix, on all threads; of several failures that of the first matrix is thrown. */
    void forEach(IntConsumer body) {
        LinearAlgebraException[] failures = new LinearAlgebraException[count];
        Parallel.run(count, i -> {
            try {
                body.accept(i);
            } catch (LinearAlgebraException failure) {
                failures[i] = failure;
            }
        });
        for (LinearAlgebraException failure : failures) {
            if (failure != null) {
                throw failure;
            }
        }
    }

    /** Returns the error of a matrix: the shape of all, what is wrong where and, if there are leading axes, in which matrix. */
    LinearAlgebraException refuse(String operation, String rule, int index, String place, String remedy) {
        return new LinearAlgebraException(operation + ": " + rule + "; got " + shape(rows, columns) + " with " + place
                + which(index) + "; " + remedy);
    }

    private String which(int index) {
        if (lead.rank() == 0) {
            return "";
        }
        long[] place = new long[lead.rank()];
        long rest = index;
        for (int axis = place.length - 1; axis >= 0; axis--) {
            place[axis] = rest % lead.size(axis);
            rest /= lead.size(axis);
        }
        return " of matrix " + Arrays.toString(place);
    }

    /** Returns {@code [.., rows, columns]} in the type of the tensor that this batch came from. */
    Tensor matrices() {
        return shaped(rows, columns);
    }

    /** Returns {@code [.., columns]}; there is one row. */
    Tensor vectors() {
        return shaped(columns);
    }

    /** Returns {@code [..]}; matrices are single numbers. */
    Tensor numbers() {
        return shaped();
    }

    private Tensor shaped(long... trailing) {
        return Tensor.wrap(data, shape(trailing)).to(dtype);
    }

    private Shape shape(long... trailing) {
        long[] sizes = Arrays.copyOf(lead.toArray(), lead.rank() + trailing.length);
        System.arraycopy(trailing, 0, sizes, lead.rank(), trailing.length);
        return Shape.of(sizes);
    }

    // ---- rows

    static double[][] identity(int rows, int columns) {
        double[][] result = new double[rows][columns];
        for (int i = 0; i < Math.min(rows, columns); i++) {
            result[i][i] = 1;
        }
        return result;
    }

    /** Returns the transpose; {@code columns} is needed where there are no rows. */
    static double[][] transpose(double[][] a, int columns) {
        double[][] result = new double[columns][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < columns; j++) {
                result[j][i] = a[i][j];
            }
        }
        return result;
    }

    /** Returns A B for B with the given number of columns. */
    static double[][] product(double[][] a, double[][] b, int columns) {
        double[][] result = new double[a.length][columns];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                DoubleRows.addScaled(a[i][k], b[k], result[i], 0, columns);
            }
        }
        return result;
    }

    static double maxAbs(double[][] a) {
        double max = 0;
        for (double[] row : a) {
            max = Math.max(max, DoubleRows.maxAbs(row, 0, row.length));
        }
        return max;
    }

    /**
     * Multiplies a matrix by the power of two that brings its largest exponent into a range, and returns the exponent of the
     * factor; 0 for a matrix of zeros. Exact but for entries that fall below the smallest number.
     */
    static int bringInto(int lowest, int highest, double[][] a) {
        double max = maxAbs(a);
        if (max == 0) {
            return 0;
        }
        int exponent = Math.getExponent(max);
        int shift = Math.clamp(exponent, lowest, highest) - exponent;
        shift(a, shift);
        return shift;
    }

    /** Multiplies a matrix by a power of two. */
    static void shift(double[][] a, int exponent) {
        for (int i = 0; exponent != 0 && i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                a[i][j] = Math.scalb(a[i][j], exponent);
            }
        }
    }
}
