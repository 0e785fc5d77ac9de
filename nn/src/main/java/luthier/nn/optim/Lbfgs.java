package luthier.nn.optim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import luthier.autograd.Variable;
import luthier.nn.Parameter;
import luthier.tensor.Tensor;

/**
 * Steps along the product of the gradient and an estimate of the inverse of the second derivative, from the last changes of both; Nocedal
 * 1980, Nocedal and Wright 2006, algorithms 7.4 and 7.5. For losses of all rows at once, which it evaluates several times a step. Directions
 * are computed in double precision whatever the parameters' type.
 *
 * <p>Differences: as in PyTorch the first length is min(1, 1 / |g|_1) lr, and changes whose product y.s is at most 1e-10 are left out.
 */
public final class Lbfgs {
    private static final double LEAST_CURVATURE = 1e-10;

    /**
     * How it steps.
     *
     * @param rate the length of a step, or the first that a line search tries
     * @param maxIterations directions a step
     * @param maxEvaluations after so many evaluations of the loss a step ends
     * @param gradientTolerance a step ends where no number of the gradient is larger
     * @param changeTolerance a step ends where values or loss change by less
     * @param history changes that are remembered
     * @param strongWolfe whether lengths are searched that satisfy the strong Wolfe conditions
     */
    public record Settings(
            double rate,
            int maxIterations,
            int maxEvaluations,
            double gradientTolerance,
            double changeTolerance,
            int history,
            boolean strongWolfe) {
        /** 20 directions of length 1 searched by the strong Wolfe conditions, 25 evaluations, 10 changes. */
        public static final Settings USUAL = new Settings(1, 20, 25, 1e-7, 1e-9, 10, true);

        /** Checks the numbers. */
        public Settings {
            Bounds.requireFactor("lbfgs", "the learning rate", rate);
            Bounds.require(maxIterations >= 1, "lbfgs", "the number of iterations", "at least 1", maxIterations);
            Bounds.require(maxEvaluations >= 1, "lbfgs", "the number of evaluations", "at least 1", maxEvaluations);
            Bounds.requireFactor("lbfgs", "the gradient's tolerance", gradientTolerance);
            Bounds.requireFactor("lbfgs", "the change's tolerance", changeTolerance);
            Bounds.require(history >= 1, "lbfgs", "the history", "at least 1", history);
        }
    }

    /** A change of values s and of gradients y. */
    @SuppressWarnings("ArrayRecordComponent") // never leaves this class
    private record Change(double[] values, double[] gradients, double product) {}

    private final List<Parameter> parameters;
    private final Settings settings;
    private final Deque<Change> changes = new ArrayDeque<>();

    private double[] direction = new double[0];
    private double[] gradientBefore = new double[0];
    private double length;
    private double scale = 1;
    private long iterations;
    private long evaluations;

    /** Creates an optimizer of parameters, by name. */
    public Lbfgs(Map<String, Parameter> parameters, Settings settings) {
        this.parameters = List.copyOf(new LinkedHashMap<>(parameters).values());
        this.settings = settings;
    }

    /** Returns how often the loss was evaluated. */
    public long evaluations() {
        return evaluations;
    }

    /**
     * Takes one step.
     *
     * @param objective computes the loss anew from the parameters as they are; its backward pass is run here
     * @return the loss before the step
     */
    public double step(Supplier<Variable> objective) {
        Point here = evaluate(objective);
        double before = here.loss();
        long most = evaluations + settings.maxEvaluations - 1;
        for (int i = 1; i <= settings.maxIterations && largest(here.gradient()) > settings.gradientTolerance; i++) {
            turn(here.gradient());
            gradientBefore = here.gradient();
            length = ++iterations == 1 ? Math.min(1, 1 / sum(here.gradient())) * settings.rate : settings.rate;
            double slope = dot(here.gradient(), direction);
            if (slope > -settings.changeTolerance) {
                break;
            }
            Point next = here;
            if (settings.strongWolfe) {
                double[] start = values();
                StrongWolfe.Found found = new StrongWolfe(t -> at(start, t, objective), direction).from(length, here);
                length = found.length();
                next = found.point();
                move(start, length);
            } else {
                move(values(), length);
                if (i < settings.maxIterations) {
                    next = evaluate(objective);
                }
            }
            double change = Math.abs(next.loss() - here.loss());
            here = next;
            if (evaluations >= most + 1
                    || largest(direction) * Math.abs(length) <= settings.changeTolerance
                    || change < settings.changeTolerance) {
                break;
            }
        }
        return before;
    }

    /** The loss and its gradient at one place. */
    @SuppressWarnings("ArrayRecordComponent") // never leaves this package
    record Point(double loss, double[] gradient) {}

    private Point evaluate(Supplier<Variable> objective) {
        parameters.forEach(Parameter::zeroGrad);
        Variable loss = objective.get();
        loss.backward();
        evaluations++;
        return new Point(
                loss.item(),
                flat(parameters.stream()
                        .map(each -> each.grad().orElseGet(() -> Tensor.zeros(each.dtype(), each.shape())))
                        .toList()));
    }

    private Point at(double[] start, double t, Supplier<Variable> objective) {
        move(start, t);
        return evaluate(objective);
    }

    /** Chooses the next direction: the two loops of algorithm 7.4. */
    private void turn(double[] gradient) {
        if (iterations == 0) {
            direction = scaled(gradient, -1);
            return;
        }
        double[] y = plus(gradient, gradientBefore, -1);
        double[] s = scaled(direction, length);
        double product = dot(y, s);
        if (product > LEAST_CURVATURE) {
            if (changes.size() == settings.history) {
                changes.removeFirst();
            }
            changes.addLast(new Change(s, y, product));
            scale = product / dot(y, y);
        }
        double[] q = scaled(gradient, -1);
        List<Double> shares = new ArrayList<>();
        for (Iterator<Change> all = changes.descendingIterator(); all.hasNext(); ) {
            Change change = all.next();
            double share = dot(change.values(), q) / change.product();
            shares.addFirst(share);
            q = plus(q, change.gradients(), -share);
        }
        double[] r = scaled(q, scale);
        int next = 0;
        for (Change change : changes) {
            r = plus(r, change.values(), shares.get(next++) - dot(change.gradients(), r) / change.product());
        }
        direction = r;
    }

    // ---- vectors of all parameters

    private double[] values() {
        return flat(parameters.stream().map(Parameter::value).toList());
    }

    private static double[] flat(List<Tensor> tensors) {
        double[] all = new double
                [tensors.stream()
                        .mapToInt(tensor -> Math.toIntExact(tensor.elementCount()))
                        .reduce(0, Math::addExact)];
        int at = 0;
        for (Tensor tensor : tensors) {
            double[] values = tensor.toDoubleArray();
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }

    private void move(double[] start, double t) {
        double[] moved = plus(start, direction, t);
        int at = 0;
        for (Parameter parameter : parameters) {
            int n = Math.toIntExact(parameter.value().elementCount());
            double[] part = Arrays.copyOfRange(moved, at, at + n);
            parameter.value().copyInPlace(Tensor.wrap(part, parameter.shape()).to(parameter.dtype()));
            at += n;
        }
    }

    private static double[] scaled(double[] x, double factor) {
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            result[i] = x[i] * factor;
        }
        return result;
    }

    private static double[] plus(double[] x, double[] y, double factor) {
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            result[i] = x[i] + factor * y[i];
        }
        return result;
    }

    static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    private static double sum(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += Math.abs(value);
        }
        return sum;
    }

    static double largest(double[] x) {
        double largest = 0;
        for (double value : x) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
