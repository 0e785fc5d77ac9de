package luthier.golden;

import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;

/** The arguments that variants of golden cases carry, under the set's names. */
public final class Args {
    private Args() {}

    /** Returns whether reduced axes stay with size 1. */
    public static boolean keep(JsonObject args) {
        return args.get("keepdim").asBoolean();
    }

    /** Returns the single axis. */
    public static int axis(JsonObject args) {
        return args.get("axis").asInt();
    }

    /** Returns the axes; none for null, which means all. */
    public static int[] axes(JsonObject args) {
        return switch (args.get("axes")) {
            case JsonNull all -> new int[0];
            case JsonNumber single -> new int[] {single.asInt()};
            case JsonValue list -> integers(list);
        };
    }

    /** Returns a list of numbers. */
    public static int[] integers(JsonValue list) {
        return list.asList().stream().mapToInt(JsonValue::asInt).toArray();
    }

    /** Returns a list of numbers. */
    public static long[] longs(JsonValue list) {
        return list.asList().stream().mapToLong(JsonValue::asLong).toArray();
    }

    /** Returns a number, or another one where the variant has none. */
    public static double number(JsonObject args, String name, double otherwise) {
        return args.find(name).map(JsonValue::asDouble).orElse(otherwise);
    }
}
