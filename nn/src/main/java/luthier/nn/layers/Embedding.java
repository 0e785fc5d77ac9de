package luthier.nn.layers;

import java.util.OptionalLong;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Projection;
import luthier.nn.init.Initializer;
import luthier.tensor.Shape;

/** y = rows of the weight by index. {@code index I64 [..] -> [.., d]}, {@code weight [rows, d]}, which starts as N(0, 0.02^2). */
public final class Embedding extends Layer implements Projection {
    private final Parameter weight;
    private final OptionalLong padding;

    /** Creates the layer. */
    public Embedding(long rows, long dimension) {
        this(rows, dimension, OptionalLong.empty());
    }

    /**
     * Creates the layer with a row for padding, if any, which is read like the others and never trained: its gradient is 0.
     *
     * @throws IllegalArgumentException if the padding is no row
     */
    public Embedding(long rows, long dimension, OptionalLong padding) {
        if (padding.isPresent() && (padding.getAsLong() < 0 || padding.getAsLong() >= rows)) {
            throw new IllegalArgumentException(
                    "embedding: the padding must be one of " + rows + " rows; got " + padding.getAsLong());
        }
        this.padding = padding;
        weight = parameter("weight", Shape.of(rows, dimension), Initializer.normal(0.02));
    }

    @Override
    protected Variable compute(Variable index, Context context) {
        return weight.rows(index.value(), padding, context);
    }

    @Override
    public long inFeatures() {
        return weight.shape().size(0);
    }

    @Override
    public long outFeatures() {
        return weight.shape().size(1);
    }

    /** Returns the weight, {@code [rows, d]}. */
    @Override
    public Parameter weight() {
        return weight;
    }

    @Override
    protected String describe() {
        return "Embedding(" + weight.shape().size(0) + " x " + weight.shape().size(1) + ")";
    }
}
