package luthier.nn.layers;

import java.util.List;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.KeyValueAdapter;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.tensor.Attention;
import luthier.tensor.DType;
import luthier.tensor.Joining;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Self-attention over several heads: each head attends with its own slice of query, key and value, and the heads' outputs are
 * joined. Keys at padded positions are invisible. {@code x [B, T, D] -> [B, T, D]}. Vaswani et al. 2017, arXiv:1706.03762,
 * section 3.2.2, without the output projection, which public checkpoints name separately. {@link KeyValueAdapter}s put their keys and
 * values in front, visible to every query.
 */
public final class MultiHeadAttention extends Layer {
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Dropout dropout;
    private final long heads;

    /**
     * Creates the layer with projections named {@code query}, {@code key} and {@code value}, and no dropout.
     *
     * @throws IllegalArgumentException if the heads do not divide the dimension
     */
    public MultiHeadAttention(long dimension, long heads) {
        this(dimension, heads, 0, List.of("query", "key", "value"));
    }

    /**
     * Creates the layer.
     *
     * @param dropout probability that a query does not see a key, while training
     * @param names what public checkpoints call the projections to queries, keys and values
     * @throws IllegalArgumentException if the heads do not divide the dimension
     */
    public MultiHeadAttention(long dimension, long heads, double dropout, List<String> names) {
        if (heads < 1 || dimension % heads != 0) {
            throw new IllegalArgumentException(
                    "attention: heads must divide the dimension; got " + heads + " heads for dimension " + dimension);
        }
        this.heads = heads;
        query = child(names.get(0), Role.QUERY, new Linear(dimension, dimension));
        key = child(names.get(1), Role.KEY, new Linear(dimension, dimension));
        value = child(names.get(2), Role.VALUE, new Linear(dimension, dimension));
        this.dropout = child("dropout", new Dropout(dropout));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable q = splitHeads(query.forward(x, context));
        Variable k = splitHeads(key.forward(x, context));
        Variable v = splitHeads(value.forward(x, context));
        Optional<Tensor> visible = context.mask();
        for (Adapter adapter : adapters(context)) {
            if (adapter instanceof KeyValueAdapter inFront) {
                Variable keys = perHead(inFront.keys(this, context), x.size(0));
                k = JoiningOps.concat(List.of(keys, k), 2);
                v = JoiningOps.concat(List.of(perHead(inFront.values(this, context), x.size(0)), v), 2);
                visible = visible.map(mask -> Joining.concat(
                        List.of(Tensor.full(DType.BOOL, 1, Shape.of(mask.size(0), keys.size(2))), mask), 1));
            }
        }
        double scale = 1 / Math.sqrt((double) q.size(-1));
        Variable y = dropout.isActive(context)
                ? dropping(q, k, v, scale, visible, context)
                : AttentionOps.attention(q, k, v, options(scale, visible));
        return y.transpose(1, 2).reshape(x.shape().toArray());
    }

    private static Attention.Options options(double scale, Optional<Tensor> visible) {
        Attention.Options scaled = Attention.Options.scaled(scale);
        return visible.map(mask -> scaled.seeing(perKey(mask))).orElse(scaled);
    }

    /** The composed form, whose probabilities {@code [B, H, T, S]} can be dropped. */
    private Variable dropping(
            Variable q, Variable k, Variable v, double scale, Optional<Tensor> visible, Context context) {
        Variable scores = MatmulOps.matmul(q, k.transpose(2, 3)).mul(scale);
        Variable seen = visible.isPresent()
                ? SoftmaxOps.maskedSoftmax(scores, perKey(visible.get()), -1)
                : SoftmaxOps.softmax(scores, -1);
        return MatmulOps.matmul(dropout.forward(seen, context), v);
    }

    /** [B, T, D] -> [B, H, T, D / H], a view. */
    private Variable splitHeads(Variable x) {
        return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }

    /** [P, H, d] -> [B, H, P, d], a view: the same for every sequence of the batch. */
    private Variable perHead(Variable x, long batch) {
        Variable row = ShapeOps.unsqueeze(x.transpose(0, 1), 0);
        return ShapeOps.expand(row, Shape.of(batch, heads, x.size(0), x.size(2)));
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
