package luthier.autograd;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The formulas of operations on axes, places, matrices and windows; {@link Formulas} has those of single elements and says more. */
final class TensorFormulas {
    private static final String ADJOINT = "Adjoint";
    private static final String INPUT_GRADIENT = "InputGradient";
    private static final String WEIGHT_GRADIENT = "WeightGradient";

    private TensorFormulas() {}

    /** Returns the formula of an operation, null if this is none. */
    static @Nullable Formula of(String operation, BackwardRule rule, int operands) {
        Formula found = reductions(operation, rule);
        found = found != null ? found : shapes(operation);
        found = found != null ? found : indices(operation);
        found = found != null ? found : products(operation, operands);
        found = found != null ? found : matrices(operation);
        found = found != null ? found : models(operation, Formula.saved(rule), operands);
        found = found != null ? found : convolutions(operation, operands);
        return found != null ? found : pictures(operation);
    }

    // ---- along axes
    // --------------------------------------------------------------------------------------------------------

    private static @Nullable Formula reductions(String operation, BackwardRule rule) {
        Map<String, String> saved = Formula.saved(rule);
        // With an index found beside it, the gradient goes to one place; without, it is shared.
        boolean found = saved.containsKey("axis");
        return switch (operation) {
            case "Sum", "SumTo" -> Formulas.of("sum({0})", "expand({dY}, {s0})");
            case "Mean" -> Formulas.of("sum({0}) / {n}", "expand({dY}, {s0}) / {n}");
            case "Variance" ->
                Formulas.of("sum(({0} - mean({0}))^2) / {divisor}", "2 * ({0} - mean({0})) * {dY} / {divisor}");
            case "Std" ->
                Formulas.of(
                        "sqrt(sum(({0} - mean({0}))^2) / ({n} - {correction}))",
                        "({0} - mean({0})) * {dY} / (({n} - {correction}) * {y})");
            case "Prod" -> Formulas.of("product of {0}", "{dY} * the product of the other elements of {0}");
            case "Max" ->
                Formulas.of("max({0})", "{dY} where {0} = max, " + (found ? "the first of equals" : "shared at ties"));
            case "Min" ->
                Formulas.of("min({0})", "{dY} where {0} = min, " + (found ? "the first of equals" : "shared at ties"));
            case "Norm" -> norm(rule.getClass().getSimpleName(), saved);
            case "LogSumExp" -> Formulas.of("log(sum(e^{0}))", "softmax({0}) * {dY}");
            case "CumSum" -> Formulas.of("running sums of {0}", "running sums of {dY} from the other end");
            case "CumProd" ->
                Formulas.of(
                        "running products of {0}",
                        "(the product before i) * r[i], r[i] = dY[i] + x[i + 1] * r[i + 1], dY = {ndY}, x = {n0}");
            case "Recurrence" ->
                Formulas.of(
                        "v[i] = {n1}[i] + {n0}[i] * v[i - 1]",
                        "r[i] * v[i - 1], r[i] = dY[i] + {n0}[i + 1] * r[i + 1], dY = {ndY}",
                        "r, r[i] = dY[i] + {n0}[i + 1] * r[i + 1], dY = {ndY}");
            case "Sort" -> Formulas.of("{0} in order", "{dY} put back in {n0}'s order");
            case "TopK" ->
                Formulas.of("the first of {0} in order", "{dY} put back where it was found, in zeros of {s0}");
            default -> null;
        };
    }

    private static Formula norm(String rule, Map<String, String> saved) {
        if (rule.equals("NormZero")) {
            return Formulas.of("how many of {0} are not 0", "0");
        }
        return switch (saved.getOrDefault("p", "infinite")) {
            case "infinite" ->
                Formulas.of("the extreme of |{0}|", "{dY} * sign({0}) where |{0}| is {y}, shared at ties");
            case "1" -> Formulas.of("sum(|{0}|)", "{dY} * sign({0})");
            case "2" -> Formulas.of("sqrt(sum({0}^2))", "{dY} * {0} / {y}");
            default -> Formulas.of("sum(|{0}|^{p})^(1 / {p})", "{dY} * sign({0}) * (|{0}| / {y})^({p} - 1)");
        };
    }

