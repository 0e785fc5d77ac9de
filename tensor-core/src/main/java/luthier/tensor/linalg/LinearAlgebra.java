package luthier.tensor.linalg;

import java.util.Arrays;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Matmul;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;
import luthier.tensor.kernel.DoubleRows;

/**
 * Equations, inverses and numbers that describe matrices, over the last two axes and batched over all others. The decompositions
 * themselves are {@link Qr}, {@link Svd}, {@link Cholesky} and {@link SymmetricEigen}.
 *
 * <p>F32 and F64; everything is computed in double precision and rounded to the type once, at the end. A batch gives the bits of each
 * matrix alone. Matrices without rows or columns are allowed. Where a matrix is factored (all but {@link #trace}, {@link #matrixNorm}
 * and non-negative powers) a NaN or infinite entry is a {@link LinearAlgebraException}.
 *
 * <p>All throw {@link ShapeException} for ranks below 2 or sizes that do not fit and {@link DTypeException} for other types.
 */
public final class LinearAlgebra {
    private LinearAlgebra() {}

    // ---- equations

    /**
     * Returns X with A X = B: {@code a [.., n, n], b [.., n, k] -> [.., n, k]}, leading axes broadcast; a {@code b [n]} of rank 1 is one
     * right-hand side and gives {@code [.., n]}. By LU with partial pivoting.
     *
     * <p>Only a pivot of exactly zero is an error. A matrix that is singular but for rounding gives large numbers; {@link
     * #conditionNumber} tells.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new double[] {0, 2, 4, 0}, 2, 2);
     * LinearAlgebra.solve(a, Tensor.of(new double[] {6, 4}, 2)); // F64[2][1.0, 3.0]
     * }
     *
     * @throws LinearAlgebraException if a pivot is zero, naming it and its matrix
     */
    public static Tensor solve(Tensor a, Tensor b) {
        MatrixBatch left = MatrixBatch.square("solve", a);
        Lu[] factors = new Lu[left.count];
        left.forEach(i -> factors[i] = new Lu(left.get(i)).regular("solve", left, i));
        try {
            return forEachRightSide("solve", a, b, left.rows, (i, x, columns) -> factors[i].solve(x, columns));
        } catch (ShapeException e) {
            throw e.of("solve", ShapeRule.EQUATIONS, "a, b", a, b);
        }
    }

    /**
     * Returns X with T X = B for triangular T: {@code t [.., n, n], b [.., n, k] or [n]}, as {@link #solve}. The other triangle is not
     * used (but must be finite), with {@code unitDiagonal} neither is the diagonal, which counts as ones. For T^T X = B pass the transposed view and
     * the other triangle.
     *
     * {@snippet :
     * Tensor t = Tensor.of(new double[] {2, 9, 1, 4}, 2, 2);
     * LinearAlgebra.triangularSolve(t, Tensor.of(new double[] {2, 9}, 2), false, false); // F64[2][1.0, 2.0]
     * }
     *
     * @param upper whether T is the upper triangle
     * @throws LinearAlgebraException if an entry of the diagonal is zero, naming it and its matrix
     */
    public static Tensor triangularSolve(Tensor t, Tensor b, boolean upper, boolean unitDiagonal) {
        MatrixBatch left = MatrixBatch.square("triangularSolve", t);
        double[][][] triangles = new double[left.count][][];
        for (int i = 0; i < triangles.length; i++) {
            triangles[i] = left.get(i);
            for (int k = 0; !unitDiagonal && k < left.rows; k++) {
                if (triangles[i][k][k] == 0) {
                    throw left.refuse(
                            "triangularSolve",
                            "the diagonal must not be zero",
                            i,
                            triangles[i][k][k] + " at [" + k + ", " + k + "]",
                            "use LinearAlgebra.leastSquares");
                }
            }
        }
        RightSide triangle = (i, x, columns) -> {
            if (upper) {
                Triangle.solveUpper(triangles[i], x, columns, unitDiagonal);
            } else {
                Triangle.solveLower(triangles[i], x, columns, unitDiagonal);
            }
            return x;
        };
        try {
            return forEachRightSide("triangularSolve", t, b, left.rows, triangle);
        } catch (ShapeException e) {
            throw e.of("triangularSolve", ShapeRule.EQUATIONS, "t, b", t, b);
        }
    }

