package luthier.tensor;

import java.util.function.Supplier;
import luthier.tensor.kernel.Parallel;

/**
 * Walks operands that were broadcast to one shape, in runs along the innermost axis. Axes over which every operand moves evenly
 * are merged first, so same-shaped contiguous operands are a single run.
 */
final class Broadcasting {
    /** Elements that one task handles; a boundary fixed by the size alone. */
    static final int BLOCK = 1 << 14;

    private final int elements;
    private final int rank;
    private final int[] sizes;
    private final int[][] strides;
    private final int[] offsets;

    /** Part of one run: output elements {@code [position, position + length)}, operand i from {@code at[i]} on. Of at most 2^14 elements if work is shared. */
    interface Run {
        void visit(int position, int length, int[] at);
    }

    Broadcasting(Shape shape, Tensor... operands) {
        elements = shape.arrayLength("broadcast");
        int operandCount = operands.length;
        int[] mergedSizes = new int[Math.max(shape.rank(), 1)];
        int[][] mergedStrides = new int[operandCount][mergedSizes.length];
        offsets = new int[operandCount];
        int[][] full = new int[operandCount][];
        for (int t = 0; t < operandCount; t++) {
            Tensor expanded = operands[t].expand(shape);
            full[t] = expanded.strides();
            offsets[t] = expanded.offset();
        }
        int count = 0;
        // Innermost first: mergedSizes[0] is the run.
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int size = (int) shape.size(axis);
            if (size == 1) {
                continue;
            }
            if (count > 0 && continues(full, axis, mergedStrides, count - 1, mergedSizes[count - 1])) {
                mergedSizes[count - 1] *= size;
                continue;
            }
            mergedSizes[count] = size;
            for (int t = 0; t < operandCount; t++) {
                mergedStrides[t][count] = full[t][axis];
            }
            count++;
        }
        if (count == 0) {
            mergedSizes[0] = 1;
            count = 1;
        }
        rank = count;
        sizes = mergedSizes;
        strides = mergedStrides;
    }

    private static boolean continues(int[][] full, int axis, int[][] merged, int inner, int innerSize) {
        for (int t = 0; t < full.length; t++) {
            if (full[t][axis] != merged[t][inner] * innerSize) {
                return false;
            }
        }
        return true;
    }

    /** Returns the distance of an operand's elements within a run. */
    int step(int operand) {
        return strides[operand][0];
    }

    /** Returns whether so many elements are worth sharing among threads, at so many picoseconds each. */
    static boolean isMuch(int elements, int picoseconds) {
        return (long) elements * picoseconds > 1000 * Parallel.MIN_PARALLEL_NANOS;
    }

    /**
     * Visits everything, on all threads if it is much. Runs are cut to at most {@link #BLOCK} elements.
     *
     * @param runs makes the visitor of each task, which may keep scratch of its own
     */
    void forEach(int picoseconds, Supplier<Run> runs) {
        if (elements == 0) {
            return;
        }
        if (!isMuch(elements, picoseconds)) {
            range(0, elements, runs.get());
            return;
        }
        Parallel.run((elements + BLOCK - 1) / BLOCK, block -> {
            int start = block * BLOCK;
            range(start, Math.min(elements - start, BLOCK) + start, runs.get());
        });
    }

    private void range(int start, int end, Run run) {
        int[] at = new int[offsets.length];
        int position = start;
        while (position < end) {
            int rest = position;
            int within = rest % sizes[0];
            rest /= sizes[0];
            for (int t = 0; t < at.length; t++) {
                at[t] = offsets[t] + within * strides[t][0];
            }
            for (int axis = 1; axis < rank; axis++) {
                int index = rest % sizes[axis];
                rest /= sizes[axis];
                for (int t = 0; t < at.length; t++) {
                    at[t] += index * strides[t][axis];
                }
            }
            int length = Math.min(sizes[0] - within, end - position);
            run.visit(position, length, at);
            position += length;
        }
    }
}
