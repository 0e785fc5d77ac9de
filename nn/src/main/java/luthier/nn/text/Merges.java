package luthier.nn.text;

import java.util.Arrays;

/**
 * Byte-pair merging: of all neighbours that may merge, those of the lowest rank do, the leftmost first, until none may. Short rows are
 * looked through; long ones keep a heap, so that n symbols cost n log n steps.
 *
 * <p>Source: Sennrich et al. 2016, arXiv:1508.07909.
 */
final class Merges {
    private static final int SHORT = 48;
    private static final int NEVER = Integer.MAX_VALUE;

    private final PairTable table;

    Merges(PairTable table) {
        this.table = table;
    }

    /**
     * Merges symbols in place.
     *
     * @param symbols their ids
     * @param starts where each begins in the piece
     * @param ends where each ends; a merged one ends where its last part does
     * @return how many are left, at the beginning of all three
     */
    int merge(int[] symbols, int[] starts, int[] ends, int count) {
        return count <= SHORT
                ? mergeShort(symbols, starts, ends, count)
                : new Row(symbols, starts, ends, count).merge();
    }

    private int rank(int left, int right) {
        int place = table.find(left, right);
        return place < 0 ? NEVER : table.rank(place);
    }

    private int mergeShort(int[] symbols, int[] starts, int[] ends, int count) {
        int[] ranks = new int[count];
        for (int i = 0; i + 1 < count; i++) {
            ranks[i] = rank(symbols[i], symbols[i + 1]);
        }
        int left = count;
        while (left > 1) {
            int best = 0;
            for (int i = 1; i + 1 < left; i++) {
                best = ranks[i] < ranks[best] ? i : best;
            }
            if (ranks[best] == NEVER) {
                break;
            }
            symbols[best] = table.result(table.find(symbols[best], symbols[best + 1]));
            ends[best] = ends[best + 1];
            left--;
            System.arraycopy(symbols, best + 2, symbols, best + 1, left - best - 1);
            System.arraycopy(starts, best + 2, starts, best + 1, left - best - 1);
            System.arraycopy(ends, best + 2, ends, best + 1, left - best - 1);
            System.arraycopy(ranks, best + 1, ranks, best, left - best);
            if (best > 0) {
                ranks[best - 1] = rank(symbols[best - 1], symbols[best]);
            }
            ranks[best] = best + 1 < left ? rank(symbols[best], symbols[best + 1]) : NEVER;
        }
        return left;
    }

    /** A row as a list linked both ways, and a heap of what may merge: rank above place in one number. */
    private final class Row {
        private final int[] symbols;
        private final int[] starts;
        private final int[] ends;
        private final int[] next;
        private final int[] previous;
        private long[] heap;
        private int size;

        private Row(int[] symbols, int[] starts, int[] ends, int count) {
            this.symbols = symbols;
            this.starts = starts;
            this.ends = ends;
            next = new int[count];
            previous = new int[count];
            for (int i = 0; i < count; i++) {
                next[i] = i + 1 < count ? i + 1 : -1;
                previous[i] = i - 1;
            }
            heap = new long[count];
        }

        private int merge() {
            for (int i = 0; i >= 0; i = next[i]) {
                offer(i);
            }
            while (size > 0) {
                long top = poll();
                int at = (int) top;
                int after = next[at];
                // A pair that has changed since is not what was offered.
                if (after < 0 || symbols[at] < 0 || rank(symbols[at], symbols[after]) != (int) (top >>> 32)) {
                    continue;
                }
                symbols[at] = table.result(table.find(symbols[at], symbols[after]));
                ends[at] = ends[after];
                symbols[after] = -1;
                next[at] = next[after];
                if (next[at] >= 0) {
                    previous[next[at]] = at;
                }
                if (previous[at] >= 0) {
                    offer(previous[at]);
                }
                offer(at);
            }
            int count = 0;
            for (int i = 0; i >= 0; i = next[i]) {
                symbols[count] = symbols[i];
                starts[count] = starts[i];
                ends[count++] = ends[i];
            }
            return count;
        }

        private void offer(int at) {
            int rank = next[at] < 0 ? NEVER : rank(symbols[at], symbols[next[at]]);
            if (rank == NEVER) {
                return;
            }
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            long key = (long) rank << 32 | at;
            int i = size++;
            while (i > 0 && heap[(i - 1) / 2] > key) {
                heap[i] = heap[(i - 1) / 2];
                i = (i - 1) / 2;
            }
            heap[i] = key;
        }

        private long poll() {
            long top = heap[0];
            long last = heap[--size];
            int i = 0;
            while (2 * i + 1 < size) {
                int child = 2 * i + 1;
                child += child + 1 < size && heap[child + 1] < heap[child] ? 1 : 0;
                if (heap[child] >= last) {
                    break;
                }
                heap[i] = heap[child];
                i = child;
            }
            heap[i] = last;
            return top;
        }
    }
}
