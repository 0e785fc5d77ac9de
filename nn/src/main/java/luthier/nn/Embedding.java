package luthier.nn;

import luthier.autograd.Variable;
import luthier.autograd.ops.IndexingOps;
import luthier.nn.init.Initializer;
import luthier.tensor.Shape;

/** y = rows of the weight by index. {@code index I64 [..] -> [.., d]}, {@code weight [rows, d]}, which starts as N(0, 0.02^2). */
public final class Embedding extends Layer {
    private final Parameter weight;

    /** Creates the layer. */
    public Embedding(Seed seed, long rows, long dimension) {
        weight = parameter(seed, "weight", Shape.of(rows, dimension), Initializer.normal(0.02));
    }

    @Override
    protected Variable compute(Variable index, Context context) {
        return IndexingOps.embedding(weight.variable(), index.value());
    }

    /** Returns the weight, {@code [rows, d]}. */
    public Parameter weight() {
        return weight;
    }

    @Override
    protected String describe() {
        return "Embedding(" + weight.shape().size(0) + " x " + weight.shape().size(1) + ")";
    }
}
