package luthier.nn;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import luthier.tensor.Shape;
import luthier.tensor.io.StoredTensor;

/**
 * A tensor of a file, or a part of one, on its way to the model.
 *
 * @param file the tensor in the file
 * @param name its name at this step
 * @param flippedBefore whether rows and columns are exchanged before it is cut; for a tensor that is not cut: at all
 * @param cut which part of the tensor this is
 * @param flippedAfter whether rows and columns of the part are exchanged
 */
record NamePiece(StoredTensor file, String name, boolean flippedBefore, Optional<Cut> cut, boolean flippedAfter) {
    /** One of several parts that lie one after the other along an axis. */
    record Cut(int axis, int index) {}

    static NamePiece of(StoredTensor file) {
        return new NamePiece(file, file.name(), false, Optional.empty(), false);
    }

    NamePiece named(String other) {
        return new NamePiece(file, other, flippedBefore, cut, flippedAfter);
    }

    NamePiece transposed() {
        return cut.isEmpty()
                ? new NamePiece(file, name, !flippedBefore, cut, flippedAfter)
                : new NamePiece(file, name, flippedBefore, cut, !flippedAfter);
    }

    /** Cuts this piece into parts of these names. */
    List<NamePiece> split(int axis, List<String> names) {
        if (cut.isPresent()) {
            throw new IllegalArgumentException("names: a part of a tensor cannot be split again; got " + name);
        }
        return IntStream.range(0, names.size())
                .mapToObj(i ->
                        new NamePiece(file, names.get(i), flippedBefore, Optional.of(new Cut(axis, i)), flippedAfter))
                .toList();
    }

    /** Returns the shape with its two sizes exchanged if {@code flipped}; other shapes stay, and fail as they are. */
    static Shape flipped(Shape shape, boolean flipped) {
        return flipped && shape.rank() == 2 ? Shape.of(shape.size(1), shape.size(0)) : shape;
    }
}