    /**
     * Returns the X of least norm among those of least |A X - B|, column by column: {@code a [.., m, n], b [.., m, k] -> [.., n, k]};
     * a {@code b [m]} gives {@code [.., n]}. By the SVD; singular values up to max(m, n) eps times the largest count as zero.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new double[] {2, 0}, 2, 1);
     * LinearAlgebra.leastSquares(a, Tensor.of(new double[] {6, 1}, 2)); // F64[1][3.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     */
    public static Tensor leastSquares(Tensor a, Tensor b) {
        MatrixBatch in = MatrixBatch.finite("leastSquares", a);
        double tolerance = tolerance(a);
        JacobiSvd[] parts = new JacobiSvd[in.count];
        boolean wide = in.columns > in.rows;
        int n = Math.min(in.rows, in.columns);
        in.forEach(i -> parts[i] =
                new JacobiSvd(wide ? MatrixBatch.transpose(in.get(i), in.columns) : in.get(i), n, true, false));
        return forEachRightSide("leastSquares", a, b, in.columns, (i, x, columns) -> {
            double[][] u = wide ? parts[i].rightRows : parts[i].leftRows;
            double[][] v = wide ? parts[i].leftRows : parts[i].rightRows;
            double[][] inside = MatrixBatch.product(u, x, columns);
            divide(inside, parts[i].values, tolerance);
            return MatrixBatch.product(MatrixBatch.transpose(v, in.columns), inside, columns);
        });
    }

