package luthier.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What an operation asks of its operands' shapes, for errors: the rule marks the axes that break it. It marks what was given and judges what
 * {@link Repairs} try.
 *
 * {@snippet :
 * Shape x = Shape.of(2, 5);
 * ShapeRule.planes(3).marked(List.of(x)).isEmpty(); // false
 * ShapeRule.classes(-1).marked(List.of(x, Shape.of(2))).isEmpty(); // true
 * ShapeRule.overrun(1).marked(List.of(x)).isEmpty(); // false
 * ShapeRule.of(marks -> marks.equal(0, 0, 1, 0)).marked(List.of(x, Shape.of(2))).isEmpty(); // true
 * }
 *
 * @param rule marks what is wrong, nothing if the shapes fit
 * @param rank how many axes an operand should have, 0 if that is open
 * @param flattens which axes may be made one to fit
 */
public record ShapeRule(Consumer<Marks> rule, int rank, Flat flattens) {
    /** Axes that may be made one: none, those behind the examples, or those of the examples. */
    public enum Flat {
        NONE,
        TRAILING,
        LEADING
    }

    /** A single operand, or a rule that is not about shapes. */
    public static final ShapeRule ANY = of(marks -> {});

    /** Elements meet one by one, sizes of 1 repeat. */
    public static final ShapeRule BROADCAST =
            of(marks -> marks.broadcast(0, IntStream.range(0, marks.count()).toArray()));

    /** One shape for all. */
    public static final ShapeRule SAME = of(marks -> sameBut(marks, Integer.MAX_VALUE));

    /** {@code [.., m, k] x [.., k, n]}, a rank-1 operand a row on the left and a column on the right. */
    public static final ShapeRule MATMUL = of(marks -> {
        if (marks.hasRank(0, 1, 99) && marks.hasRank(1, 1, 99)) {
            marks.equal(0, -1, 1, marks.rank(1) == 1 ? -1 : -2);
            marks.broadcast(2, 0, 1);
        }
    });

    /** {@code x [.., in], weight [out, in], bias [out]}. */
    static final ShapeRule LINEAR = new ShapeRule(
            marks -> {
                if (marks.hasRank(0, 1, 99) && marks.hasRank(1, 2)) {
                    marks.equal(0, -1, 1, -1);
                    perChannel(marks, 1, 0, 2);
                }
            },
            0,
            Flat.TRAILING);

    /** {@code a [.., n], b [.., n]}, the leading axes broadcast. */
    static final ShapeRule DOT = of(marks -> {
        if (marks.hasRank(0, 1, 99) && marks.hasRank(1, 1, 99)) {
            marks.equal(0, -1, 1, -1);
            marks.broadcast(1, 0, 1);
        }
    });

    /** {@code a [.., m], b [.., n]}, the leading axes broadcast. */
    static final ShapeRule OUTER = of(marks -> {
        if (marks.hasRank(0, 1, 99) && marks.hasRank(1, 1, 99)) {
            marks.broadcast(1, 0, 1);
        }
    });

    /** {@code x [.., d..]} and all others {@code [d..]}. */
    static final ShapeRule TRAILING = of(marks -> {
        for (int i = 1; i < marks.count(); i++) {
            if (marks.hasRank(i, 1, marks.rank(0)) && marks.hasRank(i, marks.rank(1))) {
                for (int axis = -1; axis >= -marks.rank(i); axis--) {
                    marks.equal(0, axis, i, axis);
                }
            }
        }
    });

    /** {@code x [N, C, ..]} and all others {@code [C]}. */
    public static final ShapeRule CHANNELS = of(marks -> {
        if (marks.hasRank(0, 2, 99)) {
            perChannel(marks, 0, 1, 1);
        }
    });

    /** {@code x [..]} and a mask that broadcasts to it. */
    public static final ShapeRule MASKED = of(marks -> {
        marks.broadcast(0, 0, 1);
        marks.broadcastTo(1, sizes(marks, 0));
    });

