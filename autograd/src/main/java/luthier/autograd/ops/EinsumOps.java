package luthier.autograd.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Einsum;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** Differentiable sums of products, written as an equation. */
public final class EinsumOps {
    private static final String ARROW = "->";
    private static final String DOTS = "...";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private EinsumOps() {}

    /**
     * y = sum of products as {@link Einsum#einsum} reads the equation; the gradient of an operand is the einsum of the others with dY
     * into the operand's letters: for {@code ij,jk->ik}, dA = {@code jk,ik->ij} of B and dY. A letter that only this operand has is
     * spread over its axis; a letter twice in its term puts the gradient on the diagonal; a size of 1 that was repeated is summed.
     * Saved are the operands.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
     * EinsumOps.einsum("ii", a).backward();
     * a.grad().get(); // F32[2, 2][1.0, 0.0, 0.0, 1.0]
     * }
     *
     * @throws ShapeException if the equation is malformed, terms do not fit the shapes or a letter has two sizes
     * @throws DTypeException if types differ or are not floating
     */
    public static Variable einsum(String equation, Variable... operands) {
        try {
            Variable[] own = operands.clone();
            Tensor y = Einsum.einsum(
                    equation, Arrays.stream(own).map(Variable::value).toArray(Tensor[]::new));
            return Variable.record(y, spelledOut(equation, own), own);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("operands", List.of(operands)).by();
        }
    }

    /** The equation with a letter for every axis, behind an ellipsis too. */
    private record EinsumRule(List<String> terms, String output, Variable[] operands)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            for (int i = 0; i < operands.length; i++) {
                int operand = i;
                gradients.set(i, () -> gradient(operand, dY));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "sum of products, letter by letter", "einsum of {ndY} and the other operands into {ni}'s letters");
        }

        private Variable gradient(int operand, Variable dY) {
            List<String> from = new ArrayList<>(terms);
            from.remove(operand);
            from.add(output);
            List<Variable> with = new ArrayList<>(List.of(operands));
            with.remove(operand);
            with.add(dY);
            String term = terms.get(operand);
            Shape shape = operands[operand].shape();
            StringBuilder kept = new StringBuilder();
            for (int axis = 0; axis < term.length(); axis++) {
                String letter = term.substring(axis, axis + 1);
                boolean first = term.indexOf(letter) == axis;
                if (first && shape.size(axis) != 1 && from.stream().anyMatch(other -> other.contains(letter))) {
                    kept.append(letter);
                }
            }
            Variable products = einsum(String.join(",", from) + ARROW + kept, with.toArray(Variable[]::new));
            return spread(products, kept.toString(), term, shape);
        }

        /** An operand is a factor of every gradient but its own. */
        @Override
        public boolean reads(int operand, Gradients gradients) {
            for (int i = 0; i < operands.length; i++) {
                if (operand != RESULT && i != operand && gradients.wants(i)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String operation() {
            return "Einsum";
        }
    }

    /** Brings a gradient with the letters kept to the operand's shape: repeated along the others, zero off the diagonals. */
    private static Variable spread(Variable products, String kept, String term, Shape shape) {
        long[] sizes = new long[term.length()];
        for (int axis = 0; axis < sizes.length; axis++) {
            String letter = term.substring(axis, axis + 1);
            boolean present = term.indexOf(letter) == axis && kept.contains(letter);
            sizes[axis] = present ? products.size(kept.indexOf(letter)) : 1;
        }
        Variable result = ShapeOps.expand(ShapeOps.reshape(products, sizes), shape);
        for (int axis = 0; axis < sizes.length; axis++) {
            int first = term.indexOf(term.charAt(axis));
            if (first < axis) {
                result = SelectionOps.maskedFill(result, offDiagonal(shape, first, axis), 0);
            }
        }
        return result;
    }

    /** True where the places on two axes differ; both axes in place, all others of size 1. */
    private static Tensor offDiagonal(Shape shape, int axisA, int axisB) {
        int n = (int) shape.size(axisA);
        boolean[] differs = new boolean[n * n];
        for (int i = 0; i < differs.length; i++) {
            differs[i] = i / n != i % n;
        }
        long[] sizes = new long[shape.rank()];
        Arrays.fill(sizes, 1);
        sizes[axisA] = n;
        sizes[axisB] = n;
        return Tensor.of(differs, sizes);
    }

    /** Spells out an equation that {@link Einsum} has accepted. */
    private static EinsumRule spelledOut(String equation, Variable[] operands) {
        String text = equation.replace(" ", "");
        int arrow = text.indexOf(ARROW);
        String[] written = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
        int[] hidden = new int[written.length];
        int most = 0;
        for (int i = 0; i < written.length; i++) {
            hidden[i] = written[i].contains(DOTS) ? operands[i].rank() - (written[i].length() - DOTS.length()) : 0;
            most = Math.max(most, hidden[i]);
        }
        String unused = unused(text, most);
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < written.length; i++) {
            // Axes behind an ellipsis are aligned at the last.
            terms.add(written[i].replace(DOTS, unused.substring(most - hidden[i])));
        }
        String output = arrow < 0 ? DOTS + once(String.join("", written)) : text.substring(arrow + ARROW.length());
        return new EinsumRule(List.copyOf(terms), output.replace(DOTS, unused), operands);
    }

    private static String unused(String text, int count) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < LETTERS.length() && result.length() < count; i++) {
            if (text.indexOf(LETTERS.charAt(i)) < 0) {
                result.append(LETTERS.charAt(i));
            }
        }
        if (result.length() < count) {
            throw new ShapeException("einsum: axes and letters together must not exceed " + LETTERS.length() + "; got '"
                    + text + "' with " + count + " axes in the ellipsis");
        }
        return result.toString();
    }

    /** Returns the letters that appear once, in the order of their codes. */
    private static String once(String letters) {
        StringBuilder result = new StringBuilder();
        letters.replace(DOTS, "")
                .chars()
                .filter(c -> letters.indexOf(c) == letters.lastIndexOf(c))
                .sorted()
                .forEach(c -> result.append((char) c));
        return result.toString();
    }
}
