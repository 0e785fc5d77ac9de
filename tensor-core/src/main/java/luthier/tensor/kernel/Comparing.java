package luthier.tensor.kernel;

/** Comparisons and choices of single elements of one type; operands move in steps, also 0. Truth values are bytes 0 and 1. */
public final class Comparing {
    private Comparing() {}

    /** y = a < b, or its negation. */
    public static void less(
            float[] a, int ao, int as, float[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a < b, or its negation. */
    public static void less(
            double[] a, int ao, int as, double[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a < b, or its negation. */
    public static void less(
            long[] a, int ao, int as, long[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a < b, or its negation. */
    public static void less(
            int[] a, int ao, int as, int[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a < b, or its negation. */
    public static void less(
            byte[] a, int ao, int as, byte[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a <= b, or its negation. */
    public static void lessEqual(
            float[] a, int ao, int as, float[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] <= b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a <= b, or its negation. */
    public static void lessEqual(
            double[] a, int ao, int as, double[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] <= b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a <= b, or its negation. */
    public static void lessEqual(
            long[] a, int ao, int as, long[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] <= b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a <= b, or its negation. */
    public static void lessEqual(
            int[] a, int ao, int as, int[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] <= b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a <= b, or its negation. */
    public static void lessEqual(
            byte[] a, int ao, int as, byte[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] <= b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            float[] a, int ao, int as, float[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            double[] a, int ao, int as, double[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            long[] a, int ao, int as, long[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            int[] a, int ao, int as, int[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            byte[] a, int ao, int as, byte[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] != negated ? 1 : 0);
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c, int co, int cs, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = c[co + i * cs] != 0 ? a[ao + i * as] : b[bo + i * bs];
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c,
            int co,
            int cs,
            double[] a,
            int ao,
            int as,
            double[] b,
            int bo,
            int bs,
            double[] y,
            int yo,
            int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = c[co + i * cs] != 0 ? a[ao + i * as] : b[bo + i * bs];
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c, int co, int cs, long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = c[co + i * cs] != 0 ? a[ao + i * as] : b[bo + i * bs];
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c, int co, int cs, int[] a, int ao, int as, int[] b, int bo, int bs, int[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = c[co + i * cs] != 0 ? a[ao + i * as] : b[bo + i * bs];
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c, int co, int cs, byte[] a, int ao, int as, byte[] b, int bo, int bs, byte[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = c[co + i * cs] != 0 ? a[ao + i * as] : b[bo + i * bs];
        }
    }
}
