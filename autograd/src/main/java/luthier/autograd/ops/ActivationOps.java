package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Activation;
import luthier.tensor.Comparison;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Differentiable activation functions. */
public final class ActivationOps {
    private static final double SQRT_HALF = 0.7071067811865476;
    private static final double INV_SQRT_2PI = 0.3989422804014327;
    private static final double SQRT_2_OVER_PI = 0.7978845608028654;
    private static final double GELU_CUBIC = 0.044715;

    private ActivationOps() {}

    /** y = max(x, 0); dX = dY where x > 0, 0 elsewhere, also at 0. */
    public static Variable relu(Variable x) {
        return Variable.record(Activation.relu(x.value()), new Relu(x.value()), x);
    }

    private record Relu(Tensor x) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor positive = Comparison.greater(x, Tensor.full(x.dtype(), 0, Shape.of()));
            gradients.set(0, ElementwiseOps.mul(dY, Variable.constant(positive.to(dY.dtype()))));
        }
    }

    /**
     * y = x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2; dX = dY (Phi(x) + x phi(x)). Hendrycks and Gimpel 2016,
     * arXiv:1606.08415. The composed form is written with {@link ElementwiseOps#erf}.
     */
    public static Variable gelu(Variable x) {
        return Variable.record(Activation.gelu(x.value()), new Gelu(x), x);
    }

    private record Gelu(Variable x) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(Activation.geluBackward(x.value(), dY.value())));
                return;
            }
            Variable phi = ElementwiseOps.mul(
                    ElementwiseOps.exp(ElementwiseOps.mul(ElementwiseOps.square(x), -0.5)), INV_SQRT_2PI);
            Variable cdf = ElementwiseOps.mul(
                    ElementwiseOps.add(ElementwiseOps.erf(ElementwiseOps.mul(x, SQRT_HALF)), 1), 0.5);
            gradients.set(0, ElementwiseOps.mul(dY, ElementwiseOps.add(cdf, ElementwiseOps.mul(x, phi))));
        }
    }

    /**
     * y = x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3), the approximation of GPT-2; dX = dY ((1 + tanh u) / 2 + x
     * (1 - tanh^2 u) u' / 2).
     */
    public static Variable geluTanh(Variable x) {
        return Variable.record(Activation.geluTanh(x.value()), new GeluTanh(x), x);
    }

    private record GeluTanh(Variable x) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(Activation.geluTanhBackward(x.value(), dY.value())));
                return;
            }
            Variable x2 = ElementwiseOps.square(x);
            Variable u = ElementwiseOps.mul(
                    ElementwiseOps.mul(x, ElementwiseOps.add(ElementwiseOps.mul(x2, GELU_CUBIC), 1)), SQRT_2_OVER_PI);
            Variable slope =
                    ElementwiseOps.mul(ElementwiseOps.add(ElementwiseOps.mul(x2, 3 * GELU_CUBIC), 1), SQRT_2_OVER_PI);
            Variable t = ElementwiseOps.tanh(u);
            Variable gate = ElementwiseOps.mul(ElementwiseOps.add(t, 1), 0.5);
            Variable dGate = ElementwiseOps.mul(
                    ElementwiseOps.mul(ElementwiseOps.add(ElementwiseOps.neg(ElementwiseOps.square(t)), 1), slope),
                    0.5);
            gradients.set(0, ElementwiseOps.mul(dY, ElementwiseOps.add(gate, ElementwiseOps.mul(x, dGate))));
        }
    }

    /** y = x sigmoid(x), composed; also called swish. Elfwing et al. 2017, arXiv:1702.03118. */
    public static Variable silu(Variable x) {
        return ElementwiseOps.mul(x, ElementwiseOps.sigmoid(x));
    }
}
