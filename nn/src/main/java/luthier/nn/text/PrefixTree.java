package luthier.nn.text;

import java.util.Arrays;

/** Texts by their first characters, each with a number: a trie in one table, so that a quarter of a million tokens cost some megabytes. */
final class PrefixTree {
    /** No text ends here. */
    static final int NONE = -1;

    private final PairTable steps = new PairTable(64);
    private int[] values = new int[64];
    private int nodes = 1;

    PrefixTree() {
        Arrays.fill(values, NONE);
    }

    /** Adds a text that is not empty; the first of equal ones stays. */
    void add(String text, int value) {
        int node = 0;
        for (int i = 0; i < text.length(); i++) {
            int place = steps.find(node, text.charAt(i));
            if (place >= 0) {
                node = steps.result(place);
                continue;
            }
            if (nodes == values.length) {
                values = Arrays.copyOf(values, 2 * nodes);
                Arrays.fill(values, nodes, values.length, NONE);
            }
            steps.put(node, text.charAt(i), 0, nodes);
            node = nodes++;
        }
        if (values[node] == NONE) {
            values[node] = value;
        }
    }

    /** Returns the node after a character, or -1; 0 is the first. */
    int next(int node, char c) {
        int place = steps.find(node, c);
        return place < 0 ? -1 : steps.result(place);
    }

    /** Returns the number of the text that ends at a node, or {@link #NONE}. */
    int value(int node) {
        return values[node];
    }
}
