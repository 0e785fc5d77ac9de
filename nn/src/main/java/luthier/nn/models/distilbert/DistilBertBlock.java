package luthier.nn.models.distilbert;

import java.util.List;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.LayerNorm;
import luthier.nn.layers.Linear;
import luthier.nn.layers.MultiHeadAttention;
import luthier.nn.models.HiddenActivation;

/** One block, post-norm: a = LayerNorm(x + Out(Attention(x))), y = LayerNorm(a + Lin2(act(Lin1(a)))). {@code x [B, T, D] -> [B, T, D]}. */
public final class DistilBertBlock extends Layer {
    private final MultiHeadAttention attention;
    private final Linear attentionOutput;
    private final LayerNorm attentionNorm;
    private final Linear in;
    private final Linear out;
    private final Dropout dropout;
    private final LayerNorm outputNorm;
    private final HiddenActivation activation;

    DistilBertBlock(DistilBertConfig config) {
        long d = config.dimension();
        activation = config.activation();
        attention = child(
                "attention",
                Role.ATTENTION,
                new MultiHeadAttention(
                        d, config.heads(), config.attentionDropout(), List.of("q_lin", "k_lin", "v_lin")));
        attentionOutput = child("attention.out_lin", Role.ATTENTION_OUTPUT, new Linear(d, d));
        attentionNorm = child("sa_layer_norm", Role.NORM, new LayerNorm(d, DistilBertConfig.LAYER_NORM_EPS));
        in = child("ffn.lin1", Role.MLP_IN, new Linear(d, config.hiddenDimension()));
        out = child("ffn.lin2", Role.MLP_OUT, new Linear(config.hiddenDimension(), d));
        dropout = child("ffn.dropout", new Dropout(config.dropout()));
        outputNorm = child("output_layer_norm", Role.NORM, new LayerNorm(d, DistilBertConfig.LAYER_NORM_EPS));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable attended = attentionOutput.forward(attention.forward(x, context), context);
        Variable a = attentionNorm.forward(attended.add(x), context);
        Variable wide = activation.of(in.forward(a, context));
        Variable narrow = dropout.forward(out.forward(wide, context), context);
        return outputNorm.forward(narrow.add(a), context);
    }
}