    /** {@code x [.., T, d]}, d even, and positions {@code [T]}. */
    static final ShapeRule POSITIONS = of(marks -> {
        if (marks.hasRank(0, 2, 99) && marks.hasRank(1, 1)) {
            marks.equal(0, -2, 1, 0);
            if (marks.size(0, -1) % 2 != 0) {
                marks.axis(0, -1);
            }
        }
    });

    /** {@code a [.., n, n], b [.., n, k]} or {@code [n]}. */
    public static final ShapeRule EQUATIONS = of(marks -> {
        if (marks.hasRank(0, 2, 99) && marks.hasRank(1, 1, 99)) {
            marks.equal(0, -2, 0, -1);
            marks.equal(0, -2, 1, marks.rank(1) == 1 ? -1 : -2);
            marks.broadcast(2, 0, 1);
        }
    });

    /** {@code a [.., m, n]}. */
    public static final ShapeRule MATRIX = planes(2);

    /** {@code a [.., n, n]}. */
    public static final ShapeRule SQUARE = of(marks -> {
        if (marks.hasRank(0, 2, 99)) {
            marks.equal(0, -2, 0, -1);
        }
    });

    /** {@code weight [rows, columns]} and, if it is a table, any index. */
    static final ShapeRule ROWS = of(marks -> marks.hasRank(0, 2));

    /** {@code q [B, H, T, d], k [B, G, S, d], v [B, G, S, e]} and what broadcasts to {@code [B, H, T, S]}. */
    static final ShapeRule ATTENTION = new ShapeRule(ShapeRule::attention, 4, Flat.NONE);

    /** Returns a rule that leaves the number of axes open. */
    public static ShapeRule of(Consumer<Marks> rule) {
        return new ShapeRule(rule, 0, Flat.NONE);
    }

    /** Returns the rule of one operand that broadcasts to a shape. */
    static ShapeRule expanded(Shape target) {
        return new ShapeRule(marks -> marks.broadcastTo(0, target.toArray()), target.rank(), Flat.NONE);
    }

    /** Returns the rule of one operand that is summed to a shape. */
    static ShapeRule summed(Shape target) {
        return of(marks -> {
            if (marks.hasRank(0, target.rank(), 99)) {
                for (int axis = -1; axis >= -target.rank(); axis--) {
                    if (target.size(axis) != 1 && target.size(axis) != marks.size(0, axis)) {
                        marks.axis(0, axis);
                    }
                }
            }
        });
    }

    /** Returns the rule of one operand of a given shape. */
    static ShapeRule shaped(Shape shape) {
        return new ShapeRule(
                marks -> {
                    for (int axis = 0; marks.hasRank(0, shape.rank()) && axis < shape.rank(); axis++) {
                        if (marks.size(0, axis) != shape.size(axis)) {
                            marks.axis(0, axis);
                        }
                    }
                },
                shape.rank(),
                Flat.NONE);
    }

    /** Returns the rule of one operand of at least so many axes. */
    public static ShapeRule planes(int rank) {
        return new ShapeRule(marks -> marks.hasRank(0, rank, 99), rank, Flat.NONE);
    }

    /** Returns the rule of one operand of at least so many axes, over whose last or last two a window moves. */
    static ShapeRule window(int rank, boolean line, Window window) {
        return new ShapeRule(
                marks -> {
                    if (marks.hasRank(0, rank, 99)) {
                        reached(marks, -1, window.columns(), window.width());
                        if (!line) {
                            reached(marks, -2, window.rows(), window.height());
                        }
                    }
                },
                rank,
                Flat.NONE);
    }

    /** Returns the rule of columns {@code [.., channels taps, positions]}. */
    static ShapeRule columns(int taps, long positions) {
        return new ShapeRule(
                marks -> {
                    if (marks.hasRank(0, 2, 99)) {
                        if (marks.size(0, -2) % taps != 0) {
                            marks.axis(0, -2);
                        }
                        if (marks.size(0, -1) != positions) {
                            marks.axis(0, -1);
                        }
                    }
                },
                2,
                Flat.NONE);
    }

