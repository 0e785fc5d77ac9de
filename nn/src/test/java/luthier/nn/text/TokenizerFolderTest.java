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
        return assertThrows(ModelFormatException.class, () -> WordPieceTokenizer.open(folder))
                .rule();
    }

    @Test
    void readsBertsOwnVocabulary() throws IOException {
        file("vocab.txt", VOCABULARY);
        WordPieceTokenizer tokenizer = WordPieceTokenizer.open(folder);
        assertTrue(tokenizer.lowercases());
        assertArrayEquals(new int[] {2, 5, 6, 7, 4, 10, 1, 3}, tokenizer.encode("The caf\u00e9 [MASK]食x"));
        assertEquals("the cafe", tokenizer.decode(tokenizer.encode("The CAFE")));
        file("vocab.txt", VOCABULARY.replace("\n", "\r\n"));
        assertArrayEquals(new int[] {2, 5, 3}, WordPieceTokenizer.open(folder).encode("the"));
    }

    @Test
    void takesTheOptionsOfTokenizerConfig() throws IOException {
        file("vocab.txt", VOCABULARY.replace("[UNK]", "<unk>"));
        file(
                "tokenizer_config.json",
                "{\"do_lower_case\": false, \"unk_token\": \"<unk>\", \"cls_token\": {\"content\": \"[CLS]\", \"lstrip\":"
                        + " false}, \"tokenize_chinese_chars\": false}");
        WordPieceTokenizer tokenizer = WordPieceTokenizer.open(folder);
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
    void namesTokenizersOfOtherTypes() throws IOException {
        assertEquals(
                "text needs a WordPiece tokenizer, tokenizer.json or vocab.txt; got neither; give token ids instead",
                refusal());
        file("vocab.json", "{}");
        file("merges.txt", "");
        assertEquals(
                "text needs a WordPiece tokenizer, tokenizer.json or vocab.txt; got BPE (merges.txt, vocab.json); give token"
                        + " ids instead",
                refusal());
        file("tokenizer.json", "{\"model\": {\"type\": \"Unigram\", \"vocab\": []}}");
        assertEquals("text needs a WordPiece tokenizer; got Unigram; give token ids instead", refusal());
        file("tokenizer.json", "{\"model\": {\"vocab\": {}, \"merges\": []}}");
        assertEquals("text needs a WordPiece tokenizer; got BPE; give token ids instead", refusal());
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
            assertArrayEquals(expected, WordPieceTokenizer.open(folder).encode("unaffable"), variant);
        }
    }

    @Test
    void framesNothingWhereTheFileDoesNot() throws IOException {
        String file = published();
        int from = file.indexOf("  \"post_processor\"");
        int to = file.indexOf("  \"decoder\"");
        file("tokenizer.json", file.substring(0, from) + file.substring(to));
        assertArrayEquals(new int[] {5, 7, 9}, WordPieceTokenizer.open(folder).encode("unaffable"));
        int added = file.indexOf("  \"added_tokens\"");
        file("tokenizer.json", file.substring(0, added) + file.substring(file.indexOf("  \"normalizer\"")));
        assertArrayEquals(
                new int[] {2, 5, 7, 9, 3}, WordPieceTokenizer.open(folder).encode("unaffable"));
    }
}
