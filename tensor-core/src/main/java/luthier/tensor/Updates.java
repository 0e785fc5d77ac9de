package luthier.tensor;

/** In-place updates of parameter storage, for optimizers and gradient accumulation. */
public final class Updates {
    private Updates() {}

    public static void adamWInPlace(
            Tensor parameter,
            Tensor gradient,
            Tensor m,
            Tensor v,
            double learningRate,
            double beta1,
            double beta2,
            double eps,
            double weightDecay,
            long step) {
        throw stub();
    }

    public static void scaleInPlace(Tensor x, double factor) {
        throw stub();
    }

    public static void addInPlace(Tensor x, Tensor y) {
        throw stub();
    }

    private static UnsupportedOperationException stub() {
        return new UnsupportedOperationException("Updates: not written yet");
    }
}
