package luthier.tensor.kernel;

/**
 * Threefry-2x32 with 20 rounds: a keyed bijection of 64-bit counters whose outputs pass as independent random bits. Salmon et
 * al. 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11.
 */
public final class Threefry {
    private static final int PARITY = 0x1BD11BDA;

    private Threefry() {}

    /**
     * Encrypts a counter.
     *
     * @param key two 32-bit words, the first in the low half
     * @param counter two 32-bit words, the first in the low half
     * @return two 32-bit words, the first in the low half
     */
    public static long encrypt(long key, long counter) {
        int[] low = {(int) counter};
        int[] high = {(int) (counter >>> 32)};
        encrypt(key, low, high, 1);
        return join(low[0], high[0]);
    }

    /** Sets the first n of {@code bits} to the encrypted counters {@code start, start + 1, ...}, start not negative. */
    public static void fill(long key, int start, long[] bits, int n) {
        int[] low = new int[n];
        int[] high = new int[n];
        for (int i = 0; i < n; i++) {
            low[i] = start + i;
        }
        encrypt(key, low, high, n);
        for (int i = 0; i < n; i++) {
            bits[i] = join(low[i], high[i]);
        }
    }

    private static long join(int low, int high) {
        return (low & 0xFFFFFFFFL) | ((long) high << 32);
    }

    /** Encrypts n counters in place, by words. Unrolled so that the compiler makes it a loop over vectors: about 3 times as fast. */
    private static void encrypt(long key, int[] low, int[] high, int n) {
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        int k2 = PARITY ^ k0 ^ k1;
        for (int i = 0; i < n; i++) {
            int x0 = low[i] + k0;
            int x1 = high[i] + k1;

            x0 += x1;
            x1 = Integer.rotateLeft(x1, 13) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 15) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 26) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 6) ^ x0;
            x0 += k1;
            x1 += k2 + 1;

            x0 += x1;
            x1 = Integer.rotateLeft(x1, 17) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 29) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 16) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 24) ^ x0;
            x0 += k2;
            x1 += k0 + 2;

            x0 += x1;
            x1 = Integer.rotateLeft(x1, 13) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 15) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 26) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 6) ^ x0;
            x0 += k0;
            x1 += k1 + 3;

            x0 += x1;
            x1 = Integer.rotateLeft(x1, 17) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 29) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 16) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 24) ^ x0;
            x0 += k1;
            x1 += k2 + 4;

            x0 += x1;
            x1 = Integer.rotateLeft(x1, 13) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 15) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 26) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, 6) ^ x0;
            x0 += k2;
            x1 += k0 + 5;

            low[i] = x0;
            high[i] = x1;
        }
    }
}
