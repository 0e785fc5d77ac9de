package luthier.tensor;

import java.util.List;
import java.util.Locale;

/**
 * How {@link Einsum} computes an equation: which pairs are contracted in which order, and at what cost. It prints as a table.
 *
 * <p>Labels are the equation's letters; axes behind an ellipsis are digits, 0 the last. Axes of size 1, those summed at once and repeats within
 * a term are gone before the first step and appear in none.
 *
 * @param equation as given, without blanks
 * @param steps in order
 * @param directFlops additions and multiplications of one loop over all letters, without a plan
 */
public record EinsumPlan(String equation, List<Step> steps, double directFlops) {
    /**
     * The contraction of two terms as {@code batch} products {@code [m, k] x [k, n]}. Operands are numbered from 0; the result of step i is
     * number operands + i.
     *
     * @param left number of the left term
     * @param right number of the right term
     * @param expression such as {@code ij,jk->ik}; the result's letters are batch, m, n
     * @param batch the product of the sizes of letters in both terms and the result
     * @param m that of those in the left one alone
     * @param k that of those in both terms and not in the result; 1 if there are none
     * @param n that of those in the right one alone
     */
    public record Step(int left, int right, String expression, long batch, long m, long k, long n) {
        /** Returns additions and multiplications: 2 batch m k n. */
        public double flops() {
            return 2.0 * batch * m * k * n;
        }

        /** Returns the result's letters. */
        public String result() {
            return expression.substring(expression.indexOf("->") + 2);
        }
    }

    /** Copies the steps. */
    public EinsumPlan {
        steps = List.copyOf(steps);
    }

    /** Returns additions and multiplications of all steps; sums before the first are not counted. */
    public double flops() {
        return steps.stream().mapToDouble(Step::flops).sum();
    }

    /** Returns a line for the equation and one for each step. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "einsum %s: %d contraction%s, %.4g flops (%.4g in one loop)",
                equation,
                steps.size(),
                steps.size() == 1 ? "" : "s",
                flops(),
                directFlops));
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            text.append(String.format(
                    Locale.ROOT,
                    "%n  %d. (%d, %d) %s   %d x [%d, %d] x [%d, %d]   %.4g flops",
                    i + 1,
                    step.left,
                    step.right,
                    step.expression,
                    step.batch,
                    step.m,
                    step.k,
                    step.k,
                    step.n,
                    step.flops()));
        }
        return text.toString().replace("\r\n", "\n");
    }
}
