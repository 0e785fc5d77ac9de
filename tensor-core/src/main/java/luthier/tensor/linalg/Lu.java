package luthier.tensor.linalg;

import luthier.tensor.kernel.DoubleRows;

/** P A = L U of one square matrix by elimination with partial pivoting: the first row of the largest pivot comes first. */
final class Lu {
    /** U on and above the diagonal, the factors of L below it. */
    private final double[][] rows;

    private final int[] order;
    private boolean odd;

    /** Decomposes rows; they are overwritten. */
    Lu(double[][] a) {
        rows = a;
        order = new int[a.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int k = 0; k < a.length; k++) {
            exchange(k, largest(k));
            for (int i = k + 1; a[k][k] != 0 && i < a.length; i++) {
                double factor = a[i][k] / a[k][k];
                a[i][k] = factor;
                if (factor != 0) {
                    DoubleRows.addScaled(-factor, a[k], a[i], k + 1, a.length);
                }
            }
        }
    }

    private int largest(int k) {
        int best = k;
        for (int i = k + 1; i < rows.length; i++) {
            best = Math.abs(rows[i][k]) > Math.abs(rows[best][k]) ? i : best;
        }
        return best;
    }

    private void exchange(int k, int i) {
        odd ^= i != k;
        double[] row = rows[k];
        rows[k] = rows[i];
        rows[i] = row;
        int kept = order[k];
        order[k] = order[i];
        order[i] = kept;
    }

    /** Returns the pivot of a column. */
    double pivot(int k) {
        return rows[k][k];
    }

    /** Returns whether an odd number of rows changed places. */
    boolean odd() {
        return odd;
    }

    /** Returns itself, or says which pivot is zero in which matrix of the batch. */
    Lu regular(String operation, MatrixBatch batch, int index) {
        for (int k = 0; k < rows.length; k++) {
            if (rows[k][k] == 0) {
                throw batch.refuse(
                        operation,
                        "the matrix must be regular",
                        index,
                        "pivot " + rows[k][k] + " at [" + k + ", " + k + "]",
                        "use LinearAlgebra.leastSquares or pseudoInverse");
            }
        }
        return this;
    }

    /** Returns A^-1 B, row by row. */
    double[][] solve(double[][] b, int columns) {
        double[][] x = new double[b.length][];
        for (int i = 0; i < x.length; i++) {
            x[i] = b[order[i]].clone();
            for (int k = 0; k < i; k++) {
                DoubleRows.addScaled(-rows[i][k], x[k], x[i], 0, columns);
            }
        }
        Triangle.solveUpper(rows, x, columns, false);
        return x;
    }
}
