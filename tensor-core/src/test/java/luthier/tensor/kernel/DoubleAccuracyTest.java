package luthier.tensor.kernel;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import luthier.golden.Precise;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every double-precision function against 192 bits, on inputs of all sizes. */
class DoubleAccuracyTest {
    private static final int INPUTS = 1000;
    private static final Precise ONE = Precise.ONE;
    private static final Precise HALF = ONE.scaled(-1);
    private static final Precise CUBE = Precise.of("0.044715");
    private static final Precise ROOT = Precise.of(8).over(Precise.PI).sqrt();

    private static Arguments row(
            String name, double bound, double from, double to, DoubleUnaryOperator f, UnaryOperator<Precise> exact) {
        return row(name, bound, from, to, f, exact, x -> Precise.ZERO);
    }

    private static Arguments row(
            String name,
            double bound,
            double from,
            double to,
            DoubleUnaryOperator f,
            UnaryOperator<Precise> exact,
            UnaryOperator<Precise> scale) {
        return Arguments.of(name, bound, from, to, f, exact, scale);
    }

    private static Precise sigmoid(Precise x) {
        return ONE.over(x.negated().exp().plus(ONE));
    }

    private static Precise softplus(Precise x) {
        return x.signum() > 0 ? x.plus(x.negated().exp().log1p()) : x.exp().log1p();
    }

    private static Precise sinh(Precise x) {
        return x.expm1().minus(x.negated().expm1()).scaled(-1);
    }

    private static Precise normal(Precise x) {
        return x.over(Precise.of(2).sqrt()).negated().erfc().scaled(-1);
    }

    private static Precise density(Precise x) {
        return x.times(x).scaled(-1).negated().exp().over(Precise.PI.scaled(1).sqrt());
    }

    private static Precise geluArgument(Precise x) {
        return x.times(x).times(CUBE).plus(ONE).times(x).times(ROOT);
    }

    private static Precise geluTanhTerm(Precise x) {
        Precise u = geluArgument(x);
        return x.times(x)
                .times(CUBE)
                .times(3)
                .plus(ONE)
                .times(ROOT)
                .times(x)
                .times(sigmoid(u))
                .times(sigmoid(u.negated()));
    }

    private static Precise mish(Precise x) {
        Precise e = x.exp();
        Precise w = e.times(e.plus(ONE.scaled(1)));
        return x.times(w).over(w.plus(ONE.scaled(1)));
    }

