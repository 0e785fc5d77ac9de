package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;

class GgufTokenizerTest {
    private static final List<String> PIECES =
            List.of("<unk>", "<s>", "</s>", "<0xC3>", "<0xA9>", "\u2581", "a", "b", "ab", "\u2581ab", "<u>");
    private static final int[] TYPES = {2, 3, 3, 6, 6, 1, 1, 1, 1, 1, 4};
    private static final float[] SCORES = {0, 0, 0, 0, 0, -9, -8, -7, -1, -2, 0};

    private static GgufVocabulary sentencePiece(int[] types, float[] scores, Optional<Boolean> flag) {
        return new GgufVocabulary(
                "llama",
                Optional.empty(),
                PIECES,
                types,
                scores,
                List.of(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                flag,
                Optional.empty(),
                flag);
    }

    private static GgufVocabulary byteLevel(Optional<String> pre, List<String> merges, OptionalInt bos) {
        return new GgufVocabulary(
                "gpt2",
                pre,
                List.of("a", "b", "1", "2", "Ġ", "ab", "12", "<|end|>"),
                new int[] {1, 1, 1, 1, 1, 1, 1, 3},
                new float[0],
                merges,
                bos,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static String refusal(GgufVocabulary vocabulary) {
        return assertThrows(ModelFormatException.class, () -> Tokenizer.of(vocabulary, "m.gguf"))
                .rule();
    }

    @Test
    void mergesByScoreAndPutsASpaceAfterSpecialTokens() {
        Tokenizer tokenizer = Tokenizer.of(sentencePiece(TYPES, SCORES, Optional.empty()), "m.gguf");
        assertArrayEquals(new int[] {1, 9, 9, 10, 9, 2}, tokenizer.encode("ab ab<u>ab</s>"));
        assertArrayEquals(new int[] {1, 5, 3, 4}, tokenizer.encode("\u00e9"));
        assertEquals("ab ab", tokenizer.decode(1, 9, 5, 8));
        Tokenizer bare = Tokenizer.of(sentencePiece(TYPES, SCORES, Optional.of(false)), "m.gguf");
        assertArrayEquals(new int[] {8}, bare.encode("ab"));
    }

    @Test
    void cutsAsTheFileNames() {
        List<String> merges = List.of("a b", "1 2");
        Tokenizer gpt2 = Tokenizer.of(byteLevel(Optional.of("gpt-2"), merges, OptionalInt.empty()), "m.gguf");
        assertArrayEquals(new int[] {5, 6, 7}, gpt2.encode("ab12<|end|>"));
        Tokenizer digits = Tokenizer.of(byteLevel(Optional.of("smollm"), merges, OptionalInt.empty()), "m.gguf");
        assertArrayEquals(new int[] {5, 2, 3}, digits.encode("ab12"));
        Tokenizer begins = Tokenizer.of(byteLevel(Optional.of("llama-bpe"), merges, OptionalInt.of(7)), "m.gguf");
        assertArrayEquals(new int[] {7, 5, 6}, begins.encode("ab12"));
    }

    @Test
    void refusesByTheKey() {
        assertEquals(
                "tokenizer.ggml.pre: must be one that is known; got morse",
                refusal(byteLevel(Optional.of("morse"), List.of(), OptionalInt.empty())));
        assertEquals(
                "tokenizer.ggml.pre: a gpt2 tokenizer must say how it cuts texts; got nothing; convert the model again",
                refusal(byteLevel(Optional.empty(), List.of(), OptionalInt.empty())));
        assertEquals(
                "tokenizer.ggml.merges: number 0: what a merge makes must be in the vocabulary; got ba",
                refusal(byteLevel(Optional.of("gpt-2"), List.of("b a"), OptionalInt.empty())));
        assertEquals(
                "tokenizer.ggml.bos_token_id: must be one of the 8 tokens of the vocabulary; got 99",
                refusal(byteLevel(Optional.of("gpt-2"), List.of(), OptionalInt.of(99))));
        assertEquals(
                "tokenizer.ggml.token_type: must have one for each of the 11 tokens; got 1",
                refusal(sentencePiece(new int[1], SCORES, Optional.empty())));
        assertEquals(
                "tokenizer.ggml.scores: a llama tokenizer must have scores; got none",
                refusal(sentencePiece(TYPES, new float[0], Optional.empty())));
    }
}
