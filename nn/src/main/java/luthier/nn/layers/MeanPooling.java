package luthier.nn.layers;

import luthier.autograd.Variable;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.ReductionOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.Tensor;

/**
 * y = mean of the real tokens' vectors, a padded sequence like the same one alone. {@code x [B, T, D] -> [B, D]}. Reimers and
 * Gurevych 2019, arXiv:1908.10084. A sequence of padding alone has no mean: it gives zeros and a zero gradient.
 */
public final class MeanPooling extends Layer {
    /** Creates the layer. */
    public MeanPooling() {}

    @Override
    protected Variable compute(Variable x, Context context) {
        if (context.mask().isEmpty()) {
            return ReductionOps.mean(x, 1);
        }
        Tensor real = context.mask().get().to(x.dtype()).unsqueeze(2);
        Tensor count = Selection.maximum(Reduction.sum(real, new int[] {1}, true), Tensor.ones(x.dtype()));
        Tensor weights = real.div(count);
        return ReductionOps.sum(ElementwiseOps.mul(x, Variable.constant(weights)), 1);
    }
}
