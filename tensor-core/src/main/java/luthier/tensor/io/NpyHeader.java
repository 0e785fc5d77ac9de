package luthier.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * The header of an npy file: magic bytes, version, length and the text of a Python dictionary, of which exactly the three literals that
 * numpy writes are understood; nothing is evaluated.
 */
final class NpyHeader {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_LENGTH = 1 << 16;
    private static final int MAX_RANK = 64;

    private final String text;
    private final String source;
    private final int textStart;
    private int at;
    private @Nullable StoredType type;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private @Nullable Shape shape;
    private @Nullable Boolean fortran;

    private NpyHeader(String text, String source, int textStart) {
        this.text = text;
        this.source = source;
        this.textStart = textStart;
    }

    /** What a header says: of {@code shape} in row-major order, or in Fortran's, first axis fastest; data begin at {@code bytes}. */
    record Layout(StoredType type, ByteOrder order, boolean fortran, Shape shape, int bytes) {
        long dataBytes() {
            return shape.elementCount() * (type.bits() / 8);
        }
    }

    /**
     * Reads a header off a stream that holds at most {@code available} bytes.
     *
     * @throws ModelFormatException if it breaks a rule
     */
    static Layout read(InputStream in, long available, String source) throws IOException {
        byte[] start = in.readNBytes(8);
        if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
            throw new ModelFormatException(source, 0, "an npy file must begin with \\x93NUMPY and a version");
        }
        int major = start[6];
        if (major < 1 || major > 3 || start[7] != 0) {
            throw new ModelFormatException(
                    source, 6, "the version must be 1.0, 2.0 or 3.0; got " + (major & 0xFF) + "." + (start[7] & 0xFF));
        }
        byte[] given = in.readNBytes(major == 1 ? 2 : 4);
        long length = 0;
        for (int i = given.length - 1; i >= 0; i--) {
            length = length << 8 | given[i] & 0xFF;
        }
        int textStart = major == 1 ? 10 : 12;
        if (length > MAX_LENGTH || length > available - textStart) {
            throw new ModelFormatException(
                    source, 8, "the header must lie inside the file, in " + MAX_LENGTH + " bytes; got " + length);
        }
        byte[] text = in.readNBytes((int) length);
        if (text.length < length || given.length < textStart - 8) {
            throw new ModelFormatException(source, 8, "the header must lie inside the file; the file is cut off");
        }
        return new NpyHeader(new String(text, StandardCharsets.ISO_8859_1), source, textStart).parse(text.length);
    }

    private Layout parse(int length) {
        expect('{');
        while (peek() != '}') {
            int start = at;
            String key = string();
            expect(':');
            boolean again = switch (key) {
                case "descr" -> type != null;
                case "fortran_order" -> fortran != null;
                case "shape" -> shape != null;
                default ->
                    throw error(
                            start,
                            "the keys must be descr, fortran_order and shape; got " + ModelFormatException.escape(key));
            };
            if (again) {
                throw error(start, "keys must be unique; got " + key + " twice");
            }
            switch (key) {
                case "descr" -> descr();
                case "fortran_order" -> fortran = truth();
                default -> shape = shape();
            }
            if (peek() != '}') {
                expect(',');
            }
        }
        at++;
        if (!text.substring(at).isBlank()) {
            throw error(at, "nothing but space may follow the dictionary");
        }
        if (type == null || shape == null || fortran == null) {
            throw error(0, "descr, fortran_order and shape must all be there");
        }
        if (shape.elementCount() > Long.MAX_VALUE / 16) {
            throw error(0, "the size in bytes must be below 2^63; got " + shape);
        }
        return new Layout(type, order, fortran, shape, textStart + length);
    }

    private void descr() {
        int start = at;
        if (peek() == '[') {
            throw error(start, "structured types are not supported");
        }
        String descr = string();
        String shown = ModelFormatException.escape(descr);
        if (descr.contains("O")) {
            throw error(start, "arrays of Python objects hold a pickle, which is code, and are refused; got " + shown);
        }
        String kind = descr.isEmpty() ? "" : descr.substring(1);
        type = switch (kind) {
            case "b1" -> StoredType.BOOL;
            case "i1" -> StoredType.I8;
            case "u1" -> StoredType.U8;
            case "i2" -> StoredType.I16;
            case "u2" -> StoredType.U16;
            case "i4" -> StoredType.I32;
            case "u4" -> StoredType.U32;
            case "i8" -> StoredType.I64;
            case "u8" -> StoredType.U64;
            case "f2" -> StoredType.F16;
            case "f4" -> StoredType.F32;
            case "f8" -> StoredType.F64;
            case "c8" -> StoredType.C64;
            default ->
                throw error(
                        start,
                        "descr must be a byte order and one of b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8, c8; got "
                                + shown);
        };
        char mark = descr.charAt(0);
        if (mark != '<' && mark != '>' && !(mark == '|' && type.bits() == 8)) {
            throw error(start, "descr must begin with < or >, or | for single bytes; got " + shown);
        }
        order = mark == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private boolean truth() {
        peek();
        for (String word : List.of("True", "False")) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return word.equals("True");
            }
        }
        throw error(at, "fortran_order must be True or False");
    }

    private Shape shape() {
        int start = at;
        expect('(');
        long[] sizes = new long[MAX_RANK];
        int rank = 0;
        boolean comma = true;
        while (peek() != ')') {
            if (rank == MAX_RANK) {
                throw error(start, "at most " + MAX_RANK + " axes are allowed");
            }
            if (!comma) {
                throw error(at, "sizes must be separated by commas");
            }
            sizes[rank++] = size();
            comma = peek() == ',';
            at += comma ? 1 : 0;
        }
        if (rank == 1 && !comma || rank == 0 && text.charAt(at - 1) == ',') {
            throw error(start, "a tuple of one size must be written (n,)");
        }
        at++;
        try {
            return Shape.of(Arrays.copyOf(sizes, rank));
        } catch (ShapeException overflow) {
            throw error(start, "the product of the sizes must be below 2^63");
        }
    }

    private long size() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        String digits = text.substring(start, at);
        if (digits.isEmpty()) {
            throw error(start, "sizes must be whole numbers, not negative");
        }
        if (digits.length() > 19 || digits.length() == 19 && digits.compareTo(Long.toString(Long.MAX_VALUE)) > 0) {
            throw error(start, "sizes must be below 2^63; got " + ModelFormatException.escape(digits));
        }
        // Python 2 wrote its long integers with an L.
        at += at < text.length() && text.charAt(at) == 'L' ? 1 : 0;
        return Long.parseLong(digits);
    }

    private String string() {
        char quote = peek();
        int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
        if (end < 0) {
            throw error(at, "a string in quotes must stand here");
        }
        String result = text.substring(at + 1, end);
        if (result.indexOf('\\') >= 0) {
            throw error(at, "strings must not hold escapes");
        }
        at = end + 1;
        return result;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw error(at, "'" + c + "' must stand here");
        }
        at++;
    }

    private char peek() {
        while (at < text.length() && " \n\t".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at == text.length()) {
            throw error(at, "the dictionary must end inside the header");
        }
        return text.charAt(at);
    }

    private ModelFormatException error(int where, String rule) {
        return new ModelFormatException(source, textStart + where, rule);
    }
}