    private static void reached(Marks marks, int axis, int taps, Sliding sliding) {
        long size = marks.size(0, axis);
        if (size == 0 || sliding.extent(taps) > size + sliding.before() + sliding.after()) {
            marks.axis(0, axis);
        }
    }

    /** Returns the rule of parts that are joined along an axis. */
    static ShapeRule joined(int axis) {
        return of(marks -> sameBut(marks, axis));
    }

    /** Returns the rule of {@code x}, {@code index [n]} and, if there is one, a source of x's shape with n along the axis. */
    static ShapeRule line(int axis) {
        return new ShapeRule(
                marks -> {
                    if (marks.hasRank(1, 1) && marks.count() > 2 && marks.hasRank(2, marks.rank(0))) {
                        for (int i = 0; i < marks.rank(0); i++) {
                            boolean along = i == resolved(axis, marks.rank(0));
                            marks.equal(2, i, along ? 1 : 0, along ? 0 : i);
                        }
                    }
                },
                0,
                Flat.LEADING);
    }

    /** Returns the rule of {@code x}, an index of its rank inside its other axes and, if there is one, a source of the index's shape. */
    static ShapeRule along(int axis) {
        return of(marks -> {
            if (marks.hasRank(1, marks.rank(0))) {
                for (int i = 0; i < marks.rank(0); i++) {
                    if (i != resolved(axis, marks.rank(0)) && marks.size(1, i) > marks.size(0, i)) {
                        marks.axis(0, i);
                        marks.axis(1, i);
                    }
                }
                if (marks.count() > 2 && marks.hasRank(2, marks.rank(1))) {
                    IntStream.range(0, marks.rank(1)).forEach(i -> marks.equal(1, i, 2, i));
                }
            }
        });
    }

    /** Returns the rule of logits with classes along an axis and targets of their shape without it. */
    public static ShapeRule classes(int axis) {
        return new ShapeRule(
                marks -> {
                    int classes = resolved(axis, marks.rank(0));
                    if (marks.hasRank(0, 1, 99) && marks.hasRank(1, marks.rank(0) - 1)) {
                        IntStream.range(0, marks.rank(1)).forEach(i -> marks.equal(0, i < classes ? i : i + 1, 1, i));
                    }
                },
                0,
                Flat.LEADING);
    }

    /** Returns the rule of {@code x [n, in, ..], weight [out, in / groups, ..], bias [out]} with so many axes behind the channels. */
    static ShapeRule convolution(int axes, long groups) {
        return new ShapeRule(
                marks -> {
                    if (marks.hasRank(0, axes + 2) && marks.hasRank(1, axes + 2)) {
                        channels(marks, 1, groups);
                        perChannel(marks, 1, 0, 2);
                    }
                },
                axes + 2,
                Flat.NONE);
    }

    /** Returns the rule of {@code x [n, in, ..], weight [in, out / groups, ..], bias [out]} with so many axes behind the channels. */
    static ShapeRule transposedConvolution(int axes, long groups) {
        return new ShapeRule(
                marks -> {
                    if (marks.hasRank(0, axes + 2) && marks.hasRank(1, axes + 2)) {
                        channels(marks, 0, 1);
                        if (marks.count() > 2 && marks.hasRank(2, 1) && marks.size(2, 0) != marks.size(1, 1) * groups) {
                            marks.axis(1, 1);
                            marks.axis(2, 0);
                        }
                    }
                },
                axes + 2,
                Flat.NONE);
    }

    /** Returns the rule of an einsum: one size a letter, or 1. Equations with an ellipsis are left alone. */
    static ShapeRule letters(String equation) {
        String[] terms = equation.replace(" ", "").replaceFirst("->.*", "").split(",", -1);
        return of(marks -> {
            record Place(int operand, int axis) {}
            Map<Character, Place> places = new HashMap<>();
            boolean open = equation.contains(".") || terms.length != marks.count();
            for (int i = 0; !open && i < terms.length; i++) {
                for (int axis = 0; marks.hasRank(i, terms[i].length()) && axis < terms[i].length(); axis++) {
                    Place first = places.putIfAbsent(terms[i].charAt(axis), new Place(i, axis));
                    if (first != null && marks.size(first.operand, first.axis) != 1 && marks.size(i, axis) != 1) {
                        marks.equal(first.operand, first.axis, i, axis);
                    }
                }
            }
        });
    }

