package luthier.autograd;

import static luthier.golden.Args.axes;
import static luthier.golden.Args.axis;
import static luthier.golden.Args.integers;
import static luthier.golden.Args.keep;
import static luthier.golden.Args.longs;
import static luthier.golden.Args.number;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.Comparison;
import luthier.tensor.Elementwise;
import luthier.tensor.Reduction;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;

/** Which of our operations a golden case of the group {@code ops} means. */
final class GoldenOps {
    private static final Map<String, Operation> OPERATIONS = new HashMap<>();

    private GoldenOps() {}

    /** Computes a case's outputs by name. */
    interface Operation {
        Map<String, Variable> apply(Map<String, Variable> in, JsonObject args);
    }

    private interface Single {
        Variable apply(Map<String, Variable> in, JsonObject args);
    }

    /** Returns the operation of a case, if we have it. */
    static Optional<Operation> find(String id) {
        return Optional.ofNullable(OPERATIONS.get(id.substring("ops/".length())));
    }

    private static void one(String name, Single operation) {
        OPERATIONS.put(name, (in, args) -> Map.of("y", operation.apply(in, args)));
    }

    private static void unary(String name, UnaryOperator<Variable> operation) {
        one(name, (in, args) -> operation.apply(in.get("x")));
    }

    private static void binary(String name, BinaryOperator<Variable> operation) {
        one(name, (in, args) -> operation.apply(in.get("a"), in.get("b")));
    }

    /** Adds operations of other families. */
    static void add(String name, Operation operation) {
        OPERATIONS.put(name, operation);
    }

    static {
        OPERATIONS.putAll(GoldenConvolution.operations());
        GoldenRules.register();
        binary("add", ElementwiseOps::add);
        binary("sub", ElementwiseOps::sub);
        binary("mul", ElementwiseOps::mul);
        binary("div", ElementwiseOps::div);
        binary("pow", ElementwiseOps::pow);
        binary("maximum", SelectionOps::maximum);
        binary("minimum", SelectionOps::minimum);
        binary("matmul", MatmulOps::matmul);
        unary("neg", ElementwiseOps::neg);
        unary("abs", SelectionOps::abs);
        unary("sign", SelectionOps::sign);
        unary("exp", ElementaryOps::exp);
        unary("log", ElementaryOps::log);
        unary("sqrt", ElementwiseOps::sqrt);
        unary("rsqrt", ElementwiseOps::rsqrt);
        unary("reciprocal", ElementwiseOps::reciprocal);
        unary("square", ElementwiseOps::square);
        unary("tanh", ElementaryOps::tanh);
        unary("sigmoid", ActivationOps::sigmoid);
        unary("erf", ElementaryOps::erf);
        unary("relu", ActivationOps::relu);
        unary("gelu_erf", ActivationOps::gelu);
        unary("gelu_tanh", ActivationOps::geluTanh);
        unary("silu", ActivationOps::silu);
        one(
                "pow_scalar",
                (in, args) ->
                        ElementwiseOps.pow(in.get("x"), args.get("exponent").asDouble()));
        OPERATIONS.put(
                "scalar_ops", (in, args) -> scalarOps(in.get("x"), args.get("s").asDouble()));
        OPERATIONS.put(
                "compare",
                (in, args) -> comparisons(in.get("a").value(), in.get("b").value()));
        one(
                "clamp",
                (in, args) -> SelectionOps.clamp(
                        in.get("x"),
                        number(args, "lo", Double.NEGATIVE_INFINITY),
                        number(args, "hi", Double.POSITIVE_INFINITY)));
        one("where", (in, args) -> SelectionOps.where(in.get("cond").value(), in.get("a"), in.get("b")));
        one(
                "masked_fill",
                (in, args) -> SelectionOps.maskedFill(
                        in.get("x"), in.get("mask").value(), args.get("value").asDouble()));
        one("sum", (in, args) -> ReductionOps.sum(in.get("x"), keep(args), axes(args)));
        one("mean", (in, args) -> ReductionOps.mean(in.get("x"), keep(args), axes(args)));
        one("var_unbiased", (in, args) -> ReductionOps.variance(in.get("x"), 1, keep(args), axes(args)));
        one("var_biased", (in, args) -> ReductionOps.variance(in.get("x"), 0, keep(args), axes(args)));
        one("max", (in, args) -> ReductionOps.max(in.get("x"), keep(args), axes(args)));
        one("min", (in, args) -> ReductionOps.min(in.get("x"), keep(args), axes(args)));
        one("logsumexp", (in, args) -> SoftmaxOps.logSumExp(in.get("x"), keep(args), axes(args)));
        OPERATIONS.put("argmax", GoldenOps::argmax);
        one("softmax", (in, args) -> SoftmaxOps.softmax(in.get("x"), axis(args)));
        one("log_softmax", (in, args) -> SoftmaxOps.logSoftmax(in.get("x"), axis(args)));
        one(
                "softmax_masked",
                (in, args) -> SoftmaxOps.softmax(
                        SelectionOps.maskedFill(in.get("x"), in.get("mask").value(), Double.NEGATIVE_INFINITY),
                        axis(args)));
        one(
                "linear",
                (in, args) -> in.containsKey("bias")
                        ? MatmulOps.linear(in.get("input"), in.get("weight"), in.get("bias"))
                        : MatmulOps.linear(in.get("input"), in.get("weight")));
        one("transpose", (in, args) -> ShapeOps.transpose(in.get("x"), axes(args)[0], axes(args)[1]));
        one("permute", (in, args) -> ShapeOps.permute(in.get("x"), axes(args)));
        one("reshape", (in, args) -> {
            Variable x = args.find("permute_first").isPresent()
                    ? ShapeOps.permute(in.get("x"), integers(args.get("permute_first")))
                    : in.get("x");
            return ShapeOps.reshape(x, longs(args.get("shape")));
        });
        one("expand", (in, args) -> ShapeOps.expand(in.get("x"), Shape.of(longs(args.get("shape")))));
        OPERATIONS.put("squeeze_unsqueeze", (in, args) -> squeezes(in.get("x"), integers(args.get("at"))));
        one("slice", GoldenOps::slices);
        one(
                "select",
                (in, args) -> ShapeOps.select(
                        in.get("x"), axis(args), args.get("index").asLong()));
        one("concat", (in, args) -> JoiningOps.concat(List.copyOf(in.values()), axis(args)));
        one("stack", (in, args) -> JoiningOps.stack(List.copyOf(in.values()), axis(args)));
        OPERATIONS.put(
                "split", (in, args) -> numbered(JoiningOps.split(in.get("x"), axis(args), longs(args.get("sizes")))));
        one("embedding", GoldenOps::embedding);
        one(
                "index_select",
                (in, args) -> IndexingOps.indexSelect(
                        in.get("x"), axis(args), in.get("idx").value()));
        one(
                "index_add",
                (in, args) -> IndexingOps.indexAdd(
                        in.get("x"), axis(args), in.get("idx").value(), in.get("src")));
        one(
                "gather",
                (in, args) -> IndexingOps.gather(
                        in.get("x"), axis(args), in.get("idx").value()));
        one(
                "scatter_add",
                (in, args) -> IndexingOps.scatterAdd(
                        in.get("x"), axis(args), in.get("idx").value(), in.get("src")));
        OPERATIONS.putAll(GoldenLosses.operations());
        OPERATIONS.putAll(GoldenNormalization.operations());
        OPERATIONS.putAll(GoldenAttention.operations());
    }

