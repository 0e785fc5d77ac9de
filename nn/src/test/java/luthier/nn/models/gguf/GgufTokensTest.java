package luthier.nn.models.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import luthier.golden.GgufBytes;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokenizer, end tokens and templates of a file; a value of another kind is refused by its key. */
class GgufTokensTest {
    @TempDir
    private Path folder;

    private GgufModel open(GgufBytes file) throws IOException {
        return GgufModel.open(Files.write(folder.resolve("m.gguf"), file.build()));
    }

    private static GgufBytes byteLevel() {
        return new GgufBytes()
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "gpt-2")
                .texts("tokenizer.ggml.tokens", "a", "b", "ab", "<e>")
                .numbers("tokenizer.ggml.token_type", GgufBytes.U8, 1, 1, 1, 3)
                .texts("tokenizer.ggml.merges", "a b");
    }

    @Test
    void aTokenizerWithoutAModelWithEndsAndTemplates() throws IOException {
        GgufModel model = open(byteLevel()
                .number("tokenizer.ggml.eos_token_id", GgufBytes.I64, 3)
                .number("tokenizer.ggml.eot_token_id", GgufBytes.U32, 2)
                .number("tokenizer.ggml.eom_token_id", GgufBytes.U32, 3)
                .text("tokenizer.chat_template", "one")
                .texts("tokenizer.chat_templates", "tool_use")
                .text("tokenizer.chat_template.tool_use", "two"));
        assertArrayEquals(new int[] {2, 0, 3}, model.tokenizer().encode("aba<e>"));
        assertEquals(List.of(3, 2), model.stopIds());
        assertEquals("{default=one, tool_use=two}", model.templates().toString());
    }

    @Test
    void refusesByTheKey() throws IOException {
        refused(new GgufBytes(), "tokenizer.ggml.tokens must be there; got no such key");
        refused(
                new GgufBytes().numbers("tokenizer.ggml.tokens", GgufBytes.U8, 7),
                "tokenizer.ggml.tokens must be a list of texts; got 7 at 0");
        refused(
                new GgufBytes().text("tokenizer.ggml.tokens", "a"),
                "tokenizer.ggml.tokens must be a list of texts; got a");
        refused(
                byteLevel().number("tokenizer.ggml.bos_token_id", GgufBytes.I32, -1),
                "tokenizer.ggml.bos_token_id must be a token's id; got -1");
        refused(
                byteLevel().number("tokenizer.ggml.add_bos_token", GgufBytes.U8, 1),
                "tokenizer.ggml.add_bos_token must be true or false; got 1");
    }

    private void refused(GgufBytes file, String rule) throws IOException {
        GgufModel model = open(file);
        assertEquals(
                folder.resolve("m.gguf") + ": " + rule,
                assertThrows(ModelFormatException.class, model::tokenizer).getMessage());
    }
}
