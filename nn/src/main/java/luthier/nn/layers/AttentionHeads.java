package luthier.nn.layers;

import java.util.List;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.KeyValueAdapter;
import luthier.nn.Layer;
import luthier.tensor.Attention;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.Joining;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Causal attention between the projections: queries and keys turn by their positions, what a {@link KeyValueCache} holds comes before the new
 * keys and values, what {@link KeyValueAdapter}s bring before both, visible to every query. Keys at padded places are invisible, and those
 * that lie further back than the window. {@code q [B, T, H, d], k, v [B, T, G, d] -> [B, T, H, d]}. Vaswani et al. 2017, arXiv:1706.03762,
 * section 3.2; Ainslie et al. 2023, arXiv:2305.13245 (grouped queries); Jiang et al. 2023, arXiv:2310.06825 (window).
 */
final class AttentionHeads {
    private final AttentionDesign design;
    private final Dropout dropout;

    /**
     * Creates it.
     *
     * @param dropout a child of the attention: its place keys the random stream
     */
    AttentionHeads(AttentionDesign design, Dropout dropout) {
        this.design = design;
        this.dropout = dropout;
    }

    Variable of(Layer host, Variable query, Variable key, Variable v, List<Adapter> adapters, Context c) {
        Optional<RotaryEmbedding> rotary = design.rotary();
        boolean late = rotary.isPresent() && rotary.get().followsLength();
        Variable q = rotary.isPresent() && !late ? rotary.get().rotate(query, c) : query;
        Variable k = rotary.isPresent() && !late ? rotary.get().rotate(key, c) : key;
        KeyValueCache.Seen seen = KeyValueCache.append(host, k, v, c);
        Variable keys = seen.keys();
        Variable values = seen.values();
        if (late) {
            keys = rotary.get().rotateAll(keys.transpose(1, 2), c).transpose(1, 2);
            q = rotary.get().rotateLast(query, keys.size(2), c);
        }
        Optional<Tensor> visible = visible(Optional.ofNullable(seen.visible()), query.size(1), keys.size(2), c);
        for (Adapter adapter : adapters) {
            if (adapter instanceof KeyValueAdapter inFront) {
                Variable rows = inFront.keys(host, c);
                keys = before(rows, keys);
                values = before(inFront.values(host, c), values);
                visible = visible.map(mask -> before(mask, rows.size(0)));
            }
        }
        Variable turned = q.transpose(1, 2);
        Attention.Options scaled = Attention.Options.scaled(design.scores().scale());
        Attention.Options ordered = seen.visible() == null ? scaled.causally() : scaled;
        Attention.Options options = visible.map(ordered::seeing).orElse(ordered);
        Variable y = design.scores().cap() > 0 || dropout.isActive(c)
                ? composed(turned, keys, values, options, c)
                : AttentionOps.attention(turned, keys, values, options);
        return y.transpose(1, 2);
    }

    /** What the padding mask, the ends of rows and the window leave visible, besides the order: broadcast to {@code [B, 1, T, S]}. */
    private Optional<Tensor> visible(Optional<Tensor> rows, long length, long places, Context c) {
        Optional<Tensor> real = c.mask().map(mask -> mask.unsqueeze(1).unsqueeze(1));
        Optional<Tensor> both = and(rows, real);
        boolean far = design.scores().window().isPresent()
                && places > design.scores().window().getAsLong();
        return far ? and(both, Optional.of(near(length, places, c))) : both;
    }

    private static Optional<Tensor> and(Optional<Tensor> a, Optional<Tensor> b) {
        return a.isEmpty() ? b : b.isEmpty() ? a : Optional.of(Comparison.logicalAnd(a.get(), b.get()));
    }

    /** Which keys lie within the window: {@code [1, 1, T, S]}, or by rows where their lengths differ. */
    private Tensor near(long length, long places, Context c) {
        long window = design.scores().window().orElseThrow();
        Tensor own = KeyValueCache.places(c, length, places);
        int rows = (int) own.size(0);
        long[] at = own.toLongArray();
        boolean[] sees = new boolean[Math.multiplyExact(at.length, (int) places)];
        for (int i = 0; i < at.length; i++) {
            long first = Math.max(0, at[i] - window + 1);
            for (long j = first; j < places; j++) {
                sees[i * (int) places + (int) j] = true;
            }
        }
        return Tensor.of(sees, rows, 1, length, places);
    }

    /** [P, G, d] before [B, G, S, d]: the same for every row of the batch. */
    private static Variable before(Variable rows, Variable x) {
        Variable perHead = ShapeOps.unsqueeze(rows.transpose(0, 1), 0);
        Shape each = Shape.of(x.size(0), perHead.size(1), perHead.size(2), perHead.size(3));
        return JoiningOps.concat(List.of(ShapeOps.expand(perHead, each), x), 2);
    }

    private static Tensor before(Tensor mask, long count) {
        Shape front = Shape.of(mask.size(0), mask.size(1), mask.size(2), count);
        return Joining.concat(List.of(Tensor.full(DType.BOOL, 1, front), mask), 3);
    }

    /** softmax(cap tanh(s Q K^T / cap)) V by general operations, whose weights {@code [B, H, T, S]} can be capped and dropped. */
    private Variable composed(Variable q, Variable k, Variable v, Attention.Options options, Context c) {
        Variable scores = MatmulOps.matmul(q, shared(k).transpose(2, 3)).mul(options.scale());
        double cap = design.scores().cap();
        Variable capped = cap > 0 ? ElementaryOps.tanh(scores.mul(1 / cap)).mul(cap) : scores;
        Optional<Tensor> ordered = options.causal() ? Optional.of(order(q.size(2), k.size(2))) : Optional.empty();
        Optional<Tensor> seen = and(ordered, options.visible());
        Variable weights =
                seen.isPresent() ? SoftmaxOps.maskedSoftmax(capped, seen.get(), -1) : SoftmaxOps.softmax(capped, -1);
        return MatmulOps.matmul(dropout.forward(weights, c), shared(v));
    }

    /** Which keys lie before each query, both ending at the same place: {@code [1, 1, T, S]}. */
    private static Tensor order(long length, long places) {
        boolean[] sees = new boolean[Math.multiplyExact((int) length, (int) places)];
        for (int i = 0; i < length; i++) {
            for (int j = 0; j <= i + places - length; j++) {
                sees[i * (int) places + j] = true;
            }
        }
        return Tensor.of(sees, 1, 1, length, places);
    }

    /** [B, G, S, d] -> [B, H, S, d]: each head for the queries that share it. */
    private Variable shared(Variable x) {
        long times = design.heads().queries() / design.heads().keys();
        if (times == 1) {
            return x;
        }
        Shape wide = Shape.of(x.size(0), x.size(1), times, x.size(2), x.size(3));
        return ShapeOps.expand(ShapeOps.unsqueeze(x, 2), wide)
                .reshape(x.size(0), x.size(1) * times, x.size(2), x.size(3));
    }
}
