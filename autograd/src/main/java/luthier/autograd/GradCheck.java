package luthier.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;

/**
 * Compares the derivatives that rules give with central finite differences, {@code (f(x + h) - f(x - h)) / 2h}, in double precision:
 * {@link #check} element by element, {@link #checkFast} along one random direction (three evaluations, whatever the size), {@link
 * #checkSecondOrder} for second derivatives, {@link #steps} to see how the error depends on h.
 *
 * <p>A mismatch is reported as a table: element, analytic, numeric, their distance in units in the last place, error, and whether there is
 * a kink. Where the two disagree the step is divided by 16. What curvature does to the differences shrinks with it, and a kink beside the
 * point is left behind: the smaller step decides. If the one-sided differences stay apart there is a kink at the point itself, and no
 * derivative to compare with; what the rule gives must then lie between them, and where the function jumps it must be the slope of the
 * side that has one. A kink by itself lets nothing pass.
 *
 * {@snippet :
 * GradCheck.check(x -> ElementaryOps.tanh(x.get(0)), Tensor.of(new double[] {0.3, -1.2}, 2)).assertPassed();
 * }
 */
public final class GradCheck {
    /** The step of the finite differences, about the cube root of the machine epsilon. */
    public static final double STEP = 6e-6;

    /** The relative tolerance, on the scale of the larger of 1 and the gradient. */
    public static final double TOLERANCE = 1e-6;

    /** How far one-sided differences are apart at a kink, on the same scale. */
    private static final double APART = 1e-2;
    /** By how much the step shrinks where the derivatives differ. */
    private static final int CLOSER = 16;

    private GradCheck() {}

    /** One compared element: where it is, what the rules gave, what the finite differences gave on both sides. */
    public record Row(int input, long element, double analytic, double left, double right, boolean kink) {
        /** Returns the central difference, the mean of those of the sides. */
        public double numeric() {
            return (left + right) / 2;
        }

        /** Returns the difference on the scale of the larger of 1 and the numeric value. */
        public double error() {
            return Math.abs(analytic - numeric()) / Math.max(1, Math.abs(numeric()));
        }

        /** Returns the difference in units in the last place of the analytic value: what is left of its digits. */
        public double ulps() {
            return Math.abs(analytic - numeric()) / Math.ulp(analytic);
        }

        /** Returns whether the two agree, or at a kink whether what the rules gave lies between the slopes of the sides. */
        public boolean passed() {
            double slack = TOLERANCE * Math.max(1, Math.max(Math.abs(left), Math.abs(right)));
            return error() <= TOLERANCE
                    || kink && analytic >= Math.min(left, right) - slack && analytic <= Math.max(left, right) + slack;
        }
    }

    /** The whole comparison. */
    public record Report(List<Row> rows) {
        /** Returns whether every row passed. */
        public boolean passed() {
            return rows.stream().allMatch(Row::passed);
        }

        /** Returns the largest error of the elements that are not at a kink. */
        public double worstError() {
            return rows.stream()
                    .filter(row -> !row.kink())
                    .mapToDouble(Row::error)
                    .max()
                    .orElse(0);
        }

        /**
         * Returns this report if all agrees.
         *
         * @throws AssertionError with the table of the elements that differ
         */
        public Report assertPassed() {
            if (!passed()) {
                throw new AssertionError("gradient check: analytic and numeric derivatives differ\n" + this);
            }
            return this;
        }

        /** Returns the table, differing elements only if there are any. */
        @Override
        public String toString() {
            List<Row> shown =
                    passed() ? rows : rows.stream().filter(row -> !row.passed()).toList();
            StringBuilder table =
                    new StringBuilder("input  element        analytic         numeric       ulps      error  kink?\n");
            for (Row row : shown) {
                table.append(String.format(
                        Locale.ROOT,
                        "%5d  %7d  %14.7g  %14.7g  %9.2e  %9.2e  %s\n",
                        row.input(),
                        row.element(),
                        row.analytic(),
                        row.numeric(),
                        row.ulps(),
                        row.error(),
                        row.kink() ? "between " + row.left() + " and " + row.right() : "no"));
            }
            return table.toString();
        }
    }

