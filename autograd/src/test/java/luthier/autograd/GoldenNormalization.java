package luthier.autograd;

import static luthier.golden.Args.integers;
import static luthier.golden.Args.number;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.ops.NormalizationOps;
import luthier.tensor.Normalization.RunningStatistics;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;

/** Golden cases of normalisations, with or without weight and bias. */
final class GoldenNormalization {
    private GoldenNormalization() {}

    static Map<String, GoldenOps.Operation> operations() {
        Map<String, GoldenOps.Operation> operations = new HashMap<>();
        operations.put("layer_norm", (in, args) -> Map.of("y", layerNorm(in, args)));
        operations.put("rms_norm", (in, args) -> Map.of("y", rmsNorm(in, args)));
        operations.put("group_norm", (in, args) -> Map.of("y", groupNorm(in, args)));
        operations.put("batch_norm_train", GoldenNormalization::batchNorm);
        operations.put("batch_norm_eval", (in, args) -> Map.of("y", evaluated(in, args)));
        return operations;
    }

    private static double eps(JsonObject args) {
        return number(args, "eps", 1e-5);
    }

    private static Variable layerNorm(Map<String, Variable> in, JsonObject args) {
        Variable x = in.get("x");
        int axes = args.find("normalized_shape")
                .map(shape -> integers(shape).length)
                .orElseGet(() -> in.containsKey("weight") ? in.get("weight").rank() : 1);
        return affine(in)
                .map(weights -> NormalizationOps.layerNorm(x, weights.weight(), weights.bias(), eps(args)))
                .orElseGet(() -> NormalizationOps.layerNorm(x, axes, eps(args)));
    }

    private static Variable rmsNorm(Map<String, Variable> in, JsonObject args) {
        int axes = args.find("normalized_shape")
                .map(shape -> integers(shape).length)
                .orElse(1);
        return in.containsKey("weight")
                ? NormalizationOps.rmsNorm(in.get("x"), in.get("weight"), eps(args))
                : NormalizationOps.rmsNorm(in.get("x"), axes, eps(args));
    }

    private static Variable groupNorm(Map<String, Variable> in, JsonObject args) {
        Variable x = in.get("x");
        int groups = args.get("groups").asInt();
        return affine(in)
                .map(weights -> NormalizationOps.groupNorm(x, groups, weights.weight(), weights.bias(), eps(args)))
                .orElseGet(() -> NormalizationOps.groupNorm(x, groups, eps(args)));
    }

    private static Map<String, Variable> batchNorm(Map<String, Variable> in, JsonObject args) {
        Variable x = in.get("x");
        Map<String, Variable> outputs = new HashMap<>();
        outputs.put(
                "y",
                affine(in)
                        .map(weights -> NormalizationOps.batchNorm(x, weights.weight(), weights.bias(), eps(args)))
                        .orElseGet(() -> NormalizationOps.batchNorm(x, eps(args))));
        if (in.containsKey("rm")) {
            RunningStatistics updated = statistics(in).updated(x.value(), number(args, "momentum", 0.1));
            outputs.put("running_mean", Variable.constant(updated.mean()));
            outputs.put("running_var", Variable.constant(updated.variance()));
        }
        return outputs;
    }

    private static Variable evaluated(Map<String, Variable> in, JsonObject args) {
        Variable x = in.get("x");
        return affine(in)
                .map(weights ->
                        NormalizationOps.batchNorm(x, statistics(in), weights.weight(), weights.bias(), eps(args)))
                .orElseGet(() -> NormalizationOps.batchNorm(x, statistics(in), eps(args)));
    }

    /** The weight and the bias of a case that has one of them; the other is one or zero. */
    private record Affine(Variable weight, Variable bias) {}

    private static Optional<Affine> affine(Map<String, Variable> in) {
        Variable weight = in.get("weight");
        Variable bias = in.get("bias");
        if (weight == null && bias == null) {
            return Optional.empty();
        }
        Tensor like = (weight == null ? bias : weight).value();
        return Optional.of(new Affine(
                weight == null ? Variable.constant(Tensor.full(like.dtype(), 1, like.shape())) : weight,
                bias == null ? Variable.constant(Tensor.zeros(like.dtype(), like.shape())) : bias));
    }

    private static RunningStatistics statistics(Map<String, Variable> in) {
        return new RunningStatistics(in.get("rm").value(), in.get("rv").value());
    }
}
