package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.IndexedLine;
import luthier.tensor.kernel.Parallel;
import org.jspecify.annotations.Nullable;

/**
 * Reading and writing by index. Indices are I64 and count from the front. Where an index appears twice, writes happen in
 * row-major order of the index tensor: sums add up in that order and a replacement's last one wins, so results never depend on threads.
 * Reading is for every type; what is computed needs F32, F64, I64 or I32.
 *
 * <p>All throw {@link ShapeException} for an index outside its axis or shapes that do not fit, and {@link DTypeException}
 * for types that do not.
 */
public final class Indexing {
    private static final int SHARDS = 16;
    /** Rows shorter than this are read number by number: a call of arraycopy costs as much as a dozen of them. */
    private static final int RUN = 8;

    private Indexing() {}

    /** What {@link #scatter} does with a number y of x and a source's number s that is written to its place. */
    public enum Scatter {
        /** y = s; of several the last in the index's row-major order. */
        REPLACE(IndexedLine.Write.REPLACE),
        /** y + s. */
        ADD(IndexedLine.Write.ADD),
        /** y * s. */
        MUL(IndexedLine.Write.MUL),
        /** The smaller of y and s; NaN if either is, and -0.0 is smaller than 0.0. */
        MIN(IndexedLine.Write.MIN),
        /** The larger of y and s; NaN if either is, and 0.0 is larger than -0.0. */
        MAX(IndexedLine.Write.MAX);

        private final IndexedLine.Write write;

        Scatter(IndexedLine.Write write) {
            this.write = write;
        }
    }

    /**
     * Returns rows of the weight: {@code weight [V, d], index [..] -> [.., d]}.
     *
     * {@snippet :
     * Tensor weight = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
     * Indexing.embedding(weight, Tensor.of(new long[] {1, 0}, 2)); // F32[2, 2][3.0, 4.0, 1.0, 2.0]
     * }
     *
     * @throws ShapeException if the weight is not of rank 2 or an index is no row
     */
    public static Tensor embedding(Tensor weight, Tensor index) {
        if (weight.rank() != 2) {
            throw ShapeRule.ROWS.broken(
                    "embedding: the weight must be [rows, width]; got " + weight.shape(),
                    "weight, index",
                    weight,
                    index);
        }
        long[] sizes = Arrays.copyOf(index.shape().toArray(), index.rank() + 1);
        sizes[index.rank()] = weight.size(1);
        int[] at = indices("embedding", weight, 0, index, "weight, index", weight, index);
        return selected("embedding", weight, 0, at).reshape(sizes);
    }

    /**
     * Returns rows of a frozen weight as numbers, however it is stored: the bits of {@code embedding(weight.dequantize(), index)}, and no other
     * row is unpacked. {@code weight [V, d], index [..] -> [.., d]}.
     *
     * {@snippet :
     * Quantized weight = Quantized.int8(Tensor.of(new float[] {127, 1, 2, 254}, 2, 2));
     * Indexing.embedding(weight, Tensor.of(new long[] {1}, 1)); // F32[1, 2][2.0, 254.0]
     * }
     *
     * @throws ShapeException if an index is no row
     */
    public static Tensor embedding(FrozenMatrix weight, Tensor index) {
        long[] sizes = Arrays.copyOf(index.shape().toArray(), index.rank() + 1);
        sizes[index.rank()] = weight.shape().size(1);
        int[] at = indices("embedding", weight.shape().size(0), index, ShapeRule.ANY, "index", index);
        return FrozenProduct.rows(weight, at).reshape(sizes);
    }

    /**
     * Returns zeros {@code [rows, d]} with each row of dY added at its index, {@code dY [.., d], index [..]}.
     *
     * {@snippet :
     * Tensor dY = Tensor.ones(DType.F32, 2, 1);
     * Indexing.embeddingBackward(dY, Tensor.of(new long[] {1, 1}, 2), 3); // F32[3, 1][0.0, 2.0, 0.0]
     * }
     */
    public static Tensor embeddingBackward(Tensor dY, Tensor index, long rows) {
        long width = dY.rank() == 0 ? 0 : dY.size(-1);
        Require.gradient(
                "embeddingBackward", dY, Shape.of(Layout.with(index.shape().toArray(), index.rank(), width)));
        Tensor source = dY.reshape(index.elementCount(), width);
        Require.floating("embeddingBackward", dY);
        int[] at = indices("embeddingBackward", rows, index, ShapeRule.ANY, "dY, index", dY, index);
        return addRows(Tensor.zeros(dY.dtype(), rows, width), at, source);
    }

