package luthier.tensor.io;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value of JSON. Accessors throw {@link ModelFormatException} naming the value's place in its file, {@code config.json: r: must
 * be a whole number; got "8"}. Immutable.
 */
public sealed interface JsonValue {
    /** Where the value stands: its file, the path of keys to it and its offset in bytes; for error messages. */
    record Place(String source, String path, long offset) {
        static final Place NONE = new Place("json", "", 0);

        ModelFormatException error(String rule) {
            return new ModelFormatException(source, offset, path.isEmpty() ? rule : path + ": " + rule);
        }
    }

    /** Returns where the value stands. */
    Place place();

    /** An object, its members in the file's order. */
    record JsonObject(Map<String, JsonValue> members, Place place) implements JsonValue {
        /** Returns a member. Throws {@link ModelFormatException} if there is none. */
        public JsonValue get(String key) {
            JsonValue value = members.get(key);
            if (value == null) {
                throw place.error("the field \"" + key + "\" is missing");
            }
            return value;
        }

        /** Returns a member that is there and not null. */
        public Optional<JsonValue> find(String key) {
            return Optional.ofNullable(members.get(key)).filter(value -> !(value instanceof JsonNull));
        }

        @Override
        public String toString() {
            return toJson(0);
        }
    }

    /** A list. */
    record JsonArray(List<JsonValue> elements, Place place) implements JsonValue {
        @Override
        public String toString() {
            return toJson(0);
        }
    }

    /** A text. */
    record JsonString(String value, Place place) implements JsonValue {
        @Override
        public String toString() {
            return toJson(0);
        }
    }

    /** A number, kept as it was written, so that whole numbers of any size stay exact. */
    record JsonNumber(String text, Place place) implements JsonValue {
        @Override
        public String toString() {
            return toJson(0);
        }
    }

    /** True or false. */
    record JsonBoolean(boolean value, Place place) implements JsonValue {
        @Override
        public String toString() {
            return toJson(0);
        }
    }

    /** Null. */
    record JsonNull(Place place) implements JsonValue {
        @Override
        public String toString() {
            return toJson(0);
        }
    }

    /** Returns the object's members' values. Throws {@link ModelFormatException} for anything but an object. */
    default JsonObject asObject() {
        return switch (this) {
            case JsonObject object -> object;
            default -> throw place().error("must be an object; got " + shown());
        };
    }

    /** Returns the elements of a list. Throws {@link ModelFormatException} for anything else. */
    default List<JsonValue> asList() {
        return switch (this) {
            case JsonArray array -> array.elements();
            default -> throw place().error("must be a list; got " + shown());
        };
    }

    /** Returns a text. Throws {@link ModelFormatException} for anything else. */
    default String asString() {
        return switch (this) {
            case JsonString text -> text.value();
            default -> throw place().error("must be a string; got " + shown());
        };
    }

    /** Returns a whole number, also one written as 8.0. Throws {@link ModelFormatException} for anything else. */
    default long asLong() {
        if (this instanceof JsonNumber number) {
            try {
                return Long.parseLong(number.text());
            } catch (NumberFormatException notPlain) {
                double value = Double.parseDouble(number.text());
                if (value == Math.rint(value) && Math.abs(value) <= 1L << 53) {
                    return (long) value;
                }
            }
        }
        throw place().error("must be a whole number of at most 64 bits; got " + shown());
    }

    /** Returns a whole number of 32 bits. Throws {@link ModelFormatException} for anything else. */
    default int asInt() {
        long value = asLong();
        if (value != (int) value) {
            throw place().error("must be a whole number of at most 32 bits; got " + shown());
        }
        return (int) value;
    }

    /** Returns a finite number. Throws {@link ModelFormatException} for anything else. */
    default double asDouble() {
        if (this instanceof JsonNumber number) {
            double value = Double.parseDouble(number.text());
            if (!Double.isInfinite(value)) {
                return value;
            }
        }
        throw place().error("must be a finite number; got " + shown());
    }

    /** Returns a truth value. Throws {@link ModelFormatException} for anything else. */
    default boolean asBoolean() {
        return switch (this) {
            case JsonBoolean truth -> truth.value();
            default -> throw place().error("must be true or false; got " + shown());
        };
    }

    private String shown() {
        String text = toJson(0);
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    /** Returns the value as JSON, members in order; indented by {@code indent} spaces a level, or on one line for 0. */
    default String toJson(int indent) {
        StringBuilder text = new StringBuilder();
        JsonWriter.write(this, indent, 0, text);
        return text.toString();
    }
}
