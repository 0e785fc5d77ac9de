package luthier.tensor.io;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads Protocol Buffers as a stream of fields: tag, then a number, a string of bytes or a nested message. Only what {@link
 * OnnxWeights} needs of <a href="https://protobuf.dev/programming-guides/encoding/">the wire format</a>.
 */
final class ProtobufReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private final InputStream in;
    private final String source;
    private long at;
    private long end = Long.MAX_VALUE;
    private int field;
    private int wireType;

    ProtobufReader(InputStream in, String source) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.source = source;
    }

    /** A message's reader. */
    interface Message {
        void read(ProtobufReader fields) throws IOException;
    }

    /** Moves to the next field of the current message and returns whether there is one. */
    boolean next() throws IOException {
        if (at == end) {
            return false;
        }
        if (end == Long.MAX_VALUE) {
            in.mark(1);
            if (in.read() < 0) {
                return false;
            }
            in.reset();
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 3 == 0 || tag >>> 3 > 0x1FFFFFFF) {
            throw error("field numbers must be 1 to 536870911; got " + (tag >>> 3));
        }
        return true;
    }

    /** Returns whether the current message has more bytes. */
    boolean more() {
        return at < end;
    }

    int field() {
        return field;
    }

    /** Reads a number of variable length. */
    long varint() throws IOException {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = readByte();
            result |= (b & 0x7FL) << shift;
            if ((b & 0x80) == 0) {
                return result;
            }
        }
        throw error("a number of variable length must end within ten bytes");
    }

    private int readByte() throws IOException {
        require(1);
        int b = in.read();
        if (b < 0) {
            throw error("the file ends too early");
        }
        at++;
        return b;
    }

    private void require(long bytes) {
        if (bytes < 0 || bytes > end - at) {
            throw error(
                    "a field must lie inside its message; got " + bytes + " bytes where " + (end - at) + " are left");
        }
    }

    /** Reads the length of the current field, which must hold bytes. */
    long length() throws IOException {
        if (wireType != BYTES) {
            throw error("field " + field + " must hold bytes; got wire type " + wireType);
        }
        long length = varint();
        require(length);
        return length;
    }

    /** Reads a number of four bytes. */
    int fixed32() throws IOException {
        byte[] four = new byte[4];
        fill(four, 4);
        return ByteBuffer.wrap(four).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    /**
     * Copies what the current field holds, a single number as its bytes. Grown piece by piece, so that a lying length costs no memory
     * that the file does not hold.
     */
    void copy(ByteArrayOutputStream to) throws IOException {
        byte[] piece = new byte[1 << 16];
        if (wireType == VARINT) {
            for (int b = readByte(); ; b = readByte()) {
                to.write(b);
                if ((b & 0x80) == 0) {
                    return;
                }
            }
        }
        long left = wireType == FIXED32 ? 4 : wireType == FIXED64 ? 8 : length();
        if (left > Integer.MAX_VALUE - 8 - to.size()) {
            throw error("a list must have at most 2^31 bytes; got " + left + "; keep the numbers in a second file");
        }
        while (left > 0) {
            int part = (int) Math.min(left, piece.length);
            fill(piece, part);
            to.write(piece, 0, part);
            left -= part;
        }
    }

    byte[] bytes(int maximum) throws IOException {
        long length = length();
        if (length > maximum) {
            throw error("field " + field + " must have at most " + maximum + " bytes; got " + length);
        }
        byte[] result = new byte[(int) length];
        fill(result, result.length);
        return result;
    }

    String string() throws IOException {
        byte[] text = bytes(1 << 16);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw error("field " + field + " must be text in UTF-8");
        }
    }

    /** Fills the first {@code length} bytes of a buffer. */
    void fill(byte[] buffer, int length) throws IOException {
        require(length);
        if (in.readNBytes(buffer, 0, length) < length) {
            throw error("the file ends too early");
        }
        at += length;
    }

    /** Reads the current field as a message of its own. */
    void message(Message message) throws IOException {
        long length = length();
        long outer = end;
        end = at + length;
        message.read(this);
        if (at != end) {
            throw error("a message must be read to its end");
        }
        end = outer;
    }

    /** Returns the wire type of the current field. */
    int wireType() {
        return wireType;
    }

    /** Passes over the current field. */
    void skip() throws IOException {
        long count = switch (wireType) {
            case VARINT -> {
                varint();
                yield 0;
            }
            case FIXED64 -> 8;
            case BYTES -> length();
            case FIXED32 -> 4;
            default -> throw error("unknown wire type " + wireType);
        };
        require(count);
        try {
            in.skipNBytes(count);
        } catch (EOFException tooShort) {
            throw error("the file ends too early");
        }
        at += count;
    }

    ModelFormatException error(String rule) {
        return new ModelFormatException(source, at, rule);
    }
}
