package luthier.autograd;

import static luthier.golden.Args.axis;
import static luthier.golden.Args.flag;
import static luthier.golden.Args.number;

import java.util.HashMap;
import java.util.Map;
import luthier.autograd.ops.CrossEntropyOptions;
import luthier.autograd.ops.DistanceOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.LossReduction;
import luthier.golden.NotCovered;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;

/** Golden cases of losses. */
final class GoldenLosses {
    private GoldenLosses() {}

    static Map<String, GoldenOps.Operation> operations() {
        Map<String, GoldenOps.Operation> operations = new HashMap<>();
        operations.put("cross_entropy", (in, args) -> Map.of("y", crossEntropy(in, args)));
        operations.put(
                "nll_loss",
                (in, args) ->
                        Map.of("y", LossOps.nll(in.get("logp"), in.get("target").value(), options(in, "logp", args))));
        operations.put("bce_with_logits", (in, args) -> Map.of("y", binary(in, args)));
        operations.put(
                "mse_loss", (in, args) -> Map.of("y", DistanceOps.mse(in.get("x"), in.get("t"), reduction(args))));
        operations.put("l1_loss", (in, args) -> Map.of("y", DistanceOps.l1(in.get("x"), in.get("t"), reduction(args))));
        operations.put(
                "huber_loss",
                (in, args) -> Map.of(
                        "y", DistanceOps.huber(in.get("x"), in.get("t"), number(args, "delta", 1), reduction(args))));
        operations.put(
                "smooth_l1_loss",
                (in, args) -> Map.of(
                        "y", DistanceOps.smoothL1(in.get("x"), in.get("t"), number(args, "beta", 1), reduction(args))));
        operations.put(
                "kl_div",
                (in, args) -> Map.of(
                        "y",
                        LossOps.klDiv(in.get("logp"), in.get("t"), flag(args, "log_target", false), reduction(args))));
        operations.put(
                "cosine_similarity",
                (in, args) -> Map.of(
                        "y",
                        DistanceOps.cosineSimilarity(in.get("a"), in.get("b"), axis(args), number(args, "eps", 1e-8))));
        operations.put("triplet_margin_loss", (in, args) -> Map.of("y", triplet(in, args)));
        return operations;
    }

    private static LossReduction reduction(JsonObject args) {
        String name = args.find("reduction").map(JsonValue::asString).orElse("mean");
        return switch (name) {
            case "none" -> LossReduction.NONE;
            case "sum" -> LossReduction.SUM;
            case "mean" -> LossReduction.MEAN;
            case "batchmean" -> LossReduction.BATCH_MEAN;
            default -> throw new NotCovered("reduction " + name);
        };
    }

    /** The classes lie along the last axis unless the target's shape says that they lie along axis 1. */
    private static CrossEntropyOptions options(Map<String, Variable> in, String logits, JsonObject args) {
        CrossEntropyOptions options = CrossEntropyOptions.usual()
                .reducedTo(reduction(args))
                .smoothedBy(number(args, "label_smoothing", 0))
                .ignoring((long) number(args, "ignore_index", LossOps.IGNORE));
        Variable x = in.get(logits);
        Variable target = in.get("target");
        if (target.rank() > 1 && target.rank() < x.rank() && target.size(1) != x.size(1)) {
            options = options.classesAlong(1);
        }
        return in.containsKey("weight") ? options.weightedBy(in.get("weight").value()) : options;
    }

    private static Variable crossEntropy(Map<String, Variable> in, JsonObject args) {
        CrossEntropyOptions options = options(in, "logits", args);
        return flag(args, "soft_targets", false)
                ? LossOps.crossEntropy(in.get("logits"), in.get("target"), options)
                : LossOps.crossEntropy(in.get("logits"), in.get("target").value(), options);
    }

    private static Variable binary(Map<String, Variable> in, JsonObject args) {
        Variable x = in.get("x");
        Tensor one = Tensor.ones(x.dtype());
        Tensor positive = in.containsKey("pw") ? in.get("pw").value() : one;
        Tensor weight = in.containsKey("weight") ? in.get("weight").value() : one;
        return in.containsKey("pw") || in.containsKey("weight")
                ? LossOps.bceWithLogits(x, in.get("t"), positive, weight, reduction(args))
                : LossOps.bceWithLogits(x, in.get("t"), reduction(args));
    }

    private static Variable triplet(Map<String, Variable> in, JsonObject args) {
        return DistanceOps.tripletMargin(
                in.get("a"),
                in.get("p"),
                in.get("n"),
                number(args, "margin", 1),
                number(args, "p", 2),
                number(args, "eps", 1e-6),
                flag(args, "swap", false),
                reduction(args));
    }
}
