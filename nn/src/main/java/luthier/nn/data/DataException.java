package luthier.nn.data;

import luthier.tensor.io.Json;

/**
 * Thrown when data cannot be used as it is: the message names the file, the line and, where one character is at fault, its column,
 * then the rule, what stands there and what to do. {@code tickets.csv, line 19: label: must not be empty; got ""; fill it in}.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 60;

    private final String file;
    private final int line;
    private final int column;
    private final String rule;

    /**
     * Creates the exception for a place in a file.
     *
     * @param line the line, from 1, or 0 if the whole file is meant
     * @param column the column in code points, from 1, or 0 if the whole line is meant
     * @param rule what is asked; what was found; what to do
     */
    public DataException(String file, int line, int column, String rule) {
        super(place(file, line, column) + ": " + rule);
        this.file = file;
        this.line = line;
        this.column = column;
        this.rule = rule;
    }

    /** Creates the exception for a whole file or folder. */
    public DataException(String file, String rule) {
        this(file, 0, 0, rule);
    }

    /** Returns the file's name as it was given. */
    public String file() {
        return file;
    }

    /** Returns the line from 1, or 0 if the whole file is meant. */
    public int line() {
        return line;
    }

    /** Returns the column in code points from 1, or 0 if the whole line is meant. */
    public int column() {
        return column;
    }

    /** Returns the message without the place. */
    public String rule() {
        return rule;
    }

    /** Returns a value of a file fit for a message: in quotes, escaped, at most 60 characters of it. */
    public static String shown(String value) {
        if (value.codePointCount(0, value.length()) <= SHOWN) {
            return Json.of(value).toJson(0);
        }
        return Json.of(value.substring(0, value.offsetByCodePoints(0, SHOWN))).toJson(0) + "...";
    }

    private static String place(String file, int line, int column) {
        return file + (line > 0 ? ", line " + line : "") + (column > 0 ? ", column " + column : "");
    }
}
