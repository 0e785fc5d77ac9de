package luthier.tensor;

/** Scaled dot-product attention over heads. */
public final class Attention {
    private Attention() {}

    /** The output and the attention weights that backward needs. */
    public record Forward(Tensor y, Tensor probabilities) {}

    /** Gradients of the three inputs. */
    public record Gradients(Tensor dQ, Tensor dK, Tensor dV) {}

    public static Forward attention(Tensor q, Tensor k, Tensor v, double scale) {
        throw stub();
    }

    public static Forward attention(Tensor q, Tensor k, Tensor v, Tensor visible, double scale) {
        throw stub();
    }

    public static Gradients attentionBackward(
            Tensor q, Tensor k, Tensor v, Tensor probabilities, double scale, Tensor dY) {
        throw stub();
    }

    private static UnsupportedOperationException stub() {
        return new UnsupportedOperationException("Attention: not written yet");
    }
}