    private static @Nullable Formula shapes(String operation) {
        return switch (operation) {
            case "Reshape" -> Formulas.of("{0} as another shape", "reshape({dY}, {s0})");
            case "Transpose" -> Formulas.of("{0} with axes exchanged", "transpose({dY}, {axisA}, {axisB})");
            case "Permute" -> Formulas.of("{0} with axes reordered", "{dY} in the inverse order");
            case "MoveAxis" -> Formulas.of("{0} with axis {from} at {to}", "{dY} with axis {to} at {from}");
            case "Expand" -> Formulas.of("{0} repeated", "sumTo({dY}, {s0})");
            case "Tile" -> Formulas.of("{0} repeated as a whole", "{dY} added up over the repeats");
            case "RepeatInterleave" -> Formulas.of("each index of {0} {count} times", "{dY} added up over the repeats");
            case "Flip" -> Formulas.of("{0} reversed", "{dY} reversed");
            case "Roll" -> Formulas.of("{0} moved on in a circle", "{dY} moved back");
            case "Slice" -> Formulas.of("{0}[{start} : {stop} : {step}]", "{dY} in its place in zeros of {s0}");
            case "Place" -> Formulas.of("{0} in its place in zeros", "the slice of {dY} that {n0} became");
            case "Concat" -> Formulas.of("the parts joined", "the part of {dY} that {ni} became");
            case "Pad" -> Formulas.of("{0} with a border", "{dY} without the border, what was copied there added");
            case "Triu" -> Formulas.of("{0} with zeros below diagonal {k}", "{dY} with zeros below it");
            case "Tril" -> Formulas.of("{0} with zeros above diagonal {k}", "{dY} with zeros above it");
            case "Diagonal" -> Formulas.of("diagonal {k} of {0}", "{dY} on the diagonal of zeros of {s0}");
            case "PlaceDiagonal", "DiagonalMatrix" ->
                Formulas.of("{0} on a diagonal of zeros", "that diagonal of {dY}");
            default -> null;
        };
    }

    private static @Nullable Formula indices(String operation) {
        return switch (operation) {
            case "Embedding" -> Formulas.of("rows of {0}", "{dY} added to the rows of zeros of {s0} that were read");
            case "EmbeddingGradient" ->
                Formulas.of("{0} added to the rows that were read", "the rows of {dY} that were read");
            case "IndexSelect", "Gather", "Take" ->
                Formulas.of("elements of {0}", "{dY} added where it was read, in zeros of {s0}");
            case "IndexAdd", "ScatterAdd" ->
                Formulas.of("{0} with {1} added at the indices", "{dY}", "elements of {dY} at the indices");
            case "ScatterReplace" ->
                Formulas.of(
                        "{0} with {1} written at the indices",
                        "{dY}, 0 where it was overwritten",
                        "elements of {dY} at the indices, the last of one place alone");
            case "ScatterMul" ->
                Formulas.of(
                        "{0} multiplied by {1} at the indices", "{dY} * the product of the other factors of its place");
            case "ScatterExtreme" ->
                Formulas.of(
                        "the extremes of {0} and {1} at the indices",
                        "{dY} where {ni} reaches the extreme, shared at ties");
            default -> null;
        };
    }

    // ---- products and matrices
    // --------------------------------------------------------------------------------------------

    private static @Nullable Formula products(String operation, int operands) {
        return switch (operation) {
            case "Matmul" -> Formulas.broadcast(Formulas.MATMUL, "{dY} {1}^T", "{0}^T {dY}");
            case "Linear" ->
                operands == 2
                        ? Formulas.of("{0} {1}^T", "{dY} {1}", "{dY}^T {0}")
                        : Formulas.of("{0} {1}^T + {2}", "{dY} {1}", "{dY}^T {0}", "sumTo({dY}, {s2})");
            case "FrozenMatmul" -> Formulas.of("{0} W", "{dY} W^T");
            case "FrozenLinear" ->
                operands == 1
                        ? Formulas.of("{0} W^T", "{dY} W")
                        : Formulas.of("{0} W^T + {1}", "{dY} W", "sumTo({dY}, {s1})");
            case "Dot" -> Formulas.of("sum({0} * {1})", "{dY} * {1}", "{dY} * {0}");
            case "Outer" -> Formulas.of("{0} {1}^T", "{dY} {1}", "{dY}^T {0}");
            case "Einsum" ->
                Formulas.of(
                        "sum of products, letter by letter",
                        "einsum of {ndY} and the other operands into {ni}'s letters");
            default -> null;
        };
    }

