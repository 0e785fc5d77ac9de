package luthier.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a GGUF file's header from front to back. Nothing is allocated for what the rest of the file cannot hold, nor for messages before
 * they are needed.
 */
final class GgufInput {
    private static final int BUFFER = 1 << 16;
    /** What a byte of a header may take in memory. */
    private static final int HEADER_COST = 16;

    private final MappedFile file;
    private final long length;
    private final ByteBuffer buffer;
    private long at;
    private String subject = "header";
    private String name = "";

    GgufInput(MappedFile file) throws IOException {
        this.file = file;
        length = file.length();
        buffer = ByteBuffer.allocate((int) Math.max(Long.BYTES, Math.min(BUFFER, length)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .limit(0);
    }

    /** Returns the place of the next byte. */
    long at() {
        return at;
    }

    /** Returns the file's length. */
    long length() {
        return length;
    }

    /** Says what the next bytes are about, for messages. */
    void about(String what, String itsName) {
        subject = what;
        name = itsName;
    }

    ModelFormatException error(String rule) {
        return error(at, rule);
    }

    ModelFormatException error(long place, String rule) {
        return new ModelFormatException(
                file.source(),
                place,
                subject + (name.isEmpty() ? "" : " " + ModelFormatException.escape(name)) + ": " + rule);
    }

    int int32() throws IOException {
        return next(Integer.BYTES).getInt();
    }

    long int64() throws IOException {
        return next(Long.BYTES).getLong();
    }

    /** Reads a number of a type. */
    GgufValue number(GgufKind kind) throws IOException {
        ByteBuffer bits = next(kind.bytes());
        GgufValue value = kind.value(bits, bits.position());
        bits.position(bits.position() + kind.bytes());
        return value;
    }

    /** Returns a buffer that begins with the next bytes, at most 8, and counts them as read. */
    private ByteBuffer next(int bytes) throws IOException {
        requireLeft(bytes);
        if (buffer.remaining() < bytes) {
            long from = at + buffer.remaining();
            buffer.compact();
            buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + length - from));
            fill(buffer, from);
            buffer.flip();
        }
        at += bytes;
        return buffer;
    }

    private void fill(ByteBuffer room, long from) throws IOException {
        for (long place = from; room.hasRemaining(); ) {
            int got = file.channel().read(room, place);
            if (got < 0) {
                throw error("the file must not change while it is read");
            }
            place += got;
        }
    }

    private void requireLeft(long bytes) {
        if (bytes > length - at) {
            throw error("the file must not end here; got " + (length - at) + " bytes, needs " + bytes);
        }
    }

    /**
     * Reads a count of things that take at least so many bytes each.
     *
     * @throws ModelFormatException if the rest of the file or a Java array cannot hold them
     */
    int count(String things, int least) throws IOException {
        long place = at;
        long count = int64();
        if (count < 0 || count > (length - at) / least || count > (Integer.MAX_VALUE - 8) / least) {
            throw error(
                    place,
                    "the rest of the file and a Java array must hold the " + things + "; got "
                            + Long.toUnsignedString(count) + " with " + (length - at) + " bytes left");
        }
        return (int) count;
    }

    /** Reads so many bytes. */
    byte[] bytes(int count) throws IOException {
        requireLeft(count);
        requireRoom(count);
        byte[] bytes = new byte[count];
        int held = Math.min(count, buffer.remaining());
        buffer.get(bytes, 0, held);
        fill(ByteBuffer.wrap(bytes, held, count - held), at + held);
        at += count;
        return bytes;
    }

    private void requireRoom(int count) {
        if (at + count > Runtime.getRuntime().maxMemory() / HEADER_COST) {
            throw error("reading the header must fit the heap; got more than " + at
                    + " bytes of header, each of which may take " + HEADER_COST + "; raise -Xmx");
        }
    }

    /** Reads a length and that many bytes of UTF-8. */
    String text() throws IOException {
        int count = count("bytes of a text", 1);
        if (count == 0) {
            return "";
        }
        long place = at;
        if (count > buffer.remaining()) {
            byte[] bytes = bytes(count);
            return strict(new String(bytes, StandardCharsets.UTF_8), bytes, 0, count, place);
        }
        requireRoom(count);
        int from = buffer.position();
        buffer.position(from + count);
        at += count;
        return strict(
                new String(buffer.array(), from, count, StandardCharsets.UTF_8), buffer.array(), from, count, place);
    }

    /** Returns a text unless what stands in it for broken bytes does not stand in these. */
    private String strict(String text, byte[] bytes, int from, int count, long place) {
        if (text.indexOf('\uFFFD') >= 0) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, count));
            } catch (CharacterCodingException e) {
                throw error(place, "a text must be UTF-8; got \"" + ModelFormatException.escape(text) + "\"");
            }
        }
        return text;
    }
}
