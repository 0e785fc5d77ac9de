package luthier.autograd;

import static java.util.Map.entry;
import static luthier.golden.Args.number;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.ConvolutionOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.ScanOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.Attention;
import luthier.tensor.Convolution;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * The functions that the golden cases of higher derivatives name. The set gives most of them by name alone; the formulas here are
 * those that give its values to the last digits. The last axis is the one that is normalized, reduced or scanned.
 */
final class GoldenFunctions {
    private static final double EPS = 1e-5;
    private static final Pattern CONVOLUTION = Pattern.compile("tanh\\(conv2d\\(x, w, padding=(\\d+)\\)\\)");

    /** Functions of x alone. */
    private static final Map<String, UnaryOperator<Variable>> OF_X = Map.ofEntries(
            // tanh(x)^2
            entry("tanh_sq", x -> ElementwiseOps.square(ElementaryOps.tanh(x))),
            // exp(sin x)
            entry("exp_sin", x -> ElementaryOps.exp(ElementaryOps.sin(x))),
            // log(1 + sum x^2)
            entry("log_sum", x -> ElementaryOps.log(ElementwiseOps.add(sum(ElementwiseOps.square(x)), 1))),
            entry("softmax", x -> SoftmaxOps.softmax(x, -1)),
            entry("logsumexp", GoldenFunctions::logSumExp),
            // sqrt(sum x^2)
            entry("norm", x -> NormsOps.norm(x, false, -1)),
            // x sigmoid(x)
            entry("sigmoid_mul", x -> x.mul(ActivationOps.sigmoid(x))),
            // x Phi(x), with erf
            entry("gelu", ActivationOps::gelu),
            // x / sqrt(mean x^2 + eps)
            entry("rms", x -> NormalizationOps.rmsNorm(x, 1, EPS)),
            // (x - mean) / sqrt(biased variance + eps)
            entry("layer_norm", x -> NormalizationOps.layerNorm(x, 1, EPS)),
            // x / (1 + x^2)
            entry("div", x -> x.div(ElementwiseOps.add(ElementwiseOps.square(x), 1))),
            // mean of x^3
            entry("pow3", x -> ReductionOps.mean(ElementwiseOps.pow(x, 3), false, -1)),
            // x x^T
            entry("matmul_self", GoldenFunctions::gram),
            entry("softplus", ActivationOps::softplus),
            // exp(-cumsum(x)^2)
            entry(
                    "cumsum_exp",
                    x -> ElementaryOps.exp(ElementwiseOps.neg(ElementwiseOps.square(ScanOps.cumsum(x, -1))))),
            // tanh(x x^T)
            entry("tanh_matmul", x -> ElementaryOps.tanh(gram(x))),
            entry("rosenbrock", GoldenFunctions::rosenbrock),
            // logsumexp(x^2)
            entry("logsumexp_sq", x -> logSumExp(ElementwiseOps.square(x))),
            // (sum x)^2 sum x^2
            entry(
                    "quartic",
                    x -> ElementwiseOps.square(x.sum())
                            .mul(ElementwiseOps.square(x).sum())));

    private GoldenFunctions() {}

    /** Computes y from a case's inputs by name. */
    interface Formula {
        Variable apply(Map<String, Variable> in);
    }

    /** A formula, and the input that first derivatives and directions belong to. */
    record Function(String of, Formula formula) {}

    /** Returns the function that a variant names, if it is known. */
    static Optional<Function> find(JsonObject args) {
        String name = args.get("function").asString();
        UnaryOperator<Variable> ofX = OF_X.get(name);
        if (ofX != null) {
            return Optional.of(new Function("x", in -> ofX.apply(in.get("x"))));
        }
        Matcher convolution = CONVOLUTION.matcher(name);
        if (convolution.matches()) {
            Convolution.Options options = Convolution.Options.DEFAULT.padding(Integer.parseInt(convolution.group(1)));
            return Optional.of(new Function(
                    "x", in -> ElementaryOps.tanh(ConvolutionOps.conv2d(in.get("x"), in.get("w"), options))));
        }
        if (name.startsWith("tanh(x w^T) v^T")) {
            return Optional.of(new Function(
                    "x",
                    in -> MatmulOps.linear(
                            ElementaryOps.tanh(MatmulOps.linear(in.get("x"), in.get("w"))), in.get("v"))));
        }
        if (name.startsWith("causal attention, single head")) {
            return Optional.of(new Function("q", in -> attention(in.get("q"), in.get("k"), in.get("v"), args)));
        }
        return Optional.empty();
    }

    private static Variable sum(Variable x) {
        return ReductionOps.sum(x, false, -1);
    }

    private static Variable logSumExp(Variable x) {
        return SoftmaxOps.logSumExp(x, -1, false);
    }

    private static Variable gram(Variable x) {
        return x.matmul(x.transpose(-2, -1));
    }

    /** sum of 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2. */
    private static Variable rosenbrock(Variable x) {
        Variable here = ShapeOps.slice(x, 0, 0, x.size(0) - 1);
        Variable next = ShapeOps.slice(x, 0, 1, x.size(0));
        Variable valley = ElementwiseOps.square(next.sub(ElementwiseOps.square(here)));
        return valley.mul(100)
                .add(ElementwiseOps.square(ElementwiseOps.sub(1, here)))
                .sum();
    }

    /** softmax(q k^T / sqrt(d) over the keys up to the query's place) v, {@code [B, T, d]}; our attention has an axis of heads more. */
    private static Variable attention(Variable q, Variable k, Variable v, JsonObject args) {
        double scale = number(args, "scale", 1 / Math.sqrt((double) q.size(-1)));
        Attention.Options options = Attention.Options.scaled(scale).causally();
        return ShapeOps.squeeze(
                AttentionOps.attention(
                        ShapeOps.unsqueeze(q, 1), ShapeOps.unsqueeze(k, 1), ShapeOps.unsqueeze(v, 1), options),
                1);
    }
}
