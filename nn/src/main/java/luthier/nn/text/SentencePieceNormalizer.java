package luthier.nn.text;

import java.nio.charset.StandardCharsets;
import luthier.nn.text.AlignedText.Rewriter;
import org.jspecify.annotations.Nullable;

/**
 * What SentencePiece does to a text: the longest entries of its character map are replaced from left to right, runs of spaces become one and
 * go at the ends, a mark is put before the text, spaces are written as marks. User-defined symbols stay as they are.
 *
 * @param map the character map, or null for none
 */
record SentencePieceNormalizer(@Nullable CharacterMap map, boolean prefix, boolean removeExtra, PrefixTree symbols)
        implements Normalizer {
    private static final int LONGEST_ENTRY = 64;

    @Override
    public AlignedText normalize(AlignedText text) {
        String given = text.text();
        Rewriter result = new Rewriter(text);
        boolean begun = false;
        boolean afterSpace = removeExtra;
        int held = -1;
        for (int i = 0; i < given.length(); ) {
            int symbol = symbolEnd(given, i);
            int next = symbol > i ? symbol : i + Character.charCount(given.codePointAt(i));
            String replaced = given.substring(i, next);
            if (symbol == i && map != null) {
                int to = Math.min(given.length(), i + LONGEST_ENTRY);
                to -= Character.isHighSurrogate(given.charAt(to - 1)) ? 1 : 0;
                byte[] key = given.substring(i, Math.max(to, next)).getBytes(StandardCharsets.UTF_8);
                CharacterMap.Match match = map.find(key, 0, key.length, true);
                if (match != null) {
                    replaced = match.text();
                    next = i + new String(key, 0, match.length(), StandardCharsets.UTF_8).length();
                }
            }
            for (int k = 0; k < replaced.length(); ) {
                int c = replaced.codePointAt(k);
                k += Character.charCount(c);
                if (c == ' ' && removeExtra) {
                    held = afterSpace || held >= 0 ? held : i;
                    continue;
                }
                if (!begun && prefix) {
                    result.put(Metaspace.USUAL, i, next);
                }
                if (held >= 0) {
                    result.put(Metaspace.USUAL, held, held + 1);
                }
                begun = true;
                held = -1;
                afterSpace = false;
                if (c == ' ') {
                    result.put(Metaspace.USUAL, i, next);
                } else {
                    result.put(c, i, next);
                }
            }
            i = next;
        }
        return result.done();
    }

    /** Returns where the longest user-defined symbol ends that begins at a place, or the place. */
    private int symbolEnd(String given, int from) {
        int node = 0;
        int end = from;
        for (int at = from; at < given.length(); at++) {
            node = symbols.next(node, given.charAt(at));
            if (node < 0) {
                break;
            }
            end = symbols.value(node) != PrefixTree.NONE ? at + 1 : end;
        }
        return end;
    }
}