    /**
     * Returns the slices of x at the indices {@code [n]} of an axis: for axis 1 of rank 3 {@code y[i][j][k] = x[i][index[j]][k]}.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new long[] {10, 20, 30}, 3);
     * Indexing.indexSelect(x, 0, Tensor.of(new long[] {2, 0, 2}, 3)); // I64[3][30, 10, 30]
     * }
     */
    public static Tensor indexSelect(Tensor x, int axis, Tensor index) {
        int a = Require.axis("indexSelect", x, axis);
        requireLine("indexSelect", a, index, "x, index", x, index);
        return selected("indexSelect", x, a, indices("indexSelect", x, a, index, "x, index", x, index));
    }

    private static Tensor selected(String name, Tensor x, int a, int[] at) {
        long[] sizes = x.shape().toArray();
        sizes[a] = at.length;
        Shape shape = Shape.trusted(sizes);
        Tensor y = Creation.blank(x.dtype(), shape, name);
        Object to = y.storage();
        int width = product(x.shape(), a + 1, x.rank());
        int size = (int) x.size(a);
        if (shape.elementCount() == 0) {
            return y;
        }
        Tensor from = x.contiguous();
        int count = product(shape, 0, a + 1);
        Object data = from.storage();
        int offset = from.offset();
        if (width < RUN) {
            int[] places = widened(at, width);
            int each = size * width;
            forRows(count * width, 1, (start, end) -> {
                for (int row = start; row < end; row += places.length - row % places.length) {
                    int place = row % places.length;
                    int n = Math.min(places.length - place, end - row);
                    int base = offset + row / places.length * each;
                    IndexedLine.gather(data, new IndexedLine.Line(base, places, place, 1, 0, n), to, row);
                }
            });
            return y;
        }
        forRows(count, width, (start, end) -> {
            int slice = start / at.length;
            int place = start % at.length;
            for (int row = start; row < end; row++) {
                System.arraycopy(data, offset + (slice * size + at[place]) * width, to, row * width, width);
                if (++place == at.length) {
                    place = 0;
                    slice++;
                }
            }
        });
        return y;
    }

    /** Returns the places of the single numbers of rows. */
    private static int[] widened(int[] rows, int width) {
        int[] places = new int[rows.length * width];
        for (int i = 0; i < places.length; i++) {
            places[i] = rows[i / width] * width + i % width;
        }
        return places;
    }

    private interface Rows {
        void visit(int start, int end);
    }

    /** Visits rows of a width in ranges, on all threads if they are many. */
    private static void forRows(int rows, int width, Rows body) {
        int perTask = Math.max(1, Broadcasting.BLOCK / Math.max(width, 1));
        if (rows <= perTask) {
            body.visit(0, rows);
            return;
        }
        Parallel.run(
                Math.ceilDiv(rows, perTask),
                task -> body.visit(task * perTask, (int) Math.min(rows, (task + 1L) * perTask)));
    }

    private static int product(Shape shape, int start, int end) {
        int result = 1;
        for (int axis = start; axis < end; axis++) {
            result *= (int) shape.size(axis);
        }
        return result;
    }

