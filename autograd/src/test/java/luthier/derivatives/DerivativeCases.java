package luthier.derivatives;

import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.LossReduction;
import luthier.autograd.ops.RoundingOps;
import luthier.autograd.ops.SelectionOps;
import luthier.golden.Precise;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Every differentiable function of one number, and those of two that are made of the same parts, by family. */
public final class DerivativeCases {
    private static final DoublePredicate ALL = x -> true;
    private static final DoublePredicate POSITIVE = x -> x > 0;
    private static final Precise ONE = Precise.ONE;
    private static final Precise TWO = Precise.of(2);
    private static final Precise THREE = Precise.of(3);
    private static final Precise HALF = Precise.of(0.5);
    private static final Precise LN_2 = TWO.log();
    private static final Precise CUBIC = Precise.of("0.044715");
    private static final Precise ROOT = Precise.of(2).over(Precise.PI).sqrt();

    private DerivativeCases() {}

    /** Returns all of them. */
    public static List<DerivativeCase> all() {
        return Stream.of(arithmetic(), powers(), exponentials(), circular(), activations(), gated(), bent(), ofTwo())
                .flatMap(List::stream)
                .toList();
    }

    private static DerivativeCase row(
            String name,
            DoublePredicate domain,
            UnaryOperator<Variable> operation,
            UnaryOperator<Precise> first,
            UnaryOperator<Precise> second) {
        return new DerivativeCase(name, domain, operation, first, second, List.of());
    }

    private static DerivativeCase row(
            String name,
            UnaryOperator<Variable> operation,
            UnaryOperator<Precise> first,
            UnaryOperator<Precise> second) {
        return row(name, ALL, operation, first, second);
    }

    /** A row whose second derivative is 0. */
    private static DerivativeCase row(String name, UnaryOperator<Variable> operation, UnaryOperator<Precise> first) {
        return row(name, ALL, operation, first, x -> Precise.ZERO);
    }

    private static UnaryOperator<Precise> always(double slope) {
        return x -> Precise.of(slope);
    }

    // ---- parts of derivatives
    // -----------------------------------------------------------------------------------------------------

    private static Precise square(Precise x) {
        return x.times(x);
    }

    private static Precise signed(Precise size, Precise by) {
        return by.signum() < 0 ? size.negated() : size;
    }

    /** The sigmoid. */
    private static Precise sigmoid(Precise x) {
        return ONE.over(ONE.plus(x.negated().exp()));
    }

    /** e^-|x| / (1 + e^-|x|)^2. */
    private static Precise logistic(Precise x) {
        Precise e = x.abs().negated().exp();
        return e.over(square(ONE.plus(e)));
    }

    private static Precise tanh(Precise x) {
        Precise e = x.abs().scaled(1).negated();
        return signed(e.expm1().negated().over(ONE.plus(e.exp())), x);
    }

    private static Precise sech2(Precise x) {
        return logistic(x.scaled(1)).scaled(2);
    }

    private static Precise logisticBend(Precise x) {
        return logistic(x).times(tanh(x.scaled(-1))).negated();
    }

    private static Precise cosh(Precise x) {
        return x.exp().plus(x.negated().exp()).scaled(-1);
    }

    private static Precise sinh(Precise x) {
        return x.expm1().minus(x.negated().expm1()).scaled(-1);
    }

    private static Precise softplus(Precise x) {
        return x.signum() > 0 ? x.plus(x.negated().exp().log1p()) : x.exp().log1p();
    }

    private static Precise power(Precise x, double exponent) {
        return x.log().times(Precise.of(exponent)).exp();
    }

    private static Precise normalDensity(Precise x) {
        return square(x).scaled(-1).negated().exp().over(Precise.PI.scaled(1).sqrt());
    }

    private static Precise normal(Precise x) {
        // The series takes long where it says nothing.
        return x.value() > 40
                ? ONE
                : x.value() < -40
                        ? Precise.ZERO
                        : x.over(TWO.sqrt()).negated().erfc().scaled(-1);
    }

    private static Precise witch(Precise x) {
        return ONE.over(ONE.plus(square(x)));
    }

