package luthier.autograd.view;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import luthier.tensor.Tensor;

/** Numbers and small tensors the way a blackboard shows them: five significant digits, brackets by rows. */
final class NumberText {
    /** Tensors of up to this many elements fit into a line. */
    static final int LINE = 16;

    /** Tensors of up to this many elements are shown whole where there is room for a table. */
    static final int TABLE = 64;

    private static final MathContext FIVE_DIGITS = new MathContext(5, RoundingMode.HALF_EVEN);

    private NumberText() {}

    /** Returns {@code 0.25}, {@code -3}, {@code 1.5e-7}, {@code inf}, {@code NaN}. */
    static String of(double x) {
        if (Double.isNaN(x)) {
            return "NaN";
        }
        if (Double.isInfinite(x)) {
            return x > 0 ? "inf" : "-inf";
        }
        if (x == 0) {
            return 1 / x < 0 ? "-0" : "0";
        }
        BigDecimal rounded = new BigDecimal(x).round(FIVE_DIGITS).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < 7) {
            return rounded.toPlainString();
        }
        return rounded.movePointLeft(exponent).toPlainString() + "e" + exponent;
    }

    /** Returns {@code 3}, {@code [1, 2]}, {@code [[1, 2], [3, 4]]}, or a summary of a tensor of more than {@link #LINE} elements. */
    static String of(Tensor tensor) {
        if (tensor.elementCount() > LINE) {
            return summary(tensor);
        }
        StringBuilder text = new StringBuilder();
        append(text, tensor.toDoubleArray(), tensor.shape().toArray(), 0, 0);
        return text.toString();
    }

    /** Appends the block that starts at an element and spans the axes from {@code axis} on; returns where the next one starts. */
    private static int append(StringBuilder text, double[] numbers, long[] sizes, int axis, int from) {
        if (axis == sizes.length) {
            text.append(of(numbers[from]));
            return from + 1;
        }
        text.append('[');
        int at = from;
        for (long i = 0; i < sizes[axis]; i++) {
            text.append(i == 0 ? "" : ", ");
            at = append(text, numbers, sizes, axis + 1, at);
        }
        text.append(']');
        return at;
    }

    /** Returns {@code 4096 numbers from -1.2 to 3, mean 0.1}. */
    static String summary(Tensor tensor) {
        double[] numbers = tensor.toDoubleArray();
        long strange = Arrays.stream(numbers).filter(x -> !Double.isFinite(x)).count();
        return numbers.length + " numbers from "
                + of(Arrays.stream(numbers).min().orElse(Double.NaN)) + " to "
                + of(Arrays.stream(numbers).max().orElse(Double.NaN)) + ", mean "
                + of(Arrays.stream(numbers).average().orElse(Double.NaN))
                + (strange == 0 ? "" : ", " + strange + " not finite");
    }
}
