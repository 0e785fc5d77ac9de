package luthier.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsEveryKindOfValue() {
        var root = Json.parse("{\"a\": [1, -2.5e3, true, false, null], \"b\\u00e9\": \"x\\n\\\"y\\ud83d\\ude00\"}", "t")
                .asObject();
        List<JsonValue> list = root.get("a").asList();
        assertEquals(1, list.get(0).asLong());
        assertEquals(-2500, list.get(1).asDouble());
        assertTrue(list.get(2).asBoolean());
        assertEquals("x\n\"y\uD83D\uDE00", root.get("b\u00e9").asString());
        assertTrue(root.find("none").isEmpty());
        assertEquals(Long.MIN_VALUE, Json.parse("-9223372036854775808", "t").asLong());
        assertEquals(8, Json.parse("8.0", "t").asInt());
    }

    @Test
    void writesWhatItReads() {
        String text = "{\"a\":[1,2.50,\"\\u2028\\\\\"],\"b\":{},\"c\":[]}";
        assertEquals(text, Json.parse(text, "t").toJson(0));
        assertEquals("{\n  \"n\": 1\n}", Json.of(Map.of("n", 1)).toJson(2));
        assertThrows(IllegalArgumentException.class, () -> Json.of(Double.NaN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "01", "1.", ".5",
                        "+1",
                "NaN", "tru", "\"a", "\"\\x\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\tb\"", "1 2", "{a:1}", "'a'",
                        "1e",
                "\"\\u00g0\"", "[1 2]", "-"
            })
    void refusesWhatIsNotStrictJson(String text) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> Json.parse(text, "file.json"));
        assertTrue(e.getMessage().startsWith("file.json: "), e.getMessage());
    }

    @Test
    void boundsDepthAndNumbers() {
        assertThrows(ModelFormatException.class, () -> Json.parse("[".repeat(100_000), "t"));
        assertThrows(ModelFormatException.class, () -> Json.parse("1".repeat(65), "t"));
        assertThrows(
                ModelFormatException.class, () -> Json.parse("1e999999999", "t").asDouble());
        byte[] notUtf8 = {'"', (byte) 0xC3, '"'};
        assertThrows(ModelFormatException.class, () -> Json.parse(notUtf8, "t"));
        assertEquals(
                "\u00fc",
                Json.parse("\"\u00fc\"".getBytes(StandardCharsets.UTF_8), "t").asString());
    }

    @Test
    void errorsNameThePlace() {
        var root = Json.parse("{\"r\": \"8\", \"deep\": {\"x\": [1, {}]}}", "config.json")
                .asObject();
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> root.get("r").asLong());
        assertEquals(
                "config.json: r: must be a whole number of at most 64 bits; got \"8\" (at byte 6)", e.getMessage());
        e = assertThrows(ModelFormatException.class, () -> root.get("rank"));
        assertEquals("config.json: the field \"rank\" is missing (at byte 0)", e.getMessage());
        e = assertThrows(ModelFormatException.class, () -> Json.parse("[\"\u00fc\u20ac\uD83D\uDE00\", x]", "t"));
        assertEquals("t: a value must stand here (at byte 14, line 1, column 9)", e.getMessage());
        JsonValue inner = root.get("deep").asObject().get("x").asList().get(1);
        e = assertThrows(ModelFormatException.class, inner::asString);
        assertEquals("config.json: deep.x[1]: must be a string; got {} (at byte 29)", e.getMessage());
    }
}
