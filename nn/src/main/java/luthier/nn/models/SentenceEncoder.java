package luthier.nn.models;

import luthier.autograd.Variable;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.MeanPooling;

/**
 * An encoder whose tokens' vectors are gathered into one, of length 1 if wished. {@code ids I64 [B, T] -> [B, D]}. The encoder's parameters keep
 * their names. Reimers and Gurevych 2019, arXiv:1908.10084.
 */
public final class SentenceEncoder extends Layer {
    /** Shorter vectors stay as they are, as in PyTorch's normalize. */
    private static final double SHORTEST = 1e-12;

    private final Layer encoder;
    private final MeanPooling mean = part(Role.POOLER, new MeanPooling());
    private final SentencePooling pooling;
    private final boolean normalize;

    /** Creates the model. */
    public SentenceEncoder(Layer encoder, SentencePooling pooling, boolean normalize) {
        this.encoder = part(Role.NONE, encoder);
        this.pooling = pooling;
        this.normalize = normalize;
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Variable hidden = encoder.forward(ids, context);
        Variable sentence = switch (pooling) {
            case MEAN -> mean.forward(hidden, context);
            case FIRST -> ShapeOps.select(hidden, 1, 0);
        };
        return normalize ? unit(sentence) : sentence;
    }

    private static Variable unit(Variable x) {
        Variable length = NormsOps.norm(x, new int[] {1}, 2, true);
        return x.div(SelectionOps.maximum(length, SHORTEST));
    }

    /** Returns the encoder. */
    public Layer encoder() {
        return encoder;
    }

    /** Returns how the tokens' vectors are gathered. */
    public SentencePooling pooling() {
        return pooling;
    }

    /** Returns whether vectors have the length 1. */
    public boolean normalizes() {
        return normalize;
    }
}