    /**
     * Returns x with the slices of {@code source} added at the indices {@code [n]} of an axis, in the order of the indices. F32 and
     * F64.
     *
     * {@snippet :
     * Tensor x = Tensor.zeros(DType.F32, 3);
     * Indexing.indexAdd(x, 0, Tensor.of(new long[] {2, 2}, 2), Tensor.of(new float[] {1, 5}, 2)); // F32[3][0.0, 0.0, 6.0]
     * }
     */
    public static Tensor indexAdd(Tensor x, int axis, Tensor index, Tensor source) {
        Require.sameType("indexAdd", x, source);
        int a = Require.axis("indexAdd", x, axis);
        long[] sizes = x.shape().toArray();
        sizes[a] = index.elementCount();
        if (!source.shape().equals(Shape.of(sizes))) {
            throw ShapeRule.line(a)
                    .broken(
                            "indexAdd: the source must be " + Shape.of(sizes) + " for x " + x.shape() + " and "
                                    + index.elementCount() + " indices; got " + source.shape(),
                            "x, index, source",
                            x,
                            index,
                            source);
        }
        requireLine("indexAdd", a, index, "x, index, source", x, index, source);
        Require.floating("indexAdd", x);
        int[] at = indices("indexAdd", x, a, index, "x, index, source", x, index, source);
        Tensor result = x.transpose(0, a).copy();
        return addRows(result, at, source.transpose(0, a).contiguous()).transpose(0, a);
    }