    private static Precise oneMinusSquare(Precise x) {
        return ONE.minus(x).times(ONE.plus(x));
    }

    // ---- families
    // --------------------------------------------------------------------------------------------------------

    private static List<DerivativeCase> arithmetic() {
        return List.of(
                row("add(x, c)", x -> ElementwiseOps.add(x, 1.5), always(1)),
                row("sub(x, c)", x -> ElementwiseOps.sub(x, 1.5), always(1)),
                row("sub(c, x)", x -> ElementwiseOps.sub(1.5, x), always(-1)),
                row("mul(x, c)", x -> ElementwiseOps.mul(x, 1.5), always(1.5)),
                row("div(x, c)", x -> ElementwiseOps.div(x, 4), always(0.25)),
                row("neg(x)", ElementwiseOps::neg, always(-1)),
                row("abs(x)", SelectionOps::abs, x -> signed(ONE, x)),
                row("sign(x)", SelectionOps::sign, always(0)),
                row("floor(x)", RoundingOps::floor, always(0)),
                row("ceil(x)", RoundingOps::ceil, always(0)),
                row("round(x)", RoundingOps::round, always(0)),
                row("trunc(x)", RoundingOps::trunc, always(0)),
                row("remainder(x, c)", x -> RoundingOps.remainder(x, 1.5), always(1)),
                row("maximum(x, c)", x -> SelectionOps.maximum(x, 1.5), x -> step(x, 1.5)),
                row("minimum(x, c)", x -> SelectionOps.minimum(x, 1.5), x -> ONE.minus(step(x, 1.5))),
                row(
                        "clamp(x, c, c)",
                        x -> SelectionOps.clamp(x, -1.5, 2.25),
                        x -> step(x, -1.5).minus(step(x, 2.25))));
    }

    private static Precise step(Precise x, double at) {
        return x.value() > at ? ONE : Precise.ZERO;
    }

    private static List<DerivativeCase> powers() {
        return List.of(
                row("square(x)", ElementwiseOps::square, x -> x.times(2), x -> TWO),
                row("div(c, x)", x -> ElementwiseOps.div(3, x), x -> inverse(x, 2, -3), x -> inverse(x, 3, 6)),
                row("reciprocal(x)", ElementwiseOps::reciprocal, x -> inverse(x, 2, -1), x -> inverse(x, 3, 2)),
                row(
                        "sqrt(x)",
                        POSITIVE,
                        ElementwiseOps::sqrt,
                        x -> HALF.over(x.sqrt()),
                        x -> Precise.of(-0.25).over(x.times(x.sqrt()))),
                row(
                        "rsqrt(x)",
                        POSITIVE,
                        ElementwiseOps::rsqrt,
                        x -> Precise.of(-0.5).over(x.times(x.sqrt())),
                        x -> Precise.of(0.75).over(square(x).times(x.sqrt()))),
                row("pow(x, c) c = 0", x -> ElementwiseOps.pow(x, 0), always(0)),
                row("pow(x, c) c = 1", x -> ElementwiseOps.pow(x, 1), always(1)),
                row("pow(x, c) c = 2", x -> ElementwiseOps.pow(x, 2), x -> x.times(2), x -> TWO),
                row(
                        "pow(x, c) c = 3",
                        x -> ElementwiseOps.pow(x, 3),
                        x -> square(x).times(3),
                        x -> x.times(6)),
                row("pow(x, c) c = -1", x -> ElementwiseOps.pow(x, -1), x -> inverse(x, 2, -1), x -> inverse(x, 3, 2)),
                row(
                        "pow(x, c) c = 2.5",
                        POSITIVE,
                        x -> ElementwiseOps.pow(x, 2.5),
                        x -> power(x, 1.5).times(Precise.of(2.5)),
                        x -> power(x, 0.5).times(Precise.of(3.75))),
                row(
                        "pow(x, c) c = 0.5",
                        POSITIVE,
                        x -> ElementwiseOps.pow(x, 0.5),
                        x -> HALF.over(x.sqrt()),
                        x -> Precise.of(-0.25).over(x.times(x.sqrt()))),
                row(
                        "pow(c, x)",
                        x -> ElementwiseOps.pow(2.5, x),
                        x -> raised(x, 2.5).times(Precise.of(2.5).log()),
                        x -> raised(x, 2.5).times(square(Precise.of(2.5).log()))));
    }

