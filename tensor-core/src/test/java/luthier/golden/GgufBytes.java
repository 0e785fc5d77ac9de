package luthier.golden;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes GGUF files, right ones and, where a count or an offset is set by hand, broken ones. */
public final class GgufBytes {
    /** Numbers of types of metadata. */
    public static final int U8 = 0;

    public static final int I8 = 1;
    public static final int U16 = 2;
    public static final int I16 = 3;
    public static final int U32 = 4;
    public static final int I32 = 5;
    public static final int F32 = 6;
    public static final int BOOL = 7;
    public static final int TEXT = 8;
    public static final int LIST = 9;
    public static final int U64 = 10;
    public static final int I64 = 11;
    public static final int F64 = 12;

    private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final List<Object> keys = new ArrayList<>();
    private final List<Object> names = new ArrayList<>();
    private byte[] magic = utf8("GGUF");
    private byte[] version = number(4, 3);
    private int alignment = 32;
    private long[] counts = {};

    /** Sets the first bytes. */
    public GgufBytes magic(String text) {
        magic = utf8(text);
        return this;
    }

    /** Sets the version. */
    public GgufBytes version(int wished) {
        version = number(4, wished);
        return this;
    }

    /** Sets what data are aligned to, without a word in the metadata. */
    public GgufBytes alignment(int wished) {
        alignment = wished;
        return this;
    }

    /** Sets the counts of tensors and keys that the file says. */
    public GgufBytes counts(long tensors, long pairs) {
        counts = new long[] {tensors, pairs};
        return this;
    }

    // ---- metadata

    /** Adds a text. */
    public GgufBytes text(String key, String value) {
        return raw(key, TEXT, text(value));
    }

    /** Adds a number of a type. */
    public GgufBytes number(String key, int type, double value) {
        return raw(key, type, number(type, value));
    }

    /** Adds a list of texts. */
    public GgufBytes texts(String key, String... values) {
        ByteArrayOutputStream out = list(TEXT, values.length);
        for (String value : values) {
            out.writeBytes(text(value));
        }
        return raw(key, LIST, out.toByteArray());
    }

    /** Adds a list of numbers of a type. */
    public GgufBytes numbers(String key, int type, double... values) {
        ByteArrayOutputStream out = list(type, values.length);
        for (double value : values) {
            out.writeBytes(number(type, value));
        }
        return raw(key, LIST, out.toByteArray());
    }

    /** Adds a value with these bytes. */
    public GgufBytes raw(String key, int type, byte... value) {
        return raw(text(key), type, value);
    }

    /** Adds a value under a key of these bytes, with its length. */
    public GgufBytes raw(byte[] key, int type, byte... value) {
        keys.add(key);
        metadata.writeBytes(key);
        metadata.writeBytes(number(4, type));
        metadata.writeBytes(value);
        return this;
    }

    // ---- tensors

    /** Adds a tensor of F32, the fastest axis first. */
    public GgufBytes floats(String name, long[] sizes, float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return tensor(name, sizes, 0, bytes.array());
    }

    /** Adds a tensor of a type with its data. */
    public GgufBytes tensor(String name, long[] sizes, int type, byte... bytes) {
        entry(text(name), sizes, type, data.size());
        return data(bytes);
    }

    /** Adds an entry alone. */
    public GgufBytes entry(byte[] name, long[] sizes, int type, long offset) {
        names.add(name);
        entries.writeBytes(name);
        entries.writeBytes(number(4, sizes.length));
        for (long size : sizes) {
            entries.writeBytes(number(8, size));
        }
        entries.writeBytes(number(4, type));
        entries.writeBytes(number(8, offset));
        return this;
    }

    /** Adds data, filled up. */
    public GgufBytes data(byte... bytes) {
        data.writeBytes(bytes);
        pad(data);
        return this;
    }

    // ---- the file

    /** Returns the file. */
    public byte[] build() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(magic);
        out.writeBytes(version);
        out.writeBytes(number(8, counts.length > 0 ? counts[0] : names.size()));
        out.writeBytes(number(8, counts.length > 0 ? counts[1] : keys.size()));
        out.writeBytes(metadata.toByteArray());
        out.writeBytes(entries.toByteArray());
        if (!names.isEmpty()) {
            pad(out);
        }
        out.writeBytes(data.toByteArray());
        return out.toByteArray();
    }

    private void pad(ByteArrayOutputStream out) {
        out.writeBytes(new byte[(alignment - out.size() % alignment) % alignment]);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns a text with its length. */
    public static byte[] text(String text) {
        return text(utf8(text));
    }

    /** Returns bytes with their length. */
    public static byte[] text(byte... bytes) {
        return ByteBuffer.allocate(8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .put(bytes)
                .array();
    }

    /** Returns the beginning of a list. */
    public static ByteArrayOutputStream list(int type, long length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(number(4, type));
        out.writeBytes(number(8, length));
        return out;
    }

    /** Returns so many bytes of a whole number, the lowest first. */
    public static byte[] number(int bytes, long value) {
        byte[] result = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            result[i] = (byte) (value >> 8 * i);
        }
        return result;
    }

    private static byte[] number(int type, double value) {
        return switch (type) {
            case F32 -> number(4, Integer.toUnsignedLong(Float.floatToIntBits((float) value)));
            case F64 -> number(8, Double.doubleToLongBits(value));
            default -> number(SIZES[type], (long) value);
        };
    }
}
