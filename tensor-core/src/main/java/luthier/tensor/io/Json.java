package luthier.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * Strict JSON, RFC 8259: nothing after the value, no duplicate keys (also through escapes), no lone surrogates, valid UTF-8, depth
 * at most 64, numbers of at most 64 characters, at most 128 MiB of text. A text is checked whole before anything is built from it, so
 * a malformed one costs no memory. Errors name the byte, the line and the column.
 */
public final class Json {
    private static final long MAX_BYTES = 1 << 27;

    private final JsonScanner scanner;

    private Json(JsonScanner scanner) {
        this.scanner = scanner;
    }

    /**
     * Reads and parses a file.
     *
     * {@snippet :
     * Path file = Files.writeString(Files.createTempFile("config", ".json"), "{\"r\": 8}");
     * Json.read(file).asObject().get("r").asInt(); // 8
     * }
     *
     * @throws IOException if it cannot be read
     * @throws ModelFormatException if it is not strict JSON in UTF-8 or larger than 128 MiB
     */
    public static JsonValue read(Path file) throws IOException {
        requireSize(Files.size(file), file.toString());
        return parse(Files.readAllBytes(file), file.toString());
    }

    /**
     * Parses a file's bytes.
     *
     * {@snippet :
     * Json.parse(new byte[] {'[', '1', ']'}, "list.json").asList().size(); // 1
     * }
     *
     * @param source the file's name, for errors
     * @throws ModelFormatException if they are not strict JSON in UTF-8
     */
    public static JsonValue parse(byte[] content, String source) {
        requireSize(content.length, source);
        new JsonScanner(content, source, 0).requireJson();
        JsonScanner scanner = new JsonScanner(content, source, 0);
        byte first = scanner.peekValue();
        return new Json(scanner).value(Place.root(source).outermost(scanner.at()), first);
    }

    /**
     * Parses a text.
     *
     * {@snippet :
     * Json.parse("{\"lr\": 1e-3}", "config.json").asObject().get("lr").asDouble(); // 0.001
     * }
     *
     * @param source the text's origin, for errors
     * @throws ModelFormatException if it is not strict JSON
     */
    public static JsonValue parse(String text, String source) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] content = new byte[bytes.remaining()];
            bytes.get(content);
            return parse(content, source);
        } catch (CharacterCodingException loneSurrogate) {
            throw new ModelFormatException(source, 0, "surrogates must come in pairs");
        }
    }

    private static void requireSize(long bytes, String source) {
        if (bytes > MAX_BYTES) {
            throw new ModelFormatException(source, 0, "JSON must have at most " + MAX_BYTES + " bytes; got " + bytes);
        }
    }

    /**
     * Returns maps, lists, strings, numbers, booleans and null as JSON.
     *
     * {@snippet :
     * Json.of(Map.of("betas", List.of(0.9, 0.999))).toJson(0); // {"betas":[0.9,0.999]}
     * }
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

    private JsonValue value(Place place, byte first) {
        return switch (first) {
            case '{' -> object(place);
            case '[' -> array(place);
            case '"' -> new JsonString(scanner.string(), place);
            case 't', 'f', 'n' -> literal(place, first);
            default -> new JsonNumber(scanner.number(), place);
        };
    }

    private JsonValue literal(Place place, byte first) {
        scanner.pass();
        return first == 'n' ? new JsonNull(place) : new JsonBoolean(first == 't', place);
    }

    private JsonObject object(Place place) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        scanner.members((key, at) -> {
            if (members.containsKey(key)) {
                throw scanner.error(at, "keys must be unique; got \"" + ModelFormatException.escape(key) + "\" twice");
            }
            byte first = scanner.peekValue();
            members.put(key, value(place.member(key, scanner.at()), first));
        });
        return new JsonObject(members, place);
    }

    private JsonArray array(Place place) {
        List<JsonValue> elements = new ArrayList<>();
        scanner.elements(() -> {
            byte first = scanner.peekValue();
            elements.add(value(place.element(elements.size(), scanner.at()), first));
        });
        return new JsonArray(elements, place);
    }
}
