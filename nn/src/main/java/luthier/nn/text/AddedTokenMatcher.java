package luthier.nn.text;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds added tokens in a text: the leftmost first and, of those that start at the same place, the longest. If that one must
 * be a single word and is not, its characters are ordinary text.
 */
final class AddedTokenMatcher {
    private final Map<String, AddedToken> byContent;
    private final Pattern anyContent;

    AddedTokenMatcher(List<AddedToken> tokens) {
        byContent = tokens.stream()
                .collect(Collectors.toUnmodifiableMap(
                        AddedToken::content, Function.identity(), (first, second) -> first));
        // The first alternative that matches wins, so the longest must come first.
        anyContent = Pattern.compile(byContent.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
    }

    /** Passes on, in order, the stretches of text between the tokens (without the empty ones) and the ids of the tokens. */
    void split(String text, Consumer<String> stretches, IntConsumer ids) {
        int from = 0;
        if (!byContent.isEmpty()) {
            Matcher matcher = anyContent.matcher(text);
            while (matcher.find()) {
                AddedToken token = byContent.get(matcher.group());
                boolean swallowed = matcher.start() < from;
                if (token == null
                        || swallowed
                        || token.singleWord() && touchesWord(text, matcher.start(), matcher.end())) {
                    continue;
                }
                int start = token.stripLeft() ? skipSpaceBefore(text, matcher.start(), from) : matcher.start();
                if (start > from) {
                    stretches.accept(text.substring(from, start));
                }
                ids.accept(token.id());
                from = token.stripRight() ? skipSpaceAfter(text, matcher.end()) : matcher.end();
            }
        }
        if (from < text.length()) {
            stretches.accept(text.substring(from));
        }
    }

    private static boolean touchesWord(String text, int start, int end) {
        return start > 0 && isWordCharacter(text.codePointBefore(start))
                || end < text.length() && isWordCharacter(text.codePointAt(end));
    }

    private static boolean isWordCharacter(int c) {
        return c == '_' || Character.isLetterOrDigit(c);
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
