package luthier.tensor;

import java.util.Optional;
import luthier.tensor.Attention.Gradients;
import luthier.tensor.Attention.Options;

/** {@link Attention} in double precision, written with the general operations; the operands are checked. */
final class AttentionDouble {
    private AttentionDouble() {}

    static Tensor attention(Tensor q, Tensor k, Tensor v, Optional<Tensor> bias, Options options) {
        Tensor p = weights(q, shared(k, q), bias, options);
        return Matmul.matmul(p, shared(v, q));
    }

    static Gradients attentionBackward(
            Tensor q, Tensor k, Tensor v, Optional<Tensor> bias, Options options, boolean wantsBias, Tensor dY) {
        Tensor keys = shared(k, q);
        Tensor p = weights(q, keys, bias, options);
        Tensor dP = Matmul.matmul(dY, shared(v, q).transpose(-2, -1));
        Tensor dBias = Softmax.softmaxBackward(p, dP, -1);
        Tensor dS = Elementwise.mul(dBias, options.scale());
        return new Gradients(
                Matmul.matmul(dS, keys),
                joined(Matmul.matmul(dS.transpose(-2, -1), q), k),
                joined(Matmul.matmul(p.transpose(-2, -1), dY), v),
                bias.filter(b -> wantsBias).map(b -> Reduction.sumTo(dBias, b.shape())));
    }

    private static Tensor weights(Tensor q, Tensor k, Optional<Tensor> bias, Options options) {
        Tensor scores = Elementwise.mul(Matmul.matmul(q, k.transpose(-2, -1)), options.scale());
        if (scores.elementCount() == 0) {
            return scores;
        }
        if (bias.isPresent()) {
            scores = Elementwise.add(scores, bias.get());
        }
        if (options.visible().isPresent()) {
            Tensor hidden = Comparison.logicalNot(options.visible().get());
            scores = Selection.maskedFill(scores, hidden, Double.NEGATIVE_INFINITY);
        }
        if (options.causal()) {
            scores = Selection.maskedFill(scores, later(q.size(2), k.size(2)), Double.NEGATIVE_INFINITY);
        }
        Tensor unseen = Comparison.equal(Reduction.max(scores, true, -1), Double.NEGATIVE_INFINITY);
        return Selection.maskedFill(Softmax.softmax(Selection.maskedFill(scores, unseen, 0), -1), unseen, 0);
    }

    /** Returns BOOL {@code [T, S]}: which keys come after their query, both sequences ending together. */
    private static Tensor later(long queries, long keys) {
        Tensor own = Creation.arange(0, queries, 1).unsqueeze(1);
        return Comparison.greater(Creation.arange(0, keys, 1), Elementwise.add(own, (double) (keys - queries)));
    }

    private static Tensor shared(Tensor keys, Tensor q) {
        long heads = q.size(1);
        return keys.size(1) == heads ? keys : Movement.repeatInterleave(keys, 1, heads / keys.size(1));
    }

    /** Adds up the gradients of the query heads that share a key head. */
    private static Tensor joined(Tensor gradient, Tensor like) {
        if (gradient.shape().equals(like.shape())) {
            return gradient;
        }
        long groups = like.size(1);
        Tensor split = gradient.reshape(like.size(0), groups, gradient.size(1) / groups, like.size(2), like.size(3));
        return Reduction.sum(split, false, 2);
    }
}
