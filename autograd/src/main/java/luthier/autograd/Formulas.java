package luthier.autograd;

import java.util.List;

/**
 * The formulas of the operations that lessons are about, by the operation's name; {@link Formula} says how they are written. One that is
 * missing here is shown by its name alone.
 */
final class Formulas {
    static final String MATMUL = "{0} {1}";

    private Formulas() {}

    /** Returns the formula of an operation with this many operands. */
    static Formula of(String operation, int operands) {
        return switch (operation) {
            case "Add" -> broadcast("{0} + {1}", "{dY}", "{dY}");
            case "Sub" -> broadcast("{0} - {1}", "{dY}", "-{dY}");
            case "Mul" -> broadcast("{0} * {1}", "{dY} * {1}", "{dY} * {0}");
            case "Div" -> broadcast("{0} / {1}", "{dY} / {1}", "-{dY} * {0} / {1}^2");
            case "Maximum" -> broadcast("max({0}, {1})", "{dY} * ({0} > {1})", "{dY} * ({1} > {0})");
            case "Minimum" -> broadcast("min({0}, {1})", "{dY} * ({0} < {1})", "{dY} * ({1} < {0})");
            case "Where" -> broadcast("where(condition, {0}, {1})", "{dY} * condition", "{dY} * (1 - condition)");
            case "Matmul", "MatrixProduct" -> broadcast(MATMUL, "{dY} {1}^T", "{0}^T {dY}");
            case "Linear" ->
                operands == 2
                        ? of("{0} {1}^T", "{dY} {1}", "{dY}^T {0}")
                        : of("{0} {1}^T + {2}", "{dY} {1}", "{dY}^T {0}", "sumTo({dY}, {s2})");
            case "Softmax", "LogSoftmax", "LogSumExp", "CrossEntropy", "LayerNorm", "RmsNorm", "ScaledDotProduct" ->
                model(operation, operands);
            case "Sum", "SumTo", "Mean", "Variance", "Max", "Min", "Concat", "Stack" -> collecting(operation);
            case "Reshape", "Transpose", "Permute", "Expand", "Slice", "IndexSelect", "Gather", "Embedding" ->
                moving(operation);
            default -> elementwise(operation, operands);
        };
    }

    private static Formula elementwise(String operation, int operands) {
        return switch (operation) {
            case "AddScalar" -> of("{0} + {c}", "{dY}");
            case "MulScalar" -> of("{c} * {0}", "{c} * {dY}");
            case "Neg" -> of("-{0}", "-{dY}");
            case "Square" -> of("{0}^2", "2 * {0} * {dY}");
            case "Pow" ->
                operands == 1
                        ? of("{0}^{p}", "{p} * {0}^({p} - 1) * {dY}")
                        : broadcast("{0}^{1}", "{1} * {0}^({1} - 1) * {dY}", "{y} * log({0}) * {dY}");
            case "Sqrt" -> of("sqrt({0})", "{dY} / (2 * {y})");
            case "Rsqrt" -> of("1 / sqrt({0})", "-{dY} * {y}^3 / 2");
            case "Reciprocal" -> of("1 / {0}", "-{dY} * {y}^2");
            case "Exp" -> of("e^{0}", "{dY} * {y}");
            case "Expm1" -> of("e^{0} - 1", "{dY} * ({y} + 1)");
            case "Log" -> of("log({0})", "{dY} / {0}");
            case "Log1p" -> of("log(1 + {0})", "{dY} / (1 + {0})");
            case "Log2" -> of("log2({0})", "{dY} / ({0} * log(2))");
            case "Exp2" -> of("2^{0}", "{dY} * {y} * log(2)");
            case "Sinh" -> of("sinh({0})", "{dY} * cosh({0})");
            case "Cosh" -> of("cosh({0})", "{dY} * sinh({0})");
            case "LogSigmoid" -> of("-log(1 + e^-{0})", "{dY} * sigmoid(-{0})");
            case "Sin" -> of("sin({0})", "{dY} * cos({0})");
            case "Cos" -> of("cos({0})", "-{dY} * sin({0})");
            case "Tanh" -> of("tanh({0})", "{dY} * (1 - {y}^2)");
            case "Sigmoid" -> of("1 / (1 + e^-{0})", "{dY} * {y} * (1 - {y})");
            case "Softplus" -> of("log(1 + e^{0})", "{dY} * sigmoid({0})");
            case "Erf" -> of("erf({0})", "{dY} * 2 / sqrt(pi) * e^(-{0}^2)");
            case "Relu" -> of("max({0}, 0)", "{dY} * ({0} > 0)");
            case "Gelu" -> of("{0} * Phi({0})", "{dY} * (Phi({0}) + {0} * phi({0}))");
            case "GeluTanh" -> of("{0} * (1 + tanh u({0})) / 2", "{dY} * d({0} * (1 + tanh u) / 2)");
            case "Silu" -> of("{0} * sigmoid({0})", "{dY} * s * (1 + {0} * (1 - s)), s = sigmoid({0})");
            case "Abs" -> of("|{0}|", "{dY} * sign({0})");
            case "Clamp" -> of("clamp({0}, {low}, {high})", "{dY} * ({low} <= {0} <= {high})");
            case "MaskedFill" -> of("{0} outside the mask", "{dY} outside the mask, 0 under it");
            default -> unknown();
        };
    }

