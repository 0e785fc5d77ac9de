package luthier.tensor;

import java.util.List;

/** Gathering, scattering and joining. */
public final class Indexing {
    private Indexing() {}

    public static Tensor embedding(Tensor weight, Tensor index) {
        throw stub();
    }

    public static Tensor embeddingBackward(Tensor dY, Tensor index, long rows) {
        throw stub();
    }

    public static Tensor indexSelect(Tensor x, int axis, Tensor index) {
        throw stub();
    }

    public static Tensor indexAdd(Tensor x, int axis, Tensor index, Tensor source) {
        throw stub();
    }

    public static Tensor gather(Tensor x, int axis, Tensor index) {
        throw stub();
    }

    public static Tensor scatterAdd(Tensor x, int axis, Tensor index, Tensor source) {
        throw stub();
    }

    public static Tensor concat(List<Tensor> parts, int axis) {
        throw stub();
    }

    public static Tensor stack(List<Tensor> parts, int axis) {
        throw stub();
    }

    private static UnsupportedOperationException stub() {
        return new UnsupportedOperationException("Indexing: not written yet");
    }
}
