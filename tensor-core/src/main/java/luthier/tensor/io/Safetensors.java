package luthier.tensor.io;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import luthier.tensor.Tensor;

/**
 * The safetensors format: 8 bytes little-endian header length, a JSON header, the tensors' bytes. Of all 22 types, see {@link
 * StoredType} for what each is read as; F32, F64, I64, I32, BOOL, BF16, F16, I8 and U8 are kept as they are and written. The types that
 * are only stored convert with {@link Tensor#to}.
 *
 * <p>The reader is strict: no duplicate names or fields (also not through escapes), no unknown fields, at most 64 axes, numbers below
 * 2^63, no holes or overlaps, and the data end exactly at the file's end. What it refuses is a {@link ModelFormatException}, whatever the
 * file. Space before and behind the header's JSON and data at an odd address are allowed. A size of 0 makes a tensor empty, wherever it
 * stands; the other sizes' product must still be below 2^63.
 *
 * <p>The writer is atomic (a temporary file in the same folder, forced to disk, then renamed, also over a file that is mapped)
 * and reproducible: metadata sorted, tensors by type (widest first) and name, the header padded with spaces to 8 bytes.
 *
 * <p>The format: <a href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>. <b>Differences</b> from its reader, which
 * accepts duplicate names, unknown fields, entries as lists, {@code "__metadata__": null} and any number of axes: all refused here.
 */
public final class Safetensors {
    private static final String SINGLE = "model.safetensors";

    private Safetensors() {}

    /**
     * Opens a file, a checkpoint of several files by its index ({@code model.safetensors.index.json}), or a folder that holds one
     * of them as {@code model.safetensors} or under the index's name. Only headers are read. An index may name torch files too.
     *
     * {@snippet :
     * Path file = Files.createTempFile("weights", ".safetensors");
     * Safetensors.write(file, Map.of("w", Tensor.scalar(2.5f)), Map.of("format", "pt"));
     * try (TensorFile weights = Safetensors.open(file)) {
     *     weights.read("w").item(); // 2.5
     * }
     * }
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if one breaks a rule of the format, index and shards do not agree, or a folder holds a single file and
     *     an index
     */
    public static TensorFile open(Path file) throws IOException {
        Path path = Files.isDirectory(file) ? inside(file) : file;
        return path.toString().endsWith(".json") ? Shards.open(path) : SafetensorsFile.open(path);
    }

    /** Returns the one checkpoint of a folder: with two in it, nothing says which is the newer. */
    private static Path inside(Path folder) {
        Path single = folder.resolve(SINGLE);
        Path index = folder.resolve(Shards.INDEX);
        if (Files.exists(single) && Files.exists(index)) {
            throw new ModelFormatException(
                    folder.toString(),
                    0,
                    "a folder must hold one checkpoint; got " + SINGLE + " and " + Shards.INDEX
                            + "; remove one of the two sets, or open one by its file");
        }
        return Files.exists(single) ? single : index;
    }

    /**
     * Reads all tensors of a file, an index or a folder, in the order of their data.
     *
     * {@snippet :
     * Path file = Files.createTempFile("weights", ".safetensors");
     * Safetensors.write(file, Map.of("w", Tensor.of(new float[] {1, 2}, 2).to(DType.BF16)), Map.of());
     * Safetensors.read(file).get("w"); // BF16[2][1.0, 2.0]
     * }
     *
     * @throws IOException if it cannot be read
     * @throws ModelFormatException if it breaks a rule of the format
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        try (TensorFile opened = open(file)) {
            return opened.readAll();
        }
    }

    /**
     * Reads the free texts beside the tensors.
     *
     * {@snippet :
     * Path file = Files.createTempFile("weights", ".safetensors");
     * Safetensors.write(file, Map.of(), Map.of("format", "pt"));
     * Safetensors.readMetadata(file); // {format=pt}
     * }
     *
     * @throws IOException if the file cannot be read
     * @throws ModelFormatException if it breaks a rule of the format
     */
    public static Map<String, String> readMetadata(Path file) throws IOException {
        try (TensorFile opened = open(file)) {
            return Map.copyOf(opened.metadata());
        }
    }

    /**
     * Writes tensors and free texts; the same content always gives the same bytes. The file appears whole or not at all, and an
     * old one of that name stays until then.
     *
     * {@snippet :
     * Path file = Files.createTempFile("weights", ".safetensors");
     * Safetensors.write(file, Map.of("w", Tensor.of(new int[] {7}, 1)), Map.of());
     * Files.size(file); // 68
     * }
     *
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if a name or text holds half a surrogate pair, a tensor is named {@code __metadata__} or has more
     *     than 64 axes, or the header would be larger than 100 MB
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        SafetensorsWriter.write(file, tensors, metadata);
    }

    /**
     * Writes the bytes that a file of these tensors and texts has to a channel, which stays open: for storages that keep files whole
     * by rules of their own.
     *
     * {@snippet :
     * Path file = Files.createTempFile("weights", ".safetensors");
     * try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
     *     Safetensors.write(channel, Map.of("w", Tensor.of(new int[] {7}, 1)), Map.of());
     *     channel.size(); // 68
     * }
     * }
     *
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException as {@link #write(Path, Map, Map)}, before anything is written
     */
    public static void write(WritableByteChannel channel, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        SafetensorsWriter.write(channel, tensors, metadata);
    }

    /**
     * Writes tensors as {@code model-00001-of-0000N.safetensors} ... with at most so many bytes of tensors each, but at least one
     * tensor, and the index {@code model.safetensors.index.json}, which is written last. Every file is written whole or not at all;
     * for all of them together that holds in a folder without an older checkpoint.
     *
     * {@snippet :
     * Path folder = Files.createTempDirectory("checkpoint");
     * Map<String, Tensor> tensors = Map.of("a", Tensor.zeros(DType.F32, 4), "b", Tensor.zeros(DType.F32, 4));
     * Safetensors.writeSharded(folder, tensors, Map.of(), 20).getFileName(); // model.safetensors.index.json
     * Safetensors.read(folder).keySet(); // [a, b]
     * }
     *
     * @return the index's file
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException as {@link #write(Path, Map, Map)}, or if {@code maxShardBytes} is below 1
     */
    public static Path writeSharded(
            Path folder, Map<String, Tensor> tensors, Map<String, String> metadata, long maxShardBytes)
            throws IOException {
        return SafetensorsWriter.writeSharded(folder, tensors, metadata, maxShardBytes);
    }
}
