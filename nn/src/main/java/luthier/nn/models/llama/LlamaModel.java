package luthier.nn.models.llama;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Sequence;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.layers.DecoderAttention;
import luthier.nn.layers.DecoderBlock;
import luthier.nn.layers.Embedding;
import luthier.nn.layers.GatedFeedForward;
import luthier.nn.layers.RmsNorm;
import luthier.nn.layers.RotaryEmbedding;

/**
 * The decoder of Llama with the public checkpoints' names. {@code ids I64 [B, T] -> [B, T, D]}, the last block's output after the norm. Touvron
 * et al. 2023, arXiv:2302.13971.
 */
public final class LlamaModel extends Layer {
    private final Embedding tokens;
    private final List<DecoderBlock> blocks = new ArrayList<>();
    private final RmsNorm norm;
    private final Set<RotaryEmbedding> rotary = new LinkedHashSet<>();

    /** Creates the model. */
    public LlamaModel(LlamaConfig config) {
        long d = config.width();
        double eps = config.normEps();
        tokens = child("embed_tokens", Role.TOKENS, new Embedding(config.vocabulary(), d));
        for (AttentionDesign attention : config.attention()) {
            DecoderBlock block = new DecoderBlock(
                    List.of("input_layernorm", "self_attn", "post_attention_layernorm", "mlp"),
                    new RmsNorm(d, eps),
                    new DecoderAttention(attention),
                    new RmsNorm(d, eps),
                    new GatedFeedForward(d, config.innerWidth(), config.innerBias(), config.activation()::of));
            blocks.add(child("layers." + blocks.size(), Role.BLOCK, block));
            attention.rotary().ifPresent(rotary::add);
        }
        norm = child("norm", Role.NORM, new RmsNorm(d, eps));
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Sequence in = Sequence.begin(tokens.forward(ids, context), context);
        Context c = in.context();
        for (RotaryEmbedding each : rotary) {
            c = each.begin(c, in.x().size(1));
        }
        Variable x = in.x();
        for (DecoderBlock block : blocks) {
            x = block.forward(x, c);
        }
        return in.cut(norm.forward(x, c));
    }

    /** Returns the table of the tokens. */
    public Embedding tokens() {
        return tokens;
    }
}