    private static @Nullable Formula matrices(String operation) {
        String eigen = "V (F * (V^T {ndY})) V^T, F[i, j] = 1 / (w[j] - w[i]), its symmetric part";
        return switch (operation) {
            case "Solve" -> Formulas.of("{0}^-1 {1}", "-({0}^-T {dY}) {y}^T", "{0}^-T {dY}");
            case "TriangularSolve" -> Formulas.of("{0}^-1 {1}", "the triangle of -({0}^-T {dY}) {y}^T", "{0}^-T {dY}");
            case "Inverse" -> Formulas.of("{0}^-1", "-{y}^T {dY} {y}^T");
            case "PseudoInverse" ->
                Formulas.of(
                        "{0}^+",
                        "-Y^T dY Y^T + (I - A Y) dY^T Y Y^T + Y^T Y dY^T (I - Y A), A = {n0}, Y = {ny}, dY = {ndY}");
            case "Determinant" -> Formulas.of("det({0})", "{dY} * {y} * {0}^-T");
            case "LogAbsDeterminant" -> Formulas.of("log|det({0})|", "{dY} * {0}^-T");
            case "Trace" -> Formulas.of("trace({0})", "{dY} * I");
            case "Cholesky" ->
                Formulas.of(
                        "L, {n0} = L L^T",
                        "L^-T P L^-1, its symmetric part, P = L^T {ndY} cut to its lower triangle with half its diagonal");
            case "Qr" ->
                Formulas.of(
                        "Q and R in one line, {n0} = Q R",
                        "(dQ + Q sym(R dR^T - dQ^T Q)) R^-T, sym = the lower triangle" + " mirrored up");
            case "SingularValues" -> Formulas.of("s, {n0} = U diag(s) V^T", "U diag({ndY}) V^T");
            case "SingularVectors" ->
                Formulas.of(
                        "U and V^T in one line, {n0} = U diag(s) V^T",
                        "U ((F P) S + S (F Q)) V^T + (I - U U^T) dU S^-1 V^T + U S^-1 dV^T (I - V V^T), P and Q the skew"
                                + " parts of U^T dU and V^T dV, F[i, j] = 1 / (s[j]^2 - s[i]^2)");
            case "EigenValues" -> Formulas.of("w, {n0} = V diag(w) V^T", "V diag({ndY}) V^T");
            case "EigenVectors" -> Formulas.of("V, {n0} = V diag(w) V^T", eigen);
            default -> null;
        };
    }

    // ---- models
    // ---------------------------------------------------------------------------------------------------------

    private static @Nullable Formula models(String operation, Map<String, String> saved, int operands) {
        return switch (operation) {
            case "Softmax" -> Formulas.of("e^{0} / sum(e^{0})", "{y} * ({dY} - sum({y} * {dY}))");
            case "LogSoftmax" -> Formulas.of("{0} - log(sum(e^{0}))", "{dY} - e^{y} * sum({dY})");
            case "CrossEntropy" ->
                "0".equals(saved.get("labelSmoothing"))
                        ? Formulas.of("-log(softmax({0})[target])", "{dY} * (softmax({0}) - onehot(target))")
                        : Formulas.of(
                                "(1 - {labelSmoothing}) * -log(p[target]) + {labelSmoothing} * mean(-log(p)), p = softmax({0})",
                                "{dY} * (softmax({0}) - (1 - {labelSmoothing}) * onehot(target) - {labelSmoothing} / classes)");
            case "LayerNorm" -> {
                String n = ", n = ({n0} - mean) * rstd";
                yield operands == 1
                        ? Formulas.of("({0} - mean) * rstd", "rstd * ({dY} - mean({dY}) - n * mean({dY} * n))" + n)
                        : Formulas.of(
                                "({0} - mean) * rstd * {1} + {2}",
                                "rstd * (g - mean(g) - n * mean(g * n)), g = {dY} * {1}" + n,
                                "sum({dY} * n)" + n,
                                "sumTo({dY}, {s2})");
            }
            case "RmsNorm" ->
                Formulas.of(
                        "{0} / rms({0}) * {1}",
                        "(g - z * mean(g * z)) / rms, g = {dY} * {1}, z = {n0} / rms", "sum({dY} * z), z = {n0} / rms");
            case "ScaledDotProduct" ->
                Formulas.of(
                        "softmax({scale} * {0} {1}^T" + (operands > 3 ? " + {3}" : "") + ") {2}",
                        "{scale} * dS {1}, dS = P * (dP - sum(P * dP)), dP = {dY} {2}^T",
                        "{scale} * dS^T {0}, dS = P * (dP - sum(P * dP)), dP = {dY} {n2}^T",
                        "P^T {dY}, P = softmax({scale} * {n0} {n1}^T" + (operands > 3 ? " + {n3})" : ")"),
                        "sumTo(P * (dP - sum(P * dP)), {s3}), dP = {dY} {n2}^T");
            case "Rotation" -> Formulas.of("{0} turned by its positions", "{dY} turned back");
            case "Checkpoint" -> Formulas.of("f({n0}), computed again in backward", "J^T {ndY}, J = d{ny}/d{ni}");
            default -> null;
        };
    }

