package luthier.autograd;

import static luthier.golden.Args.integers;
import static luthier.golden.Args.number;

import java.util.HashMap;
import java.util.Map;
import luthier.autograd.ops.NormalizationOps;
import luthier.tensor.Normalization.RunningStatistics;
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
        return in.containsKey("weight")
                ? NormalizationOps.layerNorm(in.get("x"), in.get("weight"), in.get("bias"), eps(args))
                : NormalizationOps.layerNorm(in.get("x"), integers(args.get("normalized_shape")).length, eps(args));
    }

    private static Variable rmsNorm(Map<String, Variable> in, JsonObject args) {
        return in.containsKey("weight")
                ? NormalizationOps.rmsNorm(in.get("x"), in.get("weight"), eps(args))
                : NormalizationOps.rmsNorm(in.get("x"), 1, eps(args));
    }

    private static Variable groupNorm(Map<String, Variable> in, JsonObject args) {
        int groups = args.get("groups").asInt();
        return in.containsKey("weight")
                ? NormalizationOps.groupNorm(in.get("x"), groups, in.get("weight"), in.get("bias"), eps(args))
                : NormalizationOps.groupNorm(in.get("x"), groups, eps(args));
    }

    private static Map<String, Variable> batchNorm(Map<String, Variable> in, JsonObject args) {
        RunningStatistics updated =
                statistics(in).updated(in.get("x").value(), args.get("momentum").asDouble());
        Variable y = in.containsKey("weight")
                ? NormalizationOps.batchNorm(in.get("x"), in.get("weight"), in.get("bias"), eps(args))
                : NormalizationOps.batchNorm(in.get("x"), eps(args));
        return Map.of(
                "y", y,
                "running_mean", Variable.constant(updated.mean()),
                "running_var", Variable.constant(updated.variance()));
    }

    private static Variable evaluated(Map<String, Variable> in, JsonObject args) {
        return in.containsKey("weight")
                ? NormalizationOps.batchNorm(in.get("x"), statistics(in), in.get("weight"), in.get("bias"), eps(args))
                : NormalizationOps.batchNorm(in.get("x"), statistics(in), eps(args));
    }

    private static RunningStatistics statistics(Map<String, Variable> in) {
        return new RunningStatistics(in.get("rm").value(), in.get("rv").value());
    }
}
