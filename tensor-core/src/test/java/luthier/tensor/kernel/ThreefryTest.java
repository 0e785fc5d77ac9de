package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ThreefryTest {
    /** The known answers of Salmon et al.'s Random123 distribution for 20 rounds. */
    @Test
    void knownAnswers() {
        assertEquals(words(0x6b200159, 0x99ba4efe), Threefry.encrypt(0, 0));
        assertEquals(words(0x1cb996fc, 0xbb002be7), Threefry.encrypt(-1, -1));
        assertEquals(
                words(0xc4923a9c, 0x483df7a0),
                Threefry.encrypt(words(0x13198a2e, 0x03707344), words(0x243f6a88, 0x85a308d3)));
    }

    private static long words(int first, int second) {
        return (first & 0xFFFFFFFFL) | ((long) second << 32);
    }

    @Test
    void aFillIsOneCallForEachCounter() {
        long[] bits = new long[1000];
        for (int start : new int[] {0, 7, Integer.MAX_VALUE - 999}) {
            Threefry.fill(42, start, bits, bits.length);
            for (int i = 0; i < bits.length; i++) {
                assertEquals(Threefry.encrypt(42, (long) start + i), bits[i]);
            }
        }
    }
}