    /**
     * Checks the derivative of {@code sum(f(inputs) * w)} for fixed, uneven weights w with respect to every element of every
     * input.
     *
     * @param f the function under test, from variables to one variable of any shape
     * @param inputs F64 values
     * @throws DTypeException if an input is not F64
     */
    public static Report check(Function<List<Variable>, Variable> f, Tensor... inputs) {
        return compare(moved -> weigh(f.apply(moved)), inputs, analytic(f, inputs));
    }

    /** Returns the derivatives of the weighed function by its rules. */
    private static List<Variable> analytic(Function<List<Variable>, Variable> f, Tensor[] inputs) {
        List<Variable> leaves = new ArrayList<>();
        for (Tensor input : inputs) {
            if (input.dtype() != DType.F64) {
                throw new DTypeException("gradient check: inputs must be F64; got " + input.dtype()
                        + "; finite differences in single precision say little");
            }
            leaves.add(Variable.parameter(input.copy()));
        }
        Variable loss = weigh(f.apply(leaves));
        if (!loss.requiresGrad()) {
            return leaves.stream()
                    .map(leaf -> Variable.constant(Tensor.zeros(DType.F64, leaf.shape())))
                    .toList();
        }
        return Backward.fromScalar(loss).gradients(leaves.toArray(Variable[]::new));
    }

    /**
     * Checks the derivative along one random direction through all inputs at once: the sum of gradient times direction against one
     * finite difference. For functions of many elements; a wrong element is found with near certainty, but not named: the single row's
     * input and element are -1.
     *
     * @param seed chooses the direction
     */
    public static Report checkFast(long seed, Function<List<Variable>, Variable> f, Tensor... inputs) {
        List<Variable> analytic = analytic(f, inputs);
        List<double[]> direction = new ArrayList<>();
        double slope = 0;
        for (int i = 0; i < inputs.length; i++) {
            double[] u = Rng.of(seed)
                    .split(i)
                    .normal(DType.F64, inputs[i].shape(), 0, 1)
                    .toDoubleArray();
            double[] gradient = analytic.get(i).value().toDoubleArray();
            for (int e = 0; e < u.length; e++) {
                slope += gradient[e] * u[e];
            }
            direction.add(u);
        }
        Function<List<Variable>, Variable> loss = moved -> weigh(f.apply(moved));
        return new Report(List.of(row(-1, -1, slope, STEP, h -> along(loss, inputs, direction, h))));
    }

