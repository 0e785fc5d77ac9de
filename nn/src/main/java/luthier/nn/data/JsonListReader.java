package luthier.nn.data;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a JSON list of objects, one object after the other, so that a list need not fit into memory. */
final class JsonListReader implements RowReader {
    private final Utf8Input in;
    private boolean begun;
    private boolean ended;

    /** Reads on from the beginning of the input. */
    JsonListReader(Utf8Input in) {
        this.in = in;
    }

    @Override
    public @Nullable Row next() throws IOException {
        if (ended) {
            return null;
        }
        if (!begun) {
            expect('[');
        }
        skipSpace();
        if (in.peek() == ']') {
            in.next();
            requireEnd();
            ended = true;
            return null;
        }
        if (begun) {
            expect(',');
            skipSpace();
        }
        begun = true;
        return element();
    }

    private Row element() throws IOException {
        int line = in.line();
        int column = in.column();
        StringBuilder text = new StringBuilder();
        boolean inString = false;
        int depth = 0;
        do {
            int c = in.peek();
            if (c < 0 || (!inString && depth == 0 && (c == ',' || c == ']'))) {
                break;
            }
            in.next();
            text.appendCodePoint(c);
            in.requireLength(text, line, column);
            if (inString) {
                inString = c != '"';
                if (c == '\\' && in.peek() >= 0) {
                    text.appendCodePoint(in.next());
                }
            } else {
                inString = c == '"';
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            }
        } while (inString || depth > 0 || in.peek() != ',');
        return JsonRows.parse(text.toString(), in.file(), line, column);
    }

    private void expect(char c) throws IOException {
        skipSpace();
        if (in.peek() != c) {
            throw in.error("must be a JSON list of objects: '" + c + "' must stand here; got " + in.shown()
                    + "; write [{...}, {...}]");
        }
        in.next();
    }

    private void requireEnd() throws IOException {
        skipSpace();
        if (in.peek() >= 0) {
            throw in.error("nothing may follow the JSON list; got " + in.shown() + "; remove it");
        }
    }

    private void skipSpace() throws IOException {
        while (in.peek() == ' ' || in.peek() == '\n' || in.peek() == '\r' || in.peek() == '\t') {
            in.next();
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
