package luthier.nn.data;

import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** Turns the text of one object of JSON into a row; faults are named by line and column of the file. */
final class JsonRows {
    private JsonRows() {}

    /**
     * Parses an object.
     *
     * @param line the line on which the text begins
     * @param column the column at which it begins
     * @throws DataException if it is not strict JSON or no object
     */
    static Row parse(String text, String file, int line, int column) {
        JsonValue value;
        try {
            value = Json.parse(text, file);
        } catch (ModelFormatException fault) {
            throw at(text, (int) fault.offset(), file, line, column, "must be strict JSON: " + fault.rule());
        }
        if (value instanceof JsonObject object) {
            return new Row(file, line, object.members());
        }
        throw new DataException(
                file,
                line,
                column,
                "a row must be a JSON object; got " + DataException.shown(text.strip())
                        + "; write {\"column\": value, ...}");
    }

    /** Returns the error of a byte of the text in UTF-8. */
    private static DataException at(String text, int offset, String file, int line, int column, String rule) {
        int bytes = 0;
        int atLine = line;
        int atColumn = column;
        int i = 0;
        while (i < text.length() && bytes < offset) {
            int c = text.codePointAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            atLine += c == '\n' ? 1 : 0;
            atColumn = c == '\n' ? 1 : atColumn + 1;
            i += Character.charCount(c);
        }
        int until = Math.min(
                text.length(), text.offsetByCodePoints(i, Math.min(10, text.codePointCount(i, text.length()))));
        String got = i == text.length() ? "the end" : DataException.shown(text.substring(i, until));
        String shown = rule.contains("; got ") ? "" : "; got " + got;
        return new DataException(file, atLine, atColumn, rule + shown + "; mend this row");
    }
}