    // ---- windows
    // --------------------------------------------------------------------------------------------------------

    private static @Nullable Formula convolutions(String operation, int operands) {
        String bias = operands > 2 ? " + {n2}" : "";
        String sum = "sum({ndY}), a number for each channel";
        if (operation.endsWith(INPUT_GRADIENT)) {
            String name = operation.substring(0, operation.length() - INPUT_GRADIENT.length());
            return Formulas.of(
                    "the gradient of " + name + "'s input, from {n0} by {n1}",
                    "{ndY} * {n1}, as in " + name,
                    "the gradient of the weight, {ndY} * {n0}");
        }
        if (operation.endsWith(WEIGHT_GRADIENT)) {
            String name = operation.substring(0, operation.length() - WEIGHT_GRADIENT.length());
            return Formulas.of(
                    "the gradient of " + name + "'s weight, {n0} * {n1}",
                    "the gradient of the input, from {n1} by {ndY}",
                    "{n0} * {ndY}, as in " + name);
        }
        return switch (operation) {
            case "Conv1d", "Conv2d" -> Formulas.of("{n0} * {n1}" + bias, "{n1}^T * {ndY}", "{n0} * {ndY}", sum);
            case "ConvTranspose1d", "ConvTranspose2d" ->
                Formulas.of("{n1}^T * {n0}" + bias, "{n1} * {ndY}", "{ndY} * {n0}", sum);
            case "MaxPool" -> Formulas.of("largest of each window of {0}", "{dY} added where it came from");
            default -> null;
        };
    }

    /** Linear maps; the name of an adjoint is that of its map with an ending. */
    private static @Nullable Formula pictures(String operation) {
        if (operation.endsWith(ADJOINT)) {
            String map = operation.substring(0, operation.length() - ADJOINT.length());
            return Formulas.of("L^T {n0}, L = " + map, "L {ndY}, L = " + map);
        }
        return switch (operation) {
            case "MaxPoolScatter" -> Formulas.of("{0} added where it came from", "{dY} where it came from");
            case "AvgPool1d", "AvgPool2d" ->
                Formulas.of("mean of each window of {0}", "{dY} / divisor added to its window");
            case "AdaptiveAvgPool1d", "AdaptiveAvgPool2d" ->
                Formulas.of("mean of each cell of {0}", "{dY} / size spread over its cell");
            case "Nearest", "NearestScaled" -> Formulas.of("nearest neighbours in {0}", "{dY} added to its source");
            case "Bilinear", "BilinearScaled" ->
                Formulas.of("mean of four neighbours in {0} by nearness", "{dY} added to the four by their weights");
            case "Unfold1d", "Unfold2d" -> Formulas.of("windows of {0} as columns", "fold({ndY})");
            case "Fold1d", "Fold2d" -> Formulas.of("columns of {0} added to their places", "unfold({ndY})");
            case "Windows" -> Formulas.of("windows of {0}", "{dY} added where it was read");
            default -> null;
        };
    }
}
