package luthier.autograd.ops;

import java.util.Arrays;
import luthier.autograd.BackwardRule;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Normalization;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** Differentiable normalisation. */
public final class NormalizationOps {
    private NormalizationOps() {}

    /**
     * y = (x - mean) rstd w + b, rstd = 1 / sqrt(variance + eps), mean and biased variance over the trailing axes that w
     * covers. With n = (x - mean) rstd and g = dY w: dX = rstd (g - mean(g) - n mean(g n)), dw = sum(dY n), db = sum(dY).
     * {@code x [.., d], weight [d], bias [d] -> [.., d]}. Ba et al. 2016, arXiv:1607.06450, eq. 4.
     *
     * @throws ShapeException if weight and bias are not of the trailing shape of x
     */
    public static Variable layerNorm(Variable x, Variable weight, Variable bias, double eps) {
        Normalization.LayerNorm done = Normalization.layerNorm(x.value(), weight.value(), bias.value(), eps);
        return Variable.record(done.y(), new LayerNorm(x, weight, done.mean(), done.rstd(), eps), x, weight, bias);
    }

    /** The same without weight and bias, over the last {@code normalizedAxes} axes. */
    public static Variable layerNorm(Variable x, int normalizedAxes, double eps) {
        Normalization.LayerNorm done = Normalization.layerNorm(x.value(), normalizedAxes, eps);
        return Variable.record(done.y(), new PlainLayerNorm(x, normalizedAxes, done.mean(), done.rstd(), eps), x);
    }

    private record LayerNorm(Variable x, Variable weight, Tensor mean, Tensor rstd, double eps)
            implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            int axes = weight.rank();
            if (Grad.isEnabled()) {
                composed(dY, axes, gradients);
                return;
            }
            if (gradients.wants(0)) {
                Tensor dX = Normalization.layerNormBackward(x.value(), weight.value(), mean, rstd, dY.value());
                gradients.set(0, Variable.constant(dX));
            }
            if (gradients.wants(1) || gradients.wants(2)) {
                Normalization.ParameterGradients d =
                        Normalization.layerNormParameterGradients(x.value(), axes, mean, rstd, dY.value());
                gradients.set(1, Variable.constant(d.dWeight()));
                gradients.set(2, Variable.constant(d.dBias()));
            }
        }

        private void composed(Variable dY, int axes, Gradients gradients) {
            Variable r = reciprocalDeviation(x, axes, eps);
            Variable n = normalized(x, r, axes);
            if (gradients.wants(0)) {
                gradients.set(0, inputGradient(ElementwiseOps.mul(dY, weight), n, r, axes));
            }
            if (gradients.wants(1)) {
                gradients.set(1, ReductionOps.sumTo(ElementwiseOps.mul(dY, n), weight.shape()));
            }
            if (gradients.wants(2)) {
                gradients.set(2, ReductionOps.sumTo(dY, weight.shape()));
            }
        }
    }

    private record PlainLayerNorm(Variable x, int normalizedAxes, Tensor mean, Tensor rstd, double eps)
            implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                Tensor dX = Normalization.layerNormBackward(x.value(), normalizedAxes, mean, rstd, dY.value());
                gradients.set(0, Variable.constant(dX));
                return;
            }
            Variable r = reciprocalDeviation(x, normalizedAxes, eps);
            gradients.set(0, inputGradient(dY, normalized(x, r, normalizedAxes), r, normalizedAxes));
        }

        @Override
        public String operation() {
            return "LayerNorm";
        }
    }

    private static int[] trailing(int axes) {
        int[] result = new int[axes];
        Arrays.setAll(result, i -> i - axes);
        return result;
    }

    private static Variable reciprocalDeviation(Variable x, int axes, double eps) {
        return ElementwiseOps.rsqrt(ElementwiseOps.add(ReductionOps.variance(x, 0, true, trailing(axes)), eps));
    }

    private static Variable normalized(Variable x, Variable rstd, int axes) {
        return ElementwiseOps.mul(ElementwiseOps.sub(x, ReductionOps.mean(x, true, trailing(axes))), rstd);
    }

    private static Variable inputGradient(Variable g, Variable n, Variable rstd, int axes) {
        Variable meanG = ReductionOps.mean(g, true, trailing(axes));
        Variable meanGN = ReductionOps.mean(ElementwiseOps.mul(g, n), true, trailing(axes));
        return ElementwiseOps.mul(
                ElementwiseOps.sub(ElementwiseOps.sub(g, meanG), ElementwiseOps.mul(n, meanGN)), rstd);
    }
}
