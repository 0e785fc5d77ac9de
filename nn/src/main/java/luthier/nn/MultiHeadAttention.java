package luthier.nn;

import luthier.autograd.Variable;
import luthier.autograd.ops.AttentionOps;
import luthier.tensor.Attention;
import luthier.tensor.Tensor;

/**
 * Self-attention over several heads: each head attends with its own slice of query, key and value, and the heads' outputs are
 * joined. Keys at padded positions are invisible. {@code x [B, T, D] -> [B, T, D]}. Vaswani et al. 2017, arXiv:1706.03762,
 * section 3.2.2, without the output projection, which public checkpoints name separately.
 */
public final class MultiHeadAttention extends Layer {
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final long heads;

    /**
     * Creates the layer.
     *
     * @throws IllegalArgumentException if the heads do not divide the dimension
     */
    public MultiHeadAttention(Seed seed, long dimension, long heads) {
        if (heads < 1 || dimension % heads != 0) {
            throw new IllegalArgumentException(
                    "attention: heads must divide the dimension; got " + heads + " heads for dimension " + dimension);
        }
        this.heads = heads;
        query = child("query", new Linear(seed.at("query"), dimension, dimension));
        key = child("key", new Linear(seed.at("key"), dimension, dimension));
        value = child("value", new Linear(seed.at("value"), dimension, dimension));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable q = splitHeads(query.forward(x, context));
        Variable k = splitHeads(key.forward(x, context));
        Variable v = splitHeads(value.forward(x, context));
        Attention.Options scaled = Attention.Options.scaled(1 / Math.sqrt((double) q.size(-1)));
        Attention.Options options =
                context.mask().map(mask -> scaled.seeing(perKey(mask))).orElse(scaled);
        Variable y = AttentionOps.attention(q, k, v, options);
        return y.transpose(1, 2).reshape(x.shape().toArray());
    }

    /** [B, T, D] -> [B, H, T, D / H], a view. */
    private Variable splitHeads(Variable x) {
        return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }

    /** [B, T] -> [B, 1, 1, T]: the same keys are visible to every head and query. */
    private static Tensor perKey(Tensor mask) {
        return mask.unsqueeze(1).unsqueeze(1);
    }

    @Override
    protected String describe() {
        return "MultiHeadAttention(" + heads + " heads)";
    }
}
