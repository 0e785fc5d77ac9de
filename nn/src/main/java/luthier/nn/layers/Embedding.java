package luthier.nn.layers;

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

    /** Creates the layer. */
    public Embedding(long rows, long dimension) {
        weight = parameter("weight", Shape.of(rows, dimension), Initializer.normal(0.02));
    }

    @Override
    protected Variable compute(Variable index, Context context) {
        return weight.rows(index.value(), context);
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
