package luthier.nn.text;

/**
 * Drops a character at the ends of a token: as many as there are, at most so many on each side.
 *
 * @param content the character
 * @param start the most at the beginning
 * @param stop the most at the end
 */
record StripDecoder(String content, int start, int stop) implements Decoder {
    @Override
    public Stage stage(Stage next, boolean live) {
        return new Stage() {
            private int left;
            private int held;

            @Override
            public void take(String text, boolean begins) {
                if (begins) {
                    held = 0;
                    left = start;
                }
                int at = 0;
                while (left > 0 && text.startsWith(content, at)) {
                    at += content.length();
                    left--;
                }
                left = at < text.length() ? 0 : left;
                next.take(withoutEnd(text.substring(at)), begins);
            }

            // What may be the end's is held back until more comes.
            private String withoutEnd(String text) {
                if (stop == 0 || text.isEmpty()) {
                    return text;
                }
                String whole = content.repeat(held) + text;
                int end = whole.length();
                held = 0;
                while (held < stop && end >= content.length() && whole.startsWith(content, end - content.length())) {
                    end -= content.length();
                    held++;
                }
                return whole.substring(0, end);
            }

            @Override
            public void end() {
                next.end();
            }
        };
    }
}
