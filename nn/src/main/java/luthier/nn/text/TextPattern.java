package luthier.nn.text;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** What is looked for in a text: a plain text, one of the published split patterns, or a regular expression. Immutable. */
interface TextPattern {
    /** Returns where the matches begin and end, in pairs, from left to right; they do not overlap. */
    int[] matches(String text);

    /** A list of places that grows. */
    final class Places {
        private int[] places = new int[16];
        private int count;

        void add(int from, int to) {
            if (count == places.length) {
                places = Arrays.copyOf(places, 2 * count);
            }
            places[count++] = from;
            places[count++] = to;
        }

        int[] toArray() {
            return Arrays.copyOf(places, count);
        }
    }

    /** A plain text. */
    record Literal(String wanted) implements TextPattern {
        @Override
        public int[] matches(String text) {
            Places places = new Places();
            if (!wanted.isEmpty()) {
                for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length())) {
                    places.add(at, at + wanted.length());
                }
            }
            return places.toArray();
        }
    }

    /** A regular expression of the format, which means Oniguruma's by it; looked at in bounded time. */
    static TextPattern regex(String expression) {
        return PublishedPatterns.named(expression).orElseGet(() -> OnigurumaPattern.of(expression));
    }

    /** A kind of characters, each a match of its own. */
    record Each(IntPredicate kind) implements TextPattern {
        @Override
        public int[] matches(String text) {
            Places places = new Places();
            for (int i = 0; i < text.length(); ) {
                int c = text.codePointAt(i);
                int next = i + Character.charCount(c);
                if (kind.test(c)) {
                    places.add(i, next);
                }
                i = next;
            }
            return places.toArray();
        }
    }
}
