package luthier.tensor.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import luthier.tensor.Tensor;

/** Tensors in memory as a source of weights. */
final class HeldWeights implements WeightSource {
    private final Map<String, Tensor> held;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final String source;

    HeldWeights(Map<String, Tensor> held, String source) {
        this.held = new LinkedHashMap<>(held);
        this.source = source;
        held.forEach((name, tensor) -> tensors.put(
                name,
                new StoredTensor(
                        name,
                        StoredType.valueOf(tensor.dtype().name()),
                        tensor.shape(),
                        tensor.elementCount() * tensor.dtype().bytes())));
    }

    /** Returns the error of a name that a source does not hold. */
    static IllegalArgumentException absent(String name, String source) {
        return new IllegalArgumentException(
                "read: the file must hold the tensor; got \"" + ModelFormatException.escape(name) + "\" for " + source);
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Tensor read(String name) {
        Tensor tensor = held.get(name);
        if (tensor == null) {
            throw absent(name, source);
        }
        return tensor;
    }

    @Override
    public String source() {
        return source;
    }
}
