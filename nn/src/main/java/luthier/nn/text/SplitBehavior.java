package luthier.nn.text;

import java.util.function.Consumer;

/** What becomes of a match where a text is cut: {@code a-b} at {@code -}. */
enum SplitBehavior {
    /** {@code a, b}. */
    REMOVED("Removed"),
    /** {@code a, -, b}. */
    ISOLATED("Isolated"),
    /** {@code a-, b}. */
    MERGED_WITH_PREVIOUS("MergedWithPrevious"),
    /** {@code a, -b}. */
    MERGED_WITH_NEXT("MergedWithNext"),
    /** {@code a, -, b}, but several matches in a row are one piece. */
    CONTIGUOUS("Contiguous");

    private final String written;

    SplitBehavior(String written) {
        this.written = written;
    }

    /** Returns how a file writes it. */
    String written() {
        return written;
    }

    /** Passes on the pieces; {@code matches} are pairs of places from left to right. */
    void cut(AlignedText text, int[] matches, boolean invert, Consumer<AlignedText> pieces) {
        int[] ends = new int[matches.length + 2];
        boolean[] matched = new boolean[ends.length];
        int count = 0;
        int from = 0;
        for (int i = 0; i < matches.length; i += 2) {
            if (matches[i] > from) {
                matched[count] = invert;
                ends[count++] = matches[i];
            }
            if (matches[i + 1] > matches[i]) {
                matched[count] = !invert;
                ends[count++] = matches[i + 1];
            }
            from = matches[i + 1];
        }
        if (from < text.length()) {
            matched[count] = invert;
            ends[count++] = text.length();
        }
        pass(text, ends, matched, count, pieces);
    }

    private void pass(AlignedText text, int[] ends, boolean[] matched, int count, Consumer<AlignedText> pieces) {
        boolean[] joined = joined(matched, count);
        int from = 0;
        for (int i = 0; i < count; i++) {
            if (joined[i + 1]) {
                continue;
            }
            if (!(this == REMOVED && matched[i])) {
                pieces.accept(text.slice(from, ends[i]));
            }
            from = ends[i];
        }
    }

    /** Returns for each stretch whether it belongs to the one before it. */
    private boolean[] joined(boolean[] matched, int count) {
        boolean[] joined = new boolean[count + 1];
        if (this == MERGED_WITH_NEXT) {
            boolean after = false;
            for (int i = count - 1; i >= 0; i--) {
                joined[i + 1] = i < count - 1 && matched[i] && !after;
                after = matched[i];
            }
            return joined;
        }
        boolean before = false;
        for (int i = 0; i < count; i++) {
            joined[i] = i > 0
                    && switch (this) {
                        case MERGED_WITH_PREVIOUS -> matched[i] && !before;
                        case CONTIGUOUS -> matched[i] == before;
                        default -> false;
                    };
            before = matched[i];
        }
        return joined;
    }
}
