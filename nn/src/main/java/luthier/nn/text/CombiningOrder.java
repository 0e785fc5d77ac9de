package luthier.nn.text;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;

/**
 * The order in which marks follow a letter: Unicode's canonical combining classes, of which the JDK shows only the effect. Each class
 * has a mark here that stands for it; a mark has the class of the last one that the JDK lets stand before it.
 */
final class CombiningOrder {
    /** A mark of every class, by class. */
    private static final int[] MARKS = {
        0x334, 0x16ff0, 0x93c, 0x3099, 0x94d, 0x5b0, 0x5b1, 0x5b2, 0x5b3, 0x5b4, 0x5b5, 0x5b6, 0x5b7, 0x5b8, 0x5b9,
                0x5bb, 0x5bc, 0x5bd,
        0x5bf, 0x5c1, 0x5c2, 0xfb1e, 0x64b, 0x64c, 0x64d, 0x64e, 0x64f, 0x650, 0x651, 0x652, 0x670, 0x711, 0xc55, 0xc56,
                0xe38, 0xe48,
        0xeb8, 0xec8, 0xf71, 0xf72, 0xf74, 0x321, 0x1dce, 0x31b, 0x302a, 0x316, 0x59a, 0x302e, 0x1d16d, 0x5ae, 0x300,
                0x315, 0x35c, 0x35d,
        0x345
    };

    private static final int FIRST_MARK = 0x300;
    private static final int TABLE = 0x20000;
    /** Order + 1 by character, 0 where it is not known yet; written by any thread, always with the same value. */
    private static final byte[] KNOWN = new byte[TABLE];

    private CombiningOrder() {}

    /** Returns the rank of a mark's class, from 1, or 0 for a character that begins anew. */
    static int of(int c) {
        if (c < FIRST_MARK || !Characters.isMark(c)) {
            return 0;
        }
        if (c >= TABLE) {
            return rank(c);
        }
        int known = KNOWN[c];
        if (known == 0) {
            known = rank(c) + 1;
            KNOWN[c] = (byte) known;
        }
        return known - 1;
    }

    private static int rank(int c) {
        int last = MARKS[MARKS.length - 1];
        if (!swaps(last, c) && !swaps(c, MARKS[0]) && !sameClassAsEnds(c)) {
            return 0;
        }
        int low = 0;
        int high = MARKS.length;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (swaps(MARKS[middle], c)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return low + 1;
    }

    /** A mark of the highest class trades places with the first; one of the lowest with the last. */
    private static boolean sameClassAsEnds(int c) {
        return swaps(c, 0x316) || swaps(0x316, c);
    }

    private static boolean swaps(int first, int second) {
        String pair = new StringBuilder()
                .appendCodePoint(first)
                .appendCodePoint(second)
                .toString();
        String ordered = Normalizer.normalize(pair, Form.NFD);
        return !ordered.equals(pair) && ordered.codePointAt(0) == second;
    }

    /** Sorts a run of marks by class; those of one class keep their order. */
    static void sort(int[] characters, int[] changes, int from, int to) {
        boolean sorted = true;
        for (int i = from + 1; i < to; i++) {
            sorted &= of(characters[i - 1]) <= of(characters[i]);
        }
        if (sorted) {
            return;
        }
        long[] keys = new long[to - from];
        for (int i = from; i < to; i++) {
            keys[i - from] = (long) of(characters[i]) << 32 | i - from;
        }
        Arrays.sort(keys);
        int[] oldCharacters = Arrays.copyOfRange(characters, from, to);
        int[] oldChanges = Arrays.copyOfRange(changes, from, to);
        for (int i = 0; i < keys.length; i++) {
            characters[from + i] = oldCharacters[(int) keys[i]];
            changes[from + i] = oldChanges[(int) keys[i]];
        }
    }

    /** Returns the character that two compose to, or -1. */
    static int composed(int first, int second) {
        if (second < FIRST_MARK) {
            return -1;
        }
        String pair = new StringBuilder()
                .appendCodePoint(first)
                .appendCodePoint(second)
                .toString();
        String joined = Normalizer.normalize(pair, Form.NFC);
        int c = joined.codePointAt(0);
        return Character.charCount(c) == joined.length() ? c : -1;
    }
}
