package luthier.nn.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads tables with a header, RFC 4180: a field that begins with a double quote ends with one, two stand for one, and inside the
 * quotes delimiters and line ends are text; a quote elsewhere is text. LF, CRLF and CR end a row, an empty line is none. Values stay
 * as they are written. Every row has as many fields as the header; columns without a name count for nothing.
 */
final class DelimitedReader implements RowReader {
    private static final String CANDIDATES = ",;\t";
    private static final String ANNOUNCEMENT = "sep=";
    private static final int NONE = -1;

    private final Utf8Input in;
    private final int delimiter;
    private final List<String> names;
    private final StringBuilder text = new StringBuilder();
    private int recordLine = 1;
    private boolean quoted;

    private DelimitedReader(Utf8Input in, int delimiter) throws IOException {
        this.in = in;
        this.delimiter = delimiter;
        List<String> first = record();
        if (first == null) {
            throw new DataException(
                    in.file(), "must have a header and rows; got an empty file; write the names of the columns first");
        }
        names = first.stream().map(WhiteSpace::trim).toList();
    }

    /** Opens a table whose delimiter is known. */
    static DelimitedReader open(Path file, int delimiter) throws IOException {
        return named(header(file, delimiter));
    }

    private static DelimitedReader named(DelimitedReader reader) throws IOException {
        try {
            reader.requireNames();
            return reader;
        } catch (DataException fault) {
            reader.close();
            throw fault;
        }
    }

    /**
     * Opens a table delimited by what gives its header the most columns: comma, semicolon or tab, in this order. The texts below are
     * not asked: they hold commas of their own. A first line {@code sep=;}, as spreadsheets write it, says another one and is no
     * header.
     */
    static DelimitedReader open(Path file) throws IOException {
        int announced;
        try (Utf8Input in = Utf8Input.open(file, true)) {
            announced = announced(in);
        }
        if (announced != NONE) {
            Utf8Input in = Utf8Input.open(file, true);
            announced(in);
            return named(header(in, announced));
        }
        int best = CANDIDATES.charAt(0);
        int most = 0;
        for (int i = 0; i < CANDIDATES.length(); i++) {
            int width = width(file, CANDIDATES.charAt(i));
            if (width > most) {
                most = width;
                best = CANDIDATES.charAt(i);
            }
        }
        return open(file, best);
    }

    /** Takes the beginning of a file and returns the delimiter that it announces, if it does. */
    private static int announced(Utf8Input in) throws IOException {
        for (int i = 0; i < ANNOUNCEMENT.length(); i++) {
            if (Character.toLowerCase(in.next()) != ANNOUNCEMENT.charAt(i)) {
                return NONE;
            }
        }
        int delimiter = in.next();
        boolean ends = in.peek() == '\n' || in.peek() == '\r';
        return ends && delimiter != '"' && delimiter != '\n' && delimiter != '\r' ? delimiter : NONE;
    }

    /** Returns how many columns the header has with a delimiter; 0 if it cannot be read so, then another may do better. */
    private static int width(Path file, int delimiter) throws IOException {
        try (DelimitedReader candidate = header(file, delimiter)) {
            return candidate.names.size();
        } catch (DataException unreadable) {
            return 0;
        }
    }

    private static DelimitedReader header(Path file, int delimiter) throws IOException {
        return header(Utf8Input.open(file, true), delimiter);
    }

    private static DelimitedReader header(Utf8Input in, int delimiter) throws IOException {
        try {
            return new DelimitedReader(in, delimiter);
        } catch (IOException | RuntimeException failure) {
            in.close();
            throw failure;
        }
    }

    private void requireNames() {
        String first = names.getFirst().toLowerCase(Locale.ROOT);
        if (first.startsWith("<!doctype") || first.startsWith("<html")) {
            throw headerError("must be a table; got a web page; download the file itself");
        }
        if (first.startsWith("version https://git-lfs")) {
            throw headerError("must be a table; got a pointer of git-lfs; fetch the file with git lfs pull");
        }
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!name.isEmpty() && !seen.add(name)) {
                throw headerError("columns must have different names; got " + DataException.shown(name)
                        + " twice; rename or remove one of them");
            }
        }
        if (seen.isEmpty()) {
            throw headerError("the header must name a column; got none; write the names of the columns first");
        }
    }

    private DataException headerError(String rule) {
        return new DataException(in.file(), recordLine, 0, rule);
    }

    @Override
    public List<String> header() {
        return names.stream().filter(name -> !name.isEmpty()).toList();
    }

    @Override
    public @Nullable Row next() throws IOException {
        List<String> fields = record();
        if (fields == null) {
            return null;
        }
        if (fields.size() != names.size()) {
            throw new DataException(
                    in.file(),
                    recordLine,
                    0,
                    "a row must have as many fields as the header, " + names.size() + "; got "
                            + (fields.size() < names.size() ? "fewer fields, " : "more fields, ") + fields.size()
                            + "; "
                            + (names.size() == 1 && names.getFirst().indexOf('|') >= 0
                                    ? "put a line sep=| above the header if bars are between the columns"
                                    : "put a text that holds " + DataException.shown(Character.toString(delimiter))
                                            + " in double quotes, write every field"));
        }
        Map<String, JsonValue> values = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            if (!names.get(i).isEmpty()) {
                values.put(names.get(i), Json.of(fields.get(i)));
            }
        }
        return new Row(in.file(), recordLine, values);
    }

    /** Reads the fields of the next line that is not empty; null at the end. */
    private @Nullable List<String> record() throws IOException {
        while (in.peek() >= 0) {
            recordLine = in.line();
            List<String> fields = new ArrayList<>();
            fields.add(field());
            boolean single = !quoted && fields.getFirst().isEmpty();
            while (in.peek() == delimiter) {
                in.next();
                fields.add(field());
            }
            if (in.next() == '\r' && in.peek() == '\n') {
                in.next();
            }
            if (!single || fields.size() > 1) {
                return fields;
            }
        }
        return null;
    }

    /** Reads a field up to the delimiter, line end or end of the file behind it. */
    private String field() throws IOException {
        text.setLength(0);
        quoted = in.peek() == '"';
        if (quoted) {
            readQuoted();
        } else {
            readPlain();
        }
        return text.toString();
    }

    private void readPlain() throws IOException {
        boolean blank = true;
        while (!endsField(in.peek())) {
            if (in.peek() == '"' && blank && !text.isEmpty()) {
                throw in.error(
                        "a quote must be the first character of its field; got a space before it; remove the space");
            }
            int c = in.next();
            blank &= c == ' ';
            text.appendCodePoint(c);
            if (!blank) {
                in.takePlain(text, delimiter);
            }
            in.requireLength(text, recordLine, 1);
        }
    }

    private void readQuoted() throws IOException {
        int line = in.line();
        int column = in.column();
        in.next();
        for (int c = in.next(); c != '"' || in.peek() == '"'; c = in.next()) {
            if (c < 0) {
                throw new DataException(
                        in.file(),
                        line,
                        column,
                        "a quote that opens a field must be closed; got the end of the file; close or remove it");
            }
            if (c == '"') {
                in.next();
            }
            text.appendCodePoint(c);
            in.takePlain(text, '"');
            in.requireLength(text, line, column);
        }
        if (!endsField(in.peek())) {
            throw new DataException(
                    in.file(),
                    line,
                    column,
                    "nothing may follow the closing quote of the field that opens here; got " + in.shown() + " at line "
                            + in.line() + ", column " + in.column() + "; write \"\" for a quote inside quotes");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean endsField(int c) {
        return c < 0 || c == delimiter || c == '\n' || c == '\r';
    }
}
