package luthier.nn.text;

import java.util.Arrays;
import java.util.function.Consumer;
import luthier.nn.text.AlignedText.Rewriter;

/**
 * Byte-level text: every byte of a text's UTF-8 is written as a character that can be seen, {@code é -> Ã©}, {@code " " -> Ġ}, so that 256
 * characters write every text.
 *
 * <p>Source: Radford et al. 2019, the encoder of GPT-2.
 *
 * @param addPrefixSpace whether a text that does not begin with a space gets one
 * @param cutter how the text is cut first
 */
record ByteLevel(boolean addPrefixSpace, PreTokenizer cutter) implements PreTokenizer {
    private static final char[] WRITTEN = new char[256];
    private static final short[] BYTES = new short[512];
    private static final int[] FIRST_OF_SEVERAL = {0, 0xc0, 0xe0, 0xf0};

    static {
        Arrays.fill(BYTES, (short) -1);
        int others = 256;
        for (int b = 0; b < 256; b++) {
            boolean visible = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
            WRITTEN[b] = (char) (visible ? b : others++);
            BYTES[WRITTEN[b]] = (short) b;
        }
    }

    /** GPT-2's cut. */
    static final PreTokenizer GPT2 = new Split(PublishedPatterns.GPT2, SplitBehavior.ISOLATED, false);

    @Override
    public void cut(AlignedText text, Consumer<AlignedText> pieces) {
        AlignedText spaced =
                addPrefixSpace && text.text().charAt(0) != ' ' ? new Normalizer.Prepend(" ").normalize(text) : text;
        cutter.cut(spaced, piece -> pieces.accept(written(piece)));
    }

    /** Returns the character that writes a byte. */
    static char written(int b) {
        return WRITTEN[b & 255];
    }

    /** Returns the byte that a character writes, or -1. */
    static int unwritten(int character) {
        return character < BYTES.length ? BYTES[character] : -1;
    }

    /** Returns the 256 characters in the order of their bytes. */
    static char[] alphabet() {
        return WRITTEN.clone();
    }

    /** Returns the text in these characters. */
    static AlignedText written(AlignedText text) {
        String given = text.text();
        int ascii = 0;
        while (ascii < given.length() && given.charAt(ascii) < 128) {
            ascii++;
        }
        if (ascii == given.length()) {
            char[] result = new char[ascii];
            for (int i = 0; i < ascii; i++) {
                result[i] = WRITTEN[given.charAt(i)];
            }
            return text.relabelled(new String(result));
        }
        Rewriter result = new Rewriter(text);
        for (int i = 0; i < given.length(); ) {
            int c = given.codePointAt(i);
            int next = i + Character.charCount(c);
            put(result, c, i, next);
            i = next;
        }
        return result.done();
    }

    private static void put(Rewriter to, int c, int from, int next) {
        if (c < 0x80) {
            to.put(WRITTEN[c], from, next);
            return;
        }
        int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        to.put(WRITTEN[FIRST_OF_SEVERAL[more] | c >> 6 * more], from, next);
        for (int i = more - 1; i >= 0; i--) {
            to.put(WRITTEN[0x80 | c >> 6 * i & 0x3f], from, next);
        }
    }
}
