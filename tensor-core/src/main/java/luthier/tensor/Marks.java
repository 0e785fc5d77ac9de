package luthier.tensor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The shapes of an operation's operands and the axes among them that break its rule; see {@link ShapeRule}. Negative axes count from the end. */
public final class Marks {
    /** Stands for the whole shape, where it is the number of axes that breaks the rule. */
    private static final int WHOLE = -1;

    private record Mark(int operand, int axis) {}

    private final List<Shape> shapes;
    private final Set<Mark> marks = new HashSet<>();

    Marks(List<Shape> shapes) {
        this.shapes = shapes;
    }

    /** Returns how many operands there are. */
    public int count() {
        return shapes.size();
    }

    /** Returns the number of axes of an operand. */
    public int rank(int operand) {
        return shapes.get(operand).rank();
    }

    /** Returns the size of an axis. */
    public long size(int operand, int axis) {
        return shapes.get(operand).size(axis);
    }

    /** Returns whether all fits so far. */
    public boolean isEmpty() {
        return marks.isEmpty();
    }

    /** Marks a whole shape, which has too few axes or too many. */
    public void whole(int operand) {
        marks.add(new Mark(operand, WHOLE));
    }

    /** Marks an axis. */
    public void axis(int operand, int axis) {
        marks.add(new Mark(operand, shapes.get(operand).axis(axis, "mark")));
    }

    /** Marks both axes if their sizes differ. */
    public void equal(int a, int axisA, int b, int axisB) {
        if (size(a, axisA) != size(b, axisB)) {
            axis(a, axisA);
            axis(b, axisB);
        }
    }

    /** Marks the operand if it has another number of axes; returns whether it has the right one. */
    public boolean hasRank(int operand, int rank) {
        return hasRank(operand, rank, rank);
    }

    /** Marks the operand if its number of axes is outside the bounds; returns whether it is inside. */
    public boolean hasRank(int operand, int least, int most) {
        boolean right = rank(operand) >= least && rank(operand) <= most;
        if (!right) {
            whole(operand);
        }
        return right;
    }

    /** Marks the axes on which the operands do not broadcast, all but the last {@code own} of each. */
    public void broadcast(int own, int... operands) {
        int most = 0;
        for (int operand : operands) {
            most = Math.max(most, rank(operand));
        }
        for (int fromEnd = own + 1; fromEnd <= most; fromEnd++) {
            long wide = 1;
            boolean differ = false;
            for (int operand : operands) {
                long size = sizeFromEnd(operand, fromEnd);
                differ |= size != 1 && wide != 1 && size != wide;
                wide = size == 1 ? wide : size;
            }
            for (int operand : operands) {
                if (differ && sizeFromEnd(operand, fromEnd) != 1) {
                    axis(operand, -fromEnd);
                }
            }
        }
    }

    /** Marks the axes on which the operand does not broadcast to a shape. */
    public void broadcastTo(int operand, long... target) {
        for (int fromEnd = 1; fromEnd <= rank(operand); fromEnd++) {
            long size = sizeFromEnd(operand, fromEnd);
            if (fromEnd > target.length || size != 1 && size != target[target.length - fromEnd]) {
                axis(operand, -fromEnd);
            }
        }
    }

    private long sizeFromEnd(int operand, int fromEnd) {
        return fromEnd > rank(operand) ? 1 : size(operand, -fromEnd);
    }

    /** Returns the shape with its marks, {@code [32, >384<]}. */
    String text(int operand) {
        Shape shape = shapes.get(operand);
        if (marks.contains(new Mark(operand, WHOLE))) {
            return ">" + shape + "<";
        }
        StringBuilder text = new StringBuilder("[");
        for (int axis = 0; axis < shape.rank(); axis++) {
            boolean marked = marks.contains(new Mark(operand, axis));
            text.append(axis == 0 ? "" : ", ")
                    .append(marked ? ">" : "")
                    .append(shape.size(axis))
                    .append(marked ? "<" : "");
        }
        return text.append(']').toString();
    }
}
