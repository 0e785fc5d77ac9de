package luthier.nn.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A text on its way through the pipeline, and for each of its characters the stretch of the text as given that it stands for: a
 * normalizer changes the one and keeps track of the other. Both are counted in UTF-16 units here; only the finished encoding counts code
 * points. Immutable; a stretch shares what it is cut from.
 */
final class AlignedText {
    private final String text;
    private final int @Nullable [] starts;
    private final int @Nullable [] ends;
    private final int base;

    private AlignedText(String text, int @Nullable [] starts, int @Nullable [] ends, int base) {
        this.text = text;
        this.starts = starts;
        this.ends = ends;
        this.base = base;
    }

    /** A text as it is given. */
    static AlignedText of(String text) {
        return new AlignedText(text, null, null, 0);
    }

    String text() {
        return text;
    }

    int length() {
        return text.length();
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    /** Returns where the stretch begins that a character stands for. */
    int start(int index) {
        return starts == null ? base + index : starts[base + index];
    }

    /** Returns where the stretch ends that a character stands for. */
    int end(int index) {
        return ends == null ? base + index + 1 : ends[base + index];
    }

    /** Returns a stretch. */
    AlignedText slice(int from, int to) {
        return from == 0 && to == text.length()
                ? this
                : new AlignedText(text.substring(from, to), starts, ends, base + from);
    }

    /** Returns another text of as many characters, each in the place of this one's. */
    AlignedText relabelled(String other) {
        return new AlignedText(other, starts, ends, base);
    }

    /** Writes a changed text piece by piece. */
    static final class Rewriter {
        private final AlignedText from;
        private final StringBuilder text;
        private int[] starts;
        private int[] ends;

        Rewriter(AlignedText from) {
            this.from = from;
            text = new StringBuilder(from.length() + 16);
            starts = new int[from.length() + 16];
            ends = new int[from.length() + 16];
        }

        private void room(int more) {
            if (text.length() + more > starts.length) {
                int size = Math.max(text.length() + more, 2 * starts.length);
                starts = Arrays.copyOf(starts, size);
                ends = Arrays.copyOf(ends, size);
            }
        }

        /** Takes a stretch over as it is. */
        void keep(int first, int last) {
            room(last - first);
            int at = text.length();
            for (int i = first; i < last; i++, at++) {
                starts[at] = from.start(i);
                ends[at] = from.end(i);
            }
            text.append(from.text, first, last);
        }

        /** Writes characters that stand for what a stretch of the old text stands for; for nothing where that is empty. */
        void put(String characters, int first, int last) {
            room(characters.length());
            int start = last == 0 ? 0 : from.start(first);
            int end = last == 0 ? 0 : from.end(last - 1);
            Arrays.fill(starts, text.length(), text.length() + characters.length(), start);
            Arrays.fill(ends, text.length(), text.length() + characters.length(), end);
            text.append(characters);
        }

        /** As {@link #put(String, int, int)}. */
        void put(int codePoint, int first, int last) {
            if (Character.isBmpCodePoint(codePoint)) {
                room(1);
                starts[text.length()] = last == 0 ? 0 : from.start(first);
                ends[text.length()] = last == 0 ? 0 : from.end(last - 1);
                text.append((char) codePoint);
            } else {
                put(Character.toString(codePoint), first, last);
            }
        }

        AlignedText done() {
            return new AlignedText(text.toString(), starts, ends, 0);
        }
    }

    /**
     * Returns the text that a list of characters makes, each with what changed: 0 in the place of the next old character, 1 added after
     * it, -k in the place of the next and the k after that are gone.
     */
    AlignedText changed(int[] characters, int[] changes, int count) {
        Rewriter result = new Rewriter(this);
        int at = 0;
        int before = 0;
        for (int i = 0; i < count; i++) {
            if (changes[i] > 0) {
                result.put(characters[i], before, at);
                continue;
            }
            int next = at + Character.charCount(text.codePointAt(at));
            result.put(characters[i], at, next);
            before = at;
            for (int gone = changes[i]; gone < 0; gone++) {
                before = next;
                next += Character.charCount(text.codePointAt(next));
            }
            at = next;
        }
        return result.done();
    }
}
