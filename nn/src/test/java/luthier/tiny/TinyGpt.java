package luthier.tiny;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.ShapeOps;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.KeyValueAdapter;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Sequence;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Embedding;
import luthier.nn.layers.LayerNorm;
import luthier.nn.layers.Linear;
import luthier.tensor.Attention;
import luthier.tensor.DType;
import luthier.tensor.Joining;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * A decoder like GPT-2: two pre-norm blocks of width 16 with one projection to queries, keys and values, four heads over two groups of keys,
 * a cache, and a head that may be the embedding's table. {@code ids I64 [B, T] -> logits [B, T, 20]}.
 */
public final class TinyGpt extends Layer {
    public static final long VOCABULARY = 20;
    public static final long WIDTH = 16;
    public static final long HEADS = 4;
    public static final long GROUPS = 2;
    private static final long POSITIONS = 32;

    private final Embedding tokens;
    private final Embedding positions;
    private final List<Block> blocks = new ArrayList<>();
    private final LayerNorm norm;
    private final Linear head;
    private final boolean recomputing;

    public TinyGpt(boolean tied, double dropout, boolean recomputing) {
        this.recomputing = recomputing;
        tokens = child("transformer.wte", Role.TOKENS, new Embedding(VOCABULARY, WIDTH));
        positions = child("transformer.wpe", Role.POSITIONS, new Embedding(POSITIONS, WIDTH));
        for (int i = 0; i < 2; i++) {
            blocks.add(child("transformer.h." + i, Role.BLOCK, new Block(dropout)));
        }
        norm = child("transformer.ln_f", Role.NORM, new LayerNorm(WIDTH, 1e-5));
        head = child("lm_head", Role.HEAD, tied ? new Linear(tokens.weight()) : new Linear(WIDTH, VOCABULARY, false));
    }

    @Override
    protected Variable compute(Variable ids, Context c) {
        Sequence in = Sequence.begin(tokens.forward(ids, c), c);
        Tensor order = Sequence.positions(in.context(), in.x().size(1));
        Variable x = in.x().add(positions.forward(Variable.constant(order), in.context()));
        for (Block block : blocks) {
            x = recomputing ? block.recomputed(x, in.context()) : block.forward(x, in.context());
        }
        return head.forward(in.cut(norm.forward(x, in.context())), c);
    }

    public Embedding tokens() {
        return tokens;
    }

    public Linear head() {
        return head;
    }

    /** x + attention(norm x), then x + mlp(norm x). */
    private static final class Block extends Layer {
        private final LayerNorm before = child("ln_1", Role.NORM, new LayerNorm(WIDTH, 1e-5));
        private final GroupedAttention attention = child("attn", Role.ATTENTION, new GroupedAttention());
        private final LayerNorm between = child("ln_2", Role.NORM, new LayerNorm(WIDTH, 1e-5));
        private final Mlp mlp;

        private Block(double dropout) {
            mlp = child("mlp", Role.MLP, new Mlp(dropout));
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            Variable a = x.add(attention.forward(before.forward(x, c), c));
            return a.add(mlp.forward(between.forward(a, c), c));
        }
    }

    private static final class Mlp extends Layer {
        private final Linear in = child("c_fc", Role.MLP_IN, new Linear(WIDTH, 4 * WIDTH));
        private final Linear out = child("c_proj", Role.MLP_OUT, new Linear(4 * WIDTH, WIDTH));
        private final Dropout dropout;

        private Mlp(double p) {
            dropout = child("dropout", new Dropout(p));
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            return dropout.forward(out.forward(ActivationOps.gelu(in.forward(x, c)), c), c);
        }
    }

    /** Causal attention whose query heads share fewer heads of keys. */
    private static final class GroupedAttention extends Layer {
        private static final long SIZE = WIDTH / HEADS;

        private final Linear fused = child("c_attn", Role.QKV, new Linear(WIDTH, (HEADS + 2 * GROUPS) * SIZE));
        private final Linear out = child("c_proj", Role.ATTENTION_OUTPUT, new Linear(WIDTH, WIDTH));

        @Override
        protected Variable compute(Variable x, Context c) {
            List<Variable> parts =
                    JoiningOps.split(fused.forward(x, c), -1, HEADS * SIZE, GROUPS * SIZE, GROUPS * SIZE);
            Variable k = TinyCache.keys(this, heads(parts.get(1), GROUPS), c);
            Variable v = TinyCache.values(this, heads(parts.get(2), GROUPS), c);
            Optional<Tensor> visible = c.mask();
            for (Adapter adapter : adapters(c)) {
                if (adapter instanceof KeyValueAdapter inFront) {
                    Variable keys = inFront.keys(this, c);
                    k = before(keys, k);
                    v = before(inFront.values(this, c), v);
                    visible = visible.map(mask -> Joining.concat(
                            List.of(Tensor.full(DType.BOOL, 1, Shape.of(mask.size(0), keys.size(0))), mask), 1));
                }
            }
            Attention.Options causal =
                    Attention.Options.scaled(1 / Math.sqrt((double) SIZE)).causally();
            Attention.Options options = visible.map(
                            mask -> causal.seeing(mask.unsqueeze(1).unsqueeze(1)))
                    .orElse(causal);
            Variable y = AttentionOps.attention(
                    heads(parts.get(0), HEADS).transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), options);
            return out.forward(y.transpose(1, 2).reshape(x.shape().toArray()), c);
        }

        private static Variable heads(Variable x, long count) {
            return x.reshape(x.size(0), x.size(1), count, SIZE);
        }

        private static Variable before(Variable rows, Variable x) {
            Shape each = Shape.of(x.size(0), rows.size(0), rows.size(1), rows.size(2));
            return JoiningOps.concat(List.of(ShapeOps.expand(rows.unsqueeze(0), each), x), 1);
        }
    }
}
