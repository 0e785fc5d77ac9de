package luthier.tensor;

/** Softmax, its logarithm and their backward kernels. */
public final class Softmax {
    private Softmax() {}

    public static Tensor softmax(Tensor x, int axis) {
        throw stub();
    }

    public static Tensor softmaxBackward(Tensor y, Tensor dY, int axis) {
        throw stub();
    }

    public static Tensor logSoftmax(Tensor x, int axis) {
        throw stub();
    }

    public static Tensor logSoftmaxBackward(Tensor y, Tensor dY, int axis) {
        throw stub();
    }

    public static Tensor logSumExp(Tensor x, int axis, boolean keepDims) {
        throw stub();
    }

    private static UnsupportedOperationException stub() {
        return new UnsupportedOperationException("Softmax: not written yet");
    }
}
