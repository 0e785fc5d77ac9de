package luthier.tensor.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import luthier.tensor.Tensor;

/**
 * One safetensors file, mapped read-only. The mapping belongs to an arena that {@link #close} ends, not to the garbage collector,
 * which does not see how much native memory small objects hold. The file's length is looked at before and after each read: a file that
 * another program cut under the mapping reads as zeros up to the end of its last page, and as a fault of the machine behind it.
 */
final class SafetensorsFile implements TensorFile {
    private static final int PIECE = TensorAssembly.UNIT << 20;
    /** What a header's bytes may cost while it is read, as measured with many tiny tensors. */
    private static final int HEADER_COST = 8;

    private final String source;
    private final RandomAccessFile file;
    private final Arena arena;
    private final MemorySegment content;
    private final SafetensorsHeader header;
    private final long dataStart;
    private final Map<String, StoredTensor> tensors;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private SafetensorsFile(String source, RandomAccessFile file, Arena arena) throws IOException {
        this.source = source;
        this.file = file;
        this.arena = arena;
        long size = file.length();
        byte[] json = header(size);
        dataStart = 8L + json.length;
        header = SafetensorsHeader.read(json, source, size - dataStart);
        // Mapped last: giving a shared mapping back stops all threads for a moment, which a file that is refused need
        // not cost.
        content = file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        Map<String, StoredTensor> known = new LinkedHashMap<>();
        header.entries().forEach((name, entry) -> known.put(name, entry.tensor()));
        tensors = Collections.unmodifiableMap(known);
    }

    @SuppressWarnings("MustBeClosedChecker") // The file that is returned closes the arena.
    static SafetensorsFile open(Path path) throws IOException {
        if (Files.notExists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        // Unlike a channel's, this length can be asked for by a thread that is interrupted without closing the file for
        // all.
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
        boolean opened = false;
        try {
            SafetensorsFile result = new SafetensorsFile(path.toString(), file, Arena.ofShared());
            opened = true;
            return result;
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    private byte[] header(long size) throws IOException {
        byte[] start = new byte[(int) Math.min(size, 64)];
        file.readFully(start);
        if (size < 8) {
            throw new ModelFormatException(source, 0, "a safetensors file has at least 8 bytes; got " + size);
        }
        long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > SafetensorsHeader.MAX_BYTES) {
            throw new ModelFormatException(
                    source,
                    0,
                    "the header's length must be 2 to " + SafetensorsHeader.MAX_BYTES + " bytes; got "
                            + Long.toUnsignedString(length) + otherFormat(start));
        }
        if (length > size - 8) {
            throw new ModelFormatException(
                    source,
                    0,
                    "the header must lie inside the file; got " + length + " bytes of " + (size - 8)
                            + otherFormat(start));
        }
        if (length > Runtime.getRuntime().maxMemory() / HEADER_COST) {
            throw new ModelFormatException(
                    source,
                    0,
                    "reading the header must fit the heap; got " + length + " bytes of header, which take about "
                            + length * HEADER_COST + "; raise -Xmx");
        }
        byte[] json = new byte[(int) length];
        file.seek(8);
        file.readFully(json);
        return json;
    }

    /** Says which file of another format this seems to be. */
    private static String otherFormat(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        Map<String, String> formats = Map.of(
                "version https://git-lfs", "a Git LFS pointer: fetch the file itself",
                "PK\u0003\u0004", "a zip (a PyTorch .bin or an npz?)",
                "\u0080\u0002", "a Python pickle (an old PyTorch .bin?)",
                "\u0080\u0004", "a Python pickle (an old PyTorch .bin?)",
                "GGUF", "a GGUF file",
                "\u0093NUMPY", "an npy file",
                "\u0089HDF", "an HDF5 file",
                "<", "a web page");
        return formats.entrySet().stream()
                .filter(format -> text.strip().startsWith(format.getKey()))
                .map(format -> "; this is " + format.getValue() + ", not safetensors")
                .findFirst()
                .orElse("");
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public Tensor read(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException("read: the file must hold the tensor; got \""
                    + ModelFormatException.escape(name) + "\" for " + source);
        }
        Lock reading = lock.readLock();
        reading.lock();
        try {
            if (!arena.scope().isAlive()) {
                throw new IllegalStateException("read: the file must be open; got the closed " + source);
            }
            requireUnchanged();
            Tensor result = read(entry);
            requireUnchanged();
            return result;
        } catch (InternalError fault) {
            throw changed(fault);
        } finally {
            reading.unlock();
        }
    }

    private Tensor read(SafetensorsHeader.Entry entry) {
        StoredTensor tensor = entry.tensor();
        long start = dataStart + entry.begin();
        TensorAssembly assembly = new TensorAssembly(
                tensor.type(),
                tensor.shape(),
                (index, rule) -> new ModelFormatException(
                        source,
                        start + index * tensor.type().bits() / 8,
                        ModelFormatException.escape(tensor.name()) + ": " + rule));
        for (long done = 0; done < tensor.bytes(); done += PIECE) {
            assembly.take(content.asSlice(start + done, Math.min(PIECE, tensor.bytes() - done))
                    .asByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN));
        }
        return assembly.tensor();
    }

    private void requireUnchanged() {
        try {
            if (file.length() != content.byteSize()) {
                throw new ModelFormatException(
                        source,
                        0,
                        "the file must not change while it is mapped; got " + file.length() + " bytes instead of "
                                + content.byteSize() + "; replace files by renaming");
            }
        } catch (IOException e) {
            throw new ModelFormatException(source, 0, "the file must stay readable while it is mapped; got " + e);
        }
    }

    private ModelFormatException changed(InternalError fault) {
        ModelFormatException error = new ModelFormatException(
                source, 0, "the file must not change while it is mapped; replace files by renaming");
        error.initCause(fault);
        return error;
    }

    @Override
    public void close() {
        Lock closing = lock.writeLock();
        closing.lock();
        try {
            if (arena.scope().isAlive()) {
                arena.close();
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            closing.unlock();
        }
    }
}