    private static Formula model(String operation, int operands) {
        return switch (operation) {
            case "Softmax" -> of("e^{0} / sum(e^{0})", "{y} * ({dY} - sum({y} * {dY}))");
            case "LogSoftmax" -> of("{0} - log(sum(e^{0}))", "{dY} - e^{y} * sum({dY})");
            case "LogSumExp" -> of("log(sum(e^{0}))", "softmax({0}) * {dY}");
            case "CrossEntropy" -> of("-log(softmax({0})[target])", "{dY} * (softmax({0}) - onehot(target))");
            case "LayerNorm" -> {
                String n = ", n = ({n0} - mean) * rstd";
                yield operands == 1
                        ? of("({0} - mean) * rstd", "rstd * ({dY} - mean({dY}) - n * mean({dY} * n))" + n)
                        : of(
                                "({0} - mean) * rstd * {1} + {2}",
                                "rstd * (g - mean(g) - n * mean(g * n)), g = {dY} * {1}" + n,
                                "sum({dY} * n)" + n,
                                "sumTo({dY}, {s2})");
            }
            case "RmsNorm" -> of("{0} / rms({0}) * {n1}", "J^T {ndY}, J = d{ny}/d{ni}");
            case "ScaledDotProduct" ->
                of(
                        "softmax({scale} * {0} {1}^T) {2}",
                        "{scale} * dS {1}, dS = P * (dP - sum(P * dP)), dP = {dY} {2}^T",
                        "{scale} * dS^T {0}, dS = P * (dP - sum(P * dP)), dP = {dY} {n2}^T",
                        "P^T {dY}, P = softmax({scale} * {n0} {n1}^T)");
            default -> unknown();
        };
    }

    private static Formula collecting(String operation) {
        return switch (operation) {
            case "Sum", "SumTo" -> of("sum({0})", "expand({dY}, {s0})");
            case "Mean" -> of("sum({0}) / {n}", "expand({dY}, {s0}) / {n}");
            case "Variance" -> of("sum(({0} - mean({0}))^2) / {divisor}", "2 * ({0} - mean({0})) * {dY} / {divisor}");
            case "Max" -> of("max({0})", "{dY} where {0} = max, shared at ties");
            case "Min" -> of("min({0})", "{dY} where {0} = min, shared at ties");
            default -> of("the parts joined", "the part of {dY} that {ni} became");
        };
    }

    private static Formula moving(String operation) {
        return switch (operation) {
            case "Reshape" -> of("{0} as another shape", "reshape({dY}, {s0})");
            case "Transpose" -> of("{0} with axes exchanged", "transpose({dY}, {axisA}, {axisB})");
            case "Permute" -> of("{0} with axes reordered", "{dY} in the inverse order");
            case "Expand" -> of("{0} repeated", "sumTo({dY}, {s0})");
            case "Slice" -> of("{0}[{start} : {stop} : {step}]", "{dY} in its place in zeros of {s0}");
            case "Embedding" -> of("rows of {0}", "{dY} added to the rows of zeros of {s0} that were read");
            default -> of("elements of {0}", "{dY} added where it was read, in zeros of {s0}");
        };
    }

    private static Formula unknown() {
        return new Formula("", List.of("J^T {ndY}, J = d{ny}/d{ni}"), false);
    }

    private static Formula of(String forward, String... backward) {
        return new Formula(forward, List.of(backward), false);
    }

    private static Formula broadcast(String forward, String... backward) {
        return new Formula(forward, List.of(backward), true);
    }
}
