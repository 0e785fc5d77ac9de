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
    private final Layer classifier;
    private final boolean overMean;

    /** y = OutProj(tanh(Dense(s))), {@code s [B, D] -> [B, outputs]}. */
    private static final class ClassificationHead extends Layer {
        private final Linear dense;
        private final Dropout dropout;
        private final Linear outProjection;

        ClassificationHead(BertConfig config, int outputs) {
            long d = config.hiddenSize();
            dropout = child("dropout", new Dropout(config.classifierDropout()));
            dense = child("dense", Role.HEAD, new Linear(d, d));
            outProjection = child("out_proj", Role.HEAD, new Linear(d, outputs));
        }

        @Override
        protected Variable compute(Variable sentence, Context context) {
            Variable inner =
                    ElementaryOps.tanh(dense.forward(dropout.forward(sentence, context.at("before dense")), context));
            return outProjection.forward(dropout.forward(inner, context), context);
        }
    }

    /**
     * Creates the model.
     *
     * @param overMean whether the head reads the mean of the tokens
     */
    public RobertaClassifier(BertConfig config, int outputs, boolean overMean) {
        this.overMean = overMean;
        roberta = child("roberta", new BertModel(config, false));
        classifier = child("classifier", Role.HEAD, new ClassificationHead(config, outputs));
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Variable hidden = roberta.forward(ids, context);
        Variable sentence = overMean ? meanPooling.forward(hidden, context) : ShapeOps.select(hidden, 1, 0);
        return classifier.forward(sentence, context);
    }

    /** Returns the encoder. */
    public BertModel roberta() {
        return roberta;
    }
}
