package luthier.nn.text;

/**
 * The published split patterns of byte-level tokenizers, scanned by hand in linear time. {@link PublishedPatterns} knows them by
 * their expressions.
 */
sealed interface PublishedPattern extends TextPattern {
    /** Returns where the match ends that begins at a place, or that place if none does. */
    int end(String text, int from);

    @Override
    default int[] matches(String text) {
        Places places = new Places();
        for (int i = 0; i < text.length(); ) {
            int end = end(text, i);
            if (end > i) {
                places.add(i, end);
            } else {
                end = i + Character.charCount(text.codePointAt(i));
            }
            i = end;
        }
        return places.toArray();
    }

    /** {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}. */
    record Gpt2() implements PublishedPattern {
        @Override
        public int end(String text, int from) {
            int contraction = Scan.contraction(text, from, false);
            if (contraction > from) {
                return contraction;
            }
            int first = text.codePointAt(from);
            int at = first == ' ' ? from + 1 : from;
            int c = at < text.length() ? text.codePointAt(at) : ' ';
            if (Characters.isWhitespace(c)) {
                return Scan.spaceBeforeWord(text, from);
            }
            return Characters.isLetter(c)
                    ? Scan.letters(text, at)
                    : Characters.isNumber(c) ? Scan.numbers(text, at, Integer.MAX_VALUE) : Scan.others(text, at);
        }
    }

    /**
     * {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,k}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}: GPT-4's,
     * Llama 3's (k = 3), Qwen 2's (k = 1). Possessive repetition changes nothing in it.
     */
    record Gpt4(int digits) implements PublishedPattern {
        @Override
        public int end(String text, int from) {
            int contraction = Scan.contraction(text, from, true);
            if (contraction > from) {
                return contraction;
            }
            int first = text.codePointAt(from);
            if (Characters.isLetter(first)) {
                return Scan.letters(text, from);
            }
            if (Characters.isNumber(first)) {
                return Scan.numbers(text, from, digits);
            }
            int next = from + Character.charCount(first);
            int second = next < text.length() ? text.codePointAt(next) : -1;
            if (first != '\r' && first != '\n' && second >= 0 && Characters.isLetter(second)) {
                return Scan.letters(text, next);
            }
            if (Characters.isOther(first) || first == ' ' && second >= 0 && Characters.isOther(second)) {
                return Scan.lineEnds(text, Scan.others(text, first == ' ' ? next : from));
            }
            int line = Scan.spaceToLineEnd(text, from);
            return line > from ? line : Scan.spaceBeforeWord(text, from);
        }
    }

    /** {@code 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+}, with CLIP's two special tokens before it. */
    record Clip(boolean special) implements PublishedPattern {
        private static final String[] SPECIAL = {"<|startoftext|>", "<|endoftext|>"};

        @Override
        public int end(String text, int from) {
            for (String token : special ? SPECIAL : new String[0]) {
                if (text.startsWith(token, from)) {
                    return from + token.length();
                }
            }
            int contraction = Scan.contraction(text, from, false);
            if (contraction > from) {
                return contraction;
            }
            int first = text.codePointAt(from);
            if (Characters.isWhitespace(first)) {
                return from;
            }
            return Characters.isLetter(first)
                    ? Scan.letters(text, from)
                    : Characters.isNumber(first) ? Scan.numbers(text, from, 1) : Scan.others(text, from);
        }
    }

    /** Runs of white space, or of blanks, of a least length. */
    record Runs(Kind kind, int least) implements PublishedPattern {
        enum Kind {
            SPACE,
            BLANK
        }

        @Override
        public int end(String text, int from) {
            int at = from;
            while (at < text.length()
                    && (kind == Kind.BLANK ? text.charAt(at) == ' ' : Characters.isWhitespace(text.charAt(at)))) {
                at++;
            }
            return at - from >= least ? at : from;
        }
    }
}
