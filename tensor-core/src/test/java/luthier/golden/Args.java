package luthier.golden;

import java.util.Optional;
import luthier.tensor.Convolution;
import luthier.tensor.Pooling.Divisor;
import luthier.tensor.Window;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;

/** The options that variants of golden cases carry, under the set's names; one that is missing or null has its usual value. */
public final class Args {
    private Args() {}

    /** Returns whether reduced axes stay with size 1. */
    public static boolean keep(JsonObject args) {
        return flag(args, "keepdim", false);
    }

    /** Returns the single axis. */
    public static int axis(JsonObject args) {
        int[] axes = axes(args);
        if (axes.length != 1) {
            throw new NotCovered("options " + args + " without a single axis");
        }
        return axes[0];
    }

    /** Returns the axes; none for null, which means all. */
    public static int[] axes(JsonObject args) {
        return args.find("axis").or(() -> args.find("axes")).map(Args::integers).orElse(new int[0]);
    }

    /** Returns a list of numbers, which may be a single number. */
    public static int[] integers(JsonValue list) {
        return switch (list) {
            case JsonNumber single -> new int[] {single.asInt()};
            case JsonArray many ->
                many.asList().stream().mapToInt(JsonValue::asInt).toArray();
            default -> throw new NotCovered("value " + list);
        };
    }

    /** Returns a list of numbers. */
    public static long[] longs(JsonValue list) {
        return list.asList().stream().mapToLong(JsonValue::asLong).toArray();
    }

    /** Returns a number, or another one where the variant has none. */
    public static double number(JsonObject args, String name, double otherwise) {
        return args.find(name).map(JsonValue::asDouble).orElse(otherwise);
    }

    /** Returns whether an option is on. */
    public static boolean flag(JsonObject args, String name, boolean otherwise) {
        return args.find(name).map(JsonValue::asBoolean).orElse(otherwise);
    }

    /** Returns an option of both axes: a number, a list of one or two, or what stands where it is missing. */
    public static int[] pair(JsonObject args, String name, int... otherwise) {
        int[] given = args.find(name).map(Args::integers).orElse(otherwise);
        return given.length == 1 ? new int[] {given[0], given[0]} : given;
    }

    /** Returns the options of a convolution. */
    public static Convolution.Options convolution(JsonObject args) {
        int[] stride = pair(args, "stride", 1);
        int[] padding = pair(args, "padding", 0);
        int[] dilation = pair(args, "dilation", 1);
        int[] extra = pair(args, "output_padding", 0);
        return Convolution.Options.DEFAULT
                .stride(stride[0], stride[1])
                .padding(padding[0], padding[0], padding[1], padding[1])
                .dilation(dilation[0], dilation[1])
                .outputPadding(extra[0], extra[1])
                .groups((int) number(args, "groups", 1));
    }

    /** Returns the window of a pool. */
    public static Window window(JsonObject args) {
        int[] taps = pair(args, "k", 1);
        int[] stride = pair(args, "stride", taps);
        int[] padding = pair(args, "padding", 0);
        int[] dilation = pair(args, "dilation", 1);
        return Window.of(taps[0], taps[1])
                .stride(stride[0], stride[1])
                .padding(padding[0], padding[0], padding[1], padding[1])
                .dilation(dilation[0], dilation[1])
                .ceil(flag(args, "ceil_mode", false));
    }

    /** Returns what an average divides by, where the variant does not say a number. */
    public static Divisor divisor(JsonObject args) {
        return flag(args, "count_include_pad", true) ? Divisor.PADDED : Divisor.INSIDE;
    }

    /** Returns the number that an average divides by, if the variant says one. */
    public static Optional<Integer> divisorOverride(JsonObject args) {
        return args.find("divisor_override").map(JsonValue::asInt);
    }
}
