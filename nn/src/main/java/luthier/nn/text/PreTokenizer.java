package luthier.nn.text;

import java.lang.Character.UnicodeScript;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** Cuts a normalized text into the pieces that the model reads one by one: an entry of {@code pre_tokenizer}. Immutable. */
interface PreTokenizer {
    /** Passes on the pieces of a text in order; empty ones are none. */
    void cut(AlignedText text, Consumer<AlignedText> pieces);

    /** Cuts nothing. */
    PreTokenizer NONE = (text, pieces) -> pieces.accept(text);

    /** What one cuts, cut by the next. */
    record Sequence(List<PreTokenizer> parts) implements PreTokenizer {
        public Sequence {
            parts = List.copyOf(parts);
        }

        @Override
        public void cut(AlignedText text, Consumer<AlignedText> pieces) {
            cut(0, text, pieces);
        }

        private void cut(int part, AlignedText text, Consumer<AlignedText> pieces) {
            if (part == parts.size()) {
                pieces.accept(text);
            } else {
                parts.get(part).cut(text, piece -> cut(part + 1, piece, pieces));
            }
        }
    }

    /** Cuts where a pattern matches, or, inverted, where it does not. */
    record Split(TextPattern pattern, SplitBehavior behavior, boolean invert) implements PreTokenizer {
        @Override
        public void cut(AlignedText text, Consumer<AlignedText> pieces) {
            behavior.cut(text, pattern.matches(text.text()), invert, pieces);
        }
    }

    /** Cuts at characters of a kind. */
    static PreTokenizer at(IntPredicate kind, SplitBehavior behavior) {
        return new Split(new TextPattern.Each(kind), behavior, false);
    }

    /** As BERT: white space goes, every punctuation character is a word of its own. */
    PreTokenizer BERT = new Sequence(List.of(
            at(Characters::isWhitespace, SplitBehavior.REMOVED),
            at(Characters::isPunctuation, SplitBehavior.ISOLATED)));

    /** White space goes. */
    PreTokenizer WHITESPACE_SPLIT = at(Characters::isWhitespace, SplitBehavior.REMOVED);

    /** {@code \w+|[^\w\s]+}: runs of word characters, runs of others; white space goes. */
    record Whitespace() implements PreTokenizer {
        @Override
        public void cut(AlignedText text, Consumer<AlignedText> pieces) {
            String given = text.text();
            int from = 0;
            int kind = 0;
            for (int i = 0; i < given.length(); ) {
                int c = given.codePointAt(i);
                int own = Characters.isWord(c) ? 1 : Characters.isWhitespace(c) ? 0 : 2;
                if (own != kind) {
                    if (kind != 0) {
                        pieces.accept(text.slice(from, i));
                    }
                    from = i;
                    kind = own;
                }
                i += Character.charCount(c);
            }
            if (kind != 0) {
                pieces.accept(text.slice(from, given.length()));
            }
        }
    }

    /** Cuts where the script changes; kana count as Han, a space goes with what is before it, one at the start goes. */
    record Scripts() implements PreTokenizer {
        private static final int PROLONGED_SOUND = 0x30fc;

        @Override
        public void cut(AlignedText text, Consumer<AlignedText> pieces) {
            String given = text.text();
            int from = -1;
            UnicodeScript last = UnicodeScript.UNKNOWN;
            for (int i = 0; i < given.length(); ) {
                int c = given.codePointAt(i);
                UnicodeScript own = script(c);
                if (own != UnicodeScript.UNKNOWN) {
                    if (own != last) {
                        if (from >= 0) {
                            pieces.accept(text.slice(from, i));
                        }
                        from = i;
                    }
                    last = own;
                }
                i += Character.charCount(c);
            }
            if (from >= 0) {
                pieces.accept(text.slice(from, given.length()));
            }
        }

        private static UnicodeScript script(int c) {
            if (c == ' ') {
                return UnicodeScript.UNKNOWN;
            }
            UnicodeScript script = UnicodeScript.of(c);
            return c == PROLONGED_SOUND || script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA
                    ? UnicodeScript.HAN
                    : script;
        }
    }

    /** Pieces of a number of characters. */
    record FixedLength(int length) implements PreTokenizer {
        @Override
        public void cut(AlignedText text, Consumer<AlignedText> pieces) {
            String given = text.text();
            for (int from = 0; from < given.length(); ) {
                int to = from;
                for (int i = 0; i < length && to < given.length(); i++) {
                    to += Character.charCount(given.codePointAt(to));
                }
                pieces.accept(text.slice(from, to));
                from = to;
            }
        }
    }
}
