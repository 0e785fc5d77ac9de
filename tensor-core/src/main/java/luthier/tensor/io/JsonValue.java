package luthier.tensor.io;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value of JSON. Accessors throw {@link ModelFormatException} naming the value's place in its file, {@code config.json: r: must
 * be a whole number; got "8"}. Immutable.
 */
public sealed interface JsonValue {
    /**
     * Where a value stands: its file, the path of keys to it and its offset in bytes; for error messages. The path is put together
     * only when it is asked for.
     */
    final class Place {
        static final Place NONE = root("json");

        private final @Nullable Place parent;
        private final String key;
        private final int index;
        private final int at;

        private Place(@Nullable Place parent, String key, int index, int at) {
            this.parent = parent;
            this.key = key;
            this.index = index;
            this.at = at;
        }

        /** The place of a file itself. */
        static Place root(String source) {
            return new Place(null, source, -1, 0);
        }

        /** The place of a member. */
        Place member(String name, int offset) {
            return new Place(this, name, -1, offset);
        }

        /** The place of an element. */
        Place element(int number, int offset) {
            return new Place(this, "", number, offset);
        }

        /** The place of the file's outermost value. */
        Place outermost(int offset) {
            return new Place(null, key, -1, offset);
        }

        /** Returns the file's name. */
        public String source() {
            return parent == null ? key : parent.source();
        }

        /** Returns the keys and indices on the way to the value, {@code deep.x[1]}; empty for the whole text. */
        public String path() {
            if (parent == null) {
                return "";
            }
            String before = parent.path();
            String name = ModelFormatException.escape(key);
            return index >= 0 ? before + "[" + index + "]" : before.isEmpty() ? name : before + "." + name;
        }

        /** Returns the offset of the value's first byte. */
        public long offset() {
            return at;
        }

        ModelFormatException error(String rule) {
            String path = path();
            return new ModelFormatException(source(), at, path.isEmpty() ? rule : path + ": " + rule);
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

    /**
     * Returns the object's members' values. Throws {@link ModelFormatException} for anything but an object.
     *
     * {@snippet :
     * Json.parse("{\"a\": 1}", "t").asObject().members().keySet(); // [a]
     * }
     */
    default JsonObject asObject() {
        return switch (this) {
            case JsonObject object -> object;
            default -> throw place().error("must be an object; got " + shown());
        };
    }

    /**
     * Returns the elements of a list. Throws {@link ModelFormatException} for anything else.
     *
     * {@snippet :
     * Json.parse("[1, 2]", "t").asList(); // [1, 2]
     * }
     */
    default List<JsonValue> asList() {
        return switch (this) {
            case JsonArray array -> array.elements();
            default -> throw place().error("must be a list; got " + shown());
        };
    }

    /**
     * Returns a text. Throws {@link ModelFormatException} for anything else.
     *
     * {@snippet :
     * Json.parse("\"a\\u0062\"", "t").asString(); // ab
     * }
     */
    default String asString() {
        return switch (this) {
            case JsonString text -> text.value();
            default -> throw place().error("must be a string; got " + shown());
        };
    }

    /**
     * Returns a whole number, also one written as 8.0. Throws {@link ModelFormatException} for anything else.
     *
     * {@snippet :
     * Json.parse("8.0", "t").asLong(); // 8
     * }
     */
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

    /**
     * Returns a whole number of 32 bits. Throws {@link ModelFormatException} for anything else.
     *
     * {@snippet :
     * Json.parse("8", "t").asInt(); // 8
     * }
     */
    default int asInt() {
        long value = asLong();
        if (value != (int) value) {
            throw place().error("must be a whole number of at most 32 bits; got " + shown());
        }
        return (int) value;
    }

    /**
     * Returns a finite number. Throws {@link ModelFormatException} for anything else.
     *
     * {@snippet :
     * Json.parse("1e-3", "t").asDouble(); // 0.001
     * }
     */
    default double asDouble() {
        if (this instanceof JsonNumber number) {
            double value = Double.parseDouble(number.text());
            if (!Double.isInfinite(value)) {
                return value;
            }
        }
        throw place().error("must be a finite number; got " + shown());
    }

    /**
     * Returns a truth value. Throws {@link ModelFormatException} for anything else.
     *
     * {@snippet :
     * Json.parse("true", "t").asBoolean(); // true
     * }
     */
    default boolean asBoolean() {
        return switch (this) {
            case JsonBoolean truth -> truth.value();
            default -> throw place().error("must be true or false; got " + shown());
        };
    }

    private String shown() {
        StringBuilder text = new StringBuilder();
        JsonWriter.write(this, 0, 0, text, JsonWriter.SHOWN);
        String start = ModelFormatException.escape(text.substring(0, Math.min(text.length(), JsonWriter.SHOWN)));
        return text.length() <= JsonWriter.SHOWN ? start : start + "...";
    }

    /**
     * Returns the value as JSON, members in order; indented by {@code indent} spaces a level, or on one line for 0.
     *
     * {@snippet :
     * Json.of(List.of(1, 2)).toJson(0); // [1,2]
     * }
     */
    default String toJson(int indent) {
        StringBuilder text = new StringBuilder();
        JsonWriter.write(this, indent, 0, text, Integer.MAX_VALUE);
        return text.toString();
    }
}
