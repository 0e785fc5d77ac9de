package luthier.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import luthier.tensor.BlockQuantized;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * An open GGUF file, or all the files of a split one: metadata and what the tensors are is known at once, numbers are read one tensor at a time, from
 * the files mapped read-only. Versions 2 and 3, little-endian. Any number of threads may read at the same time; {@link #close} waits for
 * them, and reading afterwards is an {@link IllegalStateException}.
 *
 * <p>Blocks are unpacked to F32 by {@link #read}, and kept as they are by {@link #frozen}. Names and the order of rows are the file's: models
 * of the Llama family have query and key rows in another order than their public checkpoints. Source: ggml's docs/gguf.md.
 *
 * {@snippet :
 * Path path = Files.createTempFile("model", ".gguf");
 * Files.write(path, Arrays.copyOf(new byte[] {'G', 'G', 'U', 'F', 3}, 24));
 * try (GgufFile file = GgufFile.open(path)) {
 *     file.version(); // 3
 *     file.metadata().keySet(); // []
 * }
 * }
 */
public final class GgufFile implements WeightSource {
    private static final String MAGIC = "GGUF";
    /** Bytes that are copied at a time. */
    private static final int PIECE = 1 << 20;

    private final int version;
    private final Map<String, GgufValue> metadata;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final List<MappedFile> files = new ArrayList<>();
    private final Headers headers;

    /** Where a tensor's data are. */
    private record Place(MappedFile file, GgufHeader.Entry entry) {}

    /** What files say of themselves, after they are closed: to open them again without reading that anew. */
    public static final class Headers {
        private final List<Path> paths;
        private final List<GgufHeader> headers;
        private final Map<String, StoredTensor> tensors;

        private Headers(List<Path> paths, List<GgufHeader> headers, Map<String, StoredTensor> tensors) {
            this.paths = paths;
            this.headers = headers;
            this.tensors = tensors;
        }

        /** Returns the name of the first file. */
        public String source() {
            return paths.getFirst().toString();
        }

        /** Returns what the tensors are, by name. */
        public Map<String, StoredTensor> tensors() {
            return Collections.unmodifiableMap(tensors);
        }

        /**
         * Opens the files again.
         *
         * @throws IOException if one cannot be read
         * @throws ModelFormatException if one has another length now
         */
        public GgufFile open() throws IOException {
            return GgufFile.open(paths, headers);
        }
    }

    private GgufFile(List<MappedFile> files, List<Path> paths, List<GgufHeader> headers) throws IOException {
        this.headers = new Headers(paths, headers, tensors);
        GgufHeader first = headers.getFirst();
        version = first.version();
        metadata = Collections.unmodifiableMap(first.metadata());
        for (int i = 0; i < files.size(); i++) {
            for (GgufHeader.Entry entry : headers.get(i).tensors()) {
                if (places.put(entry.name(), new Place(files.get(i), entry)) != null) {
                    throw new ModelFormatException(
                            files.get(i).source(),
                            entry.start(),
                            "tensor " + ModelFormatException.escape(entry.name())
                                    + ": names must differ; got this one in two files");
                }
                tensors.put(entry.name(), entry.stored());
            }
        }
        GgufParts.requireWhole(files.getFirst().source(), first.metadata(), places.size());
        for (MappedFile file : files) {
            file.map();
        }
        this.files.addAll(files);
    }

    /** Returns whether a file begins as GGUF does. */
    public static boolean isOne(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAGIC.length()), StandardCharsets.ISO_8859_1).equals(MAGIC);
        }
    }

    /**
     * Opens a file, and with it the others if it is part of a split one, by any of them.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if one is not GGUF of version 2 or 3, is cut off or breaks a rule of the format, or a part is missing
     */
    public static GgufFile open(Path path) throws IOException {
        List<MappedFile> files = new ArrayList<>();
        boolean opened = false;
        try {
            files.add(MappedFile.open(path));
            GgufHeader header = GgufReader.read(files.getFirst());
            List<Path> parts = GgufParts.of(path, header.metadata());
            List<MappedFile> ordered = new ArrayList<>();
            List<GgufHeader> headers = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                boolean known = parts.get(i).equals(path);
                if (!known) {
                    files.add(MappedFile.open(parts.get(i)));
                }
                ordered.add(known ? files.getFirst() : files.getLast());
                headers.add(known ? header : GgufReader.read(files.getLast()));
                GgufParts.requireNumber(parts.get(i), headers.getLast().metadata(), i, parts.size());
            }
            GgufFile result = new GgufFile(ordered, parts, headers);
            opened = true;
            return result;
        } finally {
            if (!opened) {
                files.forEach(MappedFile::close);
            }
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // The file that is returned closes them.
    private static GgufFile open(List<Path> paths, List<GgufHeader> headers) throws IOException {
        List<MappedFile> files = new ArrayList<>();
        boolean opened = false;
        try {
            for (int i = 0; i < paths.size(); i++) {
                files.add(MappedFile.open(paths.get(i)));
                if (files.getLast().length() != headers.get(i).length()) {
                    throw new ModelFormatException(
                            paths.get(i).toString(),
                            0,
                            "the file must not change after it was opened; got "
                                    + files.getLast().length() + " bytes instead of "
                                    + headers.get(i).length());
                }
            }
            GgufFile result = new GgufFile(files, paths, headers);
            opened = true;
            return result;
        } finally {
            if (!opened) {
                files.forEach(MappedFile::close);
            }
        }
    }

    /** Returns what is known of the files, to open them again. */
    public Headers headers() {
        return headers;
    }

    /** Returns the version of the format, 2 or 3. */
    public int version() {
        return version;
    }

    /** Returns the metadata by key, in the file's order; of a split file those of its first part. */
    public Map<String, GgufValue> metadata() {
        return metadata;
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public String source() {
        return files.getFirst().source();
    }

    /** Reads one tensor: numbers in blocks as F32, others in their own type. */
    @Override
    public Tensor read(String name) {
        Place place = place(name);
        GgufHeader.Entry entry = place.entry();
        return place.file()
                .reading(content -> entry.type().block().isPresent()
                        ? unpacked(content, place)
                        : TensorAssembly.read(
                                content,
                                entry.stored(),
                                entry.start(),
                                place.file().source()));
    }

    private Place place(String name) {
        return Optional.ofNullable(places.get(name)).orElseThrow(() -> HeldWeights.absent(name, source()));
    }

    private static Tensor unpacked(MemorySegment content, Place place) {
        GgufHeader.Entry entry = place.entry();
        var format = entry.type().block().orElseThrow();
        float[] numbers = new float[length(place, entry.shape().elementCount())];
        int blocks = numbers.length / format.numbers();
        int most = PIECE / format.bytes();
        byte[] piece = new byte[Math.min(most, blocks) * format.bytes()];
        for (int done = 0; done < blocks; done += most) {
            int count = Math.min(most, blocks - done);
            long from = entry.start() + (long) done * format.bytes();
            MemorySegment.copy(content, ValueLayout.JAVA_BYTE, from, piece, 0, count * format.bytes());
            format.unpack(count, piece, 0, numbers, done * format.numbers());
        }
        return Tensor.wrap(numbers, entry.shape());
    }

    private static int length(Place place, long count) {
        if (count > Integer.MAX_VALUE - 8) {
            throw new ModelFormatException(
                    place.file().source(),
                    place.entry().start(),
                    "tensor " + ModelFormatException.escape(place.entry().name()) + ": must fit a Java array; got "
                            + count + " elements or bytes");
        }
        return (int) count;
    }

    @Override
    public Optional<FrozenMatrix> frozen(String name, int... rows) {
        Place place = place(name);
        GgufHeader.Entry entry = place.entry();
        if (entry.type().block().isEmpty() || entry.shape().rank() != 2) {
            return Optional.empty();
        }
        Shape shape = Shape.of(
                rows.length == 0 ? entry.shape().size(0) : rows.length,
                entry.shape().size(1));
        long row = entry.bytes() / entry.shape().size(0);
        byte[] blocks = new byte[length(place, Math.multiplyExact(row, shape.size(0)))];
        place.file().reading(content -> {
            for (int i = 0; i < shape.size(0); i++) {
                int from = rows.length == 0
                        ? i
                        : Objects.checkIndex(rows[i], (int) entry.shape().size(0));
                MemorySegment.copy(
                        content, ValueLayout.JAVA_BYTE, entry.start() + row * from, blocks, (int) row * i, (int) row);
            }
            return blocks;
        });
        BlockQuantized.Type type = BlockQuantized.Type.valueOf(entry.type().name());
        return Optional.of(BlockQuantized.ofBlocks(type, shape, blocks));
    }

    @Override
    public void close() {
        files.forEach(MappedFile::close);
    }
}
