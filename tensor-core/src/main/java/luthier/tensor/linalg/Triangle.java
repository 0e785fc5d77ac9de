package luthier.tensor.linalg;

import luthier.tensor.kernel.DoubleRows;

/** Substitution in place: X = T^-1 X for a triangle of row arrays, X row by row. */
final class Triangle {
    private Triangle() {}

    /** Solves from the last row up; what lies below the diagonal is not read. */
    static void solveUpper(double[][] t, double[][] x, int columns, boolean unitDiagonal) {
        for (int i = t.length - 1; i >= 0; i--) {
            for (int k = i + 1; k < t.length; k++) {
                DoubleRows.addScaled(-t[i][k], x[k], x[i], 0, columns);
            }
            divide(t[i][i], x[i], columns, unitDiagonal);
        }
    }

    /** Solves from the first row down; what lies above the diagonal is not read. */
    static void solveLower(double[][] t, double[][] x, int columns, boolean unitDiagonal) {
        for (int i = 0; i < t.length; i++) {
            for (int k = 0; k < i; k++) {
                DoubleRows.addScaled(-t[i][k], x[k], x[i], 0, columns);
            }
            divide(t[i][i], x[i], columns, unitDiagonal);
        }
    }

    private static void divide(double pivot, double[] row, int columns, boolean unitDiagonal) {
        for (int j = 0; !unitDiagonal && j < columns; j++) {
            row[j] /= pivot;
        }
    }
}
