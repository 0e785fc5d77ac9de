package luthier.tensor.kernel;

/**
 * Threefry-2x32 with 20 rounds: a keyed bijection of 64-bit counters whose outputs pass as independent random bits. Salmon et
 * al. 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11.
 */
public final class Threefry {
    private static final int PARITY = 0x1BD11BDA;
    private static final int[] ROTATIONS = {13, 15, 26, 6, 17, 29, 16, 24};
    private static final int ROUNDS = 20;

    private Threefry() {}

    /**
     * Encrypts a counter.
     *
     * @param key two 32-bit words, the first in the low half
     * @param counter two 32-bit words, the first in the low half
     * @return two 32-bit words, the first in the low half
     */
    public static long encrypt(long key, long counter) {
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        int k2 = PARITY ^ k0 ^ k1;
        int x0 = (int) counter + k0;
        int x1 = (int) (counter >>> 32) + k1;
        for (int round = 0; round < ROUNDS; round++) {
            x0 += x1;
            x1 = Integer.rotateLeft(x1, ROTATIONS[round & 7]) ^ x0;
            if ((round & 3) == 3) {
                int s = (round >> 2) + 1;
                x0 += word(k0, k1, k2, s);
                x1 += word(k0, k1, k2, s + 1) + s;
            }
        }
        return (x0 & 0xFFFFFFFFL) | ((long) x1 << 32);
    }

    private static int word(int k0, int k1, int k2, int index) {
        return switch (index % 3) {
            case 0 -> k0;
            case 1 -> k1;
            default -> k2;
        };
    }
}
