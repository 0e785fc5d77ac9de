package luthier.tensor;

import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import luthier.golden.Args;
import luthier.golden.GoldenForward;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Values of the operations on single elements against PyTorch's. */
class ElementwiseGoldenTest {
    private static Stream<DynamicTest> unary(String name, UnaryOperator<Tensor> operation) {
        return GoldenForward.one(name, (in, args) -> operation.apply(in.get("x")));
    }

    private static Stream<DynamicTest> binary(String name, BinaryOperator<Tensor> operation) {
        return GoldenForward.one(name, (in, args) -> operation.apply(in.get("a"), in.get("b")));
    }

    @TestFactory
    Stream<DynamicTest> arithmetic() {
        return Stream.of(
                        binary("add", Elementwise::add),
                        binary("sub", Elementwise::sub),
                        binary("mul", Elementwise::mul),
                        binary("div", Elementwise::div),
                        binary("pow", Elementwise::pow),
                        binary("maximum", Selection::maximum),
                        binary("minimum", Selection::minimum),
                        unary("neg", Elementwise::neg),
                        unary("abs", Selection::abs),
                        unary("sign", Selection::sign),
                        unary("floor", Rounding::floor),
                        unary("round", Rounding::round),
                        unary("sqrt", Elementwise::sqrt),
                        unary("rsqrt", Elementwise::rsqrt),
                        unary("reciprocal", Elementwise::reciprocal),
                        unary("square", Elementwise::square),
                        GoldenForward.one(
                                "pow_scalar",
                                (in, args) -> Elementwise.pow(
                                        in.get("x"), args.get("exponent").asDouble())),
                        GoldenForward.one(
                                "clamp",
                                (in, args) -> Selection.clamp(
                                        in.get("x"),
                                        bound(args, "lo", Double.NEGATIVE_INFINITY),
                                        bound(args, "hi", Double.POSITIVE_INFINITY))),
                        GoldenForward.all("scalar_ops", ElementwiseGoldenTest::scalars))
                .flatMap(tests -> tests);
    }

    /** A bound may be missing or null. */
    private static double bound(JsonObject args, String name, double otherwise) {
        return args.find(name)
                .filter(value -> !(value instanceof JsonValue.JsonNull))
                .map(JsonValue::asDouble)
                .orElse(otherwise);
    }

    private static Map<String, Tensor> scalars(Map<String, Tensor> in, JsonObject args) {
        Tensor x = in.get("x");
        double s = args.get("s").asDouble();
        return Map.of(
                "add", Elementwise.add(x, s),
                "rsub", Elementwise.sub(s, x),
                "mul", Elementwise.mul(x, s),
                "rdiv", Elementwise.div(s, x));
    }

    @TestFactory
    Stream<DynamicTest> functions() {
        return Stream.of(
                        unary("exp", Elementary::exp),
                        unary("expm1", Elementary::expm1),
                        unary("log", Elementary::log),
                        unary("log1p", Elementary::log1p),
                        unary("sin", Elementary::sin),
                        unary("cos", Elementary::cos),
                        unary("tanh", Elementary::tanh),
                        unary("erf", Elementary::erf))
                .flatMap(tests -> tests);
    }

    @TestFactory
    Stream<DynamicTest> activations() {
        return Stream.of(
                        unary("sigmoid", Activation::sigmoid),
                        unary("logsigmoid", Activation::logSigmoid),
                        unary("relu", Activation::relu),
                        unary("silu", Activation::silu),
                        unary("gelu_erf", Activation::gelu),
                        unary("gelu_tanh", Activation::geluTanh),
                        GoldenForward.one(
                                "leaky_relu",
                                (in, args) -> Activation.leakyRelu(
                                        in.get("x"),
                                        Args.number(args, "slope", Args.number(args, "negative_slope", 0.01)))),
                        GoldenForward.one(
                                "elu", (in, args) -> Activation.elu(in.get("x"), Args.number(args, "alpha", 1))),
                        GoldenForward.one(
                                "softplus",
                                (in, args) -> Activation.softplus(
                                        in.get("x"), Args.number(args, "beta", 1), Args.number(args, "threshold", 20))))
                .flatMap(tests -> tests);
    }

    @TestFactory
    Stream<DynamicTest> choices() {
        return Stream.of(
                        GoldenForward.one(
                                "where", (in, args) -> Selection.where(in.get("cond"), in.get("a"), in.get("b"))),
                        GoldenForward.one(
                                "masked_fill",
                                (in, args) -> Selection.maskedFill(
                                        in.get("x"),
                                        in.get("mask"),
                                        args.get("value").asDouble())),
                        GoldenForward.all("compare", ElementwiseGoldenTest::comparisons))
                .flatMap(tests -> tests);
    }

    private static Map<String, Tensor> comparisons(Map<String, Tensor> in, JsonObject args) {
        Tensor a = in.get("a");
        Tensor b = in.get("b");
        return Map.of(
                "lt", Comparison.less(a, b),
                "le", Comparison.lessEqual(a, b),
                "gt", Comparison.greater(a, b),
                "ge", Comparison.greaterEqual(a, b),
                "eq", Comparison.equal(a, b),
                "ne", Comparison.notEqual(a, b));
    }
}
