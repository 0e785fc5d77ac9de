package luthier.nn.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Decoders of tokens that stand for bytes. */
final class ByteDecoder {
    private ByteDecoder() {}

    /** The characters of {@link ByteLevel} are bytes; a token with another character is the bytes of its text. */
    record Level() implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            return new Stage() {
                private final Utf8Text bytes = new Utf8Text();
                private boolean begun;

                private void pass(StringBuilder text) {
                    next.take(text.toString(), !begun);
                    begun = true;
                }

                @Override
                public void take(String token, boolean begins) {
                    StringBuilder text = new StringBuilder(token.length());
                    if (token.chars().allMatch(c -> ByteLevel.unwritten(c) >= 0)) {
                        token.chars().forEach(c -> bytes.read(ByteLevel.unwritten(c), text));
                    } else {
                        for (byte b : token.getBytes(StandardCharsets.UTF_8)) {
                            bytes.read(b, text);
                        }
                    }
                    pass(text);
                }

                @Override
                public void end() {
                    StringBuilder text = new StringBuilder();
                    bytes.end(text);
                    pass(text);
                    next.end();
                }
            };
        }

        @Override
        public boolean needsWhole() {
            return true;
        }

        @Override
        public boolean makesParts(boolean live) {
            return true;
        }
    }

    /**
     * {@code <0xC3><0xA9>} are bytes. Decoded at once a run of them that is not UTF-8 is one U+FFFD a byte, as the format's library does it;
     * in a stream, where what was given out stays, only what is broken is.
     */
    record Fallback() implements Decoder {
        @Override
        public Stage stage(Stage next, boolean live) {
            return live ? new Live(next) : new AtOnce(next);
        }

        @Override
        public boolean needsWhole() {
            return true;
        }

        @Override
        public boolean makesParts(boolean live) {
            return live;
        }
    }

    /** Returns the byte that a token stands for, or -1. */
    static int value(String token) {
        return token.length() == 6
                        && token.startsWith("<0x")
                        && token.charAt(5) == '>'
                        && HexFormat.isHexDigit(token.charAt(3))
                        && HexFormat.isHexDigit(token.charAt(4))
                ? HexFormat.fromHexDigits(token, 3, 5)
                : -1;
    }

    /** Gives out every character with its last byte. */
    private static final class Live implements Decoder.Stage {
        private final Decoder.Stage next;
        private final Utf8Text bytes = new Utf8Text();
        private boolean inRun;

        private Live(Decoder.Stage next) {
            this.next = next;
        }

        @Override
        public void take(String token, boolean begins) {
            int value = value(token);
            StringBuilder text = new StringBuilder();
            if (value < 0) {
                endRun();
                next.take(token, true);
                return;
            }
            bytes.read(value, text);
            next.take(text.toString(), !inRun);
            inRun = true;
        }

        private void endRun() {
            StringBuilder text = new StringBuilder();
            bytes.end(text);
            if (inRun) {
                next.take(text.toString(), false);
            }
            inRun = false;
        }

        @Override
        public void end() {
            endRun();
            next.end();
        }
    }

    /** Gives out a run of bytes when it has ended. */
    private static final class AtOnce implements Decoder.Stage {
        private final Decoder.Stage next;
        private final ByteArrayOutputStream run = new ByteArrayOutputStream();

        private AtOnce(Decoder.Stage next) {
            this.next = next;
        }

        @Override
        public void take(String token, boolean begins) {
            int value = value(token);
            if (value >= 0) {
                run.write(value);
            } else {
                endRun();
                next.take(token, true);
            }
        }

        private void endRun() {
            if (run.size() == 0) {
                return;
            }
            String text = run.toString(StandardCharsets.UTF_8);
            boolean broken = text.indexOf('\ufffd') >= 0
                    && !java.util.Arrays.equals(text.getBytes(StandardCharsets.UTF_8), run.toByteArray());
            next.take(broken ? "\ufffd".repeat(run.size()) : text, true);
            run.reset();
        }

        @Override
        public void end() {
            endRun();
            next.end();
        }
    }
}
