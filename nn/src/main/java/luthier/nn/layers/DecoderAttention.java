package luthier.nn.layers;

import java.util.List;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import org.jspecify.annotations.Nullable;

/**
 * Causal self-attention of a decoder with its projections: y = Out(joined heads of softmax(scale Q K^T) V), each query seeing the places up to
 * its own. {@code x [B, T, D] -> [B, T, D]}. Heads of keys may be fewer than heads of queries; queries and keys may be normed and turn by
 * their positions; see {@link AttentionDesign}. With a {@link KeyValueCache} in the pass, x are the new rows alone. {@link
 * luthier.nn.KeyValueAdapter}s put their keys and values in front, unturned, visible to every query.
 */
public final class DecoderAttention extends Layer {
    private final AttentionDesign design;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear output;
    private final @Nullable Layer queryNorm;
    private final @Nullable Layer keyNorm;
    private final AttentionHeads heads;

    /** Creates the layer with projections named {@code q_proj}, {@code k_proj}, {@code v_proj} and {@code o_proj}. */
    public DecoderAttention(AttentionDesign design) {
        this(design, List.of("q_proj", "k_proj", "v_proj", "o_proj"), List.of("q_norm", "k_norm"));
    }

    /**
     * Creates the layer.
     *
     * @param names what public checkpoints call the projections to queries, keys and values, and that of the joined heads
     * @param norms what they call the norms of queries and keys, where the design has them
     */
    public DecoderAttention(AttentionDesign design, List<String> names, List<String> norms) {
        this.design = design;
        long d = design.heads().width();
        long size = design.heads().size();
        boolean biased = design.biases().input();
        long queries = Math.multiplyExact(design.heads().queries(), size);
        long keys = Math.multiplyExact(design.heads().keys(), size);
        query = child(names.get(0), Role.QUERY, new Linear(d, queries, biased));
        key = child(names.get(1), Role.KEY, new Linear(d, keys, biased));
        value = child(names.get(2), Role.VALUE, new Linear(d, keys, biased));
        output = child(
                names.get(3),
                Role.ATTENTION_OUTPUT,
                new Linear(queries, d, design.biases().output()));
        Optional<AttentionDesign.HeadNorm> norm = design.norm();
        queryNorm = norm.isPresent() ? child(norms.get(0), Role.NORM, norm.get().over(size)) : null;
        keyNorm = norm.isPresent() ? child(norms.get(1), Role.NORM, norm.get().over(size)) : null;
        heads = new AttentionHeads(design, child("dropout", new Dropout(design.dropout())));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable q = split(query.forward(x, context));
        Variable k = split(key.forward(x, context));
        Variable v = split(value.forward(x, context));
        if (queryNorm != null && keyNorm != null) {
            q = queryNorm.forward(q, context);
            k = keyNorm.forward(k, context);
        }
        Variable y = heads.of(this, q, k, v, adapters(context), context);
        return output.forward(y.reshape(x.size(0), x.size(1), output.inFeatures()), context);
    }

    /** [B, T, H d] -> [B, T, H, d]. */
    private Variable split(Variable x) {
        long size = design.heads().size();
        return x.reshape(x.size(0), x.size(1), x.size(2) / size, size);
    }

    @Override
    protected String describe() {
        AttentionDesign.Heads sizes = design.heads();
        return "DecoderAttention(" + sizes.queries() + " heads on " + sizes.keys() + " of " + sizes.size() + ")";
    }
}
