package luthier.tensor;

import luthier.tensor.kernel.Block;
import luthier.tensor.kernel.BlockCopy;
import luthier.tensor.kernel.Parallel;

/**
 * A copy between two layouts of one shape. Axes over which both move evenly are merged first; what remains is a number of
 * rectangles, whose columns are the target's innermost axis and whose rows are the axis along which the source is densest, so
 * that a transposition reads and writes whole cache lines. Rectangles are cut by the data's size alone.
 */
final class StridedCopy {
    private static final int ROWS = 64;
    private static final int COLUMNS = 1 << 12;
    /** Elements that one task moves. */
    private static final int BLOCK = 1 << 15;

    private final Tensor from;
    private final Tensor to;
    /** Innermost first, after merging. */
    private final int[] sizes;

    private final int[] fromStrides;
    private final int[] toStrides;
    private int rank;
    private int row;

    private StridedCopy(Tensor from, Tensor to) {
        this.from = from;
        this.to = to;
        int most = Math.max(from.rank(), 2);
        sizes = new int[most];
        fromStrides = new int[most];
        toStrides = new int[most];
        merge();
        while (rank < 2) {
            sizes[rank++] = 1;
        }
        chooseRow();
    }

    /** Returns a contiguous copy, which a {@link Pool} may hold. */
    static Tensor contiguous(Tensor x) {
        Tensor copy = Creation.blank(x.dtype(), x.shape(), "contiguous");
        copy(x, copy);
        return copy;
    }

    /** Copies the elements; the two must not overlap. */
    static void copy(Tensor from, Tensor to) {
        if (from.elementCount() == 0) {
            return;
        }
        if (from.isContiguous() && to.isContiguous()) {
            run(from.storage(), from.offset(), to.storage(), to.offset(), (int) from.elementCount());
            return;
        }
        new StridedCopy(from, to).run();
    }

    /** Copies a run of elements, on all threads if it is long. */
    static void run(Object from, int fromAt, Object to, int toAt, int n) {
        int block = BLOCK << 2;
        if (n <= block) {
            System.arraycopy(from, fromAt, to, toAt, n);
            return;
        }
        Parallel.run((n - 1) / block + 1, i -> {
            int start = i * block;
            System.arraycopy(from, fromAt + start, to, toAt + start, Math.min(block, n - start));
        });
    }

    private void merge() {
        for (int axis = from.rank() - 1; axis >= 0; axis--) {
            int size = (int) from.size(axis);
            if (size == 1) {
                continue;
            }
            int f = from.strides()[axis];
            int t = to.strides()[axis];
            int inner = rank - 1;
            if (rank > 0 && f == fromStrides[inner] * sizes[inner] && t == toStrides[inner] * sizes[inner]) {
                sizes[inner] *= size;
                continue;
            }
            sizes[rank] = size;
            fromStrides[rank] = f;
            toStrides[rank] = t;
            rank++;
        }
    }

    private void chooseRow() {
        row = 1;
        if (Math.abs(fromStrides[0]) <= 1) {
            return;
        }
        for (int axis = 2; axis < rank; axis++) {
            if (Math.abs(fromStrides[axis]) < Math.abs(fromStrides[row])) {
                row = axis;
            }
        }
    }

    private void run() {
        int rowBlocks = (sizes[row] - 1) / ROWS + 1;
        int columnBlocks = (sizes[0] - 1) / COLUMNS + 1;
        int outer = (int) (from.elementCount() / sizes[0] / sizes[row]);
        int units = outer * rowBlocks * columnBlocks;
        long elements = (long) Math.min(sizes[row], ROWS) * Math.min(sizes[0], COLUMNS);
        int perTask = (int) Math.max(1, BLOCK / elements);
        int tasks = (units - 1) / perTask + 1;
        if (tasks == 1) {
            units(0, units, rowBlocks, columnBlocks);
            return;
        }
        Parallel.run(
                tasks, task -> units(task * perTask, Math.min(units, (task + 1) * perTask), rowBlocks, columnBlocks));
    }

    private void units(int start, int end, int rowBlocks, int columnBlocks) {
        for (int unit = start; unit < end; unit++) {
            int column = unit % columnBlocks * COLUMNS;
            int firstRow = unit / columnBlocks % rowBlocks * ROWS;
            int rest = unit / columnBlocks / rowBlocks;
            int fromAt = from.offset() + column * fromStrides[0] + firstRow * fromStrides[row];
            int toAt = to.offset() + column * toStrides[0] + firstRow * toStrides[row];
            for (int axis = 1; axis < rank; axis++) {
                if (axis != row) {
                    int index = rest % sizes[axis];
                    rest /= sizes[axis];
                    fromAt += index * fromStrides[axis];
                    toAt += index * toStrides[axis];
                }
            }
            BlockCopy.copy(
                    from.storage(),
                    to.storage(),
                    new Block(
                            fromAt,
                            fromStrides[row],
                            fromStrides[0],
                            toAt,
                            toStrides[row],
                            toStrides[0],
                            Math.min(ROWS, sizes[row] - firstRow),
                            Math.min(COLUMNS, sizes[0] - column)));
        }
    }
}
