package luthier.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * The entries of a zip file as its central directory has them, each checked against the header before its data: two readers that
 * trust different ones must not see different files. Stored and deflated entries, zip64 too; no encryption, no second disk, no overlap.
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final long IN_EXTRA = 0xFFFFFFFFL;

    private final FileChannel channel;
    private final String source;
    private final long size;

    /** A file of the zip; its data begin at {@code data}. */
    record Entry(String name, int method, long crc, long packed, long unpacked, long header, long data) {}

    ZipDirectory(FileChannel channel, String source) throws IOException {
        this.channel = channel;
        this.source = source;
        size = channel.size();
    }

    /** Reads the directory. */
    List<Entry> entries() throws IOException {
        long end = end();
        ByteBuffer tail = read(end, 22);
        long count = unsigned16(tail, 10);
        long bytes = unsigned32(tail, 12);
        long start = unsigned32(tail, 16);
        if (unsigned16(tail, 4) != 0 && unsigned16(tail, 4) != 0xFFFF) {
            throw error(end, "a zip must lie on one disk");
        }
        boolean wide = count == 0xFFFF || bytes == IN_EXTRA || start == IN_EXTRA;
        boolean located = end >= 20 && read(end - 20, 20).getInt(0) == LOCATOR64;
        require(located || !wide, Math.max(0, end - 20), "the zip64 locator must stand before the zip's end");
        if (located) {
            // Some writers, PyTorch's too, write the wide form of the end for small files as well.
            end = read(end - 20, 20).getLong(8);
            ByteBuffer end64 = read(end, 56);
            require(end64.getInt(0) == END64, end, "the zip64 end must stand where its locator says");
            require(
                    (count == 0xFFFF || count == end64.getLong(32))
                            && (bytes == IN_EXTRA || bytes == end64.getLong(40))
                            && (start == IN_EXTRA || start == end64.getLong(48)),
                    end,
                    "the two ends of a zip must agree");
            count = end64.getLong(32);
            bytes = end64.getLong(40);
            start = end64.getLong(48);
        }
        require(
                start >= 0 && bytes >= 0 && start <= end && bytes == end - start,
                end,
                "the directory must end where the zip's end begins");
        require(count >= 0 && count <= bytes / 46, end, "the directory must have room for its entries; got " + count);
        ByteBuffer directory = read(start, bytes);
        List<Entry> entries = new ArrayList<>();
        int at = 0;
        for (long i = 0; i < count; i++) {
            at = central(directory, at, start, entries);
        }
        require(at == bytes, start + at, "the directory must hold as many entries as it says; got more bytes");
        requireApart(entries, start);
        return entries;
    }

    private long end() throws IOException {
        require(size >= 22, 0, "a zip has at least 22 bytes; got " + size);
        long from = Math.max(0, size - 22 - 0xFFFF);
        ByteBuffer tail = read(from, size - from);
        for (int i = tail.limit() - 22; i >= 0; i--) {
            if (tail.getInt(i) == END && i + 22 + unsigned16(tail, i + 20) == tail.limit()) {
                return from + i;
            }
        }
        throw error(0, "the end of a zip's directory must stand at the file's end; this is no zip, or cut off");
    }

    private int central(ByteBuffer directory, int at, long start, List<Entry> entries) throws IOException {
        require(
                directory.limit() - at >= 46 && directory.getInt(at) == CENTRAL,
                start + at,
                "an entry of the directory must stand here");
        int nameLength = unsigned16(directory, at + 28);
        int extraLength = unsigned16(directory, at + 30);
        int next = at + 46 + nameLength + extraLength + unsigned16(directory, at + 32);
        require(next <= directory.limit(), start + at, "entries must lie inside the directory");
        String name = name(directory.slice(at + 46, nameLength), start + at);
        long[] wide = {unsigned32(directory, at + 24), unsigned32(directory, at + 20), unsigned32(directory, at + 42)};
        widen(directory, at + 46 + nameLength, extraLength, wide, start + at);
        int flags = unsigned16(directory, at + 8);
        int method = unsigned16(directory, at + 10);
        String shown = ModelFormatException.escape(name);
        require((flags & 0x2041) == 0, start + at, shown + ": encrypted entries are not supported");
        require(method == 0 || method == 8, start + at, shown + ": entries must be stored or deflated; got " + method);
        require(
                method == 8 || wide[0] == wide[1],
                start + at,
                shown + ": a stored entry's two sizes must agree; got " + wide[0] + " and " + wide[1]);
        long crc = unsigned32(directory, at + 16);
        entries.add(local(new Entry(name, method, crc, wide[1], wide[0], wide[2], 0), flags));
        return next;
    }

    /** Compares the header before an entry's data with the directory. */
    private Entry local(Entry entry, int flags) throws IOException {
        String shown = ModelFormatException.escape(entry.name());
        long at = entry.header();
        ByteBuffer local = read(at, 30);
        require(local.getInt(0) == LOCAL, at, shown + ": its header must stand where the directory says");
        int nameLength = unsigned16(local, 26);
        int extraLength = unsigned16(local, 28);
        ByteBuffer rest = read(at + 30, nameLength + extraLength);
        long[] wide = {unsigned32(local, 22), unsigned32(local, 18), 0};
        widen(rest, nameLength, extraLength, wide, at);
        boolean described = (flags & 8) != 0;
        boolean same = name(rest.slice(0, nameLength), at).equals(entry.name())
                && unsigned16(local, 8) == entry.method()
                && unsigned16(local, 6) == flags
                && (described && unsigned32(local, 14) == 0 || unsigned32(local, 14) == entry.crc())
                && (described && wide[0] == 0 || wide[0] == entry.unpacked())
                && (described && wide[1] == 0 || wide[1] == entry.packed());
        require(same, at, shown + ": the header before its data must agree with the directory");
        long data = at + 30 + nameLength + extraLength;
        require(
                entry.packed() >= 0 && entry.unpacked() >= 0 && entry.packed() <= size - data,
                at,
                shown + ": the entry must lie inside the file");
        return new Entry(entry.name(), entry.method(), entry.crc(), entry.packed(), entry.unpacked(), at, data);
    }

    /** Takes sizes and place of zip64 out of an extra field, in their fixed order, where 32 bits were not enough. */
    private void widen(ByteBuffer in, int start, int length, long[] wide, long place) {
        int end = start + length;
        for (int at = start; at + 4 <= end; ) {
            int part = unsigned16(in, at + 2);
            require(part <= end - at - 4, place, "extra fields must lie inside their header");
            if (unsigned16(in, at) == 1) {
                int from = at + 4;
                for (int i = 0; i < wide.length; i++) {
                    if (wide[i] == IN_EXTRA && from + 8 <= at + 4 + part) {
                        wide[i] = in.getLong(from);
                        from += 8;
                    }
                }
            }
            at += 4 + part;
        }
    }

    private String name(ByteBuffer bytes, long place) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException malformed) {
            throw error(place, "names must be UTF-8");
        }
    }

    private void requireApart(List<Entry> entries, long directory) {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::header));
        long end = 0;
        for (Entry entry : sorted) {
            require(
                    entry.header() >= end,
                    entry.header(),
                    ModelFormatException.escape(entry.name()) + ": entries must not overlap");
            end = entry.data() + entry.packed();
        }
        require(end <= directory, end, "entries must lie before the directory");
    }

    /** Opens an entry's data, unpacked but unchecked. */
    InputStream open(Entry entry) {
        InputStream packed = new InputStream() {
            private long at = entry.data();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int part = (int) Math.min(length, entry.data() + entry.packed() - at);
                int done = part == 0 ? -1 : channel.read(ByteBuffer.wrap(buffer, offset, part), at);
                at += Math.max(done, 0);
                return done;
            }
        };
        return entry.method() == 0 ? packed : new Inflated(packed, Math.clamp(entry.packed(), 1, 1 << 13));
    }

    /** Frees the inflater's memory with the stream. */
    private static final class Inflated extends InflaterInputStream {
        Inflated(InputStream packed, int buffer) {
            super(packed, new Inflater(true), buffer);
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }

    private ByteBuffer read(long from, long length) throws IOException {
        require(from >= 0 && length >= 0 && length <= size - from, Math.max(from, 0), "the zip must not be cut off");
        require(length <= Integer.MAX_VALUE - 8, from, "a zip's directory must fit an array; got " + length);
        ByteBuffer buffer = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            require(channel.read(buffer, from + buffer.position()) >= 0, from, "the zip must not be cut off");
        }
        return buffer.flip();
    }

    private void require(boolean condition, long place, String rule) {
        if (!condition) {
            throw error(place, rule);
        }
    }

    private static int unsigned16(ByteBuffer in, int at) {
        return Short.toUnsignedInt(in.getShort(at));
    }

    private static long unsigned32(ByteBuffer in, int at) {
        return Integer.toUnsignedLong(in.getInt(at));
    }

    ModelFormatException error(long place, String rule) {
        return new ModelFormatException(source, place, rule);
    }
}