    /** Adds in shards of the target's rows: every task reads all indices in order and keeps its own. */
    private static Tensor addRows(Tensor target, int[] at, Tensor source) {
        Tensor from = source.contiguous();
        int width = product(target.shape(), 1, target.rank());
        int shards = (long) at.length * width < Broadcasting.BLOCK ? 1 : SHARDS;
        Parallel.run(shards, shard -> {
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

    /**
     * Returns y[i][j] = x[i][index[i][j]] for axis 1, and so on, of the index's shape; its other axes may be shorter than those of
     * x, and then stand for the first places of x.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new long[] {1, 2, 3, 4}, 2, 2);
     * Indexing.gather(x, 1, Tensor.of(new long[] {1, 0}, 2, 1)); // I64[2, 1][2, 3]
     * }
     */
    public static Tensor gather(Tensor x, int axis, Tensor index) {
        int a = requireGatherable("gather", axis, x, index, null);
        int[] at = indices("gather", x, a, index, "x, index", x, index);
        Object to = Creation.allocate(x.dtype(), index.shape(), "gather");
        int length = lineLength(index.shape());
        forRows(
                at.length / Math.max(length, 1),
                length,
                (start, end) -> forLines(
                        x,
                        a,
                        index.shape(),
                        at,
                        start,
                        end,
                        line -> IndexedLine.gather(x.storage(), line, to, line.at())));
        return Tensor.wrap(x.dtype(), to, index.shape());
    }

    private static int lineLength(Shape index) {
        return index.rank() == 0 ? 1 : (int) index.size(-1);
    }

    private interface LineVisitor {
        void visit(IndexedLine.Line line);
    }

    /** Visits lines {@code [start, end)} along the last axis of the index as places in x's storage. */
    private static void forLines(Tensor x, int a, Shape index, int[] at, int start, int end, LineVisitor visitor) {
        int length = lineLength(index);
        int[] strides = x.strides();
        int last = x.rank() - 1;
        for (int row = start; row < end; row++) {
            int base = x.offset();
            int rest = row;
            for (int axis = last - 1; axis >= 0; axis--) {
                int size = (int) index.size(axis);
                base += axis == a ? 0 : rest % size * strides[axis];
                rest /= size;
            }
            int step = last < 0 || last == a ? 0 : strides[last];
            visitor.visit(new IndexedLine.Line(base, at, row * length, strides[a], step, length));
        }
    }

    /**
     * Returns x with source[i][j] added at x[i][index[i][j]] for axis 1, and so on: {@link #scatter} with ADD.
     *
     * {@snippet :
     * Tensor x = Tensor.zeros(DType.F32, 2);
     * Indexing.scatterAdd(x, 0, Tensor.of(new long[] {1, 1}, 2), Tensor.of(new float[] {1, 2}, 2)); // F32[2][0.0, 3.0]
     * }
     */
    public static Tensor scatterAdd(Tensor x, int axis, Tensor index, Tensor source) {
        return scatter("scatterAdd", x, axis, index, source, Scatter.ADD);
    }

    /**
     * Returns x with source[i][j] written to x[i][index[i][j]] for axis 1, and so on, in the index's row-major order. The source has
     * the index's shape, whose other axes may be shorter than those of x. REPLACE takes every type, the others F32, F64, I64 and I32.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new long[] {5, 5, 5}, 3);
     * Tensor index = Tensor.of(new long[] {1, 1}, 2);
     * Indexing.scatter(x, 0, index, Tensor.of(new long[] {8, 7}, 2), Indexing.Scatter.REPLACE); // I64[3][5, 7, 5]
     * }
     */
    public static Tensor scatter(Tensor x, int axis, Tensor index, Tensor source, Scatter how) {
        return scatter("scatter", x, axis, index, source, how);
    }

    private static Tensor scatter(String name, Tensor x, int axis, Tensor index, Tensor source, Scatter how) {
        boolean computes = x.dtype().isFloating() || x.dtype() == DType.I64 || x.dtype() == DType.I32;
        if (how != Scatter.REPLACE && !computes) {
            throw new DTypeException(name + ": needs F32, F64, I64 or I32; got " + x.dtype() + "; convert with to()");
        }
        Require.sameType(name, x, source);
        int a = requireGatherable(name, axis, x, index, source);
        if (!source.shape().equals(index.shape())) {
            throw ShapeRule.along(a)
                    .broken(
                            name + ": source and index must have one shape; got " + source.shape() + " and "
                                    + index.shape(),
                            "x, index, source",
                            x,
                            index,
                            source);
        }
        int[] at = indices(name, x, a, index, "x, index, source", x, index, source);
        Tensor result = x.copy();
        Tensor from = source.contiguous();
        int length = lineLength(index.shape());
        int lines = at.length / Math.max(length, 1);
        // Lines meet in one place only if they differ along the axis alone, so what lies before it can be cut into
        // tasks.
        int groups = lines == 0 ? 0 : product(index.shape(), 0, Math.min(a, x.rank() - 1));
        int perGroup = lines / Math.max(groups, 1);
        forRows(
                groups,
                perGroup * length,
                (start, end) -> forLines(
                        result,
                        a,
                        index.shape(),
                        at,
                        start * perGroup,
                        end * perGroup,
                        line -> IndexedLine.scatter(
                                from.storage(), from.offset() + line.at(), result.storage(), line, how.write)));
        return result;
    }

    private static int requireGatherable(String name, int axis, Tensor x, Tensor index, @Nullable Tensor source) {
        int a = Require.axis(name, x, axis);
        boolean fits = index.rank() == x.rank();
        for (int i = 0; fits && i < x.rank(); i++) {
            fits = i == a || index.size(i) <= x.size(i);
        }
        if (!fits) {
            throw ShapeRule.along(a)
                    .broken(
                            name + ": the index must have the rank of x and lie inside its other axes; got x "
                                    + x.shape() + ", index " + index.shape() + " and axis " + axis,
                            "x, index, source",
                            x,
                            index,
                            source);
        }
        return a;
    }

    /**
     * Returns the elements of x, read in row-major order as one axis, at the indices, of the index's shape.
     *
     * {@snippet :
     * Indexing.take(Tensor.of(new long[] {1, 2, 3, 4}, 2, 2), Tensor.of(new long[] {3, 0}, 2)); // I64[2][4, 1]
     * }
     */
    public static Tensor take(Tensor x, Tensor index) {
        int[] at = indices("take", x.elementCount(), index, ShapeRule.ANY, "x, index", x, index);
        return selected("take", x.reshape(x.elementCount()), 0, at)
                .reshape(index.shape().toArray());
    }

    /**
     * Returns the elements of x where the BOOL mask, broadcast to x, is true, in row-major order, {@code [count]}.
     *
     * {@snippet :
     * Tensor mask = Tensor.of(new boolean[] {true, false, true}, 3);
     * Indexing.maskedSelect(Tensor.of(new long[] {1, 2, 3}, 3), mask); // I64[2][1, 3]
     * }
     */
    public static Tensor maskedSelect(Tensor x, Tensor mask) {
        if (mask.dtype() != DType.BOOL) {
            throw new DTypeException(
                    "maskedSelect: the mask must be BOOL; got " + mask.dtype() + "; compare or convert with to()");
        }
        long[] places = places(masked(x, mask));
        Tensor at = Tensor.wrap(places, Shape.of(places.length));
        return take(x, at);
    }

    private static Tensor masked(Tensor x, Tensor mask) {
        try {
            return mask.expand(x.shape());
        } catch (ShapeException e) {
            throw e.of("maskedSelect", ShapeRule.MASKED, "x, mask", x, mask);
        }
    }

    /** Row-major places of the elements that are not 0. */
    private static long[] places(Tensor x) {
        Tensor truths = x.to(DType.BOOL).contiguous();
        byte[] values = truths.bytes();
        int offset = truths.offset();
        int n = (int) x.elementCount();
        int count = 0;
        for (int i = 0; i < n; i++) {
            count += values[offset + i];
        }
        long[] result = new long[count];
        int next = 0;
        for (int i = 0; next < count; i++) {
            // What is written is written over where it does not count: a branch would be guessed wrong half the time.
            result[next] = i;
            next += values[offset + i];
        }
        return result;
    }

    /**
     * Returns the indices of the elements that are not 0, in row-major order, I64 {@code [count, rank]}. NaN is not 0, -0.0 is.
     *
     * {@snippet :
     * Indexing.nonZero(Tensor.of(new long[] {0, 5, 7, 0}, 2, 2)); // I64[2, 2][0, 1, 1, 0]
     * }
     */
    public static Tensor nonZero(Tensor x) {
        long[] places = places(x);
        int rank = x.rank();
        long[] result = new long[Math.multiplyExact(places.length, rank)];
        for (int i = 0; i < places.length; i++) {
            long rest = places[i];
            for (int axis = rank - 1; axis >= 0; axis--) {
                result[i * rank + axis] = rest % x.size(axis);
                rest /= x.size(axis);
            }
        }
        return Tensor.wrap(result, Shape.of(places.length, rank));
    }

    /**
     * Returns 1 at the index of every number and 0 elsewhere, {@code index [..] -> [.., classes]}, of the type asked for.
     *
     * {@snippet :
     * Indexing.oneHot(Tensor.of(new long[] {2, 0}, 2), 3, DType.I64); // I64[2, 3][0, 0, 1, 1, 0, 0]
     * }
     */
    public static Tensor oneHot(Tensor index, long classes, DType dtype) {
        if (classes < 0) {
            throw new ShapeException("oneHot: the number of classes must not be negative; got " + classes);
        }
        indices("oneHot", classes, index, ShapeRule.ANY, "index", index);
        long[] sizes = Layout.with(index.shape().toArray(), index.rank(), classes);
        if (classes == 0) {
            return Tensor.zeros(dtype, sizes);
        }
        Tensor at = index.unsqueeze(-1);
        return scatter(
                "oneHot",
                Tensor.zeros(dtype, sizes),
                -1,
                at,
                Tensor.ones(dtype, at.shape().toArray()),
                Scatter.REPLACE);
    }

    private static void requireLine(String name, int axis, Tensor index, String names, Tensor... operands) {
        if (index.dtype() == DType.I64 && index.rank() != 1) {
            throw ShapeRule.line(axis)
                    .broken(name + ": indices must be of rank 1; got " + index.shape(), names, operands);
        }
    }

    /** Returns the indices along an axis of x, row-major, of an operation on the operands. */
    private static int[] indices(String name, Tensor x, int axis, Tensor index, String names, Tensor... operands) {
        return indices(name, x.size(axis), index, ShapeRule.overrun(axis), names, operands);
    }

    /** Returns indices below a size; the rule marks what has it. */
    private static int[] indices(
            String name, long size, Tensor index, ShapeRule rule, String names, Tensor... operands) {
        if (index.dtype() != DType.I64) {
            throw new DTypeException(name + ": indices must be I64; got " + index.dtype() + "; convert with to()");
        }
        Tensor values = index.contiguous();
        long[] data = values.longs();
        int offset = values.offset();
        int[] result = new int[index.shape().arrayLength(name)];
        for (int i = 0; i < result.length; i++) {
            long value = data[offset + i];
            if (value < 0 || value >= size) {
                String line = name + ": indices must be in [0, " + size + "); got " + value + " at place " + i;
                throw new ShapeException(
                        line, rule, Operand.of(names, operands), Operand.fromOne("index", index, size));
            }
            result[i] = (int) value;
        }
        return result;
    }
}