    private static double along(
            Function<List<Variable>, Variable> loss, Tensor[] inputs, List<double[]> direction, double h) {
        List<Variable> moved = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            double[] values = inputs[i].toDoubleArray();
            for (int e = 0; e < values.length; e++) {
                values[e] += h * direction.get(i)[e];
            }
            moved.add(Variable.parameter(Tensor.of(values, inputs[i].shape().toArray())));
        }
        return loss.apply(moved).item();
    }

    /** How well a finite difference of step h agrees. */
    public record Step(double h, double numeric, double error) {}

    /**
     * Returns the numeric derivative of one element for h = 0.1, 0.01, ..., 1e-12: the error first falls with h^2, as the series of f is
     * cut later, and then grows with 1 / h, as the difference loses its digits. The best step lies near the cube root of the machine
     * epsilon.
     */
    public static List<Step> steps(Function<List<Variable>, Variable> f, int input, int element, Tensor... inputs) {
        double analytic = analytic(f, inputs).get(input).value().toDoubleArray()[element];
        double at = inputs[input].toDoubleArray()[element];
        Function<List<Variable>, Variable> loss = moved -> weigh(f.apply(moved));
        List<Step> steps = new ArrayList<>();
        for (int digits = 1; digits <= 12; digits++) {
            double h = StrictMath.pow(10, -digits);
            double above = at(loss, inputs, input, element, at + h);
            double below = at(loss, inputs, input, element, at - h);
            double numeric = (above - below) / (2 * h);
            steps.add(new Step(h, numeric, Math.abs(numeric - analytic)));
        }
        return steps;
    }

    /**
     * Checks second derivatives: the gradient that {@link #check} verified, weighed again, is differentiated by the rules and by
     * finite differences of the analytic gradient.
     */
    public static Report checkSecondOrder(Function<List<Variable>, Variable> f, Tensor... inputs) {
        Function<List<Variable>, Variable> gradient = variables -> {
            Variable loss = weigh(f.apply(variables));
            List<Variable> grads =
                    Backward.fromScalar(loss).createGraph().gradients(variables.toArray(Variable[]::new));
            Variable total = weigh(grads.get(0));
            for (int i = 1; i < grads.size(); i++) {
                total = total.add(weigh(grads.get(i)));
            }
            return total;
        };
        List<Variable> leaves = new ArrayList<>();
        for (Tensor input : inputs) {
            leaves.add(Variable.parameter(input.copy()));
        }
        Variable loss = gradient.apply(leaves);
        List<Variable> analytic = new ArrayList<>();
        if (loss.requiresGrad()) {
            analytic.addAll(Backward.fromScalar(loss).gradients(leaves.toArray(Variable[]::new)));
        } else {
            leaves.forEach(leaf -> analytic.add(Variable.constant(Tensor.zeros(DType.F64, leaf.shape()))));
        }
        return compare(gradient, inputs, analytic);
    }

    /** A weighted sum whose weights all differ, so that errors cannot cancel. */
    private static Variable weigh(Variable y) {
        double[] weights = new double[Math.toIntExact(y.value().elementCount())];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 0.5 + ((i * 37) % 101) / 101.0;
        }
        return y.mul(Variable.constant(Tensor.of(weights, y.shape().toArray()))).sum();
    }

    private static Report compare(Function<List<Variable>, Variable> loss, Tensor[] inputs, List<Variable> analytic) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            double[] values = inputs[i].toDoubleArray();
            double[] gradient = analytic.get(i).value().toDoubleArray();
            for (int e = 0; e < values.length; e++) {
                int input = i;
                int element = e;
                double step = STEP * Math.max(1, Math.abs(values[e]));
                rows.add(row(i, e, gradient[e], step, h -> at(loss, inputs, input, element, values[element] + h)));
            }
        }
        return new Report(rows);
    }

    /** Compares with differences of f around 0. */
    private static Row row(int input, long element, double analytic, double step, DoubleUnaryOperator f) {
        double middle = f.applyAsDouble(0);
        Row wide = sides(input, element, analytic, step, middle, f);
        if (wide.passed()) {
            return wide;
        }
        Row close = sides(input, element, analytic, step / CLOSER, middle, f);
        double apart = Math.abs(close.right - close.left);
        double before = Math.abs(wide.right - wide.left);
        if (!(apart > APART * Math.max(1, Math.abs(close.numeric())) && apart > before / 2)) {
            return close;
        }
        boolean jump = apart > 2 * before;
        // The side of a jump has a slope that grows without end as the step shrinks.
        boolean jumpsLeft = jump && Math.abs(close.left) > Math.abs(close.right);
        boolean jumpsRight = jump && !jumpsLeft;
        double left = jumpsLeft ? close.right : close.left;
        double right = jumpsRight ? close.left : close.right;
        return new Row(input, element, analytic, left, right, true);
    }

    private static Row sides(int input, long element, double analytic, double h, double middle, DoubleUnaryOperator f) {
        double left = (middle - f.applyAsDouble(-h)) / h;
        double right = (f.applyAsDouble(h) - middle) / h;
        return new Row(input, element, analytic, left, right, false);
    }

    private static double at(
            Function<List<Variable>, Variable> loss, Tensor[] inputs, int input, int element, double value) {
        List<Variable> moved = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            double[] values = inputs[i].toDoubleArray();
            if (i == input) {
                values[element] = value;
            }
            moved.add(Variable.parameter(Tensor.of(values, inputs[i].shape().toArray())));
        }
        return loss.apply(moved).item();
    }
}
