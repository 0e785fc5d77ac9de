package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class BertPreTokenizerTest {
    @Test
    void splitsAtWhitespaceAndAroundPunctuation() {
        assertEquals(
                List.of("don", "'", "t", "stop", "-", "now", ".", ".", "."),
                BertPreTokenizer.words("don't  stop-now..."));
        assertEquals(List.of("«", "a", "»", "—", "b", "。"), BertPreTokenizer.words("«a»\u00a0—\tb。"));
    }

    @Test
    void takesAsciiSymbolsForPunctuationAndOtherSymbolsForLetters() {
        assertEquals(List.of("$", "5", "+", "€5", "^", "`", "|", "~", "°"), BertPreTokenizer.words("$5+€5^`|~°"));
    }

    @Test
    void keepsCharactersBeyondTheBasicPlaneWhole() {
        assertEquals(List.of("\ud83d\ude42\ud83d\ude42"), BertPreTokenizer.words("\ud83d\ude42\ud83d\ude42"));
        assertEquals(List.of("a", "\ud800\udd00", "b"), BertPreTokenizer.words("a\ud800\udd00b"));
    }

    @Test
    void findsNoWordInNothing() {
        assertEquals(List.of(), BertPreTokenizer.words(""));
        assertEquals(List.of(), BertPreTokenizer.words(" \n "));
    }
}
