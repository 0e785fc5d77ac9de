package luthier.nn.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The code points of a file in UTF-8, strictly by RFC 3629, with the line and column of the next one. A byte order mark at the
 * beginning is dropped and not counted; columns count code points from 1. Lines are ended by LF and CRLF, and by a lone CR if asked
 * for; by nothing else. Holds 64 KiB of the file.
 */
final class Utf8Input implements Closeable {
    private static final int BUFFER = 1 << 16;
    private static final int MARK = 0xFEFF;
    private static final int NONE = -2;

    private final InputStream in;
    private final String file;
    private final boolean returnEndsLine;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private int peeked = NONE;
    private int last = NONE;
    private int line = 1;
    private int column = 1;

    private Utf8Input(InputStream in, String file, boolean returnEndsLine) {
        this.in = in;
        this.file = file;
        this.returnEndsLine = returnEndsLine;
    }

    /**
     * Opens a file.
     *
     * @param returnEndsLine whether a lone CR ends a line
     * @throws IOException if it cannot be read
     * @throws DataException if it is of another encoding or no text at all, naming which
     */
    static Utf8Input open(Path path, boolean returnEndsLine) throws IOException {
        InputStream stream = Files.newInputStream(path);
        try {
            Utf8Input input = new Utf8Input(stream, path.toString(), returnEndsLine);
            input.end = stream.readNBytes(input.buffer, 0, BUFFER);
            Encodings.requireUtf8(path.toString(), input.buffer, input.end);
            if (input.peek() == MARK) {
                input.peeked = NONE;
            }
            return input;
        } catch (IOException | RuntimeException failure) {
            stream.close();
            throw failure;
        }
    }

    /** Returns the file's name. */
    String file() {
        return file;
    }

    /** Returns the line of the next code point. */
    int line() {
        return line;
    }

    /** Returns the column of the next code point. */
    int column() {
        return column;
    }

    /** Returns the next code point without taking it, or -1 at the end. */
    int peek() throws IOException {
        if (peeked == NONE) {
            peeked = decode();
        }
        return peeked;
    }

    /** Takes the next code point; -1 at the end. */
    int next() throws IOException {
        int c = peek();
        if (c < 0) {
            return c;
        }
        peeked = NONE;
        if (c == '\n' && last == '\r' && returnEndsLine) {
            column = 1;
        } else if (c == '\n' || (c == '\r' && returnEndsLine)) {
            line++;
            column = 1;
        } else {
            column++;
        }
        last = c;
        return c;
    }

    /**
     * Takes letters of ASCII up to a line end or another letter and appends them: the quick way through plain text. It may take none, and
     * takes none of a code point that was peeked at.
     */
    void takePlain(StringBuilder text, int stop) {
        if (peeked != NONE) {
            return;
        }
        int from = at;
        while (at < end && buffer[at] >= 0 && buffer[at] != '\n' && buffer[at] != '\r' && buffer[at] != stop) {
            at++;
        }
        if (at > from) {
            text.append(new String(buffer, from, at - from, StandardCharsets.ISO_8859_1));
            column += at - from;
            last = buffer[at - 1];
        }
    }

    /** Takes a line without its end, LF or CRLF; null at the end of the file. */
    @Nullable
    String nextLine() throws IOException {
        if (peek() < 0) {
            return null;
        }
        int start = line;
        StringBuilder text = new StringBuilder();
        for (int c = next(); c >= 0 && c != '\n'; c = next()) {
            text.appendCodePoint(c);
            takePlain(text, '\n');
            requireLength(text, start, 1);
        }
        int length = text.length();
        if (last == '\n' && length > 0 && text.charAt(length - 1) == '\r') {
            text.setLength(length - 1);
        }
        return text.toString();
    }

    /** Checks that a value which began at a place does not swallow the file. */
    void requireLength(StringBuilder text, int startLine, int startColumn) {
        if (text.length() > 1 << 26) {
            throw new DataException(
                    file,
                    startLine,
                    startColumn,
                    "a value must have at most " + (1 << 26)
                            + " characters; got more; look for a quote or bracket that is not closed");
        }
    }

    /** Returns the error of the place of the next code point. */
    DataException error(String rule) {
        return new DataException(file, line, column, rule);
    }

    /** Returns the next code point shown for a message. */
    String shown() throws IOException {
        int c = peek();
        return c < 0 ? "the end of the file" : DataException.shown(Character.toString(c));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private int decode() throws IOException {
        if (end - at < 4) {
            fill();
        }
        if (at >= end) {
            return -1;
        }
        int lead = buffer[at] & 0xFF;
        if (lead < 0x80) {
            at++;
            return lead;
        }
        int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (length == 0 || length > end - at) {
            throw malformed(lead);
        }
        int code = lead & (0x7F >> length);
        for (int k = 1; k < length; k++) {
            int next = buffer[at + k];
            if ((next & 0xC0) != 0x80) {
                throw malformed(lead);
            }
            code = code << 6 | (next & 0x3F);
        }
        boolean overlong = code < (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000);
        if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
            throw malformed(lead);
        }
        at += length;
        return code;
    }

    private void fill() throws IOException {
        System.arraycopy(buffer, at, buffer, 0, end - at);
        end -= at;
        at = 0;
        end += in.readNBytes(buffer, end, BUFFER - end);
    }

    private DataException malformed(int lead) {
        return error(
                "must be text in UTF-8; got the byte 0x%02x, which is not UTF-8 here; save the file as UTF-8, a spreadsheet as CSV UTF-8"
                        .formatted(lead));
    }
}
