package luthier.tensor.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.JsonValue.Place;
import org.jspecify.annotations.Nullable;

/**
 * Strict JSON, RFC 8259: nothing after the value, no duplicate keys, no lone surrogates, valid UTF-8, depth at most 64 and
 * numbers of at most 64 characters.
 */
public final class Json {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER = 64;

    private final String text;
    private final String source;
    private int at;
    private int countedTo;
    private long countedBytes;

    private Json(String text, String source) {
        this.text = text;
        this.source = source;
    }

    /**
     * Parses a file's bytes.
     *
     * @param source the file's name, for errors
     * @throws ModelFormatException if they are not strict JSON in UTF-8
     */
    public static JsonValue parse(byte[] content, String source) {
        try {
            return parse(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(content))
                            .toString(),
                    source);
        } catch (CharacterCodingException malformed) {
            throw new ModelFormatException(source, 0, "must be text in UTF-8");
        }
    }

    /**
     * Parses a text.
     *
     * @param source the text's origin, for errors
     * @throws ModelFormatException if it is not strict JSON
     */
    public static JsonValue parse(String text, String source) {
        Json parser = new Json(text, source);
        JsonValue value = parser.value("", 0);
        parser.skipSpace();
        if (parser.at < text.length()) {
            throw parser.error("nothing may follow the JSON value");
        }
        return value;
    }

    /**
     * Returns maps, lists, strings, numbers, booleans and null as JSON.
     *
     * @throws IllegalArgumentException for another type or a number that is not finite
     */
    public static JsonValue of(@Nullable Object value) {
        return switch (value) {
            case null -> new JsonNull(Place.NONE);
            case JsonValue json -> json;
            case String string -> new JsonString(string, Place.NONE);
            case Boolean truth -> new JsonBoolean(truth, Place.NONE);
            case Number number -> {
                if (!Double.isFinite(number.doubleValue())) {
                    throw new IllegalArgumentException("json: numbers must be finite; got " + number);
                }
                yield new JsonNumber(number.toString(), Place.NONE);
            }
            case Map<?, ?> map -> {
                Map<String, JsonValue> members = new LinkedHashMap<>();
                map.forEach((key, member) -> members.put(String.valueOf(key), of(member)));
                yield new JsonObject(members, Place.NONE);
            }
            case Iterable<?> list -> {
                List<JsonValue> elements = new ArrayList<>();
                list.forEach(element -> elements.add(of(element)));
                yield new JsonArray(elements, Place.NONE);
            }
            default ->
                throw new IllegalArgumentException("json: must be a map, list, string, number, boolean or null; got "
                        + value.getClass().getName());
        };
    }

    private JsonValue value(String path, int depth) {
        if (depth > MAX_DEPTH) {
            throw error("values must be nested at most " + MAX_DEPTH + " deep");
        }
        skipSpace();
        Place place = new Place(source, path, offset());
        return switch (peek()) {
            case '{' -> object(place, depth);
            case '[' -> array(place, depth);
            case '"' -> new JsonString(string(), place);
            case 't' -> literal("true", new JsonBoolean(true, place));
            case 'f' -> literal("false", new JsonBoolean(false, place));
            case 'n' -> literal("null", new JsonNull(place));
            default -> new JsonNumber(number(), place);
        };
    }

    private JsonObject object(Place place, int depth) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return new JsonObject(members, place);
        }
        while (true) {
            skipSpace();
            if (peek() != '"') {
                throw error("a key in quotes must stand here");
            }
            int keyAt = at;
            String key = string();
            skipSpace();
            expect(':');
            JsonValue value = value(place.path().isEmpty() ? key : place.path() + "." + key, depth + 1);
            if (members.put(key, value) != null) {
                at = keyAt;
                throw error("keys must be unique; got \"" + ModelFormatException.escape(key) + "\" twice");
            }
            skipSpace();
            if (peek() == '}') {
                at++;
                return new JsonObject(members, place);
            }
            expect(',');
        }
    }

    private JsonArray array(Place place, int depth) {
        List<JsonValue> elements = new ArrayList<>();
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return new JsonArray(elements, place);
        }
        while (true) {
            elements.add(value(place.path() + "[" + elements.size() + "]", depth + 1));
            skipSpace();
            if (peek() == ']') {
                at++;
                return new JsonArray(elements, place);
            }
            expect(',');
        }
    }

    private String string() {
        at++;
        int plain = at;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\' && text.charAt(at) >= 0x20) {
            at++;
        }
        if (peek() == '"') {
            return text.substring(plain, at++);
        }
        StringBuilder result = new StringBuilder(text.substring(plain, at));
        while (peek() != '"') {
            char c = text.charAt(at);
            if (c < 0x20) {
                throw error("control characters in strings must be escaped");
            }
            at++;
            result.append(c == '\\' ? escaped() : c);
        }
        at++;
        requirePaired(result);
        return result.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = peek() < 0x80 ? Character.digit(peek(), 16) : -1;
                    if (digit < 0) {
                        throw error("an escape must be \\u and four hexadecimal digits");
                    }
                    code = code * 16 + digit;
                    at++;
                }
                yield (char) code;
            }
            default -> {
                at--;
                throw error("unknown escape");
            }
        };
    }

    private void requirePaired(CharSequence string) {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw error("surrogates in strings must come in pairs");
            }
        }
    }

    private String number() {
        int start = at;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        if (at - start > MAX_NUMBER) {
            at = start;
            throw error("numbers must have at most " + MAX_NUMBER + " characters");
        }
        return text.substring(start, at);
    }

    private void digits() {
        if (peek() < '0' || peek() > '9') {
            throw error("a value must stand here");
        }
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
    }

    private JsonValue literal(String word, JsonValue value) {
        if (!text.startsWith(word, at)) {
            throw error("a value must stand here");
        }
        at += word.length();
        return value;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw error("'" + c + "' must stand here");
        }
        at++;
    }

    private char peek() {
        if (at >= text.length()) {
            throw error("the JSON ends too early");
        }
        return text.charAt(at);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private ModelFormatException error(String rule) {
        return new ModelFormatException(source, offset(), rule);
    }

    /** The offset in bytes of UTF-8 where the parser stands, counted on from the last place asked for. */
    private long offset() {
        if (at < countedTo) {
            countedTo = 0;
            countedBytes = 0;
        }
        for (; countedTo < at; countedTo++) {
            char c = text.charAt(countedTo);
            // Each half of a surrogate pair stands for two of the pair's four bytes.
            countedBytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return countedBytes;
    }
}
