package luthier.nn.models.bert;

import luthier.autograd.Variable;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ShapeOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Linear;
import luthier.nn.layers.MeanPooling;

/**
 * A RoBERTa encoder under its classification head: y = OutProj(tanh(Dense(s))), s the first token's vector, or the mean of the real tokens'.
 * {@code ids I64 [B, T] -> logits [B, outputs]}.
 */
public final class RobertaClassifier extends Layer {
    private final BertModel roberta;
    private final MeanPooling meanPooling = part(Role.POOLER, new MeanPooling());
    private final Linear dense;
    private final Dropout dropout;
    private final Linear outProjection;
    private final boolean overMean;

    /**
     * Creates the model.
     *
     * @param overMean whether the head reads the mean of the tokens
     */
    public RobertaClassifier(BertConfig config, int outputs, boolean overMean) {
        long d = config.hiddenSize();
        this.overMean = overMean;
        roberta = child("roberta", new BertModel(config, false));
        dropout = child("classifier.dropout", new Dropout(config.classifierDropout()));
        dense = child("classifier.dense", Role.HEAD, new Linear(d, d));
        outProjection = child("classifier.out_proj", Role.HEAD, new Linear(d, outputs));
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Variable hidden = roberta.forward(ids, context);
        Variable sentence = overMean ? meanPooling.forward(hidden, context) : ShapeOps.select(hidden, 1, 0);
        Variable inner =
                ElementaryOps.tanh(dense.forward(dropout.forward(sentence, context.at("before dense")), context));
        return outProjection.forward(dropout.forward(inner, context), context);
    }

    /** Returns the encoder. */
    public BertModel roberta() {
        return roberta;
    }
}
