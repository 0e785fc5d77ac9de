package luthier.tensor;

import java.util.Arrays;
import java.util.List;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.Parallel;

/**
 * Gathering, scattering and joining. Indices are I64. Where an index appears twice in a sum, contributions are added in the order
 * of the index tensor, so results never depend on threads.
 *
 * <p>All throw {@link ShapeException} for an index outside its axis or shapes that do not fit.
 */
public final class Indexing {
    private static final int SHARDS = 16;

    private Indexing() {}

    /** Returns rows of the weight: {@code weight [V, d], index [..] -> [.., d]}. */
    public static Tensor embedding(Tensor weight, Tensor index) {
        if (weight.rank() != 2) {
            throw new ShapeException("embedding: the weight must be [rows, width]; got " + weight.shape());
        }
        long[] sizes = Arrays.copyOf(index.shape().toArray(), index.rank() + 1);
        sizes[index.rank()] = weight.size(1);
        return indexSelect(weight, 0, index.reshape(index.elementCount())).reshape(sizes);
    }

    /** Returns zeros {@code [rows, d]} with each row of dY added at its index. */
    public static Tensor embeddingBackward(Tensor dY, Tensor index, long rows) {
        long width = dY.size(-1);
        Tensor flatIndex = index.reshape(index.elementCount());
        Tensor source = dY.reshape(index.elementCount(), width);
        return addRows(Tensor.zeros(dY.dtype(), rows, width), flatIndex, source, "embeddingBackward");
    }

    /** Returns the slices of x at the indices {@code [n]} of an axis. */
    public static Tensor indexSelect(Tensor x, int axis, Tensor index) {
        int a = x.shape().axis(axis, "indexSelect");
        int[] at = indices("indexSelect", index, x.size(a));
        Tensor from = x.transpose(0, a).contiguous();
        long[] sizes = from.shape().toArray();
        sizes[0] = at.length;
        Tensor result = Tensor.zeros(x.dtype(), sizes);
        int width = sliceSize(from);
        Reduction.forRows(
                at.length,
                width,
                i -> System.arraycopy(
                        from.storage(), from.offset() + at[i] * width, result.storage(), i * width, width));
        return result.transpose(0, a);
    }

    /** Returns x with the slices of {@code source} added at the indices {@code [n]} of an axis. */
    public static Tensor indexAdd(Tensor x, int axis, Tensor index, Tensor source) {
        Elementwise.requireSameType("indexAdd", x, source);
        int a = x.shape().axis(axis, "indexAdd");
        long[] sizes = x.shape().toArray();
        sizes[a] = index.elementCount();
        if (!source.shape().equals(Shape.of(sizes))) {
            throw new ShapeException("indexAdd: the source must be " + Shape.of(sizes) + " for x " + x.shape() + " and "
                    + index.elementCount() + " indices; got " + source.shape());
        }
        Tensor result = x.transpose(0, a).copy();
        return addRows(result, index, source.transpose(0, a).contiguous(), "indexAdd")
                .transpose(0, a);
    }

    /** Adds in shards of the target's rows: every task reads all indices in order and keeps its own. */
    private static Tensor addRows(Tensor target, Tensor index, Tensor source, String name) {
        Elementwise.requireFloating(name, target);
        int[] at = indices(name, index, target.size(0));
        Tensor from = source.contiguous();
        int width = sliceSize(target);
        Parallel.run((long) at.length * width < Broadcasting.BLOCK ? 1 : SHARDS, shard -> {
            int shards = (long) at.length * width < Broadcasting.BLOCK ? 1 : SHARDS;
            for (int i = 0; i < at.length; i++) {
                if (at[i] % shards == shard) {
                    addRow(target, at[i] * width, from, from.offset() + i * width, width);
                }
            }
        });
        return target;
    }

    private static void addRow(Tensor target, int to, Tensor source, int from, int width) {
        if (target.dtype() == DType.F32) {
            Binary.ADD.apply(target.floats(), to, source.floats(), from, target.floats(), to, width);
            return;
        }
        for (int j = 0; j < width; j++) {
            target.doubles()[to + j] += source.doubles()[from + j];
        }
    }

    private static int sliceSize(Tensor t) {
        long size = 1;
        for (int axis = 1; axis < t.rank(); axis++) {
            size *= t.size(axis);
        }
        return (int) size;
    }

    /** Returns y[i][j] = x[i][index[i][j]] for axis 1, and so on; other axes of the index may be shorter than those of x. */
    public static Tensor gather(Tensor x, int axis, Tensor index) {
        int a = requireGatherable("gather", x, axis, index);
        Tensor result = Tensor.zeros(x.dtype(), index.shape());
        int[] next = {0};
        visit(x, a, index, (position, flat) -> copyOne(x, position, result, next[0]++));
        return result;
    }

