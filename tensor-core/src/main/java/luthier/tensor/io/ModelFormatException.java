package luthier.tensor.io;

/** Thrown when a file does not follow its format: the message names the file, the offset in bytes and the rule that was broken. */
public final class ModelFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 80;

    /** Creates the exception for a place in a file. */
    public ModelFormatException(String file, long offset, String rule) {
        super(file + ": " + rule + " (at byte " + offset + ")");
    }

    /** Returns text from a file fit for a message: control and format characters escaped, at most 80 characters. */
    static String escape(String text) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), SHOWN); i++) {
            char c = text.charAt(i);
            boolean plain = !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
            result.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return text.length() > SHOWN ? result + "..." : result.toString();
    }
}
