package luthier.autograd;

import static luthier.golden.Args.axes;
import static luthier.golden.Args.axis;
import static luthier.golden.Args.keep;
import static luthier.golden.Args.longs;
import static luthier.golden.Args.number;

import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.DiagonalsOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.MovementOps;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.PaddingOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.RoundingOps;
import luthier.autograd.ops.ScanOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.SortingOps;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;

/** The golden cases of functions, activations, reductions, scans, orders, movements and of the conventions at kinks. */
final class GoldenRules {
    private GoldenRules() {}

    private static void unary(String name, UnaryOperator<Variable> operation) {
        withArgs(name, (x, args) -> operation.apply(x));
    }

    private static void withArgs(String name, BiFunction<Variable, JsonObject, Variable> operation) {
        GoldenOps.add(name, (in, args) -> Map.of("y", operation.apply(in.get("x"), args)));
    }

    static void register() {
        unary("log1p", ElementaryOps::log1p);
        unary("expm1", ElementaryOps::expm1);
        unary("sin", ElementaryOps::sin);
        unary("cos", ElementaryOps::cos);
        unary("floor", RoundingOps::floor);
        unary("round", RoundingOps::round);
        unary("logsigmoid", ActivationOps::logSigmoid);
        withArgs("leaky_relu", (x, args) -> ActivationOps.leakyRelu(x, number(args, "slope", 0.01)));
        withArgs("elu", (x, args) -> ActivationOps.elu(x, number(args, "alpha", 1)));
        withArgs(
                "softplus",
                (x, args) -> ActivationOps.softplus(x, number(args, "beta", 1), number(args, "threshold", 20)));
        withArgs("prod", (x, args) -> ReductionOps.prod(x, keep(args), axes(args)));
        withArgs("std_unbiased", (x, args) -> ReductionOps.std(x, 1, keep(args), axes(args)));
        withArgs("norm_l1", (x, args) -> NormsOps.norm(x, 1, keep(args), axes(args)));
        withArgs("norm_l2", (x, args) -> NormsOps.norm(x, keep(args), axes(args)));
        withArgs("cumsum", (x, args) -> ScanOps.cumsum(x, axis(args)));
        withArgs("cumprod", (x, args) -> ScanOps.cumprod(x, axis(args)));
        withArgs("flip", (x, args) -> MovementOps.flip(x, axes(args)));
        withArgs("triu", (x, args) -> DiagonalsOps.triu(x, (long) number(args, "diagonal", 0)));
        withArgs("tril", (x, args) -> DiagonalsOps.tril(x, (long) number(args, "diagonal", 0)));
        withArgs("pad", (x, args) -> PaddingOps.constant(x, number(args, "value", 0), longs(args.get("pad"))));
        GoldenOps.add(
                "sort",
                (in, args) -> ordered(SortingOps.sort(
                        in.get("x"), axis(args), args.get("descending").asBoolean())));
        GoldenOps.add(
                "topk",
                (in, args) -> ordered(SortingOps.topk(
                        in.get("x"),
                        args.get("k").asLong(),
                        (int) number(args, "axis", -1),
                        args.get("largest").asBoolean())));
        GoldenOps.add("max_with_index", (in, args) -> {
            boolean keepDims =
                    args.find("keepdim").isPresent() && !(args.get("keepdim") instanceof JsonNull) && keep(args);
            return ordered(ReductionOps.maxWithIndex(in.get("x"), axis(args), keepDims));
        });
        GoldenOps.add("conventions_at_kinks", (in, args) -> Map.of("y", kink(in, args)));
    }

    private static Map<String, Variable> ordered(SortingOps.Ordered found) {
        return Map.of("values", found.values(), "indices", Variable.constant(found.indices()));
    }

    private static Variable kink(Map<String, Variable> in, JsonObject args) {
        String name = args.get("op").asString();
        return switch (name) {
            case "relu" -> ActivationOps.relu(in.get("x"));
            case "abs" -> SelectionOps.abs(in.get("x"));
            case "clamp" ->
                SelectionOps.clamp(
                        in.get("x"), args.get("lo").asDouble(), args.get("hi").asDouble());
            case "maximum" -> SelectionOps.maximum(in.get("a"), in.get("b"));
            case "max over all (amax)" -> ReductionOps.max(in.get("x"), false);
            case "max along axis with index" ->
                ReductionOps.maxWithIndex(in.get("x"), (int) number(args, "axis", -1), false)
                        .values();
            case "round" -> RoundingOps.round(in.get("x"));
            case "leaky_relu" ->
                ActivationOps.leakyRelu(in.get("x"), args.get("slope").asDouble());
            case "l2 norm of zero" -> NormsOps.norm(in.get("x"), false);
            default -> throw new AssertionError("a kink without a mapping: " + name);
        };
    }
}
