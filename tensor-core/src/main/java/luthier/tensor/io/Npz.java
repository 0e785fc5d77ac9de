package luthier.tensor.io;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import luthier.tensor.Tensor;

/**
 * Numpy's npz format: a zip of {@link Npy} files, one a name. Nothing is ever unpacked onto the disk. Before the first tensor is made, the
 * directory, the headers before the data, every entry's npy header, size and checksum are read and must agree; an entry may unpack to at
 * most 16 MiB or 200 times its packed size, whichever is more, and all of them to 16 MiB or 200 times the file.
 */
public final class Npz {
    private static final String SUFFIX = ".npy";
    private static final long SMALL = 1 << 24;
    private static final long MAX_RATIO = 200;

    private Npz() {}

    /**
     * Reads all arrays by name, in the directory's order.
     *
     * {@snippet :
     * Path file = Files.createTempFile("x", ".npz");
     * Npz.write(file, Map.of("w", Tensor.of(new float[] {1, 2}, 2)));
     * Npz.read(file); // {w=F32[2][1.0, 2.0]}
     * }
     *
     * @throws IOException if the file cannot be read
     * @throws ModelFormatException if it breaks a rule of the format
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ZipDirectory zip = new ZipDirectory(channel, file.toString());
            List<ZipDirectory.Entry> entries = zip.entries();
            requireNames(entries, zip);
            requireModest(entries, zip, channel.size());
            byte[] piece = new byte[1 << 13];
            for (ZipDirectory.Entry entry : entries) {
                requireSound(entry, zip, file, piece);
            }
            Map<String, Tensor> result = new LinkedHashMap<>();
            for (ZipDirectory.Entry entry : entries) {
                try (InputStream in = new BufferedInputStream(zip.open(entry))) {
                    result.put(name(entry), Npy.read(in, entry.unpacked(), source(entry, file)));
                }
            }
            return result;
        }
    }

    private static String name(ZipDirectory.Entry entry) {
        return entry.name().substring(0, entry.name().length() - SUFFIX.length());
    }

    private static String source(ZipDirectory.Entry entry, Path file) {
        return file + "!" + ModelFormatException.escape(entry.name());
    }

    private static void requireNames(List<ZipDirectory.Entry> entries, ZipDirectory zip) {
        Set<String> seen = new HashSet<>();
        for (ZipDirectory.Entry entry : entries) {
            String name = entry.name();
            String shown = "; got " + ModelFormatException.escape(name);
            if (!name.endsWith(SUFFIX)) {
                throw zip.error(entry.header(), "entries must be named NAME.npy" + shown);
            }
            if (!isPlain(name)) {
                throw zip.error(entry.header(), "entries must have plain names, not paths out of the zip" + shown);
            }
            if (!seen.add(name)) {
                throw zip.error(entry.header(), "names must be unique" + shown + " twice");
            }
        }
    }

    /** Whether a name is no path that leads out of a folder, on any system. */
    private static boolean isPlain(String name) {
        return !name.startsWith("/")
                && !name.contains("\\")
                && !name.matches("(?s)[A-Za-z]:.*")
                && name.chars().noneMatch(c -> c < 0x20)
                && !List.of(name.split("/", -1)).contains("..");
    }

    private static void requireModest(List<ZipDirectory.Entry> entries, ZipDirectory zip, long size) {
        long total = 0;
        for (ZipDirectory.Entry entry : entries) {
            if (entry.unpacked() > Math.max(SMALL, MAX_RATIO * entry.packed())) {
                throw zip.error(
                        entry.header(),
                        ModelFormatException.escape(entry.name()) + ": an entry must unpack to at most " + MAX_RATIO
                                + " times its size; got " + entry.unpacked() + " of " + entry.packed() + " bytes");
            }
            total += entry.unpacked();
            if (total > Math.max(SMALL, MAX_RATIO * size)) {
                throw zip.error(
                        0, "a zip must unpack to at most " + MAX_RATIO + " times its size; got more than " + total);
            }
        }
    }

    /** Reads an entry once without keeping it: header, size and checksum. At most one byte more than it says is unpacked. */
    private static void requireSound(ZipDirectory.Entry entry, ZipDirectory zip, Path file, byte[] piece)
            throws IOException {
        String source = source(entry, file);
        try (InputStream in = zip.open(entry)) {
            CRC32 crc = new CRC32();
            InputStream counted = new CheckedInputStream(in, crc);
            NpyHeader.Layout layout = NpyHeader.read(counted, entry.unpacked(), source);
            Npy.requireSize(layout, entry.unpacked(), source);
            long count = layout.bytes();
            int part;
            while (count <= entry.unpacked()
                    && (part = counted.read(piece, 0, (int) Math.min(piece.length, entry.unpacked() + 1 - count)))
                            > 0) {
                count += part;
            }
            if (count != entry.unpacked()) {
                throw new ModelFormatException(
                        source,
                        entry.data(),
                        "the entry must unpack to the " + entry.unpacked() + " bytes that the directory says; got "
                                + (count > entry.unpacked() ? "more" : Long.toString(count)));
            }
            if (crc.getValue() != entry.crc()) {
                throw new ModelFormatException(
                        source, entry.data(), "the checksum must be the directory's; the data are damaged");
            }
        } catch (ZipException | EOFException damaged) {
            throw new ModelFormatException(
                    source, entry.data(), "the entry must be whole deflated data; " + damaged.getMessage());
        }
    }

    /**
     * Writes arrays by name, sorted and stored, dated 1980: the same tensors always give the same bytes. The file appears whole or not
     * at all.
     *
     * {@snippet :
     * Path file = Files.createTempFile("x", ".npz");
     * Npz.write(file, Map.of("b", Tensor.scalar(2f), "a", Tensor.scalar(1f)));
     * Npz.read(file).keySet(); // [a, b]
     * }
     *
     * @throws IOException if it cannot be written
     * @throws luthier.tensor.DTypeException for BF16, which numpy does not have
     * @throws IllegalArgumentException for a name that is a path out of a folder
     */
    public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
        Map<String, Tensor> sorted = new TreeMap<>(tensors);
        sorted.forEach((name, tensor) -> {
            Npy.header(tensor);
            if (!isPlain(name)) {
                throw new IllegalArgumentException("npz: names must be plain, not paths out of a folder; got "
                        + ModelFormatException.escape(name));
            }
        });
        AtomicFiles.write(file, channel -> {
            ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel));
            for (Map.Entry<String, Tensor> entry : sorted.entrySet()) {
                write(zip, entry.getKey(), entry.getValue());
            }
            zip.finish();
            zip.flush();
        });
    }

    private static void write(ZipOutputStream zip, String name, Tensor tensor) throws IOException {
        byte[] header = Npy.header(tensor);
        CRC32 crc = new CRC32();
        write(new CheckedOutputStream(OutputStream.nullOutputStream(), crc), header, tensor);
        ZipEntry entry = new ZipEntry(name + SUFFIX);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(header.length + tensor.elementCount() * tensor.dtype().bytes());
        entry.setCompressedSize(entry.getSize());
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        write(zip, header, tensor);
        zip.closeEntry();
    }

    // The stream is the caller's to close.
    private static void write(OutputStream out, byte[] header, Tensor tensor) throws IOException {
        out.write(header);
        SafetensorsWriter.write(Channels.newChannel(out), tensor);
    }
}
