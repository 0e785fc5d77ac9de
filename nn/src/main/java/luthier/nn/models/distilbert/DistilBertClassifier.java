package luthier.nn.models.distilbert;

import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ShapeOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Linear;
import luthier.nn.layers.MeanPooling;

/**
 * A DistilBERT encoder under its classification head: y = Classifier(relu(PreClassifier(s))), s the first token's vector, or the mean of the
 * real tokens'. {@code ids I64 [B, T] -> logits [B, outputs]}.
 */
public final class DistilBertClassifier extends Layer {
    private final DistilBertModel distilbert;
    private final MeanPooling meanPooling = part(Role.POOLER, new MeanPooling());
    private final Linear preClassifier;
    private final Dropout dropout;
    private final Linear classifier;
    private final boolean overMean;

    /**
     * Creates the model.
     *
     * @param overMean whether the head reads the mean of the tokens
     */
    public DistilBertClassifier(DistilBertConfig config, int outputs, boolean overMean) {
        this.overMean = overMean;
        distilbert = child("distilbert", new DistilBertModel(config));
        preClassifier = child("pre_classifier", Role.HEAD, new Linear(config.dimension(), config.dimension()));
        dropout = child("dropout", new Dropout(config.classifierDropout()));
        classifier = child("classifier", Role.HEAD, new Linear(config.dimension(), outputs));
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Variable hidden = distilbert.forward(ids, context);
        Variable sentence = overMean ? meanPooling.forward(hidden, context) : ShapeOps.select(hidden, 1, 0);
        Variable inner = ActivationOps.relu(preClassifier.forward(sentence, context));
        return classifier.forward(dropout.forward(inner, context), context);
    }

    /** Returns the encoder. */
    public DistilBertModel distilbert() {
        return distilbert;
    }
}
