package luthier.autograd.ops;

import java.util.Arrays;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Activation;
import luthier.tensor.Comparison;
import luthier.tensor.DTypeException;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** Differentiable activation functions. */
public final class ActivationOps {
    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final Formula RELU6 = Formula.of("min(max({0}, 0), 6)", "{dY} * (0 < {0} < 6)");
    private static final Formula HARD_SIGMOID = Formula.of("min(max({0} + 3, 0), 6) / 6", "{dY} / 6 * (-3 < {0} < 3)");

    private ActivationOps() {}

    /**
     * y = max(x, 0); dX = dY where x > 0, 0 elsewhere, also at 0.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.relu(x).sum(), Tensor.of(new float[] {-1, 0, 1}, 3)); // F32[3][0.0, 0.0, 1.0]
     * }
     */
    public static Variable relu(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::relu), new Relu(x.value()), x);
    }

    private record Relu(Tensor x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor positive = Comparison.greater(x, Tensor.full(x.dtype(), 0, Shape.of()));
            gradients.set(0, ElementwiseOps.mul(dY, Variable.constant(positive.to(dY.dtype()))));
        }

        @Override
        public Formula formula() {
            return Formula.of("max({0}, 0)", "{dY} * ({0} > 0)");
        }
    }

    /**
     * y = x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2; dX = dY (Phi(x) + x phi(x)). Hendrycks and Gimpel 2016,
     * arXiv:1606.08415. The composed form is written with {@link ElementaryOps#erf}.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.gelu(x), Tensor.scalar(0f)); // F32[][0.5]
     * }
     */
    public static Variable gelu(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::gelu), new Gelu(x), x);
    }

    private record Gelu(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(Activation.geluBackward(x.value(), dY.value())));
                return;
            }
            gradients.set(0, dY.mul(Slopes.gelu(x)));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} * Phi({0})", "{dY} * (Phi({0}) + {0} * phi({0}))");
        }
    }

    /**
     * y = x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3), the approximation of GPT-2; dX = dY ((1 + tanh u) / 2 + x
     * (1 - tanh^2 u) u' / 2).
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.geluTanh(x), Tensor.scalar(0f)); // F32[][0.5]
     * }
     */
    public static Variable geluTanh(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::geluTanh), new GeluTanh(x), x);
    }

    private record GeluTanh(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                gradients.set(0, Variable.constant(Activation.geluTanhBackward(x.value(), dY.value())));
                return;
            }
            gradients.set(0, dY.mul(Slopes.geluTanh(x)));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "{0} * (1 + tanh u) / 2, u = sqrt(2 / pi) * ({0} + 0.044715 * {0}^3)",
                    "{dY} * ((1 + t) / 2 + {0} * (1 - t^2) * u' / 2), t = tanh u({n0})");
        }
    }

    /**
     * y = x sigmoid(x), also called swish; dX = dY (sigmoid(x) + y sigmoid(-x)). Elfwing et al. 2017, arXiv:1702.03118. Saves x. The composed
     * form is {@code mul(x, sigmoid(x))}.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.silu(x), Tensor.scalar(0f)); // F32[][0.5]
     * }
     */
    public static Variable silu(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::silu), new Silu(x), x);
    }

    private record Silu(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable gate = sigmoid(x);
            Variable rest = sigmoid(ElementwiseOps.neg(x));
            gradients.set(0, dY.mul(gate.add(silu(x).mul(rest))));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} * sigmoid({0})", "{dY} * s * (1 + {0} * (1 - s)), s = sigmoid({0})");
        }
    }

    /**
     * y = x tanh(s), s = log(1 + e^x); dX = dY (tanh s + silu(x) / cosh^2 s). Misra 2019, arXiv:1908.08681. Saves x. The composed
     * form is {@code mul(x, tanh(softplus(x)))}.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.mish(x), Tensor.scalar(0f)); // F32[][0.6]
     * }
     */
    public static Variable mish(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::mish), new Mish(x), x);
    }

    private record Mish(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable s = softplus(x);
            gradients.set(0, dY.mul(ElementaryOps.tanh(s).add(silu(x).mul(Slopes.sech2(s)))));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "{0} * tanh(log(1 + e^{0}))", "{dY} * (t + {0} * (1 - t^2) * sigmoid({0})), t = {y} / {0}");
        }
    }

    // ---- the softplus family

    /**
     * y = log(1 + e^x); dX = dY sigmoid(x). Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.softplus(x), Tensor.scalar(0f)); // F32[][0.5]
     * }
     */
    public static Variable softplus(Variable x) {
        return softplus(x, 1, Double.POSITIVE_INFINITY);
    }

    /** y = log(1 + e^(beta x)) / beta, and x where beta x is above the threshold; dX = dY sigmoid(beta x), and dY there. Saves x. */
    public static Variable softplus(Variable x, double beta, double threshold) {
        return Variable.record(
                Misfit.explained(x, t -> Activation.softplus(t, beta, threshold)), new Softplus(x, beta, threshold), x);
    }

    private record Softplus(Variable x, double beta, double threshold) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable scaled = x.mul(beta);
            Variable slope = sigmoid(scaled);
            if (threshold != Double.POSITIVE_INFINITY) {
                slope = SelectionOps.maskedFill(slope, Comparison.greater(scaled.value(), threshold), 1);
            }
            gradients.set(0, dY.mul(slope));
        }

        @Override
        public Formula formula() {
            Formula formula = beta == 1
                    ? Formula.of("log(1 + e^{0})", "{dY} * sigmoid({0})")
                    : Formula.of("log(1 + e^({beta} * {0})) / {beta}", "{dY} * sigmoid({beta} * {0})");
            return formula.with("beta", beta).with("threshold", threshold);
        }
    }

    /**
     * y = 1 / (1 + e^-x); dX = dY e^-|x| / (1 + e^-|x|)^2, which is y (1 - y) with all its digits. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.sigmoid(x), Tensor.scalar(0f)); // F32[][0.25]
     * }
     */
    public static Variable sigmoid(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::sigmoid), new Sigmoid(x), x);
    }

    private record Sigmoid(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(
                    0,
                    Grad.isEnabled()
                            ? dY.mul(Slopes.logistic(x))
                            : Variable.constant(Activation.sigmoidBackward(x.value(), dY.value())));
        }

        @Override
        public Formula formula() {
            return Formula.of("1 / (1 + e^-{0})", "{dY} * {y} * (1 - {y})");
        }
    }

    /**
     * y = log sigmoid(x); dX = dY sigmoid(-x). Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.logSigmoid(x), Tensor.scalar(0f)); // F32[][0.5]
     * }
     */
    public static Variable logSigmoid(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::logSigmoid), new LogSigmoid(x), x);
    }

    private record LogSigmoid(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(sigmoid(ElementwiseOps.neg(x))));
        }

        @Override
        public Formula formula() {
            return Formula.of("-log(1 + e^-{0})", "{dY} * sigmoid(-{0})");
        }
    }

    /**
     * y = x / (1 + |x|); dX = dY / (1 + |x|)^2. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.softsign(x), Tensor.scalar(1f)); // F32[][0.25]
     * }
     */
    public static Variable softsign(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::softsign), new Softsign(x), x);
    }

    private record Softsign(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable inverse = ElementwiseOps.reciprocal(ElementwiseOps.add(SelectionOps.abs(x), 1));
            gradients.set(0, dY.mul(ElementwiseOps.square(inverse)));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} / (1 + |{0}|)", "{dY} / (1 + |{0}|)^2");
        }
    }

    // ---- bent lines

    /**
     * y = min(max(x, 0), 6); dX = dY for {@code 0 < x < 6}, 0 elsewhere, also at both bends. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.relu6(x).sum(), Tensor.of(new float[] {0, 3, 6}, 3)); // F32[3][0.0, 1.0, 0.0]
     * }
     */
    public static Variable relu6(Variable x) {
        return Variable.record(
                Misfit.explained(x, Activation::relu6), new Between("Relu6", RELU6, x.value(), 0, 6, 1), x);
    }

    /**
     * y = min(max(x + 3, 0), 6) / 6; dX = dY / 6 for {@code -3 < x < 3}, 0 elsewhere, also at both bends. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.hardSigmoid(x).sum(), Tensor.of(new double[] {-3, 0}, 2)); // F64[2][0.0, 0.16666666666666666]
     * }
     */
    public static Variable hardSigmoid(Variable x) {
        return Variable.record(
                Misfit.explained(x, Activation::hardSigmoid),
                new Between("HardSigmoid", HARD_SIGMOID, x.value(), -3, 3, 1 / 6.0),
                x);
    }

    /** The rule of a line between two bends and constants outside. */
    private record Between(String operation, Formula formula, Tensor x, double low, double high, double slope)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor outside = Comparison.logicalOr(Comparison.lessEqual(x, low), Comparison.greaterEqual(x, high));
            gradients.set(0, SelectionOps.maskedFill(slope == 1 ? dY : dY.mul(slope), outside, 0));
        }
    }

    /**
     * y = x min(max(x + 3, 0), 6) / 6; dX = dY (x / 3 + 1/2) for {@code -3 <= x <= 3}, 0 left and dY right of them. Howard et al. 2019,
     * arXiv:1905.02244. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.hardSwish(x).sum(), Tensor.of(new float[] {-4, 0, 4}, 3)); // F32[3][0.0, 0.5, 1.0]
     * }
     */
    public static Variable hardSwish(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::hardSwish), new HardSwish(x), x);
    }

    private record HardSwish(Variable x) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable middle = ElementwiseOps.add(ElementwiseOps.div(x, 3), 0.5);
            Variable left = SelectionOps.maskedFill(middle, Comparison.less(x.value(), -3), 0);
            gradients.set(0, dY.mul(SelectionOps.maskedFill(left, Comparison.greater(x.value(), 3), 1)));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "{0} * min(max({0} + 3, 0), 6) / 6", "{dY} * ({0} < -3 ? 0 : {0} > 3 ? 1 : {0} / 3 + 1/2)");
        }
    }

    /**
     * y = x for x > 0, slope x elsewhere; dX = dY or slope dY, the latter at 0. Maas et al. 2013. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.leakyRelu(x, 0.5).sum(), Tensor.of(new float[] {-1, 0, 1}, 3)); // F32[3][0.5, 0.5, 1.0]
     * }
     */
    public static Variable leakyRelu(Variable x, double slope) {
        return Variable.record(
                Misfit.explained(x, t -> Activation.leakyRelu(t, slope)), new LeakyRelu(x.value(), slope), x);
    }

    private record LeakyRelu(Tensor x, double slope) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, SelectionOps.where(Comparison.greater(x, 0), dY, dY.mul(slope)));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} > 0 ? {0} : {slope} * {0}", "{dY} * ({0} > 0 ? 1 : {slope})")
                    .with("slope", slope);
        }
    }

    /**
     * y = x for x > 0, weight x elsewhere, with one weight or one for each index of axis 1; dX = dY or weight dY, dWeight = the sum of
     * x dY where x is not positive. He et al. 2015, arXiv:1502.01852. Saves x and the weight.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {-2, 3}, 2));
     * Transforms.grad(w -> ActivationOps.prelu(x, w).sum(), Tensor.scalar(0.5f)); // F32[][-2.0]
     * }
     */
    public static Variable prelu(Variable x, Variable weight) {
        try {
            Tensor y = Activation.prelu(x.value(), weight.value());
            long[] sizes = new long[weight.value().elementCount() == 1 ? 0 : Math.max(1, x.rank() - 1)];
            Arrays.fill(sizes, 1);
            if (sizes.length > 0) {
                sizes[0] = weight.value().elementCount();
            }
            Variable slopes = ShapeOps.reshape(weight, sizes);
            return Variable.record(y, new Prelu(x, slopes), x, slopes);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).with("weight", weight).by();
        }
    }

    private record Prelu(Variable x, Variable slopes) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor positive = Comparison.greater(x.value(), 0);
            gradients.set(0, () -> SelectionOps.where(positive, dY, dY.mul(slopes)));
            if (gradients.wants(1)) {
                Variable products = SelectionOps.maskedFill(dY.mul(x), positive, 0);
                gradients.set(1, ReductionOps.sumTo(products, slopes.shape()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.broadcast(
                    "{0} > 0 ? {0} : {1} * {0}", "{dY} * ({0} > 0 ? 1 : {1})", "{dY} * {0} * ({0} <= 0)");
        }
    }

    /**
     * y = x for x > 0, alpha (e^x - 1) elsewhere; dX = dY or alpha e^x dY, the latter at 0. Clevert et al. 2015, arXiv:1511.07289. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.elu(x, 0.5).sum(), Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.5, 1.0]
     * }
     */
    public static Variable elu(Variable x, double alpha) {
        return Variable.record(Misfit.explained(x, t -> Activation.elu(t, alpha)), new Elu(x, alpha, 1), x);
    }

    /**
     * y = 1.0507 elu(x, 1.6733); dX = 1.0507 dY or 1.0507 1.6733 e^x dY. Klambauer et al. 2017, arXiv:1706.02515. Saves x.
     *
     * {@snippet :
     * Transforms.grad(x -> ActivationOps.selu(x), Tensor.scalar(1f)); // F32[][1.050701]
     * }
     */
    public static Variable selu(Variable x) {
        return Variable.record(Misfit.explained(x, Activation::selu), new Elu(x, SELU_ALPHA, SELU_SCALE), x);
    }

    private record Elu(Variable x, double alpha, double scale) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor positive = Comparison.greater(x.value(), 0);
            // Zeros keep e^x from overflowing where it is not used.
            Variable left = SelectionOps.maskedFill(x, positive, 0);
            Variable slope = ElementaryOps.exp(left).mul(alpha * scale);
            gradients.set(0, dY.mul(SelectionOps.maskedFill(slope, positive, scale)));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "{scale} * ({0} > 0 ? {0} : {alpha} * (e^{0} - 1))",
                            "{dY} * {scale} * ({0} > 0 ? 1 : {alpha} * e^{0})")
                    .with("alpha", alpha)
                    .with("scale", scale);
        }
    }
}
