package luthier.nn.models.bert;

import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Linear;
import luthier.nn.layers.MeanPooling;

/**
 * A BERT encoder under a linear classification head. {@code ids I64 [B, T] -> logits [B, classes]}. Children are named as in
 * {@code BertForSequenceClassification}: {@code bert} and {@code classifier}.
 */
public final class BertClassifier extends Layer {
    /** What the head sees of a sequence. */
    public enum Pooling {
        /** The mean over real tokens, as sentence encoders are trained. */
        MEAN,
        /** The checkpoint's pooler over the first token, as BERT itself was trained. */
        POOLER
    }

    private final BertModel bert;
    private final Dropout dropout;
    private final Linear classifier;
    private final MeanPooling meanPooling = part(Role.POOLER, new MeanPooling());
    private final Pooling pooling;

    /** Creates the model; load the encoder with {@code bert().load(...)} and {@code initialize} the head. */
    public BertClassifier(BertConfig config, int classes, Pooling pooling) {
        this.pooling = pooling;
        bert = child("bert", new BertModel(config, pooling == Pooling.POOLER));
        dropout = child("dropout", new Dropout(config.classifierDropout()));
        classifier = child("classifier", Role.HEAD, new Linear(config.hiddenSize(), classes));
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Variable hidden = bert.forward(ids, context);
        Variable sentence = switch (pooling) {
            case MEAN -> meanPooling.forward(hidden, context);
            case POOLER -> bert.pool(hidden, context).orElseThrow();
        };
        return classifier.forward(dropout.forward(sentence, context), context);
    }

    /** Returns the encoder. */
    public BertModel bert() {
        return bert;
    }

    /** Returns the head. */
    public Linear classifier() {
        return classifier;
    }
}
