package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code tokens.json}: pitfalls of encoding, decoding and reading tokenizers. */
class TokensCasesTest {
    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("tokens.json", TokensCasesTest::check);
    }

    private static void check(JsonObject c) {
        switch (c.get("op").asString()) {
            case "encode" -> encodes(c, tokenizer(c));
            case "decode" -> decodes(c, tokenizer(c));
            case "joined" -> joins(c, tokenizer(c));
            case "load" -> refuses(c);
            case "long" -> repeats(c, tokenizer(c));
            default -> throw new NotCovered("the operation " + c.get("op"));
        }
    }

    private static Tokenizer tokenizer(JsonObject c) {
        return SharedFolders.tokenizer(
                c.find("file").orElseGet(() -> c.get("tokenizer")).asString());
    }

    private static EncodingOptions options(JsonObject c) {
        boolean framed = c.find("add_special").map(JsonValue::asBoolean).orElse(false);
        EncodingOptions options = framed ? EncodingOptions.USUAL : EncodingOptions.USUAL.unframed();
        return c.find("special_as_text").map(JsonValue::asBoolean).orElse(false) ? options.allAsText() : options;
    }

    private static int[] ids(JsonValue list) {
        return list.asList().stream().mapToInt(JsonValue::asInt).toArray();
    }

    private static int[] encode(Tokenizer tokenizer, String text, EncodingOptions options) {
        return tokenizer.encode(List.of(text), options).ids();
    }

    private static void encodes(JsonObject c, Tokenizer tokenizer) {
        int[] ids = encode(tokenizer, c.get("text").asString(), options(c));
        assertArrayEquals(ids(c.get("ids")), ids, () -> Arrays.toString(ids));
        c.find("decoded").ifPresent(text -> assertEquals(text.asString(), tokenizer.decode(ids, true)));
    }

    private static void decodes(JsonObject c, Tokenizer tokenizer) {
        boolean withSpecial = !c.get("skip_special").asBoolean();
        int[] ids = ids(c.get("ids"));
        if (c.find("error").isEmpty()) {
            assertEquals(c.get("text").asString(), tokenizer.decode(ids, withSpecial));
            return;
        }
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(ids, withSpecial));
        assertTrue(e.getMessage().contains("got " + ids[ids.length - 1]), e.getMessage());
    }

    private static void joins(JsonObject c, Tokenizer tokenizer) {
        EncodingOptions bare = EncodingOptions.USUAL.unframed();
        String first = c.get("first").asString();
        String second = c.get("second").asString();
        assertArrayEquals(ids(c.get("first_ids")), encode(tokenizer, first, bare));
        assertArrayEquals(ids(c.get("second_ids")), encode(tokenizer, second, bare));
        assertArrayEquals(ids(c.get("whole_ids")), encode(tokenizer, first + second, bare));
    }

    private static void refuses(JsonObject c) {
        Path file = CaseFile.folder().orElseThrow().resolve(c.get("file").asString());
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> Tokenizer.fromJson(read(file), file.toString()));
        assertTrue(e.getMessage().contains("merge"), e.getMessage());
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void repeats(JsonObject c, Tokenizer tokenizer) {
        String text = c.get("unit").asString().repeat(c.get("times").asInt());
        int[] ids = encode(tokenizer, text, EncodingOptions.USUAL.unframed());
        assertEquals(c.get("count").asInt(), ids.length);
        int[] first = ids(c.get("first_ids"));
        assertArrayEquals(first, Arrays.copyOf(ids, first.length));
        ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(ids);
        CRC32 sum = new CRC32();
        sum.update(bytes.array());
        assertEquals(c.get("crc32_of_int32_le").asLong(), sum.getValue());
    }
}
