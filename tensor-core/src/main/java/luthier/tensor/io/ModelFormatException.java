package luthier.tensor.io;

/** Thrown when a file does not follow its format: the message names the file, the rule that was broken and the offset in bytes. */
public final class ModelFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 80;

    private final String file;
    private final long offset;
    private final String rule;

    /**
     * Creates the exception for a place in a file.
     *
     * {@snippet :
     * new ModelFormatException("w.bin", 8, "the shape must be [2]").getMessage(); // w.bin: the shape must be [2] (at byte 8)
     * }
     */
    public ModelFormatException(String file, long offset, String rule) {
        this(file, offset, rule, "at byte " + offset);
    }

    /**
     * Creates the exception for a whole file or folder.
     *
     * {@snippet :
     * new ModelFormatException("model", "config.json must be there").getMessage(); // model: config.json must be there
     * }
     */
    public ModelFormatException(String file, String rule) {
        super(escape(file, Integer.MAX_VALUE) + ": " + rule);
        this.file = file;
        this.offset = 0;
        this.rule = rule;
    }

    ModelFormatException(String file, long offset, String rule, String place) {
        super(escape(file, Integer.MAX_VALUE) + ": " + rule + " (" + place + ")");
        this.file = file;
        this.offset = offset;
        this.rule = rule;
    }

    /**
     * Returns the file's name as it was given.
     *
     * {@snippet :
     * new ModelFormatException("w.bin", 8, "the shape must be [2]").file(); // w.bin
     * }
     */
    public String file() {
        return file;
    }

    /**
     * Returns the offset of the fault in bytes from the file's start; 0 if the whole file is meant.
     *
     * {@snippet :
     * new ModelFormatException("w.bin", 8, "the shape must be [2]").offset(); // 8
     * }
     */
    public long offset() {
        return offset;
    }

    /**
     * Returns the rule that was broken.
     *
     * {@snippet :
     * new ModelFormatException("w.bin", 8, "the shape must be [2]").rule(); // the shape must be [2]
     * }
     */
    public String rule() {
        return rule;
    }

    /**
     * Returns text from a file fit for a message: what would move the cursor, colour or turn the line is escaped, at most 80
     * characters are shown.
     *
     * {@snippet :
     * ModelFormatException.escape("a\tb").length(); // 8
     * }
     */
    public static String escape(String text) {
        return escape(text, SHOWN);
    }

    private static String escape(String text, int limit) {
        StringBuilder result = new StringBuilder();
        int at = 0;
        for (int shown = 0; at < text.length() && shown < limit; shown++) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR ->
                    result.append(String.format(c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
                default -> result.appendCodePoint(c);
            }
        }
        return at < text.length() ? result + "..." : result.toString();
    }
}
