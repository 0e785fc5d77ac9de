package luthier.nn.data;

import java.util.Map;
import java.util.Optional;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonString;

/**
 * A row of data and its place. Values keep their kind: of a table every value is a text as it was written, of JSON 1, 1.0, "1",
 * null and a missing key stay apart. Immutable.
 *
 * @param file the file it was read from, for errors
 * @param line the line on which it begins, from 1
 * @param values its values by column, in the file's order
 */
public record Row(String file, int line, Map<String, JsonValue> values) {
    /** Returns the value of a column; null of JSON is a value, a missing key is empty. */
    public Optional<JsonValue> find(String column) {
        return Optional.ofNullable(values.get(column));
    }

    /**
     * Returns the error of a value of this row: {@code tickets.csv, line 19: label: must not be empty; got ""; fill it in}.
     *
     * @param rule what the value must be
     * @param repair what to do
     */
    public DataException error(String column, String rule, String repair) {
        String got = switch (values.get(column)) {
            case null -> "no such key";
            case JsonString text -> DataException.shown(text.value());
            case JsonValue value -> cut(value.toJson(0));
        };
        return new DataException(file, line, 0, column + ": " + rule + "; got " + got + "; " + repair);
    }

    private static String cut(String json) {
        return json.length() <= 60 ? json : json.substring(0, json.offsetByCodePoints(0, 50)) + "...";
    }
}
