package luthier.autograd;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The variables whose rules may run next, the one made last on top. A binary heap of its own, because a node costs a few
 * nanoseconds here and several times as many in a {@code PriorityQueue} with a comparator.
 */
final class NodeHeap {
    private Variable[] nodes = new Variable[16];
    private int size;

    void add(Variable node) {
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (nodes[parent].sequence() > node.sequence()) {
                break;
            }
            nodes[at] = nodes[parent];
            at = parent;
        }
        nodes[at] = node;
    }

    /** Takes the variable with the highest creation number; null if there is none. */
    @Nullable
    Variable poll() {
        if (size == 0) {
            return null;
        }
        Variable top = nodes[0];
        Variable last = nodes[--size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && nodes[child + 1].sequence() > nodes[child].sequence()) {
                child++;
            }
            if (last.sequence() > nodes[child].sequence()) {
                break;
            }
            nodes[at] = nodes[child];
            at = child;
        }
        nodes[at] = last;
        return top;
    }
}