    /**
     * Throws if the operands break this rule.
     *
     * @param line makes the message's first line, {@code operation: rule; got actual; what to do}
     * @param names {@code "x, weight, bias"}; an operand that is not there is null
     */
    public void require(Supplier<String> line, String names, @Nullable Tensor... operands) {
        List<Shape> shapes = new ArrayList<>();
        for (Tensor operand : operands) {
            if (operand != null) {
                shapes.add(operand.shape());
            }
        }
        if (!fits(shapes)) {
            throw broken(line.get(), names, operands);
        }
    }

    /** Returns whether shapes keep this rule. */
    boolean fits(List<Shape> shapes) {
        return marked(shapes).isEmpty();
    }

    /** Returns the error of operands that break this rule, where an operation has a quicker condition for it. */
    public ShapeException broken(String line, String names, @Nullable Tensor... operands) {
        return broken(line, Operand.of(names, operands));
    }

    ShapeException broken(String line, List<Operand> operands) {
        return new ShapeException(line, this, operands, Optional.empty());
    }

    /** Returns the rule of indices along an axis of the first operand, for one that exceeds its size. */
    public static ShapeRule overrun(int axis) {
        return of(marks -> {
            if (marks.hasRank(0, axis < 0 ? -axis : axis + 1, 99)) {
                marks.axis(0, axis);
            }
        });
    }

    /** Returns the shapes with what breaks the rule marked. */
    public Marks marked(List<Shape> shapes) {
        Marks marks = new Marks(shapes);
        rule.accept(marks);
        return marks;
    }

    private static void sameBut(Marks marks, int axis) {
        for (int i = 1; i < marks.count(); i++) {
            if (marks.hasRank(i, marks.rank(0))) {
                for (int a = 0; a < marks.rank(0); a++) {
                    if (a != resolved(axis, marks.rank(0))) {
                        marks.equal(0, a, i, a);
                    }
                }
            }
        }
    }

    private static void attention(Marks marks) {
        boolean ranks = true;
        for (int i = 0; i < 3; i++) {
            ranks &= marks.hasRank(i, 4);
        }
        if (!ranks) {
            return;
        }
        marks.equal(0, 0, 1, 0);
        marks.equal(0, 0, 2, 0);
        marks.equal(1, 1, 2, 1);
        marks.equal(0, 3, 1, 3);
        marks.equal(1, 2, 2, 2);
        long heads = marks.size(0, 1);
        long groups = marks.size(1, 1);
        if (heads != groups && (groups == 0 || heads % groups != 0)) {
            marks.axis(0, 1);
            marks.axis(1, 1);
        }
        for (int i = 3; i < marks.count(); i++) {
            marks.broadcastTo(i, marks.size(0, 0), heads, marks.size(0, 2), marks.size(1, 2));
        }
    }

    /** Marks the channels of x and weight if they differ. */
    private static void channels(Marks marks, int axis, long groups) {
        if (marks.size(0, 1) != marks.size(1, axis) * groups) {
            marks.axis(0, 1);
            marks.axis(1, axis);
        }
    }

    /** The operands from {@code first} on are {@code [n]}, n the size of an axis of another one. */
    private static void perChannel(Marks marks, int of, int axis, int first) {
        for (int i = first; i < marks.count(); i++) {
            if (marks.hasRank(i, 1)) {
                marks.equal(of, axis, i, 0);
            }
        }
    }

    private static long[] sizes(Marks marks, int operand) {
        return IntStream.range(0, marks.rank(operand))
                .mapToLong(axis -> marks.size(operand, axis))
                .toArray();
    }

    private static int resolved(int axis, int rank) {
        return axis < 0 ? axis + rank : axis;
    }
}
