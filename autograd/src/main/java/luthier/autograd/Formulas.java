package luthier.autograd;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The formulas of all operations by name, family by family, those of single elements here, the others in {@link TensorFormulas}: first what is computed, then the gradient of each operand. {@link Formula} says how
 * they are written. The last gradient stands for all operands that follow; a user's own rule is shown as a product with its Jacobian.
 */
final class Formulas {
    static final String MATMUL = "{0} {1}";

    private Formulas() {}

    /** Returns the formula of a rule with this many operands. */
    static Formula of(BackwardRule rule, int operands) {
        boolean own = rule.getClass().getName().startsWith("luthier.autograd.");
        String operation = own ? Formula.operationName(rule) : "";
        Map<String, String> saved = Formula.saved(rule);
        Formula found = arithmetic(operation, operands, saved);
        found = found != null ? found : functions(operation);
        found = found != null ? found : activations(operation, saved);
        found = found != null ? found : choices(operation, operands);
        found = found != null ? found : TensorFormulas.of(operation, rule, operands);
        return found != null ? found : unknown();
    }

    // ---- element by element
    // -----------------------------------------------------------------------------------------------

    private static @Nullable Formula arithmetic(String operation, int operands, Map<String, String> saved) {
        return switch (operation) {
            case "Add" -> broadcast("{0} + {1}", "{dY}", "{dY}");
            case "AddScalar" -> of("{0} + {c}", "{dY}");
            case "SubScalar" -> of("{0} - {c}", "{dY}");
            case "AddScaled" -> broadcast("{0} + {c} * {1}", "{dY}", "{c} * {dY}");
            case "Sub" -> operands == 1 ? of("{c} - {0}", "-{dY}") : broadcast("{0} - {1}", "{dY}", "-{dY}");
            case "Mul" -> broadcast("{0} * {1}", "{dY} * {1}", "{dY} * {0}");
            case "MulScalar" -> of("{c} * {0}", "{c} * {dY}");
            case "Div" ->
                operands == 1
                        ? of("{c} / {0}", "-{dY} * {y} / {0}")
                        : broadcast("{0} / {1}", "{dY} / {1}", "-{dY} * {0} / {1}^2");
            case "DivScalar" -> of("{0} / {c}", "{dY} / {c}");
            case "Remainder" ->
                operands == 1
                        ? of("{0} - {c} * floor({0} / {c})", "{dY}")
                        : broadcast("{0} - {1} * floor({0} / {1})", "{dY}", "-{dY} * floor({0} / {1})");
            case "Lerp" ->
                operands == 2
                        ? broadcast("{0} + {w} * ({1} - {0})", "(1 - {w}) * {dY}", "{w} * {dY}")
                        : broadcast("{0} + {2} * ({1} - {0})", "(1 - {2}) * {dY}", "{2} * {dY}", "({1} - {0}) * {dY}");
            case "Neg" -> of("-{0}", "-{dY}");
            case "Square" -> of("{0}^2", "2 * {0} * {dY}");
            case "Pow" -> {
                if (operands == 2) {
                    yield broadcast("{0}^{1}", "{1} * {0}^({1} - 1) * {dY}", "{y} * log({0}) * {dY}");
                }
                yield saved.containsKey("p")
                        ? of("{0}^{p}", "{p} * {0}^({p} - 1) * {dY}")
                        : of("{c}^{0}", "{dY} * {y} * log({c})");
            }
            case "Sqrt" -> of("sqrt({0})", "{dY} / (2 * {y})");
            case "Rsqrt" -> of("1 / sqrt({0})", "-{dY} * {y}^3 / 2");
            case "Reciprocal" -> of("1 / {0}", "-{dY} * {y}^2");
            default -> null;
        };
    }

    private static @Nullable Formula functions(String operation) {
        return switch (operation) {
            case "Exp" -> of("e^{0}", "{dY} * {y}");
            case "Expm1" -> of("e^{0} - 1", "{dY} * ({y} + 1)");
            case "Exp2" -> of("2^{0}", "{dY} * {y} * log(2)");
            case "Log" -> of("log({0})", "{dY} / {0}");
            case "Log1p" -> of("log(1 + {0})", "{dY} / (1 + {0})");
            case "Log2" -> of("log2({0})", "{dY} / ({0} * log(2))");
            case "LogAddExp" ->
                broadcast("log(e^{0} + e^{1})", "{dY} * sigmoid({0} - {1})", "{dY} * sigmoid({1} - {0})");
            case "Xlogy" -> broadcast("{0} * log({1})", "{dY} * log({1})", "{dY} * {0} / {1}");
            case "Sin" -> of("sin({0})", "{dY} * cos({0})");
            case "Cos" -> of("cos({0})", "-{dY} * sin({0})");
            case "Tan" -> of("tan({0})", "{dY} * (1 + {y}^2)");
            case "Asin" -> of("asin({0})", "{dY} / sqrt(1 - {0}^2)");
            case "Acos" -> of("acos({0})", "-{dY} / sqrt(1 - {0}^2)");
            case "Atan" -> of("atan({0})", "{dY} / (1 + {0}^2)");
            case "Atan2" ->
                broadcast("the angle of ({1}, {0})", "{dY} * {1} / ({0}^2 + {1}^2)", "-{dY} * {0} / ({0}^2 + {1}^2)");
            case "Sinh" -> of("sinh({0})", "{dY} * cosh({0})");
            case "Cosh" -> of("cosh({0})", "{dY} * sinh({0})");
            case "Tanh" -> of("tanh({0})", "{dY} * (1 - {y}^2)");
            case "Erf" -> of("erf({0})", "{dY} * 2 / sqrt(pi) * e^(-{0}^2)");
            default -> null;
        };
    }

