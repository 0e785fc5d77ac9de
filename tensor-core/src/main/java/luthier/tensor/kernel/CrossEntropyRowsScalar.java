package luthier.tensor.kernel;

/** {@link CrossEntropyRows}, one element at a time: the definition. */
final class CrossEntropyRowsScalar {
    private CrossEntropyRowsScalar() {}

    static void gradient(float[] x, int xo, float shift, float factor, float even, float[] dX, int dXo, int n) {
        for (int i = 0; i < n; i++) {
            dX[dXo + i] = Math.fma(factor, ExpLogScalar.exp(x[xo + i] - shift), -even);
        }
    }
}
