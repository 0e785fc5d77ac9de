package luthier.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import luthier.tensor.ShapeRule.Flat;

/**
 * Tries the usual changes of shapes on operands that do not rule, the most likely first, and names the first that does: two axes exchanged, the
 * operands exchanged, an axis of size 1 more or less, channels moved, axes made one. Shapes alone are changed, nothing is computed.
 */
final class Repairs {
    private final List<Operand> operands;
    private final List<Shape> shapes;
    private final ShapeRule rule;

    private Repairs(List<Operand> operands, ShapeRule rule) {
        this.operands = operands;
        this.rule = rule;
        shapes = operands.stream().map(Operand::shape).toList();
    }

    /** Returns {@code weight.transpose(0, 1): [384, 512] fits}, or nothing if no change helps. */
    static Optional<String> find(String operation, List<Operand> operands, ShapeRule rule) {
        return new Repairs(operands, rule).find(operation);
    }

    /** Returns {@code axis 1: counted from 0 it lies inside the shape} for axes that seem to count from 1. */
    static Optional<String> axes(int rank, int... axes) {
        boolean fromOne = Arrays.stream(axes).allMatch(axis -> axis >= 1 && axis <= rank);
        if (!fromOne || Arrays.stream(axes).noneMatch(axis -> axis == rank)) {
            return Optional.empty();
        }
        String text = Arrays.toString(Arrays.stream(axes).map(axis -> axis - 1).toArray());
        return Optional.of((axes.length == 1 ? "axis " : "axes ") + text.substring(1, text.length() - 1)
                + ": counted from 0 " + (axes.length == 1 ? "it lies" : "they lie") + " inside the shape");
    }

    /** Returns {@code x.reshape(2, -1): [2, 3] fits} if one of the sizes of a reshape may be left open. */
    static Optional<String> reshape(long elements, long... sizes) {
        for (int i = 0; i < sizes.length; i++) {
            long[] open = sizes.clone();
            open[i] = 1;
            long others = Arrays.stream(open).reduce(1, (a, b) -> Math.min(a * b, elements + 1));
            if (LongStream.of(open).allMatch(size -> size > 0 && size <= elements) && elements % others == 0) {
                open[i] = -1;
                String call =
                        "x.reshape" + Arrays.toString(open).replace('[', '(').replace(']', ')');
                open[i] = elements / others;
                return Optional.of(call + ": " + Arrays.toString(open) + " fits");
            }
        }
        return Optional.empty();
    }

    private Optional<String> find(String operation) {
        for (Change change : likely()) {
            Optional<String> found = single(change);
            if (found.isPresent()) {
                return found;
            }
        }
        return swapped(operation)
                .or(() -> rarer().stream()
                        .flatMap(change -> single(change).or(() -> together(change)).stream())
                        .findFirst());
    }

    /** Tries a change on one operand, the last first: it is a weight, a mask or a bias more often than the data. */
    private Optional<String> single(Change change) {
        for (int i = shapes.size() - 1; i >= 0; i--) {
            Shape shape = shapes.get(i);
            Optional<Shape> changed = operands.get(i).dtype().isEmpty() ? Optional.empty() : change.apply(shape);
            if (changed.isPresent()
                    && (changed.get().rank() <= shape.rank()
                            || mayGrow(changed.get().rank(), i))) {
                List<Shape> all = new ArrayList<>(shapes);
                all.set(i, changed.get());
                if (rule.fits(all)) {
                    return Optional.of(change.on(operands.get(i), changed.get()) + ": " + changed.get() + " fits");
                }
            }
        }
        return Optional.empty();
    }