    private static @Nullable Formula activations(String operation, Map<String, String> saved) {
        return switch (operation) {
            case "Relu" -> of("max({0}, 0)", "{dY} * ({0} > 0)");
            case "Relu6" -> of("min(max({0}, 0), 6)", "{dY} * (0 < {0} < 6)");
            case "LeakyRelu" -> of("{0} > 0 ? {0} : {slope} * {0}", "{dY} * ({0} > 0 ? 1 : {slope})");
            case "Prelu" ->
                broadcast("{0} > 0 ? {0} : {1} * {0}", "{dY} * ({0} > 0 ? 1 : {1})", "{dY} * {0} * ({0} <= 0)");
            case "Elu" ->
                of(
                        "{scale} * ({0} > 0 ? {0} : {alpha} * (e^{0} - 1))",
                        "{dY} * {scale} * ({0} > 0 ? 1 : {alpha} * e^{0})");
            case "Sigmoid" -> of("1 / (1 + e^-{0})", "{dY} * {y} * (1 - {y})");
            case "LogSigmoid" -> of("-log(1 + e^-{0})", "{dY} * sigmoid(-{0})");
            case "HardSigmoid" -> of("min(max({0} + 3, 0), 6) / 6", "{dY} / 6 * (-3 < {0} < 3)");
            case "Softplus" ->
                saved.containsKey("beta") && !"1".equals(saved.get("beta"))
                        ? of("log(1 + e^({beta} * {0})) / {beta}", "{dY} * sigmoid({beta} * {0})")
                        : of("log(1 + e^{0})", "{dY} * sigmoid({0})");
            case "Softsign" -> of("{0} / (1 + |{0}|)", "{dY} / (1 + |{0}|)^2");
            case "Gelu" -> of("{0} * Phi({0})", "{dY} * (Phi({0}) + {0} * phi({0}))");
            case "GeluTanh" ->
                of(
                        "{0} * (1 + tanh u) / 2, u = sqrt(2 / pi) * ({0} + 0.044715 * {0}^3)",
                        "{dY} * ((1 + t) / 2 + {0} * (1 - t^2) * u' / 2), t = tanh u({n0})");
            case "Silu" -> of("{0} * sigmoid({0})", "{dY} * s * (1 + {0} * (1 - s)), s = sigmoid({0})");
            case "Mish" ->
                of("{0} * tanh(log(1 + e^{0}))", "{dY} * (t + {0} * (1 - t^2) * sigmoid({0})), t = {y} / {0}");
            case "HardSwish" ->
                of("{0} * min(max({0} + 3, 0), 6) / 6", "{dY} * ({0} < -3 ? 0 : {0} > 3 ? 1 : {0} / 3 + 1/2)");
            default -> null;
        };
    }

    private static @Nullable Formula choices(String operation, int operands) {
        return switch (operation) {
            case "Abs" -> of("|{0}|", "{dY} * sign({0})");
            case "Sign" -> of("sign({0})", "0");
            case "Floor" -> of("floor({0})", "0");
            case "Ceil" -> of("ceil({0})", "0");
            case "Round" -> of("round({0})", "0");
            case "Trunc" -> of("trunc({0})", "0");
            case "FloorDivide" -> of(operands == 1 ? "floor({0} / {c})" : "floor({0} / {1})", "0");
            case "TruncDivide" -> of(operands == 1 ? "trunc({0} / {c})" : "trunc({0} / {1})", "0");
            case "Maximum" -> broadcast("max({0}, {1})", "{dY} * ({0} > {1})", "{dY} * ({1} > {0})");
            case "Minimum" -> broadcast("min({0}, {1})", "{dY} * ({0} < {1})", "{dY} * ({1} < {0})");
            case "Clamp" ->
                operands == 1
                        ? of("clamp({0}, {low}, {high})", "{dY} * ({low} <= {0} <= {high})")
                        : broadcast(
                                "clamp({0}, {1}, {2})",
                                "{dY} * ({1} <= {0} <= {2})",
                                "{dY} * ({0} < {1} <= {2})",
                                "{dY} * ({0} > {2} or {1} > {2})");
            case "Where" -> broadcast("where(condition, {0}, {1})", "{dY} * condition", "{dY} * (1 - condition)");
            case "MaskedFill" -> of("{0} outside the mask", "{dY} outside the mask, 0 under it");
            default -> null;
        };
    }

    /** A rule of the user's. */
    private static Formula unknown() {
        return new Formula("", List.of("J^T {ndY}, J = d{ny}/d{ni}"), false);
    }

    static Formula of(String forward, String... backward) {
        return new Formula(forward, List.of(backward), false);
    }

    static Formula broadcast(String forward, String... backward) {
        return new Formula(forward, List.of(backward), true);
    }
}
