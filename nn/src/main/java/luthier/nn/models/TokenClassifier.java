package luthier.nn.models;

import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Linear;

/** An encoder under a linear head for every token. {@code ids I64 [B, T] -> logits [B, T, outputs]}. */
public final class TokenClassifier extends Layer {
    private final Layer encoder;
    private final Dropout dropout;
    private final Linear classifier;

    /**
     * Creates the model.
     *
     * @param name what public checkpoints call the encoder, {@code bert}
     * @param width the width of a token's vector
     * @param dropout probability of dropout before the head while training
     */
    public TokenClassifier(String name, Layer encoder, long width, double dropout, int outputs) {
        this.encoder = child(name, encoder);
        this.dropout = child("dropout", new Dropout(dropout));
        classifier = child("classifier", Role.HEAD, new Linear(width, outputs));
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        return classifier.forward(dropout.forward(encoder.forward(ids, context), context), context);
    }
}
