package luthier.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Joining tensors and cutting them into parts. For every type; joining copies, parts are views. */
public final class Joining {
    private Joining() {}

    /**
     * Returns the tensors joined along an axis, {@code [.., n1, ..], [.., n2, ..] -> [.., n1 + n2, ..]}; all other sizes and the
     * types must agree. Parts of size 0 along the axis add nothing.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new long[] {1, 2}, 1, 2);
     * Joining.concat(List.of(a, a), 1); // I64[1, 4][1, 2, 1, 2]
     * }
     *
     * @throws IllegalArgumentException if there are none
     * @throws ShapeException if the shapes disagree elsewhere, or the axis does not exist (rank 0 has none; use {@link #stack})
     * @throws DTypeException if the types differ
     */
    public static Tensor concat(List<Tensor> parts, int axis) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("concat: needs at least one tensor; got none");
        }
        Tensor first = parts.getFirst();
        int a = Require.axis("concat", "parts[0]", first, axis);
        long total = 0;
        for (Tensor part : parts) {
            Require.sameType("concat", first, part);
            boolean fits = part.rank() == first.rank();
            for (int i = 0; fits && i < first.rank(); i++) {
                fits = i == a || part.size(i) == first.size(i);
            }
            if (!fits) {
                throw ShapeRule.joined(axis)
                        .broken(
                                "concat: shapes must agree but for axis " + axis + "; got " + first.shape() + " and "
                                        + part.shape(),
                                Operand.of("parts", parts));
            }
            total = Layout.plus("concat", total, part.size(a));
        }
        long[] sizes = first.shape().toArray();
        sizes[a] = total;
        Shape shape = Shape.trusted(sizes);
        Tensor result = Creation.blank(first.dtype(), shape, "concat");
        long start = 0;
        for (Tensor part : parts) {
            StridedCopy.copy(part, result.slice(a, start, start + part.size(a)));
            start += part.size(a);
        }
        return result;
    }

    /**
     * Returns tensors of one shape joined along a new axis, k times {@code [..] -> [.., k, ..]}.
     *
     * {@snippet :
     * Joining.stack(List.of(Tensor.scalar(1f), Tensor.scalar(2f)), 0); // F32[2][1.0, 2.0]
     * }
     *
     * @throws IllegalArgumentException if there are none
     * @throws ShapeException if the shapes differ or the axis is not in {@code [-rank-1, rank]}
     * @throws DTypeException if the types differ
     */
    public static Tensor stack(List<Tensor> parts, int axis) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("stack: needs at least one tensor; got none");
        }
        Tensor first = parts.getFirst();
        for (Tensor part : parts) {
            Require.sameType("stack", first, part);
            if (!part.shape().equals(first.shape())) {
                throw ShapeRule.SAME.broken(
                        "stack: shapes must agree; got " + first.shape() + " and " + part.shape(),
                        Operand.of("parts", parts));
            }
        }
        if (axis < -first.rank() - 1 || axis > first.rank()) {
            throw ShapeRule.ANY.broken(
                    "stack: axis must be in [" + (-first.rank() - 1) + ", " + first.rank() + "] for shapes "
                            + first.shape() + "; got " + axis,
                    Operand.of("parts", parts));
        }
        return concat(parts.stream().map(part -> part.unsqueeze(axis)).toList(), axis);
    }

    /**
     * Returns views of consecutive parts of the given sizes along an axis.
     *
     * {@snippet :
     * Joining.split(Tensor.of(new long[] {1, 2, 3}, 3), 0, 1, 2); // [I64[1][1], I64[2][2, 3]]
     * }
     *
     * @throws ShapeException if a size is negative or they do not add up to the axis
     */
    public static List<Tensor> split(Tensor x, int axis, long... sizes) {
        int a = Require.axis("split", x, axis);
        long rest = x.size(a);
        boolean fits = true;
        for (long size : sizes) {
            fits &= size >= 0 && size <= rest;
            rest -= fits ? size : 0;
        }
        if (!fits || rest != 0) {
            throw Require.broken(
                    "split: the sizes must add up to the axis; got " + Arrays.toString(sizes) + " for axis " + axis
                            + " of " + x.shape(),
                    x);
        }
        List<Tensor> parts = new ArrayList<>(sizes.length);
        long start = 0;
        for (long size : sizes) {
            parts.add(x.slice(a, start, start + size));
            start += size;
        }
        return parts;
    }

    /**
     * Returns views of {@code count} parts of one size along an axis.
     *
     * {@snippet :
     * Joining.splitEqual(Tensor.of(new long[] {1, 2, 3, 4}, 4), 0, 2); // [I64[2][1, 2], I64[2][3, 4]]
     * }
     *
     * @throws ShapeException if {@code count} is not positive or does not divide the axis; {@link #chunk} allows a remainder
     */
    public static List<Tensor> splitEqual(Tensor x, int axis, int count) {
        long n = x.size(Require.axis("splitEqual", x, axis));
        if (count < 1 || n % count != 0) {
            throw Require.broken(
                    "splitEqual: the count must divide the axis; got " + count + " for axis " + axis + " of "
                            + x.shape() + "; use chunk for parts of unequal size",
                    x);
        }
        long[] sizes = new long[count];
        Arrays.fill(sizes, n / count);
        return split(x, axis, sizes);
    }

    /**
     * Returns views of at most {@code count} parts along an axis: all of size ceil(n / count), the last smaller if need be.
     *
     * {@snippet :
     * Joining.chunk(Tensor.of(new long[] {1, 2, 3}, 3), 0, 2); // [I64[2][1, 2], I64[1][3]]
     * }
     *
     * @throws ShapeException if {@code count} is not positive or the axis does not exist
     */
    public static List<Tensor> chunk(Tensor x, int axis, int count) {
        int a = Require.axis("chunk", x, axis);
        if (count < 1) {
            throw new ShapeException("chunk: the count must be positive; got " + count);
        }
        long n = x.size(a);
        long size = Math.max(1, Math.ceilDiv(n, (long) count));
        List<Tensor> parts = new ArrayList<>();
        for (long start = 0; start < n || parts.isEmpty(); start += size) {
            parts.add(x.slice(a, start, Math.min(n, start + size)));
        }
        return parts;
    }
}
