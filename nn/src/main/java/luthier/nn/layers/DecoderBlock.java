package luthier.nn.layers;

import java.util.List;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;

/**
 * One block of a decoder, pre-norm: a = x + Attention(Norm x), y = a + FeedForward(Norm a). {@code x [B, T, D] -> [B, T, D]}. Radford et
 * al. 2019, "Language models are unsupervised multitask learners", section 2.3.
 */
public final class DecoderBlock extends Layer {
    private final Layer attentionNorm;
    private final Layer attention;
    private final Layer feedForwardNorm;
    private final Layer feedForward;

    /**
     * Creates the block of its parts.
     *
     * @param names what public checkpoints call the norm, the attention, the second norm and the feed-forward part
     */
    public DecoderBlock(
            List<String> names, Layer attentionNorm, Layer attention, Layer feedForwardNorm, Layer feedForward) {
        this.attentionNorm = child(names.get(0), Role.NORM, attentionNorm);
        this.attention = child(names.get(1), Role.ATTENTION, attention);
        this.feedForwardNorm = child(names.get(2), Role.NORM, feedForwardNorm);
        this.feedForward = child(names.get(3), Role.MLP, feedForward);
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable a = x.add(attention.forward(attentionNorm.forward(x, context), context));
        return a.add(feedForward.forward(feedForwardNorm.forward(a, context), context));
    }
}
