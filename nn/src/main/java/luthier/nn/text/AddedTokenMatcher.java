package luthier.nn.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds added tokens in a text: the leftmost first and, of those that start at the same place, the longest. If that one must
 * be a single word and is not, its characters are ordinary text. An empty token is none. A trie: the time does not grow with the number of
 * tokens.
 */
final class AddedTokenMatcher {
    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private final Node root = new Node();

    /** Where a token may go on, and the one that ends here. */
    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>();
        private @Nullable AddedToken token;
    }

    AddedTokenMatcher(List<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            Node node = root;
            for (char c : token.content().toCharArray()) {
                node = node.next.computeIfAbsent(c, _ -> new Node());
            }
            // The first of equal ones stays.
            if (node.token == null && !token.content().isEmpty()) {
                node.token = token;
            }
        }
    }

    /** Returns the longest token that starts at a place of a text. */
    private Optional<AddedToken> longest(String text, int start) {
        AddedToken longest = null;
        Node node = root.next.get(text.charAt(start));
        for (int at = start + 1; node != null; at++) {
            longest = node.token != null ? node.token : longest;
            node = at < text.length() ? node.next.get(text.charAt(at)) : null;
        }
        return Optional.ofNullable(longest);
    }

    /** Passes on, in order, the stretches of text between the tokens (without the empty ones) and the ids of the tokens. */
    void split(String text, Consumer<String> stretches, IntConsumer ids) {
        int from = 0;
        int at = 0;
        while (at < text.length()) {
            Optional<AddedToken> found = longest(text, at);
            if (found.isEmpty()) {
                at++;
                continue;
            }
            AddedToken token = found.get();
            int end = at + token.content().length();
            // Space that the token before has taken is no place for another.
            boolean taken = at < from;
            if (!taken && !(token.singleWord() && touchesWord(text, at, end))) {
                int start = token.stripLeft() ? skipSpaceBefore(text, at, from) : at;
                if (start > from) {
                    stretches.accept(text.substring(from, start));
                }
                ids.accept(token.id());
                from = token.stripRight() ? skipSpaceAfter(text, end) : end;
            }
            at = end;
        }
        if (from < text.length()) {
            stretches.accept(text.substring(from));
        }
    }

    private static boolean touchesWord(String text, int start, int end) {
        return start > 0 && isWordCharacter(text.codePointBefore(start))
                || end < text.length() && isWordCharacter(text.codePointAt(end));
    }

    /** The word characters of Unicode's regular expressions: UTS 18, annex C. */
    private static boolean isWordCharacter(int c) {
        return Character.isAlphabetic(c)
                || Character.isDigit(c)
                || switch (Character.getType(c)) {
                    case Character.NON_SPACING_MARK,
                            Character.COMBINING_SPACING_MARK,
                            Character.ENCLOSING_MARK,
                            Character.CONNECTOR_PUNCTUATION -> true;
                    default -> c == ZERO_WIDTH_NON_JOINER || c == ZERO_WIDTH_JOINER;
                };
    }

    private static int skipSpaceBefore(String text, int end, int from) {
        int start = end;
        while (start > from && BertNormalizer.isWhitespace(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int skipSpaceAfter(String text, int start) {
        int end = start;
        while (end < text.length() && BertNormalizer.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
