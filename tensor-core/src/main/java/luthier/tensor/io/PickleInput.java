package luthier.tensor.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, read from front to back; every length is compared with what is left before anything is made of it. */
final class PickleInput {
    private static final int MAX_LINE = 256;

    private final ByteBuffer bytes;
    private final String source;
    private final long start;

    /**
     * Creates the input.
     *
     * @param start where the pickle begins in its file, for errors
     */
    PickleInput(byte[] pickle, String source, long start) {
        this.bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.source = source;
        this.start = start;
    }

    int position() {
        return bytes.position();
    }

    int remaining() {
        return bytes.remaining();
    }

    int unsigned8() {
        require(1);
        return Byte.toUnsignedInt(bytes.get());
    }

    int unsigned16() {
        require(2);
        return Short.toUnsignedInt(bytes.getShort());
    }

    int signed32() {
        require(4);
        return bytes.getInt();
    }

    long unsigned32() {
        return Integer.toUnsignedLong(signed32());
    }

    long signed64() {
        require(8);
        return bytes.getLong();
    }

    /** Reads a whole number of so many bytes in two's complement, lowest first. */
    long whole(int length) {
        require(length);
        if (length > 8) {
            throw error("whole numbers must have at most 64 bits; got " + length + " bytes");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (long) Byte.toUnsignedInt(bytes.get()) << 8 * i;
        }
        return length == 0 ? 0 : value << 64 - 8 * length >> 64 - 8 * length;
    }

    void skip(int length) {
        require(length);
        bytes.position(bytes.position() + length);
    }

    /** Reads a text of so many bytes in UTF-8. */
    String text(long length) {
        require(length);
        int from = bytes.position();
        bytes.position(from + (int) length);
        boolean ascii = true;
        for (int i = from; i < from + length; i++) {
            ascii &= bytes.get(i) >= 0;
        }
        if (ascii) {
            return new String(bytes.array(), from, (int) length, StandardCharsets.US_ASCII);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.slice(from, (int) length))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw error("texts must be UTF-8");
        }
    }

    /** Reads a line of a symbol's name. */
    String line() {
        for (int i = 0; i < Math.min(bytes.remaining(), MAX_LINE); i++) {
            if (bytes.get(bytes.position() + i) == '\n') {
                String line = text(i);
                skip(1);
                return line;
            }
        }
        throw error("a symbol's name must end with its line, after at most " + MAX_LINE + " bytes");
    }

    private void require(long length) {
        if (length < 0 || length > bytes.remaining()) {
            throw error("the pickle must not be cut off; got " + bytes.remaining() + " bytes where "
                    + Long.toUnsignedString(length) + " must follow");
        }
    }

    /** Returns the error of a rule that is broken before this place. */
    ModelFormatException error(String rule) {
        return error(rule, bytes.position());
    }

    /** Returns the error of a rule that is broken at a place of the pickle. */
    ModelFormatException error(String rule, int at) {
        return new ModelFormatException(source, start + at, rule);
    }
}