    private static void copyOne(Tensor from, int position, Tensor to, int at) {
        switch (from.storage()) {
            case float[] values -> to.floats()[at] = values[position];
            case double[] values -> to.doubles()[at] = values[position];
            case long[] values -> to.longs()[at] = values[position];
            default -> System.arraycopy(from.storage(), position, to.storage(), at, 1);
        }
    }

    /** Returns x with source[i][j] added at x[i][index[i][j]] for axis 1, and so on. */
    public static Tensor scatterAdd(Tensor x, int axis, Tensor index, Tensor source) {
        Elementwise.requireFloating("scatterAdd", x);
        Elementwise.requireSameType("scatterAdd", x, source);
        int a = requireGatherable("scatterAdd", x, axis, index);
        if (!source.shape().equals(index.shape())) {
            throw new ShapeException("scatterAdd: source and index must have one shape; got " + source.shape() + " and "
                    + index.shape());
        }
        Tensor result = x.copy();
        Tensor from = source.contiguous();
        visit(result, a, index, (position, flat) -> {
            if (result.dtype() == DType.F32) {
                result.floats()[position] += from.floats()[from.offset() + flat];
            } else {
                result.doubles()[position] += from.doubles()[from.offset() + flat];
            }
        });
        return result;
    }

    private static int requireGatherable(String name, Tensor x, int axis, Tensor index) {
        int a = x.shape().axis(axis, name);
        boolean fits = index.rank() == x.rank();
        for (int i = 0; fits && i < x.rank(); i++) {
            fits = i == a || index.size(i) <= x.size(i);
        }
        if (!fits) {
            throw new ShapeException(name + ": the index must have the rank of x and lie inside its other axes; got x "
                    + x.shape() + ", index " + index.shape() + " and axis " + axis);
        }
        return a;
    }

    private interface Place {
        void visit(int position, int flat);
    }

    /** Visits the places in x that the index names, in the index's row-major order. */
    private static void visit(Tensor x, int axis, Tensor index, Place place) {
        int[] at = indices("gather", index.reshape(index.elementCount()), x.size(axis));
        int[] strides = x.strides();
        for (int flat = 0; flat < at.length; flat++) {
            int rest = flat;
            int position = x.offset() + at[flat] * strides[axis];
            for (int i = x.rank() - 1; i >= 0; i--) {
                int size = (int) index.size(i);
                if (i != axis) {
                    position += rest % size * strides[i];
                }
                rest /= size;
            }
            place.visit(position, flat);
        }
    }

    private static int[] indices(String name, Tensor index, long size) {
        if (index.dtype() != DType.I64) {
            throw new DTypeException(name + ": indices must be I64; got " + index.dtype() + "; convert with to()");
        }
        if (index.rank() != 1) {
            throw new ShapeException(name + ": indices must be of rank 1; got " + index.shape());
        }
        long[] values = index.toLongArray();
        int[] result = new int[values.length];
        for (int i = 0; i < result.length; i++) {
            if (values[i] < 0 || values[i] >= size) {
                throw new ShapeException(
                        name + ": indices must be in [0, " + size + "); got " + values[i] + " at place " + i);
            }
            result[i] = (int) values[i];
        }
        return result;
    }

    /**
     * Returns the tensors joined along an axis; all other sizes and the types must agree.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Tensor concat(List<Tensor> parts, int axis) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("concat: needs at least one tensor; got none");
        }
        Tensor first = parts.getFirst();
        int a = first.shape().axis(axis, "concat");
        long[] sizes = first.shape().toArray();
        sizes[a] = 0;
        for (Tensor part : parts) {
            Elementwise.requireSameType("concat", first, part);
            long[] own = part.shape().toArray();
            if (own.length == sizes.length) {
                sizes[a] += own[a];
                own[a] = first.size(a);
            }
            if (!Shape.of(own).equals(first.shape())) {
                throw new ShapeException("concat: shapes must agree but for axis " + axis + "; got " + first.shape()
                        + " and " + part.shape());
            }
        }
        Tensor result = Tensor.zeros(first.dtype(), sizes);
        long start = 0;
        for (Tensor part : parts) {
            Layout.copy(part, result.slice(a, start, start + part.size(a)));
            start += part.size(a);
        }
        return result;
    }

    /** Returns tensors of one shape joined along a new axis. */
    public static Tensor stack(List<Tensor> parts, int axis) {
        return concat(parts.stream().map(part -> part.unsqueeze(axis)).toList(), axis);
    }
}