    /** Returns factor / x^n. */
    private static Precise inverse(Precise x, int n, double factor) {
        Precise result = Precise.of(factor);
        for (int i = 0; i < n; i++) {
            result = result.over(x);
        }
        return result;
    }

    private static Precise raised(Precise x, double base) {
        return Precise.of(base).log().times(x).exp();
    }

    private static List<DerivativeCase> exponentials() {
        return List.of(
                row("exp(x)", ElementaryOps::exp, Precise::exp, Precise::exp),
                row("expm1(x)", ElementaryOps::expm1, Precise::exp, Precise::exp),
                row(
                        "exp2(x)",
                        ElementaryOps::exp2,
                        x -> raised(x, 2).times(LN_2),
                        x -> raised(x, 2).times(square(LN_2))),
                row("log(x)", POSITIVE, ElementaryOps::log, x -> ONE.over(x), x -> inverse(x, 2, -1)),
                row(
                        "log2(x)",
                        POSITIVE,
                        ElementaryOps::log2,
                        x -> ONE.over(x).over(LN_2),
                        x -> inverse(x, 2, -1).over(LN_2)),
                row(
                        "log1p(x)",
                        x -> x > -1,
                        ElementaryOps::log1p,
                        x -> ONE.over(ONE.plus(x)),
                        x -> inverse(ONE.plus(x), 2, -1)),
                row("sinh(x)", ElementaryOps::sinh, DerivativeCases::cosh, DerivativeCases::sinh),
                row("cosh(x)", ElementaryOps::cosh, DerivativeCases::sinh, DerivativeCases::cosh),
                row(
                        "tanh(x)",
                        ElementaryOps::tanh,
                        DerivativeCases::sech2,
                        x -> sech2(x).times(tanh(x)).times(-2)),
                row(
                        "erf(x)",
                        ElementaryOps::erf,
                        x -> normalDensity(x.times(TWO.sqrt()))
                                .times(TWO.sqrt())
                                .times(2),
                        x -> normalDensity(x.times(TWO.sqrt()))
                                .times(TWO.sqrt())
                                .times(x)
                                .times(-4)));
    }

    private static List<DerivativeCase> circular() {
        DoublePredicate inside = x -> Math.abs(x) < 1;
        return List.of(
                row("sin(x)", ElementaryOps::sin, Precise::cos, x -> x.sin().negated()),
                row(
                        "cos(x)",
                        ElementaryOps::cos,
                        x -> x.sin().negated(),
                        x -> x.cos().negated()),
                row(
                        "tan(x)",
                        ElementaryOps::tan,
                        x -> inverse(x.cos(), 2, 1),
                        x -> inverse(x.cos(), 3, 2).times(x.sin())),
                row(
                        "asin(x)",
                        inside,
                        ElementaryOps::asin,
                        x -> ONE.over(oneMinusSquare(x).sqrt()),
                        x -> x.over(oneMinusSquare(x).times(oneMinusSquare(x).sqrt()))),
                row(
                        "acos(x)",
                        inside,
                        ElementaryOps::acos,
                        x -> ONE.over(oneMinusSquare(x).sqrt()).negated(),
                        x -> x.over(oneMinusSquare(x).times(oneMinusSquare(x).sqrt()))
                                .negated()),
                row(
                        "atan(x)",
                        ElementaryOps::atan,
                        DerivativeCases::witch,
                        x -> square(witch(x)).times(x).times(-2)));
    }