    /** Divides rows by singular values; those that count as zero become zeros. */
    private static void divide(double[][] rows, double[] values, double tolerance) {
        for (int i = 0; i < values.length; i++) {
            boolean zero = values[i] <= tolerance * values[0];
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = zero ? 0 : rows[i][j] / values[i];
            }
        }
    }

    private interface RightSide {
        /** Returns the solution for the matrix of a number; may overwrite b. */
        double[][] solve(int matrix, double[][] b, int columns);
    }

    /** Solves for every matrix of the broadcast batch; {@code a} is factored already, once for each of its matrices. */
    private static Tensor forEachRightSide(String name, Tensor a, Tensor b, int rows, RightSide solver) {
        MatrixBatch.requireSameType(name, a, b);
        if (b.rank() == 1) {
            Tensor column = forEachRightSide(name, a, b.unsqueeze(1), rows, solver);
            return column.squeeze(-1);
        }
        if (b.rank() == 0 || b.size(-2) != a.size(-2)) {
            throw new ShapeException(name + ": A and B must have as many rows, [.., m, n] and [.., m, k] or [m]; got "
                    + a.shape() + " and " + b.shape());
        }
        Shape lead = lead(a).broadcast(lead(b), name);
        long[] sizes = Arrays.copyOf(lead.toArray(), lead.rank() + 2);
        sizes[lead.rank()] = b.size(-2);
        sizes[lead.rank() + 1] = b.size(-1);
        MatrixBatch right = MatrixBatch.finite(name, b.expand(Shape.of(sizes)));
        MatrixBatch out = right.like(name, rows, right.columns);
        int[] matrixOf = numbers(lead(a), lead);
        out.forEach(i -> out.put(i, solver.solve(matrixOf[i], right.get(i), right.columns)));
        return out.matrices();
    }

    private static Shape lead(Tensor t) {
        return Shape.of(Arrays.copyOf(t.shape().toArray(), t.rank() - 2));
    }

    /** Returns which matrix of a batch every place of a broadcast batch reads. */
    private static int[] numbers(Shape from, Shape to) {
        int[] own = new int[from.arrayLength("solve")];
        Arrays.setAll(own, i -> i);
        return (int[]) Tensor.wrap(own, from).expand(to).toArray();
    }

    /**
     * Returns A^-1, {@code [.., n, n]}. To solve equations use {@link #solve}, which is quicker and more exact.
     *
     * {@snippet :
     * LinearAlgebra.inverse(Tensor.of(new double[] {0, 2, 4, 0}, 2, 2)); // F64[2, 2][0.0, 0.25, 0.5, 0.0]
     * }
     *
     * @throws LinearAlgebraException if a pivot is zero, naming it and its matrix, or an entry is NaN or infinite
     */
    public static Tensor inverse(Tensor a) {
        return inverse("inverse", a);
    }

    private static Tensor inverse(String operation, Tensor a) {
        MatrixBatch in = MatrixBatch.square(operation, a);
        MatrixBatch out = in.like(operation, in.rows, in.rows);
        in.forEach(i -> {
            Lu lu = new Lu(in.get(i)).regular(operation, in, i);
            out.put(i, lu.solve(MatrixBatch.identity(in.rows, in.rows), in.rows));
        });
        return out.matrices();
    }

    /**
     * Returns the Moore-Penrose inverse V diag(1 / s) U^T: {@code [.., m, n] -> [.., n, m]}; singular values up to max(m, n) eps times
     * the largest count as zero.
     *
     * {@snippet :
     * LinearAlgebra.pseudoInverse(Tensor.of(new double[] {2, 0, 0, 0}, 2, 2)); // F64[2, 2][0.5, 0.0, 0.0, 0.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     */
    public static Tensor pseudoInverse(Tensor a) {
        return pseudoInverse(a, tolerance(a));
    }

    /** As {@link #pseudoInverse(Tensor)}; singular values up to {@code tolerance} times the largest count as zero. */
    public static Tensor pseudoInverse(Tensor a, double tolerance) {
        MatrixBatch in = MatrixBatch.finite("pseudoInverse", a);
        MatrixBatch out = in.like("pseudoInverse", in.columns, in.rows);
        boolean wide = in.columns > in.rows;
        int n = Math.min(in.rows, in.columns);
        in.forEach(i -> {
            double[][] rows = wide ? MatrixBatch.transpose(in.get(i), in.columns) : in.get(i);
            JacobiSvd svd = new JacobiSvd(rows, n, true, false);
            divide(svd.leftRows, svd.values, tolerance);
            double[][] inverse =
                    MatrixBatch.product(MatrixBatch.transpose(svd.rightRows, n), svd.leftRows, rows.length);
            out.put(i, wide ? MatrixBatch.transpose(inverse, rows.length) : inverse);
        });
        return out.matrices();
    }

    // ---- numbers

    /**
     * Returns det A, {@code [.., n, n] -> [..]}: 0 if singular, 1 of no rows. The pivots are multiplied with exponents apart, so that only
     * the result can overflow.
     *
     * {@snippet :
     * LinearAlgebra.determinant(Tensor.of(new double[] {0, 2, 4, 0}, 2, 2)); // F64[][-8.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     */
    public static Tensor determinant(Tensor a) {
        MatrixBatch in = MatrixBatch.square("determinant", a);
        MatrixBatch out = in.like("determinant", 1, 1);
        in.forEach(index -> {
            Lu lu = new Lu(in.get(index));
            double product = lu.odd() ? -1 : 1;
            long exponent = 0;
            for (int k = 0; k < in.rows && product != 0; k++) {
                int own = Math.getExponent(lu.pivot(k));
                product *= Math.scalb(lu.pivot(k), -own);
                int carried = product == 0 ? 0 : Math.getExponent(product);
                product = Math.scalb(product, -carried);
                exponent += own + carried;
            }
            // Beyond twice the range of exponents the result is zero or infinite anyhow; adding 0 makes -0 of a
            // singular one 0.
            out.put(index, new double[] {Math.scalb(product, (int) Math.clamp(exponent, -5000L, 5000L)) + 0.0});
        });
        return out.numbers();
    }

    /**
     * The sign and the logarithm of a determinant, det A = sign exp(logAbs).
     *
     * @param sign {@code [..]}, 1, -1, or 0 if A is singular
     * @param logAbs {@code [..]}, minus infinity if A is singular
     */
    public record LogDeterminant(Tensor sign, Tensor logAbs) {}

    /**
     * Returns sign and log|det A|, {@code [.., n, n] -> [..]} each, which do not overflow; of no rows 1 and 0.
     *
     * {@snippet :
     * LinearAlgebra.logDeterminant(Tensor.of(new double[] {0, 1, 1, 0}, 2, 2)).sign(); // F64[][-1.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     */
    public static LogDeterminant logDeterminant(Tensor a) {
        MatrixBatch in = MatrixBatch.square("logDeterminant", a);
        MatrixBatch sign = in.like("logDeterminant", 1, 1);
        MatrixBatch logAbs = in.like("logDeterminant", 1, 1);
        in.forEach(index -> {
            Lu lu = new Lu(in.get(index));
            double ownSign = lu.odd() ? -1 : 1;
            double sum = 0;
            for (int k = 0; k < in.rows; k++) {
                ownSign *= Math.signum(lu.pivot(k));
                sum += StrictMath.log(Math.abs(lu.pivot(k)));
            }
            sign.put(index, new double[] {ownSign + 0.0});
            logAbs.put(index, new double[] {sum});
        });
        return new LogDeterminant(sign.numbers(), logAbs.numbers());
    }

    /**
     * Returns how many singular values exceed max(m, n) eps times the largest, eps that of the tensor's type: {@code [.., m, n] ->
     * I64 [..]}.
     *
     * {@snippet :
     * LinearAlgebra.matrixRank(Tensor.of(new double[] {1, 2, 2, 4}, 2, 2)); // I64[][1]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     */
    public static Tensor matrixRank(Tensor a) {
        return matrixRank(a, tolerance(a));
    }

    /** As {@link #matrixRank(Tensor)}; singular values up to {@code tolerance} times the largest count as zero. */
    public static Tensor matrixRank(Tensor a, double tolerance) {
        MatrixBatch in = MatrixBatch.finite("matrixRank", a);
        MatrixBatch out = in.like("matrixRank", 1, 1);
        in.forEach(i -> {
            double[] s = values(in, i);
            double rank = 0;
            for (double value : s) {
                rank += value > tolerance * s[0] ? 1 : 0;
            }
            out.put(i, new double[] {rank});
        });
        return out.numbers().to(DType.I64);
    }

    /**
     * Returns the largest singular value over the smallest, {@code [.., m, n] -> [..]}: the factor by which {@link #solve} can enlarge
     * relative errors. Infinite if singular; 0 of no rows or columns.
     *
     * {@snippet :
     * LinearAlgebra.conditionNumber(Tensor.of(new double[] {8, 0, 0, -2}, 2, 2)); // F64[][4.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite
     */
    public static Tensor conditionNumber(Tensor a) {
        MatrixBatch in = MatrixBatch.finite("conditionNumber", a);
        MatrixBatch out = in.like("conditionNumber", 1, 1);
        in.forEach(i -> {
            double[] s = values(in, i);
            double smallest = s.length == 0 ? 0 : s[s.length - 1];
            double ratio = smallest == 0 ? Double.POSITIVE_INFINITY : s[0] / smallest;
            out.put(i, new double[] {s.length == 0 ? 0 : ratio});
        });
        return out.numbers();
    }

    /** The norms of matrices. */
    public enum MatrixNorm {
        /** The largest sum of magnitudes in a column. */
        ONE,
        /** The largest singular value. */
        TWO,
        /** The largest sum of magnitudes in a row. */
        INFINITY,
        /** The root of the sum of all squares. */
        FROBENIUS
    }

    /**
     * Returns a norm of every matrix, {@code [.., m, n] -> [..]}; 0 of no rows or columns. NaN gives NaN and infinity infinity, but TWO
     * needs finite entries. Squares do not overflow.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new double[] {3, 0, 0, -4}, 2, 2);
     * LinearAlgebra.matrixNorm(a, LinearAlgebra.MatrixNorm.FROBENIUS); // F64[][5.0]
     * }
     *
     * @throws LinearAlgebraException if an entry is NaN or infinite and the norm is TWO
     */
    public static Tensor matrixNorm(Tensor a, MatrixNorm norm) {
        MatrixBatch in = norm == MatrixNorm.TWO ? MatrixBatch.finite("matrixNorm", a) : MatrixBatch.of("matrixNorm", a);
        MatrixBatch out = in.like("matrixNorm", 1, 1);
        in.forEach(i -> {
            double value = switch (norm) {
                case ONE -> largestSum(MatrixBatch.transpose(in.get(i), in.columns));
                case TWO -> DoubleRows.maxAbs(values(in, i), 0, Math.min(in.rows, in.columns));
                case INFINITY -> largestSum(in.get(i));
                case FROBENIUS -> {
                    double[] norms = new double[in.rows];
                    double[][] rows = in.get(i);
                    Arrays.setAll(norms, row -> DoubleRows.norm(rows[row], 0, in.columns));
                    yield DoubleRows.norm(norms, 0, in.rows);
                }
            };
            out.put(i, new double[] {value});
        });
        return out.numbers();
    }

    private static double largestSum(double[][] rows) {
        double largest = 0;
        for (double[] row : rows) {
            double sum = 0;
            for (double value : row) {
                sum += Math.abs(value);
            }
            largest = Math.max(largest, sum);
        }
        return largest;
    }

    /**
     * Returns the sum of the diagonal, {@code [.., m, n] -> [..]}; 0 of an empty one. NaN and infinities as they add.
     *
     * {@snippet :
     * LinearAlgebra.trace(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)); // F32[][5.0]
     * }
     */
    public static Tensor trace(Tensor a) {
        MatrixBatch in = MatrixBatch.of("trace", a);
        MatrixBatch out = in.like("trace", 1, 1);
        in.forEach(index -> {
            double[][] rows = in.get(index);
            double sum = 0;
            for (int i = 0; i < Math.min(in.rows, in.columns); i++) {
                sum += rows[i][i];
            }
            out.put(index, new double[] {sum});
        });
        return out.numbers();
    }

    /**
     * Returns A^n, {@code [.., n, n]}, by repeated squaring; A^0 is the identity, whatever A holds, and negative powers are those of the inverse.
     *
     * {@snippet :
     * LinearAlgebra.matrixPower(Tensor.of(new double[] {1, 1, 1, 0}, 2, 2), 10); // F64[2, 2][89.0, 55.0, 55.0, 34.0]
     * }
     *
     * @throws LinearAlgebraException if the power is negative and the matrix singular or not finite
     */
    public static Tensor matrixPower(Tensor a, int power) {
        MatrixBatch in = MatrixBatch.of("matrixPower", a);
        MatrixBatch.requireSquare("matrixPower", a);
        Tensor square = power < 0 ? inverse("matrixPower", a.to(DType.F64)) : a.to(DType.F64);
        Tensor result = Tensor.wrap(identity(in.rows).expand(a.shape()).toDoubleArray(), a.shape());
        boolean first = true;
        for (long left = Math.abs((long) power); left > 0; left /= 2) {
            if (left % 2 == 1) {
                result = first ? square.copy() : Matmul.matmul(result, square);
                first = false;
            }
            square = left > 1 ? Matmul.matmul(square, square) : square;
        }
        return result.to(a.dtype());
    }

    private static Tensor identity(int n) {
        double[] data = new double[n * n];
        for (int i = 0; i < n; i++) {
            data[i * n + i] = 1;
        }
        return Tensor.wrap(data, Shape.of(n, n));
    }

    private static double[] values(MatrixBatch in, int index) {
        boolean wide = in.columns > in.rows;
        double[][] rows = wide ? MatrixBatch.transpose(in.get(index), in.columns) : in.get(index);
        return new JacobiSvd(rows, Math.min(in.rows, in.columns), false, false).values;
    }

    /** max(m, n) eps: what rounding of the entries can make of a singular value of zero. */
    private static double tolerance(Tensor a) {
        if (a.rank() < 2) {
            return 0;
        }
        return Math.max(a.size(-1), a.size(-2)) * (a.dtype() == DType.F32 ? 0x1p-23 : 0x1p-52);
    }
}
