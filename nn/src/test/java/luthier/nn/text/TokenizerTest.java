package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected ids were made by Hugging Face tokenizers from the same file. */
class TokenizerTest {
    private static final String FILE = file();
    private static final Tokenizer TOKENIZER = read(FILE);

    private static String file() {
        try (InputStream in = TokenizerTest.class.getResourceAsStream("tokenizer.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tokenizer read(String json) {
        return Tokenizer.fromJson(json.getBytes(StandardCharsets.UTF_8), "tokenizer.json");
    }

    private static int[] cut(String text, int maxLength) {
        return TOKENIZER.encode(List.of(text), maxLength).ids();
    }

    private static List<String> tokens(String text) {
        return Arrays.stream(TOKENIZER
                        .encode(List.of(text), EncodingOptions.USUAL.unframed())
                        .ids())
                .mapToObj(TOKENIZER::token)
                .toList();
    }

    private static void assertIds(String text, int... content) {
        assertIds(TOKENIZER, text, content);
    }

    private static void assertIds(Tokenizer tokenizer, String text, int... content) {
        int[] ids = tokenizer.encode(text);
        assertEquals(2, ids[0]);
        assertEquals(3, ids[ids.length - 1]);
        assertArrayEquals(content, Arrays.copyOfRange(ids, 1, ids.length - 1), text);
    }

    @Test
    void cutsWordsIntoTheLongestPieces() {
        assertIds("unaffable", 5, 7, 9);
        assertEquals(List.of("una", "##ffa", "##ble"), tokens("unaffable"));
        assertIds("the mans", 15, 16, 17);
    }

    @Test
    void normalizesAndSplitsFirst() {
        assertIds("The man, a café!", 15, 16, 12, 20, 10, 13);
        assertIds("a食物b", 20, 18, 19, 27);
        assertIds("a\tb\nb\u00a0a\u3000b", 20, 27, 27, 20, 27);
        assertIds("$a’b", 14, 20, 22, 27);
        assertIds("ΣΑΣ", 26);
    }

    @Test
    void makesOneUnknownTokenOfAWordThatCannotBeCut() {
        assertIds("a 🙂 b", 20, 1, 27);
        assertIds("theman", 1);
        assertIds("a\u200bb", 1);
    }

    @Test
    void makesOneUnknownTokenOfAWordThatIsTooLong() {
        assertEquals(20, tokens("a".repeat(20)).size());
        assertIds("a".repeat(21), 1);
        assertIds("b " + "a".repeat(21) + ".", 27, 1, 11);
    }

    @Test
    void framesNothingToo() {
        assertArrayEquals(new int[] {2, 3}, TOKENIZER.encode(""));
        assertArrayEquals(new int[] {2, 3}, TOKENIZER.encode(" \u000b\n"));
    }

    @Test
    void findsAddedTokensInTheTextAsGiven() {
        assertIds("[SEP] a [PAD]a", 3, 20, 0, 20);
        assertIds("the [unk]", 15, 1, 1, 1);
        assertIds("the <mark> a", 15, 28, 20);
        assertEquals(List.of("the", "<mark>", "a"), tokens("the <mark> a"));
    }

    @Test
    void findsSingleWordTokensOnlyAlone() {
        assertIds("the <mark>s a", 15, 29, 20);
        assertIds("the<mark>s a", 15, 1, 1, 1, 1, 20);
        assertIds("the<mark>sa", 15, 1, 1, 1, 1);
    }

    @Test
    void findsNormalizedTokensAfterNormalization() {
        assertIds("New York new  york NEW YORK", 30, 23, 24, 30);
    }

    @Test
    void ignoresTheTruncationAndPaddingOfTheFile() {
        assertEquals(2 + 30, TOKENIZER.encode("the man, ".repeat(10)).length);
    }

    @Test
    void truncatesButKeepsTheSpecialTokens() {
        assertArrayEquals(new int[] {2, 15, 16, 3}, cut("the man, a café", 4));
        assertArrayEquals(new int[] {2, 3}, cut("the man", 2));
        assertArrayEquals(new int[] {2, 15, 16, 3}, cut("the man", 512));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> cut("the man", 1));
        assertEquals("encode: maxLength must leave room for the 2 special tokens; got 1", e.getMessage());
    }

    @Test
    void decodesToReadableText() {
        assertEquals("the man, a cafe!", TOKENIZER.decode(TOKENIZER.encode("The man, a café!")));
        assertEquals("unaffable mans", TOKENIZER.decode(TOKENIZER.encode("unaffable [SEP] mans")));
        assertEquals("$ a ’ b", TOKENIZER.decode(TOKENIZER.encode("$a’b")));
        assertEquals("", TOKENIZER.decode(new int[0]));
        Tokenizer unclean = read(FILE.replace("\"cleanup\": true", "\"cleanup\": false"));
        assertEquals("the man , a cafe !", unclean.decode(unclean.encode("The man, a café!")));
    }

    @Test
    void knowsItsVocabulary() {
        assertEquals(31, TOKENIZER.vocabularySize());
        assertEquals(OptionalInt.of(7), TOKENIZER.id("##ffa"));
        assertEquals(OptionalInt.of(28), TOKENIZER.id("<mark>"));
        assertEquals(OptionalInt.empty(), TOKENIZER.id("nowhere"));
        assertEquals("##ffa", TOKENIZER.token(7));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> TOKENIZER.token(31));
        assertEquals("token: the id must be in the vocabulary of 31 tokens; got 31", e.getMessage());
    }

