package luthier.autograd;

import java.util.HashMap;
import java.util.Map;
import luthier.autograd.GoldenOps.Operation;
import luthier.autograd.ops.ConvolutionOps;
import luthier.autograd.ops.EinsumOps;
import luthier.autograd.ops.PoolingOps;
import luthier.golden.Args;
import luthier.tensor.Convolution.Options;
import luthier.tensor.Pooling.Divisor;
import luthier.tensor.Window;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
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
                            ? plain.apply(in.get("x"), in.get("weight"), options(args))
                            : biased.apply(in.get("x"), in.get("weight"), bias, options(args)));
        });
    }

    private static Map<String, Variable> y(Variable y) {
        return Map.of("y", y);
    }

    /** An argument for both axes: a number, a list of one or two, or what stands where it is missing. */
    private static int[] pair(JsonObject args, String name, int... otherwise) {
        int[] given = args.find(name)
                .filter(value -> !(value instanceof JsonNull))
                .map(value -> value instanceof JsonNumber number ? new int[] {number.asInt()} : Args.integers(value))
                .orElse(otherwise);
        return given.length == 1 ? new int[] {given[0], given[0]} : given;
    }

    private static Options options(JsonObject args) {
        int[] stride = pair(args, "stride", 1);
        int[] padding = pair(args, "padding", 0);
        int[] dilation = pair(args, "dilation", 1);
        int[] extra = pair(args, "output_padding", 0);
        return Options.DEFAULT
                .stride(stride[0], stride[1])
                .padding(padding[0], padding[0], padding[1], padding[1])
                .dilation(dilation[0], dilation[1])
                .outputPadding(extra[0], extra[1])
                .groups(args.find("groups").map(JsonValue::asInt).orElse(1));
    }

    private static Window window(JsonObject args) {
        int[] taps = pair(args, "k", 1);
        int[] stride = pair(args, "stride", taps);
        int[] padding = pair(args, "padding", 0);
        int[] dilation = pair(args, "dilation", 1);
        return Window.of(taps[0], taps[1])
                .stride(stride[0], stride[1])
                .padding(padding[0], padding[0], padding[1], padding[1])
                .dilation(dilation[0], dilation[1])
                .ceil(args.find("ceil_mode").map(JsonValue::asBoolean).orElse(false));
    }

    private static Variable average(Variable x, JsonObject args) {
        int divisor = pair(args, "divisor_override", 0)[0];
        if (divisor != 0) {
            return PoolingOps.avgPool2d(x, window(args), divisor);
        }
        boolean padded =
                args.find("count_include_pad").map(JsonValue::asBoolean).orElse(true);
        return PoolingOps.avgPool2d(x, window(args), padded ? Divisor.PADDED : Divisor.INSIDE);
    }
}
