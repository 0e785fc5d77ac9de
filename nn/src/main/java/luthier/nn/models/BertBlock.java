package luthier.nn.models;

import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.nn.Context;
import luthier.nn.Dropout;
import luthier.nn.Layer;
import luthier.nn.LayerNorm;
import luthier.nn.Linear;
import luthier.nn.MultiHeadAttention;
import luthier.nn.Seed;

/**
 * One block of the encoder, post-norm: a = LayerNorm(x + Dense(Attention(x))), y = LayerNorm(a + Dense(gelu(Dense(a)))). {@code
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

    BertBlock(Seed seed, BertConfig config) {
        long d = config.hiddenSize();
        double eps = config.layerNormEps();
        attention =
                child("attention.self", new MultiHeadAttention(seed.at("attention.self"), d, config.attentionHeads()));
        attentionOutput = child("attention.output.dense", new Linear(seed.at("attention.output.dense"), d, d));
        attentionDropout = child("attention.output.dropout", new Dropout(config.dropout()));
        attentionNorm =
                child("attention.output.LayerNorm", new LayerNorm(seed.at("attention.output.LayerNorm"), d, eps));
        intermediate =
                child("intermediate.dense", new Linear(seed.at("intermediate.dense"), d, config.intermediateSize()));
        output = child("output.dense", new Linear(seed.at("output.dense"), config.intermediateSize(), d));
        outputDropout = child("output.dropout", new Dropout(config.dropout()));
        outputNorm = child("output.LayerNorm", new LayerNorm(seed.at("output.LayerNorm"), d, eps));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Variable attended = attentionOutput.forward(attention.forward(x, context), context);
        Variable a = attentionNorm.forward(
                attentionDropout.forward(attended, context).add(x), context);
        Variable wide = ActivationOps.gelu(intermediate.forward(a, context));
        Variable narrow = outputDropout.forward(output.forward(wide, context), context);
        return outputNorm.forward(narrow.add(a), context);
    }
}
