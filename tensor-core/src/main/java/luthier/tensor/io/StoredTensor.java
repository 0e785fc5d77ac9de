package luthier.tensor.io;

import luthier.tensor.Shape;

/**
 * What a file says of a tensor, without its numbers.
 *
 * {@snippet :
 * new StoredTensor("w", StoredType.BF16, Shape.of(2, 3), 12).bytes(); // 12
 * }
 *
 * @param name the tensor's name
 * @param type the type of its elements in the file
 * @param shape its sizes in the file
 * @param bytes what its elements take in the file
 */
public record StoredTensor(String name, StoredType type, Shape shape, long bytes) {}
