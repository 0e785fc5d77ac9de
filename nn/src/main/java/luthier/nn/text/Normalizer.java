package luthier.nn.text;

import java.util.List;
import luthier.nn.text.AlignedText.Rewriter;

/** Changes a text before it is cut: an entry of a {@code tokenizer.json}'s normalizer. Immutable. */
interface Normalizer {
    AlignedText normalize(AlignedText text);

    /** Changes nothing. */
    Normalizer NONE = text -> text;

    /** One normalizer after the other. */
    record Sequence(List<Normalizer> parts) implements Normalizer {
        public Sequence {
            parts = List.copyOf(parts);
        }

        @Override
        public AlignedText normalize(AlignedText text) {
            AlignedText result = text;
            for (Normalizer part : parts) {
                result = part.normalize(result);
            }
            return result;
        }
    }

    /** Lowercases every character on its own: a sigma at the end of a word is an ordinary sigma. */
    record Lowercase() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return CaseFolding.lowercase(text);
        }
    }

    /** Drops the white space at the ends. */
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            int from = 0;
            int to = text.length();
            while (left && from < to && Characters.isWhitespace(text.text().charAt(from))) {
                from++;
            }
            while (right && to > from && Characters.isWhitespace(text.text().charAt(to - 1))) {
                to--;
            }
            return text.slice(from, to);
        }
    }

    /** Drops marks: all of them, or the non-spacing ones as BERT does. */
    record StripAccents(boolean nonSpacingOnly) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return filtered(
                    text,
                    c -> nonSpacingOnly ? Character.getType(c) != Character.NON_SPACING_MARK : !Characters.isMark(c));
        }
    }

    /** Writes a text before every one that is not empty. */
    record Prepend(String prefix) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            if (text.isEmpty() || prefix.isEmpty()) {
                return text;
            }
            Rewriter result = new Rewriter(text);
            result.put(prefix, 0, Character.charCount(text.text().codePointAt(0)));
            result.keep(0, text.length());
            return result.done();
        }
    }

    /** Writes a text in the place of every match. */
    record Replace(TextPattern pattern, String content) implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            int[] matches = pattern.matches(text.text());
            if (matches.length == 0) {
                return text;
            }
            Rewriter result = new Rewriter(text);
            int from = 0;
            for (int i = 0; i < matches.length; i += 2) {
                result.keep(from, matches[i]);
                int last = matches[i + 1];
                result.put(content, last == 0 ? 0 : text.text().offsetByCodePoints(last, -1), last);
                from = last;
            }
            result.keep(from, text.length());
            return result.done();
        }
    }

    /** The small clean-up of neural machine translation: control characters go, characters like spaces become one. */
    record Nmt() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            Rewriter result = new Rewriter(text);
            for (int i = 0; i < text.length(); i++) {
                char c = text.text().charAt(i);
                if (isDropped(c)) {
                    continue;
                }
                if (isSpace(c)) {
                    result.put(' ', i, i + 1);
                } else {
                    result.keep(i, i + 1);
                }
            }
            return result.done();
        }

        private static boolean isDropped(char c) {
            return c >= 1 && c <= 8 || c == 0xb || c >= 0xe && c <= 0x1f || c == 0x7f || c == 0x8f || c == 0x9f;
        }

        private static boolean isSpace(char c) {
            return c == '\t'
                    || c == '\n'
                    || c == '\f'
                    || c == '\r'
                    || c == 0x1680
                    || c >= 0x200b && c <= 0x200f
                    || c == 0x2028
                    || c == 0x2029
                    || c == 0x2581
                    || c == 0xfeff
                    || c == 0xfffd;
        }
    }

    /** The characters of {@link ByteLevel}, for files that write them before they cut. */
    record Bytes() implements Normalizer {
        @Override
        public AlignedText normalize(AlignedText text) {
            return ByteLevel.written(text);
        }
    }

    /** Drops the characters that do not fit. */
    static AlignedText filtered(AlignedText text, java.util.function.IntPredicate keep) {
        if (text.text().codePoints().allMatch(keep)) {
            return text;
        }
        Rewriter result = new Rewriter(text);
        for (int i = 0; i < text.length(); ) {
            int c = text.text().codePointAt(i);
            int next = i + Character.charCount(c);
            if (keep.test(c)) {
                result.keep(i, next);
            }
            i = next;
        }
        return result.done();
    }
}
