package luthier.nn.models.bert;

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

/**
 * One block of the encoder, post-norm: a = LayerNorm(x + Dense(Attention(x))), y = LayerNorm(a + Dense(act(Dense(a)))), act usually GELU. {@code
 * x [B, T, D] -> [B, T, D]}. Devlin et al. 2018, arXiv:1810.04805.
 */
public final class BertBlock extends Layer {
    private final MultiHeadAttention attention;
    private final Linear attentionOutput;
    private final LayerNorm attentionNorm;
    private final Linear intermediate;
    private final Linear output;
    private final LayerNorm outputNorm;
    private final Dropout attentionDropout;
    private final Dropout outputDropout;
    private final HiddenActivation activation;

    BertBlock(BertConfig config) {
        long d = config.hiddenSize();
        double eps = config.layerNormEps();
        activation = config.activation();
        attention = child(
                "attention.self",
                Role.ATTENTION,
                new MultiHeadAttention(
                        d, config.attentionHeads(), config.attentionDropout(), List.of("query", "key", "value")));
        attentionOutput = child("attention.output.dense", Role.ATTENTION_OUTPUT, new Linear(d, d));
        attentionDropout = child("attention.output.dropout", new Dropout(config.dropout()));
        attentionNorm = child("attention.output.LayerNorm", Role.NORM, new LayerNorm(d, eps));
        intermediate = child("intermediate.dense", Role.MLP_IN, new Linear(d, config.intermediateSize()));
        output = child("output.dense", Role.MLP_OUT, new Linear(config.intermediateSize(), d));
        outputDropout = child("output.dropout", new Dropout(config.dropout()));
        outputNorm = child("output.LayerNorm", Role.NORM, new LayerNorm(d, eps));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable attended = attentionOutput.forward(attention.forward(x, context), context);
        Variable a = attentionNorm.forward(
                attentionDropout.forward(attended, context).add(x), context);
        Variable wide = activation.of(intermediate.forward(a, context));
        Variable narrow = outputDropout.forward(output.forward(wide, context), context);
        return outputNorm.forward(narrow.add(a), context);
    }
}
