package luthier.tensor.io;

import java.nio.ByteBuffer;
import java.util.Locale;
import luthier.tensor.io.GgufValue.Real;
import luthier.tensor.io.GgufValue.Single;
import luthier.tensor.io.GgufValue.Truth;
import luthier.tensor.io.GgufValue.Whole;

/** The types of metadata values; a type's number in files is its place here. */
enum GgufKind {
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    U32(4),
    I32(4),
    F32(4),
    BOOL(1),
    /** A length and that many bytes of UTF-8. */
    TEXT(8),
    /** A type, a length and that many values. */
    LIST(12),
    U64(8),
    I64(8),
    F64(8);

    private final int bytes;

    GgufKind(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the bytes of a value; of texts and lists the least. */
    int bytes() {
        return bytes;
    }

    /** Returns what messages and tables call it. */
    String word() {
        return this == TEXT || this == LIST ? name().toLowerCase(Locale.ROOT) : name();
    }

    /** Returns the value at a place of bytes, which must be little-endian. */
    GgufValue value(ByteBuffer bits, int at) {
        return switch (this) {
            case U8 -> new Whole(Byte.toUnsignedInt(bits.get(at)), false);
            case I8 -> new Whole(bits.get(at), false);
            case U16 -> new Whole(Short.toUnsignedInt(bits.getShort(at)), false);
            case I16 -> new Whole(bits.getShort(at), false);
            case U32 -> new Whole(Integer.toUnsignedLong(bits.getInt(at)), false);
            case I32 -> new Whole(bits.getInt(at), false);
            case U64 -> new Whole(bits.getLong(at), true);
            case I64 -> new Whole(bits.getLong(at), false);
            case F32 -> new Single(bits.getFloat(at));
            case F64 -> new Real(bits.getDouble(at));
            case BOOL -> new Truth(bits.get(at) != 0);
            case TEXT, LIST -> throw new IllegalStateException(this + " is no number");
        };
    }
}
