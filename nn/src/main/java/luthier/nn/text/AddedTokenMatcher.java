package luthier.nn.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Finds added tokens in a text: the leftmost first and, of those that start at the same place, the longest. If that one must
 * be a single word and is not, its characters are ordinary text. An empty token is none. A trie: the time does not grow with the number of
 * tokens.
 */
final class AddedTokenMatcher {
    private final PrefixTree tree = new PrefixTree();
    private final List<AddedToken> tokens;

    AddedTokenMatcher(List<AddedToken> tokens) {
        this.tokens = new ArrayList<>(tokens);
        for (int i = 0; i < tokens.size(); i++) {
            if (!tokens.get(i).content().isEmpty()) {
                tree.add(tokens.get(i).content(), i);
            }
        }
    }

    /** A token where it was found. */
    record Found(AddedToken token, AlignedText text) {}

    /** Returns the longest token that starts at a place of a text, or {@link PrefixTree#NONE}. */
    private int longest(String text, int start) {
        int longest = PrefixTree.NONE;
        int node = 0;
        for (int at = start; at < text.length(); at++) {
            node = tree.next(node, text.charAt(at));
            if (node < 0) {
                break;
            }
            longest = tree.value(node) != PrefixTree.NONE ? tree.value(node) : longest;
        }
        return longest;
    }

    /**
     * Passes on, in order, the stretches of text between the tokens (without the empty ones) and the tokens.
     *
     * @param wanted which of the tokens that are found count; the others' characters are ordinary text
     */
    void split(AlignedText whole, Predicate<Found> wanted, Consumer<AlignedText> stretches, Consumer<Found> found) {
        if (tokens.isEmpty()) {
            if (!whole.isEmpty()) {
                stretches.accept(whole);
            }
            return;
        }
        String text = whole.text();
        int from = 0;
        int at = 0;
        while (at < text.length()) {
            int number = longest(text, at);
            if (number == PrefixTree.NONE) {
                at++;
                continue;
            }
            AddedToken token = tokens.get(number);
            int end = at + token.content().length();
            // Space that the token before has taken is no place for another.
            boolean taken = at < from;
            if (!taken
                    && !(token.singleWord() && touchesWord(text, at, end))
                    && wanted.test(new Found(token, whole.slice(at, end)))) {
                int start = token.stripLeft() ? skipSpaceBefore(text, at, from) : at;
                if (start > from) {
                    stretches.accept(whole.slice(from, start));
                }
                from = token.stripRight() ? skipSpaceAfter(text, end) : end;
                found.accept(new Found(token, whole.slice(start, from)));
            }
            at = end;
        }
        if (from < text.length()) {
            stretches.accept(whole.slice(from, text.length()));
        }
    }

    private static boolean touchesWord(String text, int start, int end) {
        return start > 0 && Characters.isWord(text.codePointBefore(start))
                || end < text.length() && Characters.isWord(text.codePointAt(end));
    }

    private static int skipSpaceBefore(String text, int end, int from) {
        int start = end;
        while (start > from && Characters.isWhitespace(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int skipSpaceAfter(String text, int start) {
        int end = start;
        while (end < text.length() && Characters.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
