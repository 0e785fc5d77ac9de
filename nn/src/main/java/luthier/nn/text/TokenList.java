package luthier.nn.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** The tokens of one text as they are made: ids, the stretches of the text they stand for, the words they belong to. */
final class TokenList {
    private int[] ids = new int[32];
    private int[] starts = new int[32];
    private int[] ends = new int[32];
    private int[] words = new int[32];
    private int count;
    private final Map<Integer, String> found = new HashMap<>();

    void add(int id, int start, int end, int word) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
            words = Arrays.copyOf(words, 2 * count);
        }
        ids[count] = id;
        starts[count] = start;
        ends[count] = end;
        words[count++] = word;
    }

    /** Adds an added token as it was found in the text, with the spaces that it takes. */
    void addFound(int id, int start, int end, int word, String text) {
        found.put(count, text);
        add(id, start, end, word);
    }

    int count() {
        return count;
    }

    int id(int index) {
        return ids[index];
    }

    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return ends[index];
    }

    int word(int index) {
        return words[index];
    }

    int[] ids() {
        return Arrays.copyOf(ids, count);
    }

    /** Counts the places of the tokens from an index on in code points of their text instead of UTF-16 units. */
    void countCodePoints(String text, int first) {
        int astral = 0;
        while (astral < text.length() && !Character.isSurrogate(text.charAt(astral))) {
            astral++;
        }
        if (astral == text.length()) {
            return;
        }
        int[] before = new int[text.length() + 1];
        for (int i = 0; i < text.length(); i++) {
            before[i + 1] = before[i] + (Character.isLowSurrogate(text.charAt(i)) ? 0 : 1);
        }
        for (int i = first; i < count; i++) {
            starts[i] = before[starts[i]];
            ends[i] = before[ends[i]];
        }
    }

    /**
     * Moves the places inwards, off the spaces at a token's ends.
     *
     * @param texts the text of a token by its id; that of an added token is what it was found as
     * @param added whether the text began with a space that was added and has no place
     */
    void trim(IntFunction<String> texts, boolean added) {
        for (int i = 0; i < count; i++) {
            String text = found.getOrDefault(i, "").isEmpty() ? texts.apply(ids[i]) : found.getOrDefault(i, "");
            int leading = 0;
            while (leading < text.length() && isSpace(text.charAt(leading))) {
                leading++;
            }
            int trailing = 0;
            while (trailing < text.length() && isSpace(text.charAt(text.length() - 1 - trailing))) {
                trailing++;
            }
            leading -= leading > 0 && added && (i == 0 || starts[i] == 0) ? 1 : 0;
            starts[i] = Math.min(starts[i] + leading, ends[i]);
            if (ends[i] >= trailing) {
                ends[i] = Math.max(ends[i] - trailing, starts[i]);
            }
        }
    }

    private static boolean isSpace(char c) {
        return c == ByteLevel.written(' ') || Characters.isWhitespace(c);
    }
}