    private static List<DerivativeCase> activations() {
        return List.of(
                row("sigmoid(x)", ActivationOps::sigmoid, DerivativeCases::logistic, DerivativeCases::logisticBend),
                row("softplus(x)", ActivationOps::softplus, DerivativeCases::sigmoid, DerivativeCases::logistic),
                row(
                        "softplus(x, c, c) beta = 0.75",
                        x -> ActivationOps.softplus(x, 0.75, 20),
                        x -> x.value() * 0.75 > 20 ? ONE : sigmoid(x.times(Precise.of(0.75))),
                        x -> x.value() * 0.75 > 20
                                ? Precise.ZERO
                                : logistic(x.times(Precise.of(0.75))).times(Precise.of(0.75))),
                row(
                        "logSigmoid(x)",
                        ActivationOps::logSigmoid,
                        x -> sigmoid(x.negated()),
                        x -> logistic(x).negated()),
                row(
                        "softsign(x)",
                        ActivationOps::softsign,
                        x -> inverse(ONE.plus(x.abs()), 2, 1),
                        x -> signed(inverse(ONE.plus(x.abs()), 3, -2), x)));
    }

    /** Those that are x times a gate: the two terms of their derivatives cancel left of 0. */
    private static List<DerivativeCase> gated() {
        return List.of(
                new DerivativeCase(
                        "silu(x)",
                        ALL,
                        ActivationOps::silu,
                        x -> sigmoid(x).plus(x.times(logistic(x))),
                        x -> logistic(x).times(TWO.minus(x.times(tanh(x.scaled(-1))))),
                        List.of(x -> x.times(logistic(x)), x -> logistic(x).times(2))),
                new DerivativeCase(
                        "mish(x)",
                        ALL,
                        ActivationOps::mish,
                        x -> tanh(softplus(x)).plus(x.times(mishGate(x))),
                        x -> mishGate(x).times(2).plus(x.times(mishBend(x))),
                        // Half an ulp of s is as many of e^-s as s has, and twice as many of its square.
                        List.of(
                                x -> x.times(mishGate(x)),
                                x -> mishGate(x).times(4).times(softplus(x).plus(ONE)))),
                new DerivativeCase(
                        "gelu(x)",
                        ALL,
                        ActivationOps::gelu,
                        x -> normal(x).plus(x.times(normalDensity(x))),
                        x -> normalDensity(x).times(TWO.minus(square(x))),
                        List.of(
                                x -> x.times(normalDensity(x)),
                                x -> normalDensity(x).times(2))),
                new DerivativeCase(
                        "geluTanh(x)",
                        ALL,
                        ActivationOps::geluTanh,
                        x -> sigmoid(geluArgument(x).scaled(1)).plus(x.times(geluGate(x))),
                        x -> sech2(geluArgument(x)).times(geluLead(x).minus(geluRest(x))),
                        // Half an ulp of u is as many of e^u as u has.
                        List.of(
                                x -> x.times(geluGate(x)),
                                x -> sech2(geluArgument(x))
                                        .times(geluRest(x))
                                        .times(geluArgument(x).plus(signed(ONE, x))))));
    }

    /** The derivative of tanh(softplus(x)). */
    private static Precise mishGate(Precise x) {
        return sech2(softplus(x)).times(sigmoid(x));
    }

    private static Precise mishBend(Precise x) {
        Precise s = softplus(x);
        return sech2(s).times(
                        logistic(x).minus(tanh(s).times(square(sigmoid(x))).times(2)));
    }

    private static Precise geluArgument(Precise x) {
        return square(x).times(CUBIC).plus(ONE).times(x).times(ROOT);
    }

    private static Precise geluArgumentSlope(Precise x) {
        return square(x).times(CUBIC).times(3).plus(ONE).times(ROOT);
    }

    /** The derivative of (1 + tanh u) / 2. */
    private static Precise geluGate(Precise x) {
        return sech2(geluArgument(x)).times(geluArgumentSlope(x)).scaled(-1);
    }

    private static Precise geluLead(Precise x) {
        return square(x).times(CUBIC).times(6).plus(ONE).times(ROOT);
    }

    private static Precise geluRest(Precise x) {
        return square(geluArgumentSlope(x)).times(x).times(tanh(geluArgument(x)));
    }