    static Stream<Arguments> functionsAreAccurate() {
        double huge = Double.MAX_VALUE;
        double alpha = 1.6732632423543772;
        double scale = 1.0507009873554805;
        return Stream.of(
                row("exp", 1, -750, 709.7, StrictMath::exp, Precise::exp),
                row(
                        "exp2",
                        1,
                        -1076,
                        1023.9,
                        DoubleFunctions::exp2,
                        x -> x.times(Precise.of(2).log()).exp()),
                row("expm1", 1, -60, 709.7, StrictMath::expm1, Precise::expm1),
                row("log", 1, 0, huge, StrictMath::log, Precise::log),
                row(
                        "log2",
                        1.5,
                        0,
                        huge,
                        DoubleFunctions::log2,
                        x -> x.log().over(Precise.of(2).log())),
                row("log1p", 1, -1, huge, StrictMath::log1p, Precise::log1p),
                row(
                        "xlogy",
                        2,
                        0,
                        huge,
                        x -> DoubleFunctions.xlogy(1.7, x),
                        x -> x.log().times(Precise.of(1.7))),
                row("sin", 1, -huge, huge, StrictMath::sin, Precise::sin),
                row("cos", 1, -huge, huge, StrictMath::cos, Precise::cos),
                row("tan", 1, -huge, huge, StrictMath::tan, x -> x.sin().over(x.cos())),
                row(
                        "asin",
                        1,
                        -1,
                        1,
                        StrictMath::asin,
                        x -> x.over(ONE.minus(x.times(x)).sqrt().plus(ONE))
                                .atan()
                                .scaled(1)),
                row(
                        "acos",
                        1,
                        -1,
                        1,
                        StrictMath::acos,
                        x -> ONE.minus(x).over(ONE.plus(x)).sqrt().atan().scaled(1)),
                row("atan", 1, -huge, huge, StrictMath::atan, Precise::atan),
                row(
                        "atan2",
                        1.5,
                        -huge,
                        huge,
                        x -> StrictMath.atan2(x, 1.3),
                        x -> x.over(Precise.of(1.3)).atan()),
                row(
                        "atan2 back",
                        1.5,
                        0,
                        huge,
                        x -> StrictMath.atan2(x, -1.3),
                        x -> Precise.PI.minus(x.over(Precise.of(1.3)).atan())),
                row("sinh", 2, -710, 710, StrictMath::sinh, DoubleAccuracyTest::sinh),
                row(
                        "cosh",
                        2,
                        -710,
                        710,
                        StrictMath::cosh,
                        x -> x.exp().plus(x.negated().exp()).scaled(-1)),
                row(
                        "tanh",
                        0.6,
                        -40,
                        40,
                        DoubleFunctions::tanh,
                        x -> x.scaled(1).expm1().over(x.scaled(1).expm1().plus(ONE.scaled(1)))),
                row("sqrt", 0.51, 0, huge, Math::sqrt, Precise::sqrt),
                row("rsqrt", 1.5, 0, huge, x -> 1 / Math.sqrt(x), x -> ONE.over(x.sqrt())),
                row(
                        "pow whole",
                        0.6,
                        1e-30,
                        1e30,
                        x -> DoublePower.pow(x, -7),
                        x -> x.log().times(Precise.of(-7)).exp()),
                row(
                        "pow",
                        1,
                        0,
                        1e170,
                        x -> DoublePower.pow(x, 1.7),
                        x -> x.log().times(Precise.of(1.7)).exp()),
                row(
                        "pow of",
                        1,
                        -700,
                        700,
                        x -> DoublePower.pow(2.7, x),
                        x -> Precise.of(2.7).log().times(x).exp()),
                row(
                        "remainder",
                        1,
                        -1e9,
                        1e9,
                        x -> DoubleFunctions.remainder(x, 1.3),
                        x -> x.minus(x.over(Precise.of(1.3)).floor().times(Precise.of(1.3)))),
                row(
                        "lerp",
                        1,
                        -1e9,
                        1e9,
                        x -> DoubleFunctions.lerp(x, 1.3, 0.3),
                        x -> Precise.of(1.3).minus(x).times(Precise.of(0.3)).plus(x),
                        x -> x.abs().plus(ONE)),
                row(
                        "lerp to",
                        1,
                        -1e9,
                        1e9,
                        x -> DoubleFunctions.lerp(1.3, x, 0.7),
                        x -> x.minus(Precise.of(1.3)).times(Precise.of(0.7)).plus(Precise.of(1.3)),
                        x -> x.abs().plus(ONE)),
                row(
                        "trunc",
                        0,
                        -1e9,
                        1e9,
                        DoubleFunctions::trunc,
                        x -> x.signum() < 0 ? x.negated().floor().negated() : x.floor()),
                row("erf", 1, -28, 28, DoubleFunctions::erf, Precise::erf),
                row("erfc", 1, -28, 28, DoubleFunctions::erfc, Precise::erfc),
                row("logaddexp", 1.5, -750, 750, x -> DoubleFunctions.logAddExp(x, 0), DoubleAccuracyTest::softplus),
                row(
                        "logaddexp scaled",
                        1.5,
                        -750,
                        750,
                        x -> DoubleFunctions.logAddExp(x, -0.7),
                        x -> softplus(x.plus(Precise.of(0.7))).minus(Precise.of(0.7)),
                        x -> Precise.of(Math.max(0.7, Math.abs(x.value())))),
                row("sigmoid", 1, -750, 750, DoubleFunctions::sigmoid, DoubleAccuracyTest::sigmoid),
                row(
                        "sigmoidBackward",
                        1,
                        -750,
                        750,
                        x -> DoubleFunctions.sigmoidBackward(x, 1),
                        x -> sigmoid(x).times(sigmoid(x.negated()))),
                row(
                        "softplus",
                        1.5,
                        -750,
                        750,
                        x -> DoubleFunctions.softplus(x, 1, 1e300),
                        DoubleAccuracyTest::softplus),
                row(
                        "softplus 0.7",
                        2,
                        -1100,
                        1100,
                        x -> DoubleFunctions.softplus(x, 0.7, 1e300),
                        x -> softplus(x.times(Precise.of(0.7))).over(Precise.of(0.7))),
                row(
                        "logSigmoid",
                        1.5,
                        -750,
                        750,
                        DoubleFunctions::logSigmoid,
                        x -> softplus(x.negated()).negated()),
                row("silu", 1, -760, 760, DoubleFunctions::silu, x -> x.times(sigmoid(x))),
                row("mish", 1, -760, 300, DoubleFunctions::mish, DoubleAccuracyTest::mish),
                row(
                        "elu",
                        1,
                        -60,
                        10,
                        x -> DoubleFunctions.elu(x, 1.7, 1),
                        x -> x.signum() > 0 ? x : x.expm1().times(Precise.of(1.7))),
                row(
                        "selu",
                        1,
                        -60,
                        10,
                        x -> DoubleFunctions.elu(x, alpha, scale),
                        x -> (x.signum() > 0 ? x : x.expm1().times(Precise.of(alpha))).times(Precise.of(scale))),
                row(
                        "softsign",
                        1.5,
                        -huge,
                        huge,
                        DoubleFunctions::softsign,
                        x -> x.over(x.abs().plus(ONE))),
                row("gelu", 1.5, -39, 39, DoubleFunctions::gelu, x -> x.times(normal(x))),
                row("geluTanh", 1, -22, 22, DoubleFunctions::geluTanh, x -> x.times(sigmoid(geluArgument(x)))),
                row(
                        "geluBackward",
                        1.5,
                        -39,
                        39,
                        x -> DoubleFunctions.geluBackward(x, 1),
                        x -> normal(x).plus(x.times(density(x))),
                        x -> x.times(density(x))),
                row(
                        "geluTanhBackward",
                        1,
                        -22,
                        22,
                        x -> DoubleFunctions.geluTanhBackward(x, 1),
                        x -> sigmoid(geluArgument(x)).plus(geluTanhTerm(x)),
                        DoubleAccuracyTest::geluTanhTerm));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void functionsAreAccurate(
            String name,
            double bound,
            double from,
            double to,
            DoubleUnaryOperator f,
            UnaryOperator<Precise> exact,
            UnaryOperator<Precise> scale) {
        double worst = 0;
        double where = 0;
        for (int i = 0; i < INPUTS; i++) {
            double x = input(i, from, to);
            Precise y = exact.apply(Precise.of(x));
            double error = y.ulps(
                    f.applyAsDouble(x),
                    Math.max(
                            Math.abs(y.value()),
                            Math.abs(scale.apply(Precise.of(x)).value())));
            if (!(error <= worst)) {
                worst = error;
                where = x;
            }
        }
        if (!(worst <= bound)) {
            throw new AssertionError(
                    name + "(" + where + ") must be within " + bound + " ulp; it is " + worst + " off");
        }
    }

    /** Over the range, around 0 and 1, and of every exponent in turn; over the range again where that falls outside it. */
    private static double input(int i, double from, double to) {
        double u = uniform(2L * i);
        double wide = Math.max(from, -1e9) + u * (Math.min(to, 1e9) - Math.max(from, -1e9));
        double near = to == Double.MAX_VALUE ? Math.max(from, -100) + u * 200 : wide;
        double x = switch (i % 3) {
            case 0 -> near;
            case 1 -> (u - 0.5) * 8;
            default -> Math.scalb(u < 0.5 ? u - 1 : u, (int) Math.floor(uniform(2L * i + 1) * 2098 - 1073));
        };
        return x >= from && x <= to ? x : wide;
    }

    private static double uniform(long i) {
        return (Threefry.encrypt(41, i) >>> 11) * 0x1p-53;
    }
}
