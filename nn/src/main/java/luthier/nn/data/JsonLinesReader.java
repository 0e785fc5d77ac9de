package luthier.nn.data;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads one JSON object a line, lines ended by LF or CRLF; lines of white space are no rows. */
final class JsonLinesReader implements RowReader {
    private final Utf8Input in;
    private final boolean namedJson;
    private @Nullable Row pending;
    private boolean begun;

    /**
     * Reads on from the beginning of the input.
     *
     * @param namedJson whether the file's name promises a list: then a single object is refused, since it is the list's wrapping
     *     rather than a row
     */
    JsonLinesReader(Utf8Input in, boolean namedJson) {
        this.in = in;
        this.namedJson = namedJson;
    }

    @Override
    public @Nullable Row next() throws IOException {
        Row row = pending == null ? readBegun() : pending;
        pending = null;
        if (!begun && namedJson && row != null) {
            pending = read();
            if (pending == null) {
                throw new DataException(
                        in.file(),
                        row.line(),
                        1,
                        "must be a list of objects; got one object with the keys "
                                + String.join(", ", row.values().keySet()) + "; write [{...}, {...}]");
            }
        }
        begun = true;
        return row;
    }

    /** An object over several lines is no row a line: the error says what the name promises. */
    private @Nullable Row readBegun() throws IOException {
        try {
            return read();
        } catch (DataException fault) {
            if (begun || !namedJson) {
                throw fault;
            }
            throw new DataException(
                    fault.file(),
                    fault.line(),
                    fault.column(),
                    fault.rule() + " (a .json file holds a list of objects, [{...}, {...}], or an object a line)");
        }
    }

    private @Nullable Row read() throws IOException {
        for (int line = in.line(); ; line = in.line()) {
            String text = in.nextLine();
            if (text == null) {
                return null;
            }
            if (!blank(text)) {
                return JsonRows.parse(text, in.file(), line, 1);
            }
        }
    }

    private static boolean blank(String text) {
        return text.chars().allMatch(c -> c == ' ' || c == '\t' || c == '\r');
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
