package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import luthier.nn.text.TokenizerTraining.Settings;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import org.junit.jupiter.api.Test;

class TokenizerTrainingTest {
    private static final List<String> TEXTS = List.of("aab aab aab", "ab ab", "caf\u00e9 caf\u00e9", "ba");

    private static List<String> merges(JsonValue file) {
        return file.asObject().get("model").asObject().get("merges").asList().stream()
                .map(pair -> pair.asList().get(0).asString() + " "
                        + pair.asList().get(1).asString())
                .toList();
    }

    /** By hand: a b stands five times and a ab three; of those that stand twice a f has the smallest ids, then c af. */
    @Test
    void mergesTheMostFrequentPairAndOfEqualOnesTheSmallerIds() {
        JsonValue file = TokenizerTraining.byteLevel(TEXTS, Settings.of(256 + 4));
        assertEquals(List.of("a b", "a ab", "a f", "c af"), merges(file));
    }

    @Test
    void theFileIsATokenizer() {
        JsonValue file = TokenizerTraining.byteLevel(TEXTS, Settings.of(264).special("<|end|>"));
        Tokenizer tokenizer = Tokenizer.fromJson(Json.parse(file.toJson(0), "trained"), "trained");
        assertEquals(264, tokenizer.vocabularySize());
        assertEquals(0, tokenizer.encode("<|end|>")[0]);
        String text = "aab caf\u00e9\n \ud83d\ude42";
        assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }

    @Test
    void theOrderOfTextsDoesNotMatter() {
        JsonValue file = TokenizerTraining.byteLevel(TEXTS, Settings.of(262));
        assertEquals(
                file.toJson(0),
                TokenizerTraining.byteLevel(TEXTS.reversed(), Settings.of(262)).toJson(0));
    }

    @Test
    void rarePairsStayApart() {
        assertEquals(
                List.of("a b", "a ab"),
                merges(TokenizerTraining.byteLevel(TEXTS, Settings.of(400).minFrequency(3))));
    }

    @Test
    void learnsWordPieces() {
        JsonValue file = TokenizerTraining.wordPiece(List.of("Play playing player plays"), Settings.of(30), true);
        Tokenizer tokenizer = Tokenizer.fromJson(file, "trained");
        assertEquals(2, tokenizer.encode("x")[0]);
        assertArrayEquals(new int[] {2, tokenizer.id("play").orElseThrow(), 3}, tokenizer.encode("PLAY"));
        assertEquals("playing", tokenizer.decode(tokenizer.encode("playing")));
        assertEquals(
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"),
                IntStream.range(0, 6).mapToObj(tokenizer::token).toList());
    }

    @Test
    void refusesAnEmptyVocabulary() {
        assertEquals(
                "train: vocabularySize must be positive; got 0",
                assertThrows(IllegalArgumentException.class, () -> Settings.of(0))
                        .getMessage());
    }
}
