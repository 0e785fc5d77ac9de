package luthier.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sums of products in Einstein's notation: {@code "ij,jk->ik"} is y[i, k] = sum_j a[i, j] b[j, k]. Each operand has a term with a letter for each
 * axis; letters that the output lacks are summed.
 *
 * <ul>
 *   <li>A letter twice in a term reads the diagonal, {@code "ii->i"}.
 *   <li>{@code ...} stands for any number of axes, aligned at the last and broadcast. An output without it sums them.
 *   <li>Without {@code ->} the output is the ellipsis and the letters that appear once, A-Z before a-z.
 *   <li>A size of 1 repeats against another size, as in all broadcasting. Empty axes sum to 0.
 * </ul>
 *
 * <p>Operands are reduced to what is needed (diagonals, sums of letters that no other term has), then contracted in pairs, in the order of
 * an {@link EinsumPlan}: each contraction is one batched {@link Matmul#matmul}, or one {@link Elementwise#mul} where nothing is summed.
 * The plan depends on equation and shapes alone, so results are deterministic; NaN and infinities as they multiply and add.
 */
public final class Einsum {
    private Einsum() {}

    /**
     * Returns the sum of products that an equation describes. F32 and F64; the result shares no storage with an operand.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
     * Einsum.einsum("ij,jk->ik", a, a); // F32[2, 2][7.0, 10.0, 15.0, 22.0]
     * Einsum.einsum("ii", a); // F32[][5.0]
     * }
     *
     * @throws ShapeException if the equation is malformed, terms do not fit the shapes or a letter has two sizes
     * @throws DTypeException if types differ or are not floating
     */
    public static Tensor einsum(String equation, Tensor... operands) {
        List<Shape> shapes = Arrays.stream(operands).map(Tensor::shape).toList();
        EinsumEquation parsed = EinsumEquation.parse(equation, shapes);
        for (Tensor operand : operands) {
            Require.floating("einsum", operand);
            Require.sameType("einsum", operands[0], operand);
        }
        List<String> terms = new ArrayList<>();
        List<Tensor> values = new ArrayList<>();
        for (int i = 0; i < operands.length; i++) {
            terms.add(reducedTerm(parsed, i, shapes));
            values.add(reduce(operands[i], parsed.terms().get(i), terms.get(i)));
        }
        for (EinsumPlan.Step step : EinsumPlanner.plan(parsed, terms).steps()) {
            String left = terms.get(step.left());
            String right = terms.get(step.right());
            values.add(contract(parsed, values.get(step.left()), left, values.get(step.right()), right, step));
            terms.add(step.result());
        }
        Tensor result = ordered(parsed, values.getLast(), terms.getLast());
        // A contraction makes new storage; a lone operand may have been read as a view.
        return operands.length == 1 ? result.copy() : result.contiguous();
    }

    /**
     * Returns how an equation would be computed for operands of these shapes, without computing it.
     *
     * {@snippet :
     * EinsumPlan plan = Einsum.plan("ij,jk,kl->il", Shape.of(2, 50), Shape.of(50, 50), Shape.of(50, 3));
     * plan.steps().get(0).expression(); // ij,jk->ik
     * plan.flops(); // 10600.0
     * }
     *
     * @throws ShapeException as {@link #einsum}
     */
    public static EinsumPlan plan(String equation, Shape... shapes) {
        List<Shape> list = List.of(shapes);
        EinsumEquation parsed = EinsumEquation.parse(equation, list);
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < shapes.length; i++) {
            terms.add(reducedTerm(parsed, i, list));
        }
        return EinsumPlanner.plan(parsed, terms);
    }

    /** Returns the labels an operand keeps: each once, not of size 1, and needed by the output or another operand. */
    private static String reducedTerm(EinsumEquation equation, int operand, List<Shape> shapes) {
        String term = equation.terms().get(operand);
        StringBuilder result = new StringBuilder();
        for (int axis = 0; axis < term.length(); axis++) {
            char label = term.charAt(axis);
            boolean first = term.indexOf(label) == axis;
            if (first && shapes.get(operand).size(axis) != 1 && isNeeded(equation, operand, label, shapes)) {
                result.append(label);
            }
        }
        return result.toString();
    }

    private static boolean isNeeded(EinsumEquation equation, int operand, char label, List<Shape> shapes) {
        boolean needed = equation.output().indexOf(label) >= 0;
        for (int i = 0; i < shapes.size(); i++) {
            int axis = equation.terms().get(i).indexOf(label);
            needed |= i != operand && axis >= 0 && shapes.get(i).size(axis) != 1;
        }
        return needed;
    }

    /** Returns an operand with diagonals read, labels that it does not keep summed, and axes of size 1 dropped. */
    private static Tensor reduce(Tensor operand, String term, String kept) {
        StringBuilder labels = new StringBuilder();
        long[] sizes = new long[term.length()];
        int[] strides = new int[term.length()];
        for (int axis = 0; axis < term.length(); axis++) {
            int at = labels.indexOf(term.substring(axis, axis + 1));
            if (at < 0) {
                at = labels.length();
                labels.append(term.charAt(axis));
                sizes[at] = operand.size(axis);
            }
            // The distance along a diagonal is the sum of the distances along its axes.
            strides[at] += operand.strides()[axis];
        }
        int rank = labels.length();
        Shape shape = Shape.of(Arrays.copyOf(sizes, rank));
        Tensor result = operand.view(shape, Arrays.copyOf(strides, rank), operand.offset());
        int[] gone = new int[rank];
        int count = 0;
        for (int axis = 0; axis < rank; axis++) {
            if (kept.indexOf(labels.charAt(axis)) < 0 && sizes[axis] != 1) {
                gone[count++] = axis;
            }
        }
        Tensor summed = count == 0 ? result : Reduction.sum(result, Arrays.copyOf(gone, count), true);
        for (int axis = rank - 1; axis >= 0; axis--) {
            summed = kept.indexOf(labels.charAt(axis)) < 0 ? summed.squeeze(axis) : summed;
        }
        return summed;
    }

    private static Tensor contract(
            EinsumEquation equation, Tensor a, String left, Tensor b, String right, EinsumPlan.Step step) {
        String shared = EinsumEquation.keep(
                left, c -> right.indexOf(c) >= 0 && step.result().indexOf(c) >= 0);
        String summed = EinsumEquation.keep(
                left, c -> right.indexOf(c) >= 0 && step.result().indexOf(c) < 0);
        String rows = EinsumEquation.keep(left, c -> right.indexOf(c) < 0);
        String columns = EinsumEquation.keep(right, c -> left.indexOf(c) < 0);
        Tensor x = a.permute(places(left, shared + rows + summed)).reshape(step.batch(), step.m(), step.k());
        Tensor y = b.permute(places(right, shared + summed + columns)).reshape(step.batch(), step.k(), step.n());
        Tensor product;
        if (summed.isEmpty()) {
            product = Elementwise.mul(x, y);
        } else if (step.batch() == 1) {
            product = Matmul.matmul(x.squeeze(0), y.squeeze(0));
        } else {
            product = Matmul.matmul(x, y);
        }
        return product.reshape(sizes(equation, step.result()));
    }

    private static int[] places(String term, String order) {
        return order.chars().map(term::indexOf).toArray();
    }

    private static long[] sizes(EinsumEquation equation, String term) {
        return term.chars().mapToLong(label -> equation.size((char) label)).toArray();
    }

    /** Returns the axes in the output's order, those of size 1 back in place. */
    private static Tensor ordered(EinsumEquation equation, Tensor value, String term) {
        String present = EinsumEquation.keep(equation.output(), c -> term.indexOf(c) >= 0);
        return value.permute(places(term, present)).reshape(sizes(equation, equation.output()));
    }
}
