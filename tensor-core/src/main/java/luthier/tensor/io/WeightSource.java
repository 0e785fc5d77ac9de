package luthier.tensor.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Tensor;

/**
 * Where named tensors come from: names, types and shapes are known before a number is read, and tensors are read one at a time. A file
 * or several ({@link TensorFile}), or tensors in memory.
 *
 * {@snippet :
 * Path file = Files.createTempFile("weights", ".safetensors");
 * Safetensors.write(file, Map.of("w", Tensor.of(new float[] {1, 2}, 2)), Map.of());
 * try (WeightSource weights = WeightSource.open(file)) {
 *     weights.tensors().keySet(); // [w]
 *     weights.read("w"); // F32[2][1.0, 2.0]
 * }
 * }
 */
public interface WeightSource extends AutoCloseable {
    /** Returns what the tensors are, by name. */
    Map<String, StoredTensor> tensors();

    /**
     * Reads one tensor.
     *
     * @throws IllegalArgumentException if there is none of this name
     * @throws IllegalStateException if the source is closed
     * @throws ModelFormatException if its data break a rule of its type, or the file was changed by another program meanwhile
     */
    Tensor read(String name);

    /**
     * Returns a matrix as it is stored, if its numbers lie in blocks that products can read ({@link luthier.tensor.BlockQuantized}); otherwise
     * nothing, and {@link #read} is to be used.
     *
     * @param rows the rows that are wished, in this order; none for all of them
     * @throws IllegalArgumentException if there is none of this name
     * @throws IllegalStateException if the source is closed
     * @throws ModelFormatException if the file was changed by another program meanwhile
     */
    default Optional<FrozenMatrix> frozen(String name, int... rows) {
        return Optional.empty();
    }

    /** Returns where the tensors come from, for messages: a file's path, mostly. */
    String source();

    /** Gives back what reading needs. Closing twice does nothing. */
    @Override
    default void close() {}

    /** Reads all tensors, in order. */
    default Map<String, Tensor> readAll() {
        Map<String, Tensor> result = new LinkedHashMap<>();
        for (String name : tensors().keySet()) {
            result.put(name, read(name));
        }
        return result;
    }

    /**
     * Returns tensors in memory as a source.
     *
     * {@snippet :
     * WeightSource.of(Map.of("w", Tensor.scalar(1f)), "a test").tensors().keySet(); // [w]
     * }
     *
     * @param source where they come from, for messages
     */
    static WeightSource of(Map<String, Tensor> tensors, String source) {
        return new HeldWeights(tensors, source);
    }

    /**
     * Opens a file of weights by what it is: {@code .onnx}, {@code .npz}, an index of shards ({@code .json}) and a folder by their names,
     * GGUF and a torch {@code .bin}, {@code .pt} or {@code .pth} by their first bytes, anything else as safetensors. ONNX and npz are read whole.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if one breaks a rule of its format
     */
    static WeightSource open(Path file) throws IOException {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (Files.isDirectory(file) || name.endsWith(".json")) {
            return Safetensors.open(file);
        }
        if (name.endsWith(".onnx")) {
            return of(OnnxWeights.read(file), file.toString());
        }
        if (name.endsWith(".npz")) {
            return of(Npz.read(file), file.toString());
        }
        if (GgufFile.isOne(file)) {
            return GgufFile.open(file);
        }
        return TorchFile.looksLikeOne(file) ? TorchFile.open(file) : SafetensorsFile.open(file);
    }
}
