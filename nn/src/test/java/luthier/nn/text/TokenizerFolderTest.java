package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFolderTest {
    private static final String VOCABULARY = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncaf\n##e\n##\u00e9\nThe\n食\n";

    @TempDir
    private Path folder;

    private void file(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private String published() throws IOException {
        try (InputStream in = TokenizerFolderTest.class.getResourceAsStream("tokenizer.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String refusal() {
        return assertThrows(ModelFormatException.class, () -> Tokenizer.open(folder))
                .rule();
    }

    @Test
    void readsBertsOwnVocabulary() throws IOException {
        file("vocab.txt", VOCABULARY);
        Tokenizer tokenizer = Tokenizer.open(folder);
        assertTrue(tokenizer.lowercases());
        assertArrayEquals(new int[] {2, 5, 6, 7, 4, 10, 1, 3}, tokenizer.encode("The caf\u00e9 [MASK]食x"));
        assertEquals("the cafe", tokenizer.decode(tokenizer.encode("The CAFE")));
        file("vocab.txt", VOCABULARY.replace("\n", "\r\n"));
        assertArrayEquals(new int[] {2, 5, 3}, Tokenizer.open(folder).encode("the"));
    }

    @Test
    void takesTheOptionsOfTokenizerConfig() throws IOException {
        file("vocab.txt", VOCABULARY.replace("[UNK]", "<unk>"));
        file(
                "tokenizer_config.json",
                "{\"do_lower_case\": false, \"unk_token\": \"<unk>\", \"cls_token\": {\"content\": \"[CLS]\", \"lstrip\":"
                        + " false}, \"tokenize_chinese_chars\": false}");
        Tokenizer tokenizer = Tokenizer.open(folder);
        assertFalse(tokenizer.lowercases());
        assertArrayEquals(new int[] {2, 9, 6, 8, 1, 3}, tokenizer.encode("The caf\u00e9 食食"));
    }

    @Test
    void refusesVocabulariesThatDoNotFit() throws IOException {
        file("vocab.txt", "[UNK]\n[CLS]\n[SEP]\nthe\nthe\n");
        assertEquals("a vocabulary must hold every token once; got the on lines 4 and 5", refusal());
        file("vocab.txt", "[UNK]\n[CLS]\n");
        assertEquals("the vocabulary must hold the special tokens; got none called [SEP]", refusal());
        Files.write(folder.resolve("vocab.txt"), new byte[] {(byte) 0xFF, '\n'});
        assertEquals("a vocabulary must be UTF-8", refusal());
    }

    @Test
    void namesWhatAFolderLacks() throws IOException {
        assertEquals(
                "text needs tokenizer.json, vocab.txt, vocab.json with merges.txt or tokenizer.model; got none of them; give token ids"
                        + " instead",
                refusal());
        file("merges.txt", "");
        assertEquals(
                "text needs tokenizer.json, vocab.txt, vocab.json with merges.txt or tokenizer.model; got merges.txt; give token ids"
                        + " instead",
                refusal());
        file("tokenizer.json", "{\"model\": {\"type\": \"Morse\", \"vocab\": []}}");
        assertEquals("tokenizer: the model must be BPE, WordPiece, WordLevel or Unigram; got Morse", refusal());
    }

    private static final String BYTES =
            "{\"<s>\": 0, \"</s>\": 1, \"<pad>\": 2, \"#\": 3, \"a\": 4, \"b\": 5, \"Ġ\": 6,"
                    + " \"##\": 7, \"Ġb\": 8, \"<|endoftext|>\": 9}";

    @Test
    void readsAByteLevelVocabularyWithItsMerges() throws IOException {
        file("vocab.json", BYTES);
        file("merges.txt", "#version: 0.2\n# #\nĠ b\n");
        Tokenizer gpt2 = Tokenizer.open(folder);
        assertArrayEquals(new int[] {7, 8, 8}, gpt2.encode("## b b"));
        assertEquals("## b b", gpt2.decode(7, 8, 8));
        file(
                "tokenizer_config.json",
                "{\"tokenizer_class\": \"RobertaTokenizer\", \"cls_token\": \"<s>\", \"sep_token\": \"</s>\", \"bos_token\":"
                        + " \"<s>\", \"eos_token\": \"</s>\", \"pad_token\": \"<pad>\"}");
        Tokenizer roberta = Tokenizer.open(folder);
        assertArrayEquals(new int[] {0, 4, 8, 1}, roberta.encode("a b"));
        assertArrayEquals(
                new int[] {0, 4, 1, 1, 5, 1},
                roberta.encode(List.of("a", "b"), 9).ids());
        assertEquals(2, roberta.padId());
        assertEquals(OptionalInt.of(0), roberta.bosId());
        assertEquals(OptionalInt.of(1), roberta.eosId());
        assertEquals("a b", roberta.decode(roberta.encode("a b")));
    }

    @Test
    void refusesMergesAndClassesThatDoNotFit() throws IOException {
        file("vocab.json", BYTES);
        file("merges.txt", "a z\n");
        assertEquals("line 1: the parts of a merge must be in the vocabulary; got z", refusal());
        file("merges.txt", "# #\na b\n");
        assertEquals("line 2: what a merge makes must be in the vocabulary; got ab", refusal());
        file("merges.txt", "a\n");
        assertEquals("line 1: a merge must be of two tokens; got 1", refusal());
        file("merges.txt", "");
        file("tokenizer_config.json", "{\"tokenizer_class\": \"CTRLTokenizer\"}");
        assertEquals(
                "tokenizer_class must be one whose vocab.json is known; got CTRLTokenizer; give a tokenizer.json",
                refusal());
    }

    /** As files were published before their model had a type, or with parts that are absent, null or alone in a sequence. */
    @Test
    void readsFilesAsTheyWerePublished() throws IOException {
        String file = published();
        int[] expected = {2, 5, 7, 9, 3};
        for (String variant : new String[] {
            file,
            file.replace("    \"type\": \"WordPiece\",\n", ""),
            file.replace(
                    "\"decoder\": {\"type\": \"WordPiece\", \"prefix\": \"##\", \"cleanup\": true}",
                    "\"decoder\": null"),
            file.replace("  \"decoder\": {\"type\": \"WordPiece\", \"prefix\": \"##\", \"cleanup\": true},\n", ""),
            file.replace(
                            "{\"type\": \"BertNormalizer\"",
                            "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"BertNormalizer\"")
                    .replace("\"lowercase\": true}", "\"lowercase\": true}]}"),
            file.replace(
                    "{\"type\": \"BertPreTokenizer\"}",
                    "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"BertPreTokenizer\"}]}"),
            file.replace("    \"continuing_subword_prefix\": \"##\",\n", "")
        }) {
            file("tokenizer.json", variant);
            assertArrayEquals(expected, Tokenizer.open(folder).encode("unaffable"), variant);
        }
    }

    @Test
    void framesNothingWhereTheFileDoesNot() throws IOException {
        String file = published();
        int from = file.indexOf("  \"post_processor\"");
        int to = file.indexOf("  \"decoder\"");
        file("tokenizer.json", file.substring(0, from) + file.substring(to));
        assertArrayEquals(new int[] {5, 7, 9}, Tokenizer.open(folder).encode("unaffable"));
        int added = file.indexOf("  \"added_tokens\"");
        file("tokenizer.json", file.substring(0, added) + file.substring(file.indexOf("  \"normalizer\"")));
        assertArrayEquals(new int[] {2, 5, 7, 9, 3}, Tokenizer.open(folder).encode("unaffable"));
    }
}
