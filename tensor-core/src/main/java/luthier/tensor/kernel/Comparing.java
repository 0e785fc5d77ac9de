package luthier.tensor.kernel;

/**
 * Comparisons and choices of single elements of one type; operands move in steps, also 0. Truth values are bytes 0 and 1. Choices are
 * masks, because a branch that follows random data costs six times as much.
 */
public final class Comparing {
    private Comparing() {}

    /** y = a < b, or its negation. */
    public static void less(
            float[] a, int ao, int as, float[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a < b, or its negation. */
    public static void less(
            double[] a, int ao, int as, double[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a < b, or its negation. */
    public static void less(
            long[] a, int ao, int as, long[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a < b, or its negation. */
    public static void less(
            int[] a, int ao, int as, int[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a < b, or its negation. */
    public static void less(
            byte[] a, int ao, int as, byte[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] < b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a <= b. */
    public static void lessEqual(float[] a, int ao, int as, float[] b, int bo, int bs, byte[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] <= b[bo + i * bs] ? 1 : 0);
        }
    }

    /** y = a <= b. */
    public static void lessEqual(double[] a, int ao, int as, double[] b, int bo, int bs, byte[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] <= b[bo + i * bs] ? 1 : 0);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            float[] a, int ao, int as, float[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            double[] a, int ao, int as, double[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            long[] a, int ao, int as, long[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            int[] a, int ao, int as, int[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a == b, or its negation. */
    public static void equal(
            byte[] a, int ao, int as, byte[] b, int bo, int bs, byte[] y, int yo, int n, boolean negated) {
        int yes = negated ? 0 : 1;
        int no = 1 - yes;
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) (a[ao + i * as] == b[bo + i * bs] ? yes : no);
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c, int co, int cs, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            int mask = -c[co + i * cs];
            y[yo + i] = Float.intBitsToFloat(
                    Float.floatToRawIntBits(a[ao + i * as]) & mask | Float.floatToRawIntBits(b[bo + i * bs]) & ~mask);
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
            long mask = -c[co + i * cs];
            y[yo + i] = Double.longBitsToDouble(Double.doubleToRawLongBits(a[ao + i * as]) & mask
                    | Double.doubleToRawLongBits(b[bo + i * bs]) & ~mask);
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c, int co, int cs, long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            long mask = -c[co + i * cs];
            y[yo + i] = a[ao + i * as] & mask | b[bo + i * bs] & ~mask;
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c, int co, int cs, int[] a, int ao, int as, int[] b, int bo, int bs, int[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            int mask = -c[co + i * cs];
            y[yo + i] = a[ao + i * as] & mask | b[bo + i * bs] & ~mask;
        }
    }

    /** y = a where c holds, b elsewhere. */
    public static void where(
            byte[] c, int co, int cs, byte[] a, int ao, int as, byte[] b, int bo, int bs, byte[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            int mask = -c[co + i * cs];
            y[yo + i] = (byte) (a[ao + i * as] & mask | b[bo + i * bs] & ~mask);
        }
    }
}