    /** Tries a change on all operands that have the first one's rank. */
    private Optional<String> together(Change change) {
        List<Shape> all = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i++) {
            boolean changes = shapes.get(i).rank() == shapes.getFirst().rank();
            Optional<Shape> changed = changes ? change.apply(shapes.get(i)) : Optional.of(shapes.get(i));
            if (rule.rank() == 0
                    || operands.get(i).dtype().isEmpty()
                    || changed.isEmpty()
                    || changed.get().rank() > rule.rank()) {
                return Optional.empty();
            }
            all.add(changed.get());
            if (changes) {
                texts.add(change.on(operands.get(i), changed.get()));
            }
        }
        return rule.fits(all)
                ? Optional.of(String.join(", ", texts) + ": "
                        + String.join(
                                ", ",
                                all.subList(0, texts.size()).stream()
                                        .map(Shape::toString)
                                        .toList())
                        + " fit")
                : Optional.empty();
    }

    private Optional<String> swapped(String operation) {
        boolean two = operands.size() == 2
                && operands.get(0).tensor() == operands.get(1).tensor()
                && operands.get(0).dtype().equals(operands.get(1).dtype());
        return two && rule.fits(shapes.reversed())
                ? Optional.of(operation + "(" + operands.get(1).name() + ", "
                        + operands.get(0).name() + "): " + shapes.get(1) + " and " + shapes.get(0) + " fit")
                : Optional.empty();
    }

    /** An operand takes a new axis only where another one, or the rule, has as many. */
    private boolean mayGrow(int rank, int operand) {
        int most = rule.rank();
        for (int i = 0; i < shapes.size(); i++) {
            most = Math.max(most, i == operand ? 0 : shapes.get(i).rank());
        }
        return rank <= most;
    }

    // ---- changes

    /** A change of one shape: which method it is and what it makes of sizes. */
    private record Change(String method, int[] arguments, UnaryOperator<long[]> sizes) {
        Optional<Shape> apply(Shape shape) {
            for (int axis : arguments) {
                if (axis >= shape.rank() + (method.equals("unsqueeze") ? 1 : 0) || axis < -shape.rank()) {
                    return Optional.empty();
                }
            }
            Shape changed = Shape.of(sizes.apply(shape.toArray()));
            return changed.equals(shape) ? Optional.empty() : Optional.of(changed);
        }

        /** Returns the change as it is written for a variable or for a tensor. */
        String on(Operand operand, Shape changed) {
            String list = (method.equals("reshape") ? changed.toString() : Arrays.toString(arguments))
                    .replaceAll("[\\[\\]]", "");
            boolean tensor = operand.tensor();
            if (method.equals("moveAxis")) {
                return (tensor ? "Movement" : "MovementOps") + ".moveAxis(" + operand.name() + ", " + list + ")";
            }
            return tensor || method.equals("transpose") || method.equals("reshape")
                    ? operand.name() + "." + method + "(" + list + ")"
                    : "ShapeOps." + method + "(" + operand.name() + ", " + list + ")";
        }
    }

    private List<Change> likely() {
        List<Change> changes = new ArrayList<>();
        boolean apart = shapes.stream().mapToInt(Shape::rank).distinct().count() > 1;
        for (int axis = 1; apart && rule.flattens() == Flat.NONE && axis < most(); axis++) {
            changes.add(unsqueeze(axis));
        }
        changes.add(transpose(0, 1, 2));
        changes.add(transpose(-2, -1, 99));
        return changes;
    }

    private int most() {
        return Math.max(rule.rank(), shapes.stream().mapToInt(Shape::rank).max().orElse(0));
    }

    private List<Change> rarer() {
        List<Change> changes = new ArrayList<>();
        int most = most();
        if (rule.equals(ShapeRule.ATTENTION) || rule.equals(ShapeRule.POSITIONS)) {
            // Heads behind positions, [B, T, H, d].
            changes.add(transpose(1, 2, 99));
        }
        for (int axis = 1; axis <= most; axis++) {
            changes.add(unsqueeze(axis));
        }
        changes.add(unsqueeze(0));
        // What belongs to rows and columns, such as the keys that may be seen, between which heads and queries lie.
        changes.add(new Change(
                "reshape", new int[0], sizes -> sizes.length == 2 ? new long[] {sizes[0], 1, 1, sizes[1]} : sizes));
        for (int axis = 0; axis < most; axis++) {
            int at = axis;
            changes.add(
                    new Change("squeeze", new int[] {at}, sizes -> sizes[at] == 1 ? Layout.without(sizes, at) : sizes));
        }
        changes.add(moveAxis(-1, 1));
        changes.add(moveAxis(1, -1));
        for (int a = 0; a < most; a++) {
            for (int b = a + 1; b < most; b++) {
                changes.add(transpose(a, b, 99));
            }
        }
        for (int start = 1; rule.flattens() == Flat.TRAILING && start < most - 1; start++) {
            changes.add(flatten(start, -1));
        }
        for (int end = 1; rule.flattens() == Flat.LEADING && end < most; end++) {
            changes.add(flatten(0, end));
        }
        return changes;
    }

    private static Change transpose(int a, int b, int mostAxes) {
        return new Change("transpose", new int[] {a, b}, sizes -> {
            int i = a < 0 ? a + sizes.length : a;
            int j = b < 0 ? b + sizes.length : b;
            if (sizes.length <= mostAxes) {
                long kept = sizes[i];
                sizes[i] = sizes[j];
                sizes[j] = kept;
            }
            return sizes;
        });
    }

    private static Change unsqueeze(int axis) {
        return new Change("unsqueeze", new int[] {axis}, sizes -> Layout.with(sizes, axis, 1));
    }

    private static Change moveAxis(int from, int to) {
        return new Change("moveAxis", new int[] {from, to}, sizes -> {
            int source = from < 0 ? from + sizes.length : from;
            return Layout.with(Layout.without(sizes, source), to < 0 ? to + sizes.length : to, sizes[source]);
        });
    }

    private static Change flatten(int start, int end) {
        return new Change("flatten", new int[] {start, end}, sizes -> {
            int last = end < 0 ? end + sizes.length : end;
            long[] result = sizes;
            for (int i = start; i < last; i++) {
                long product = Math.multiplyExact(result[start], result[start + 1]);
                result = Layout.without(result, start);
                result[start] = product;
            }
            return result;
        });
    }
}
