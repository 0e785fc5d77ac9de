package luthier.autograd;

import static luthier.golden.Args.pair;
import static luthier.golden.Args.window;

import java.util.HashMap;
import java.util.Map;
import luthier.autograd.GoldenOps.Operation;
import luthier.autograd.ops.ConvolutionOps;
import luthier.autograd.ops.EinsumOps;
import luthier.autograd.ops.PoolingOps;
import luthier.golden.Args;
import luthier.tensor.Convolution.Options;
import luthier.tensor.io.JsonValue.JsonObject;

/** Golden cases of convolutions, pools and einsum. */
final class GoldenConvolution {
    private GoldenConvolution() {}

    private interface Convolved {
        Variable apply(Variable x, Variable weight, Options options);
    }

    private interface Biased {
        Variable apply(Variable x, Variable weight, Variable bias, Options options);
    }

    static Map<String, Operation> operations() {
        Map<String, Operation> all = new HashMap<>();
        convolution(all, "conv1d", ConvolutionOps::conv1d, ConvolutionOps::conv1d);
        convolution(all, "conv2d", ConvolutionOps::conv2d, ConvolutionOps::conv2d);
        convolution(all, "conv_transpose1d", ConvolutionOps::convTranspose1d, ConvolutionOps::convTranspose1d);
        convolution(all, "conv_transpose2d", ConvolutionOps::convTranspose2d, ConvolutionOps::convTranspose2d);
        all.put("max_pool2d", (in, args) -> y(PoolingOps.maxPool2d(in.get("x"), window(args))));
        all.put("avg_pool2d", (in, args) -> y(average(in.get("x"), args)));
        all.put("adaptive_avg_pool2d", (in, args) -> {
            int[] out = pair(args, "output", 1);
            return y(PoolingOps.adaptiveAvgPool2d(in.get("x"), out[0], out[1]));
        });
        all.put("adaptive_max_pool2d", (in, args) -> {
            int[] out = pair(args, "output", 1);
            return y(PoolingOps.adaptiveMaxPool2d(in.get("x"), out[0], out[1]));
        });
        all.put(
                "einsum",
                (in, args) -> y(EinsumOps.einsum(
                        args.get("equation").asString(), in.values().toArray(Variable[]::new))));
        return all;
    }

    private static void convolution(Map<String, Operation> all, String name, Convolved plain, Biased biased) {
        all.put(name, (in, args) -> {
            Variable bias = in.get("bias");
            return y(
                    bias == null
                            ? plain.apply(in.get("x"), in.get("weight"), Args.convolution(args))
                            : biased.apply(in.get("x"), in.get("weight"), bias, Args.convolution(args)));
        });
    }

    private static Map<String, Variable> y(Variable y) {
        return Map.of("y", y);
    }

    private static Variable average(Variable x, JsonObject args) {
        return Args.divisorOverride(args)
                .map(number -> PoolingOps.avgPool2d(x, window(args), number))
                .orElseGet(() -> PoolingOps.avgPool2d(x, window(args), Args.divisor(args)));
    }
}