    private static Variable full(Variable like, double value) {
        return Variable.constant(Tensor.full(like.dtype(), value, Shape.of()));
    }

    private static Map<String, Variable> scalarOps(Variable x, double s) {
        return Map.of(
                "add", ElementwiseOps.add(x, s),
                "rsub", ElementwiseOps.sub(full(x, s), x),
                "mul", ElementwiseOps.mul(x, s),
                "rdiv", ElementwiseOps.div(full(x, s), x));
    }

    private static Map<String, Variable> comparisons(Tensor a, Tensor b) {
        return Map.of(
                "lt", Variable.constant(Comparison.less(a, b)),
                "le", Variable.constant(Comparison.lessEqual(a, b)),
                "gt", Variable.constant(Comparison.greater(a, b)),
                "ge", Variable.constant(Comparison.greaterEqual(a, b)),
                "eq", Variable.constant(Comparison.equal(a, b)),
                "ne", Variable.constant(Comparison.notEqual(a, b)));
    }

    private static Map<String, Variable> argmax(Map<String, Variable> in, JsonObject args) {
        Tensor x = in.get("x").value();
        boolean all = args.get("axes") instanceof JsonNull;
        Tensor from = all ? x.reshape(-1) : x;
        int axis = all ? 0 : axes(args)[0];
        return Map.of(
                "argmax", Variable.constant(Reduction.argmax(from, axis, keep(args))),
                "argmin", Variable.constant(Reduction.argmax(Elementwise.neg(from), axis, keep(args))));
    }

    /** There and back at every place; the way back is added up. */
    private static Map<String, Variable> squeezes(Variable x, int[] at) {
        Variable back = Variable.constant(Tensor.zeros(x.dtype(), x.shape()));
        for (int axis : at) {
            back = ElementwiseOps.add(back, ShapeOps.squeeze(ShapeOps.unsqueeze(x, axis), axis));
        }
        return Map.of("u", ShapeOps.unsqueeze(x, at[0]), "s", back);
    }

    private static Variable slices(Map<String, Variable> in, JsonObject args) {
        Variable y = in.get("x");
        List<JsonValue> slices = args.get("slices").asList();
        for (int axis = 0; axis < slices.size(); axis++) {
            long[] bounds = longs(slices.get(axis));
            y = ShapeOps.slice(y, axis, bounds[0], bounds[1], bounds[2]);
        }
        return y;
    }

    private static Map<String, Variable> numbered(List<Variable> parts) {
        Map<String, Variable> result = new LinkedHashMap<>();
        for (Variable part : parts) {
            result.put("y" + result.size(), part);
        }
        return result;
    }

    private static Variable embedding(Map<String, Variable> in, JsonObject args) {
        Tensor index = in.get("idx").value();
        return args.find("padding_idx")
                .map(padding -> IndexingOps.embedding(in.get("weight"), index, padding.asLong()))
                .orElseGet(() -> IndexingOps.embedding(in.get("weight"), index));
    }
}
