package luthier.autograd;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the operation that first makes a NaN or an infinity. Inside {@link #detect} every result and every gradient is checked, and
 * the first one that is not finite, although all it was made from is, ends the computation with an {@link AnomalyException} that names the
 * operation, the line that called it, its operands with their ranges, the element, and a remedy. Variables also remember the line that
 * made them, for this and other errors. Several times slower: for debugging.
 *
 * {@snippet :
 * Variable x = Variable.parameter(Tensor.of(new float[] {1, -1}, 2)).named("x");
 * try {
 *     Anomaly.detect(() -> ElementaryOps.log(x));
 * } catch (AnomalyException e) {
 *     e.getMessage().lines().findFirst().orElseThrow(); // Log: the result must be finite; got NaN at [1] (1 of 2 elements)
 * }
 * }
 */
public final class Anomaly {
    private static final StackWalker WALKER = StackWalker.getInstance();

    private Anomaly() {}

    /** Runs {@code body}, forward and backward passes alike, with every value checked, and returns its result. */
    public static <T> T detect(Supplier<T> body) {
        return Grad.in(new Grad.Mode(Grad.isEnabled(), true), body);
    }

    /** Returns the first caller's line outside the library: {@code Lesson.java:12}. */
    static String place() {
        return WALKER.walk(frames -> frames.filter(
                        frame -> !frame.getClassName().startsWith("luthier.") || isTest(frame.getClassName()))
                .findFirst()
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("an unknown line"));
    }

    private static boolean isTest(String className) {
        return className.endsWith("Test") || className.contains("Test$") || className.startsWith("luthier.docs");
    }

    /** Throws if an operation's result is the first that is not finite. */
    static void checkResult(Tensor value, BackwardRule rule, Variable[] inputs) {
        long[] at = firstNotFinite(value);
        if (at == null) {
            return;
        }
        for (Variable input : inputs) {
            if (firstNotFinite(input.value()) != null) {
                return;
            }
        }
        throw new AnomalyException(headline(rule.operation(), "the result", value, at) + operands(inputs)
                + "\n  remedy: " + rule.remedy());
    }

    /** Throws if a gradient that a rule gave is the first that is not finite. */
    static void checkGradient(Variable node, BackwardRule rule, int input, Variable gradient, Variable dY) {
        long[] at = firstNotFinite(gradient.value());
        if (at == null || firstNotFinite(dY.value()) != null) {
            return;
        }
        boolean masked = dY.shape().equals(gradient.shape()) && dY.value().get(at) == 0;
        String remedy = masked
                ? "the gradient that arrives there is 0, so a where or a mask hides this branch, but 0 times infinity is NaN; choose"
                        + " the operand before the function: f(where(ok, x, 1)) instead of where(ok, f(x), 0)"
                : rule.remedy();
        throw new AnomalyException(headline(rule.operation(), "the gradient of operand " + input, gradient.value(), at)
                + operands(node.inputs())
                + "\n  gradient that arrived: " + range(dY.value())
                + "\n  remedy: " + remedy);
    }

    private static String headline(String operation, String what, Tensor value, long[] at) {
        double[] numbers = value.toDoubleArray();
        long count = Arrays.stream(numbers).filter(x -> !Double.isFinite(x)).count();
        return operation + ": " + what + " must be finite; got " + value.get(at) + " at " + Arrays.toString(at) + " ("
                + count + " of " + numbers.length + " elements)";
    }

    private static String operands(Variable[] inputs) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < inputs.length; i++) {
            text.append("\n  operand ")
                    .append(i)
                    .append(": ")
                    .append(inputs[i].describe())
                    .append(", ")
                    .append(range(inputs[i].value()));
        }
        return text.toString();
    }

    private static String range(Tensor value) {
        double[] numbers = value.dtype().isFloating() ? value.toDoubleArray() : new double[0];
        return numbers.length == 0
                ? "no numbers"
                : String.format(
                        Locale.ROOT,
                        "between %g and %g",
                        Arrays.stream(numbers).min().orElse(Double.NaN),
                        Arrays.stream(numbers).max().orElse(Double.NaN));
    }

    /** Returns the index of the first element that is not finite; null if there is none. */
    private static long @Nullable [] firstNotFinite(Tensor value) {
        if (!value.dtype().isFloating()) {
            return null;
        }
        double[] numbers = value.toDoubleArray();
        for (int i = 0; i < numbers.length; i++) {
            if (!Double.isFinite(numbers[i])) {
                long[] index = new long[value.rank()];
                long rest = i;
                for (int axis = value.rank() - 1; axis >= 0; axis--) {
                    index[axis] = rest % value.size(axis);
                    rest /= value.size(axis);
                }
                return index;
            }
        }
        return null;
    }
}
