package luthier.tensor.io;

import java.util.Map;
import luthier.tensor.Tensor;

/**
 * An open file of named tensors, or several that belong together: what it holds is known at once, the numbers are read one tensor at
 * a time. Opened by {@link Safetensors#open} and {@link TorchZip#open}. Any number of threads may read at the same time; {@link #close}
 * waits for them, and reading afterwards is an {@link IllegalStateException}. Tensors that were read are copies and outlive the file.
 *
 * {@snippet :
 * Path file = Files.createTempFile("weights", ".safetensors");
 * Safetensors.write(file, Map.of("w", Tensor.of(new float[] {1, 2}, 2)), Map.of());
 * try (TensorFile weights = Safetensors.open(file)) {
 *     weights.tensors().get("w"); // StoredTensor[name=w, type=F32, shape=[2], bytes=8]
 *     weights.read("w"); // F32[2][1.0, 2.0]
 * }
 * }
 */
public sealed interface TensorFile extends WeightSource permits SafetensorsFile, Shards, TorchFile {
    /** Returns what the tensors are, by name, in the order of their data. */
    @Override
    Map<String, StoredTensor> tensors();

    /** Returns the free texts beside the tensors. */
    Map<String, String> metadata();

    /**
     * Reads one tensor.
     *
     * @throws IllegalArgumentException if there is none of this name
     * @throws IllegalStateException if the file is closed
     * @throws ModelFormatException if its data break a rule of its type, or the file was changed by another program meanwhile
     */
    @Override
    Tensor read(String name);

    /** Gives the file back. Closing twice does nothing. */
    @Override
    void close();
}
