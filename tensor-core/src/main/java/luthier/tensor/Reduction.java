package luthier.tensor;

/** Sums, means and extremes over axes. */
public final class Reduction {
    private Reduction() {}

    public static Tensor sum(Tensor x) {
        throw stub();
    }

    public static Tensor sum(Tensor x, boolean keepDims, int... axes) {
        throw stub();
    }

    public static Tensor sumTo(Tensor x, Shape target) {
        throw stub();
    }

    public static Tensor mean(Tensor x, boolean keepDims, int... axes) {
        throw stub();
    }

    public static Tensor max(Tensor x, boolean keepDims, int... axes) {
        throw stub();
    }

    public static Tensor min(Tensor x, boolean keepDims, int... axes) {
        throw stub();
    }

    public static Tensor argmax(Tensor x, int axis, boolean keepDims) {
        throw stub();
    }

    public static Tensor variance(Tensor x, int correction, boolean keepDims, int... axes) {
        throw stub();
    }

    public static double sumOfSquares(Tensor x) {
        throw stub();
    }

    public static boolean allFinite(Tensor x) {
        throw stub();
    }

    private static UnsupportedOperationException stub() {
        return new UnsupportedOperationException("Reduction: not written yet");
    }
}
