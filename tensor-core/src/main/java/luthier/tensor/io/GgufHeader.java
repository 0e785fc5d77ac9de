package luthier.tensor.io;

import java.util.List;
import java.util.Map;
import luthier.tensor.Shape;

/**
 * What a GGUF file says of itself.
 *
 * @param version of the format
 * @param metadata by key, in the file's order
 * @param tensors in the file's order
 * @param length of the file
 */
record GgufHeader(int version, Map<String, GgufValue> metadata, List<Entry> tensors, long length) {
    /**
     * A tensor.
     *
     * @param shape the slowest axis first, as everywhere here; the file has them in the other order
     * @param start where its data begin, from the file's start
     */
    record Entry(String name, StoredType type, Shape shape, long start) {
        /** Returns the bytes of its data. */
        long bytes() {
            return shape.elementCount() / type.elements() * (type.bits() / Byte.SIZE);
        }

        StoredTensor stored() {
            return new StoredTensor(name, type, shape, bytes());
        }
    }
}
