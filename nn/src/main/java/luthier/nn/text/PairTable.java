package luthier.nn.text;

import java.util.Arrays;

/** Pairs of numbers, each with a rank and a result: what two tokens merge into, and how early. */
final class PairTable {
    private static final long EMPTY = -1;

    private long[] keys;
    private int[] ranks;
    private int[] results;
    private int mask;
    private int size;

    PairTable(int expected) {
        allocate(Integer.highestOneBit(Math.max(8, expected)) << 2);
    }

    private void allocate(int slots) {
        keys = new long[slots];
        Arrays.fill(keys, EMPTY);
        ranks = new int[slots];
        results = new int[slots];
        mask = slots - 1;
        size = 0;
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    /** Returns the slot of a pair, or where it would be. */
    private int slot(long key) {
        long mixed = key * 0x9e3779b97f4a7c15L;
        int at = (int) (mixed >>> 32) & mask;
        while (keys[at] != EMPTY && keys[at] != key) {
            at = at + 1 & mask;
        }
        return at;
    }

    /** Sets a pair's rank and result; the last of equal pairs stays. */
    void put(int left, int right, int rank, int result) {
        if (2 * (size + 1) > keys.length) {
            grow();
        }
        int at = slot(key(left, right));
        size += keys[at] == EMPTY ? 1 : 0;
        keys[at] = key(left, right);
        ranks[at] = rank;
        results[at] = result;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldRanks = ranks;
        int[] oldResults = results;
        allocate(2 * keys.length);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != EMPTY) {
                put((int) (oldKeys[i] >>> 32), (int) oldKeys[i], oldRanks[i], oldResults[i]);
            }
        }
    }

    /** Returns a place to ask for a pair's values, or -1 if it is not there. */
    int find(int left, int right) {
        int at = slot(key(left, right));
        return keys[at] == EMPTY ? -1 : at;
    }

    int rank(int place) {
        return ranks[place];
    }

    int result(int place) {
        return results[place];
    }
}
