package luthier.nn.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Learns merges: of all neighbours in counted words those that stand together most often become a token, again and again. Of equally
 * frequent pairs the one with the smaller left id comes first, then the one with the smaller right id, so that words and settings alone say
 * what is learned.
 *
 * <p>Source: Sennrich et al. 2016, arXiv:1508.07909, algorithm 1.
 */
final class PairMerging {
    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final String continuingPrefix;
    private final List<int[]> words = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Offer> queue = new PriorityQueue<>();
    private final List<List<String>> merges = new ArrayList<>();

    /** How often a pair stands in the words, and in which. */
    private static final class Pair {
        private long count;
        private int[] places = new int[4];
        private int size;

        private void add(int word, long often) {
            count += often;
            if (size == 0 || places[size - 1] != word) {
                places = size == places.length ? Arrays.copyOf(places, 2 * size) : places;
                places[size++] = word;
            }
        }
    }

    /** A pair with the count it had when it was offered. */
    private record Offer(long count, int left, int right) implements Comparable<Offer> {
        @Override
        public int compareTo(Offer other) {
            int byCount = Long.compare(other.count, count);
            int byLeft = byCount != 0 ? byCount : Integer.compare(left, other.left);
            return byLeft != 0 ? byLeft : Integer.compare(right, other.right);
        }
    }

    /** Begins with tokens; the right part of a merge loses the prefix. */
    PairMerging(List<String> first, String continuingPrefix) {
        tokens = new ArrayList<>(first);
        this.continuingPrefix = continuingPrefix;
        for (int i = 0; i < tokens.size(); i++) {
            ids.put(tokens.get(i), i);
        }
    }

    List<String> tokens() {
        return tokens;
    }

    List<List<String>> merges() {
        return merges;
    }

    /** Adds a word as its first tokens, which are known. */
    void add(List<String> parts, long count) {
        words.add(parts.stream().mapToInt(ids::get).toArray());
        counts.add(count);
    }

    /** Learns until there are so many tokens, or no pair is frequent enough. */
    void learn(int vocabularySize, long minFrequency) {
        for (int word = 0; word < words.size(); word++) {
            count(word, 1);
        }
        pairs.forEach((key, pair) -> offer(key, pair.count));
        while (tokens.size() < vocabularySize && !queue.isEmpty()) {
            Offer top = queue.poll();
            long key = key(top.left(), top.right());
            Pair pair = pairs.get(key);
            if (pair == null || pair.count != top.count()) {
                if (pair != null) {
                    offer(key, pair.count);
                }
                continue;
            }
            if (top.count() < Math.max(1, minFrequency)) {
                return;
            }
            merge(top.left(), top.right(), pair);
        }
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private void offer(long key, long count) {
        if (count > 0) {
            queue.add(new Offer(count, (int) (key >>> 32), (int) key));
        }
    }

    /** Counts the pairs of a word in, or out. */
    private void count(int word, int sign) {
        int[] symbols = words.get(word);
        for (int i = 0; i + 1 < symbols.length; i++) {
            long key = key(symbols[i], symbols[i + 1]);
            if (sign > 0) {
                pairs.computeIfAbsent(key, _ -> new Pair()).add(word, counts.get(word));
            } else {
                Pair pair = pairs.get(key);
                if (pair != null) {
                    pair.count -= counts.get(word);
                }
            }
        }
    }

    private void merge(int left, int right, Pair pair) {
        String second = tokens.get(right);
        boolean continues = !continuingPrefix.isEmpty() && second.startsWith(continuingPrefix);
        String token = tokens.get(left) + (continues ? second.substring(continuingPrefix.length()) : second);
        merges.add(List.of(tokens.get(left), second));
        Integer known = ids.get(token);
        int merged = known != null ? known : tokens.size();
        if (known == null) {
            ids.put(token, merged);
            tokens.add(token);
        }
        pairs.remove(key(left, right));
        for (int i = 0; i < pair.size; i++) {
            int word = pair.places[i];
            int[] after = merged(words.get(word), left, right, merged);
            if (after.length < words.get(word).length) {
                count(word, -1);
                words.set(word, after);
                count(word, 1);
                offerNew(after, merged);
            }
        }
        pairs.remove(key(left, right));
    }

    private static int[] merged(int[] symbols, int left, int right, int merged) {
        int[] after = new int[symbols.length];
        int size = 0;
        for (int i = 0; i < symbols.length; i++) {
            boolean both = i + 1 < symbols.length && symbols[i] == left && symbols[i + 1] == right;
            after[size++] = both ? merged : symbols[i];
            i += both ? 1 : 0;
        }
        return Arrays.copyOf(after, size);
    }

    /** A pair that grows is offered anew; what was offered before is stale then. */
    private void offerNew(int[] symbols, int merged) {
        for (int i = 0; i + 1 < symbols.length; i++) {
            if (symbols[i] == merged || symbols[i + 1] == merged) {
                long key = key(symbols[i], symbols[i + 1]);
                offer(key, pairs.computeIfAbsent(key, _ -> new Pair()).count);
            }
        }
    }
}
