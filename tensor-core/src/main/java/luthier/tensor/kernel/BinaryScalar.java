package luthier.tensor.kernel;

/** {@link Binary}, one element at a time: the definition. */
final class BinaryScalar {
    private BinaryScalar() {}

    static void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] + b[bo + i];
        }
    }

    static void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] - b[bo + i];
        }
    }

    static void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] * b[bo + i];
        }
    }

    static void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] / b[bo + i];
        }
    }

    static void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(a[ao + i], b[bo + i]);
        }
    }

    static void min(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(a[ao + i], b[bo + i]);
        }
    }

    static void remainder(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = remainder(a[ao + i], b[bo + i]);
        }
    }

    /** In double precision the remainder of floats is exact; a sum with the divisor moves it to the divisor's sign. */
    private static float remainder(float a, float b) {
        return (float) DoubleFunctions.remainder(a, b);
    }

    static void floorDivide(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) DoubleFunctions.floorDivide(a[ao + i], b[bo + i]);
        }
    }

    static void truncDivide(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) DoubleFunctions.truncDivide(a[ao + i], b[bo + i]);
        }
    }

    static void lerp(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n, float weight) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = weight < 0.5f
                    ? Math.fma(weight, b[bo + i] - a[ao + i], a[ao + i])
                    : Math.fma(weight - 1, b[bo + i] - a[ao + i], b[bo + i]);
        }
    }
}