    @Test
    void followsTheNormalizerOfTheFile() {
        Tokenizer accented = read(FILE.replace("\"strip_accents\": null", "\"strip_accents\": false"));
        assertIds(accented, "café cafe", 1, 10);
        Tokenizer cased = read(FILE.replace("\"lowercase\": true", "\"lowercase\": false"));
        assertIds(cased, "The the", 1, 15);
        assertIds(cased, "café", 1);
    }

    @Test
    void readsTheOtherPostProcessorsOfTheFamily() {
        int at = FILE.indexOf("\"post_processor\"");
        int end = FILE.indexOf("\"decoder\"");
        String bert = FILE.substring(0, at)
                + "\"post_processor\": {\"type\": \"BertProcessing\", \"sep\": [\"[SEP]\", 3], \"cls\": [\"[CLS]\", 2]},"
                + FILE.substring(end);
        assertArrayEquals(new int[] {2, 15, 3}, read(bert).encode("the"));
        String none = FILE.substring(0, at) + "\"post_processor\": null," + FILE.substring(end);
        assertArrayEquals(new int[] {15}, read(none).encode("the"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"type": "WordPiece", "prefix" ~ {"type": "Morse", "prefix" ~ tokenizer: the decoder must be one that is known; got Morse
        "type": "WordPiece",\\n    "unk ~ "type": "CharBPE",\\n    "unk ~ tokenizer: the model must be BPE, WordPiece, WordLevel or Unigram; got CharBPE
        "type": "BertNormalizer" ~ "type": "Bert" ~ tokenizer: the normalizer must be one that is known; got Bert
        {"type": "BertPreTokenizer"} ~ {"type": "Whitespaces"} ~ tokenizer: the pre_tokenizer must be one that is known; got Whitespaces
        "TemplateProcessing" ~ "Template" ~ tokenizer: the post_processor must be one that is known; got Template
        "strip_accents": null ~ "strip_marks": true ~ tokenizer: the settings of BertNormalizer must be known; got strip_marks
        "max_input_chars_per_word" ~ "max_chars" ~ tokenizer: the settings of the model must be known; got max_chars
        "unk_token": "[UNK]" ~ "unk_token": "<unk>" ~ tokenizer: the unk_token must be in the vocabulary; got <unk>
        "una": 5 ~ "una": 4 ~ tokenizer: every token must have an id of its own; got 4 for un and una
        "id": 1, "content" ~ "id": 4, "content" ~ tokenizer: an added token must keep its id in the vocabulary; got 4 for [UNK], which is 1
        "id": 29, ~ "id": 28, ~ tokenizer: every token must have an id of its own; got 28 for <mark> and <mark>s
        "id": 29, ~ "id": -1, ~ tokenizer: an id must be a number from 0 to 2147483639; got -1
        {"Sequence": {"id": "A" ~ {"Sequence": {"id": "B" ~ tokenizer: the template of a single sequence must hold the sequence A exactly once; got [CLS] B [SEP]
        "ids": [3] ~ "ids": [77] ~ tokenizer: a special token of the template must be in the vocabulary; got 77 for [SEP]
        """)
    void refusesWhatItCannotDo(String good, String bad, String message) {
        String json = FILE.replace(good.replace("\\n", "\n"), bad.replace("\\n", "\n"));
        assertTrue(!json.equals(FILE), good);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> read(json));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertTrue(e.getMessage().startsWith("tokenizer.json"), e.getMessage());
    }
}
