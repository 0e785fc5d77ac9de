package luthier.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BertNormalizerTest {
    private static final BertNormalizer UNCASED = new BertNormalizer(true, true, true, true);
    private static final BertNormalizer NOTHING = new BertNormalizer(false, false, false, false);

    @Test
    void lowercasesAndStripsAccents() {
        assertEquals("cafe naive angstrom", UNCASED.normalize("Café NAÏVE Ångström"));
        assertEquals("e", UNCASED.normalize("e\u0301"));
        assertEquals("i", UNCASED.normalize("\u0130"));
        assertEquals("a", UNCASED.normalize("A" + "\u0301\u0323".repeat(100_000)), "a run of marks takes no minute");
    }

    @Test
    void lowercasesEveryCharacterOnItsOwn() {
        assertEquals("σασ", UNCASED.normalize("ΣΑΣ"));
        assertEquals("i\u0307", new BertNormalizer(false, false, false, true).normalize("\u0130"));
        assertEquals("\ud801\udc28", UNCASED.normalize("\ud801\udc00"));
    }

    @Test
    void keepsAccentsAndCaseOnRequest() {
        assertEquals("Café", new BertNormalizer(true, true, false, false).normalize("Café"));
        assertEquals("Cafe", new BertNormalizer(true, true, true, false).normalize("Café"));
        assertEquals("café", new BertNormalizer(true, true, false, true).normalize("Café"));
    }

    @Test
    void dropsControlCharacters() {
        assertEquals("ab", UNCASED.normalize("a\u0000\u0007\u000b\u0085\u200b\u00ad\ufeff\ufffd\ue000b"));
        assertEquals("ab", UNCASED.normalize("a\ud800b"));
    }

    @Test
    void makesEveryWhitespaceASpace() {
        assertEquals("a       b", UNCASED.normalize("a\t\n\r\u00a0\u2003\u2028\u3000b"));
    }

    @Test
    void putsSpacesAroundChineseCharactersOnly() {
        assertEquals("a 食  物 b", UNCASED.normalize("a食物b"));
        assertEquals(" \ud840\udc00 ", UNCASED.normalize("\ud840\udc00"));
        for (int c : new int[] {0x2b820, 0x2b91f}) {
            assertEquals(Character.toString(c), UNCASED.normalize(Character.toString(c)));
        }
        for (int c : new int[] {0x2b81f, 0x2b920, 0x2ceaf}) {
            assertEquals(" " + Character.toString(c) + " ", UNCASED.normalize(Character.toString(c)));
        }
        assertEquals("ひらカタ", new BertNormalizer(true, true, false, false).normalize("ひらカタ"));
    }

    @Test
    void doesNothingIfNothingIsAskedFor() {
        String text = "Caf\u00e9\t食\u0000\u00a0\ufffd\ud800Σ";
        assertEquals(text, NOTHING.normalize(text));
        assertEquals("", UNCASED.normalize(""));
    }
}
