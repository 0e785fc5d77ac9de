package luthier.autograd;

import static luthier.golden.Args.flag;
import static luthier.golden.Args.number;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.RotaryOps;
import luthier.tensor.Attention.Options;
import luthier.tensor.DType;
import luthier.tensor.Rotary;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;

/** Golden cases of attention and rotary positions. */
final class GoldenAttention {
    private GoldenAttention() {}

    static Map<String, GoldenOps.Operation> operations() {
        Map<String, GoldenOps.Operation> operations = new HashMap<>();
        operations.put("attention", (in, args) -> Map.of("y", attention(in, args)));
        operations.put("rope_half", (in, args) -> Map.of("y", rotate(in.get("x"), Rotary.Layout.HALF, args)));
        operations.put(
                "rope_interleaved", (in, args) -> Map.of("y", rotate(in.get("x"), Rotary.Layout.INTERLEAVED, args)));
        return operations;
    }

    private static Variable rotate(Variable x, Rotary.Layout layout, JsonObject args) {
        Tensor positions = Rotary.positions((long) number(args, "first_position", 0), (int) x.size(-2));
        return RotaryOps.rotate(x, positions, new Rotary(layout, number(args, "theta", 10000), 1));
    }

    private static Variable attention(Map<String, Variable> in, JsonObject args) {
        Variable q = in.get("q");
        Variable k = in.get("k");
        Options options = Options.scaled(number(args, "scale", 1 / Math.sqrt((double) q.size(-1))));
        Variable mask = in.get("mask");
        if (mask != null && mask.dtype() == DType.BOOL) {
            options = options.seeing(mask.value());
        }
        if (flag(args, "causal", false)) {
            // The set counts the order from the start, we from the end: for one length they agree.
            options = q.size(2) == k.size(2)
                    ? options.causally()
                    : options.seeing(fromTheStart((int) q.size(2), (int) k.size(2)));
        }
        return mask == null || mask.dtype() == DType.BOOL
                ? AttentionOps.attention(q, k, in.get("v"), options)
                : AttentionOps.attention(q, k, in.get("v"), mask, options);
    }

    private static Tensor fromTheStart(int queries, int keys) {
        boolean[] visible = new boolean[queries * keys];
        for (int i = 0; i < queries; i++) {
            Arrays.fill(visible, i * keys, i * keys + Math.min(keys, i + 1), true);
        }
        return Tensor.of(visible, queries, keys);
    }
}
