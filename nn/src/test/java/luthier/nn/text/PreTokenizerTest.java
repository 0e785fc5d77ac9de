package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreTokenizerTest {
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        PreTokenizer.BERT.cut(AlignedText.of(text), piece -> words.add(piece.text()));
        return words;
    }

    @Test
    void splitsAtWhitespaceAndAroundPunctuation() {
        assertEquals(List.of("don", "'", "t", "stop", "-", "now", ".", ".", "."), words("don't  stop-now..."));
        assertEquals(List.of("«", "a", "»", "—", "b", "。"), words("«a»\u00a0—\tb。"));
    }

    @Test
    void takesAsciiSymbolsForPunctuationAndOtherSymbolsForLetters() {
        assertEquals(List.of("$", "5", "+", "€5", "^", "`", "|", "~", "°"), words("$5+€5^`|~°"));
    }

    @Test
    void keepsCharactersBeyondTheBasicPlaneWhole() {
        assertEquals(List.of("\ud83d\ude42\ud83d\ude42"), words("\ud83d\ude42\ud83d\ude42"));
        assertEquals(List.of("a", "\ud800\udd00", "b"), words("a\ud800\udd00b"));
    }

    @Test
    void findsNoWordInNothing() {
        assertEquals(List.of(), words(""));
        assertEquals(List.of(), words(" \n "));
    }
}
