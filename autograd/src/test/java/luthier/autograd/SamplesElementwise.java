package luthier.autograd;

import static luthier.autograd.GradSamples.normal;
import static luthier.autograd.GradSamples.positive;

import java.util.function.UnaryOperator;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.RoundingOps;
import luthier.autograd.ops.SelectionOps;
import luthier.tensor.Tensor;

/** Samples of what works element by element. */
final class SamplesElementwise {
    private static final Tensor A = normal(101, 2, 3);
    private static final Tensor B = normal(102, 3);
    private static final Tensor POSITIVE = positive(103, 2, 3);
    private static final Tensor BELOW_ONE = Tensor.of(new double[] {-0.9, -0.4, 0.1, 0.3, 0.7, 0.95}, 2, 3);

    private SamplesElementwise() {}

    static void register() {
        arithmetic();
        functions();
        activations();
    }

    private static void one(String name, UnaryOperator<Variable> f, Tensor x) {
        GradSamples.add(name, in -> f.apply(in.get(0)), x);
    }

    private static void arithmetic() {
        one("sub, numbers", x -> ElementwiseOps.sub(1, ElementwiseOps.sub(x, 2)), A);
        one("div, numbers", x -> ElementwiseOps.div(3, ElementwiseOps.div(x, 2)), POSITIVE);
        one("pow, number", x -> ElementwiseOps.pow(1.7, x), A);
        one("pow, cubed", x -> ElementwiseOps.pow(x, 3), A);
        GradSamples.add("addScaled", in -> ElementwiseOps.addScaled(in.get(0), in.get(1), 0.3), A, B);
        GradSamples.add("lerp", in -> ElementwiseOps.lerp(in.get(0), in.get(1), 0.3), A, B);
        GradSamples.add(
                "lerp, weights",
                in -> ElementwiseOps.lerp(in.get(0), in.get(1), in.get(2)),
                A,
                B,
                Tensor.of(new double[] {0.2, 0.9}, 2, 1));
        GradSamples.add(
                "remainder",
                in -> RoundingOps.remainder(in.get(0), in.get(1)),
                Tensor.of(new double[] {7.5, -7.5, 3.2}, 3),
                Tensor.of(new double[] {2, -3}, 2, 1));
        GradSamples.add(
                "floorDivide",
                in -> RoundingOps.floorDivide(in.get(0), in.get(1)).mul(in.get(0)),
                A,
                B);
        one("floorDivide, number", x -> RoundingOps.floorDivide(x, 0.75), A);
        GradSamples.add("truncDivide", in -> RoundingOps.truncDivide(in.get(0), in.get(1)), A, B);
        one("truncDivide, number", x -> RoundingOps.truncDivide(x, 0.75).mul(x), A);
        one("remainder, number", x -> RoundingOps.remainder(x, 0.75), A);
        one("floor", x -> RoundingOps.floor(x).mul(x), A);
        one("ceil", x -> RoundingOps.ceil(x).mul(x), A);
        one("round", x -> RoundingOps.round(x).mul(x), A);
        one("trunc", x -> RoundingOps.trunc(x).mul(x), A);
        one("maximum, number", x -> SelectionOps.maximum(x, 0.1), A);
        one("minimum, number", x -> SelectionOps.minimum(x, 0.1), A);
        GradSamples.add(
                "clamp, tensors",
                in -> SelectionOps.clamp(in.get(0), in.get(1), in.get(2)),
                A,
                Tensor.of(new double[] {-0.6, 2, -9}, 3),
                Tensor.of(new double[] {0.5, 1.5, 0.2}, 3));
    }

    private static void functions() {
        one("exp2", ElementaryOps::exp2, A);
        one("expm1", ElementaryOps::expm1, A);
        one("log2", ElementaryOps::log2, POSITIVE);
        one("log1p", ElementaryOps::log1p, POSITIVE);
        one("sin", ElementaryOps::sin, A);
        one("cos", ElementaryOps::cos, A);
        one("tan", ElementaryOps::tan, BELOW_ONE);
        one("asin", x -> ElementaryOps.asin(x.mul(0.9)), BELOW_ONE);
        one("acos", x -> ElementaryOps.acos(x.mul(0.9)), BELOW_ONE);
        one("atan", ElementaryOps::atan, A);
        one("sinh", ElementaryOps::sinh, A);
        one("cosh", ElementaryOps::cosh, A);
        GradSamples.add("atan2", in -> ElementaryOps.atan2(in.get(0), in.get(1)), A, B);
        GradSamples.add("logaddexp", in -> ElementaryOps.logaddexp(in.get(0), in.get(1)), A, B);
        GradSamples.add("logaddexp, equal", in -> ElementaryOps.logaddexp(in.get(0), in.get(1)), A, A);
        GradSamples.add("xlogy", in -> ElementaryOps.xlogy(in.get(0), in.get(1)), A, positive(104, 3));
    }

    private static void activations() {
        one("mish", ActivationOps::mish, A);
        one("softplus", x -> ActivationOps.softplus(x).add(ActivationOps.softplus(x, 2, 1)), A);
        one("logSigmoid", ActivationOps::logSigmoid, A);
        one("softsign", ActivationOps::softsign, A);
        one("relu6", x -> ActivationOps.relu6(x.mul(5)), A);
        one("hardSigmoid", x -> ActivationOps.hardSigmoid(x.mul(3)), A);
        one("hardSwish", x -> ActivationOps.hardSwish(x.mul(3)), A);
        one("leakyRelu", x -> ActivationOps.leakyRelu(x, 0.2), A);
        one("elu", x -> ActivationOps.elu(x, 0.7), A);
        one("selu", ActivationOps::selu, A);
        GradSamples.add("prelu", in -> ActivationOps.prelu(in.get(0), in.get(1)), A, B);
        GradSamples.add("prelu, one slope", in -> ActivationOps.prelu(in.get(0), in.get(1)), A, normal(105));
    }
}
