package luthier.nn.text;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** A part of a {@code tokenizer.json}, which has a type and settings. */
record JsonPart(JsonObject fields, String source) {
    /** Returns a part, or null's type for none. */
    static JsonPart of(JsonValue value, String source) {
        return new JsonPart(value.asObject(), source);
    }

    static boolean isNull(JsonValue value) {
        return value instanceof JsonNull;
    }

    String type() {
        return fields.get("type").asString();
    }

    ModelFormatException error(JsonValue at, String rule) {
        return new ModelFormatException(source, at.place().offset(), "tokenizer: " + rule);
    }

    /** Refuses a type that is not known. */
    ModelFormatException unknown(String what) {
        return error(fields, "the " + what + " must be one that is known; got " + ModelFormatException.escape(type()));
    }

    /** Refuses settings other than these: one that is passed over could change the tokens. */
    JsonPart only(String... settings) {
        Set<String> known = Set.of(settings);
        fields.members().forEach((name, value) -> {
            if (!name.equals("type") && !known.contains(name) && !isNull(value)) {
                throw error(
                        value,
                        "the settings of " + ModelFormatException.escape(type()) + " must be known; got "
                                + ModelFormatException.escape(name));
            }
        });
        return this;
    }

    boolean flag(String name, boolean otherwise) {
        return fields.find(name).map(JsonValue::asBoolean).orElse(otherwise);
    }

    String text(String name, String otherwise) {
        return fields.find(name).map(JsonValue::asString).orElse(otherwise);
    }

    int number(String name, int otherwise) {
        return fields.find(name).map(JsonValue::asInt).orElse(otherwise);
    }

    /** Returns the parts of a sequence. */
    <T> List<T> all(String name, Function<JsonValue, T> read) {
        return fields.get(name).asList().stream().map(read).toList();
    }

    /** Returns a setting that is a plain text or a regular expression. */
    TextPattern pattern() {
        JsonValue value = fields.get("pattern");
        JsonObject kinds = value.asObject();
        if (kinds.find("String").isPresent()) {
            return new TextPattern.Literal(kinds.get("String").asString());
        }
        String expression = kinds.get("Regex").asString();
        try {
            return TextPattern.regex(expression);
        } catch (PatternSyntaxException e) {
            throw error(
                    value,
                    "a pattern must be a regular expression that can be read; got "
                            + ModelFormatException.escape(expression) + " (" + e.getDescription() + ")");
        }
    }

    /** Returns what becomes of a match. */
    SplitBehavior behavior(String otherwise) {
        String wanted = text("behavior", otherwise);
        for (SplitBehavior behavior : SplitBehavior.values()) {
            if (behavior.written().equals(wanted)) {
                return behavior;
            }
        }
        throw error(fields, "a behavior must be one that is known; got " + ModelFormatException.escape(wanted));
    }
}