    private static List<DerivativeCase> bent() {
        double alpha = 1.6732632423543772;
        double scale = 1.0507009873554805;
        UnaryOperator<Precise> left = x -> x.signum() > 0 ? Precise.ZERO : x.exp();
        return List.of(
                row("relu(x)", ActivationOps::relu, x -> step(x, 0)),
                row("relu6(x)", ActivationOps::relu6, x -> step(x, 0).minus(step(x, 6))),
                row(
                        "leakyRelu(x, c)",
                        x -> ActivationOps.leakyRelu(x, 0.25),
                        x -> step(x, 0).times(3).plus(ONE).scaled(-2)),
                row(
                        "hardSigmoid(x)",
                        ActivationOps::hardSigmoid,
                        x -> step(x, -3).minus(step(x, 3)).over(Precise.of(6))),
                row(
                        "hardSwish(x)",
                        ActivationOps::hardSwish,
                        x -> step(x, 3)
                                .plus(step(x, -3)
                                        .minus(step(x, 3))
                                        .times(x.over(THREE).plus(HALF))),
                        x -> step(x, -3).minus(step(x, 3)).over(THREE)),
                row(
                        "elu(x, c)",
                        x -> ActivationOps.elu(x, 1.5),
                        x -> step(x, 0).plus(left.apply(x).times(Precise.of(1.5))),
                        x -> left.apply(x).times(Precise.of(1.5))),
                row(
                        "selu(x)",
                        ActivationOps::selu,
                        x -> step(x, 0)
                                .plus(left.apply(x).times(Precise.of(alpha)))
                                .times(Precise.of(scale)),
                        x -> left.apply(x).times(Precise.of(alpha)).times(Precise.of(scale))));
    }

    /** With the other operand fixed. */
    private static List<DerivativeCase> ofTwo() {
        return List.of(
                row(
                        "logaddexp(x, 0)",
                        x -> ElementaryOps.logaddexp(x, number(x, 0)),
                        DerivativeCases::sigmoid,
                        DerivativeCases::logistic),
                row(
                        "logaddexp(0, x)",
                        x -> ElementaryOps.logaddexp(number(x, 0), x),
                        DerivativeCases::sigmoid,
                        DerivativeCases::logistic),
                row(
                        "atan2(x, 1)",
                        x -> ElementaryOps.atan2(x, number(x, 1)),
                        DerivativeCases::witch,
                        x -> square(witch(x)).times(x).times(-2)),
                row(
                        "atan2(1, x)",
                        x -> ElementaryOps.atan2(number(x, 1), x),
                        x -> witch(x).negated(),
                        x -> square(witch(x)).times(x).times(2)),
                row(
                        "xlogy(1.5, x)",
                        POSITIVE,
                        x -> ElementaryOps.xlogy(number(x, 1.5), x),
                        x -> inverse(x, 1, 1.5),
                        x -> inverse(x, 2, -1.5)),
                row(
                        "xlogy(x, 2.5)",
                        x -> ElementaryOps.xlogy(x, number(x, 2.5)),
                        x -> Precise.of(2.5).log()),
                row(
                        "pow(2.5, x)",
                        x -> ElementwiseOps.pow(number(x, 2.5), x),
                        x -> raised(x, 2.5).times(Precise.of(2.5).log()),
                        x -> raised(x, 2.5).times(square(Precise.of(2.5).log()))),
                row(
                        "bceWithLogits(x, 0)",
                        x -> binaryCrossEntropy(x, 0),
                        DerivativeCases::sigmoid,
                        DerivativeCases::logistic),
                row(
                        "bceWithLogits(x, 1)",
                        x -> binaryCrossEntropy(x, 1),
                        x -> sigmoid(x.negated()).negated(),
                        DerivativeCases::logistic));
    }

    private static Variable number(Variable x, double value) {
        return Variable.constant(Tensor.full(x.dtype(), value, Shape.of()));
    }

    private static Variable binaryCrossEntropy(Variable x, double target) {
        Variable targets = Variable.constant(Tensor.full(x.dtype(), target, x.shape()));
        return LossOps.bceWithLogits(x, targets, LossReduction.NONE);
    }
}
