package luthier.derivatives;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.UnaryOperator;
import luthier.autograd.Backward;
import luthier.autograd.Variable;
import luthier.golden.Precise;
import luthier.tensor.DType;
import luthier.tensor.Tensor;

/**
 * A function of one number with its first two derivatives in 192 bits.
 *
 * @param name the operation and its numbers, {@code pow(x, c) c = 2.5}; what stands before the space is the method's signature
 * @param domain where the function is defined
 * @param scales the largest terms that the derivatives are sums of, where these cancel; errors are measured in ulps of them
 */
public record DerivativeCase(
        String name,
        DoublePredicate domain,
        UnaryOperator<Variable> operation,
        UnaryOperator<Precise> first,
        UnaryOperator<Precise> second,
        List<UnaryOperator<Precise>> scales) {
    private static final double[] SIZES = {
        1e-300, 1e-200, 1e-155, 1e-100, 1e-50, 1e-38, 1e-30, 1e-20, 1e-15, 1e-10, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.01,
        0.1, 0.3, 0.5, 0.75, 0.9, 0.99, 0.9999, 1, 1.3, 1.7, 2, 2.5, 3.3, 4, 5, 6.1, 7, 8.3, 10, 13, 16, 20, 27, 35, 40,
        50, 75, 88, 100, 150, 300, 370, 700, 744, 1e3, 1e4, 1e6, 1e10, 1e19, 1e30, 1e38, 1e100, 1e155, 1e160
    };

    /** How far a derivative is off at worst, in units of the last place, and where. */
    public record Worst(double ulps, double at) {
        Worst or(double otherUlps, double otherAt) {
            return otherUlps > ulps ? new Worst(otherUlps, otherAt) : this;
        }
    }

    /** The errors of the first derivative, of the first in a pass that is recorded, and of the second. */
    public record Errors(Worst plain, Worst recorded, Worst second) {
        /** Returns the largest of the three. */
        public Worst largest() {
            return plain.or(recorded.ulps(), recorded.at()).or(second.ulps(), second.at());
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** Returns the method's signature, {@code pow(x, c)}. */
    public String signature() {
        return name.substring(0, name.indexOf(')') + 1);
    }

    /** Compares the derivatives at numbers of all sizes and both signs. */
    public Errors errors(DType dtype) {
        double[] points = points(dtype);
        Variable x = Variable.parameter(Tensor.of(points, points.length).to(dtype));
        Worst none = new Worst(0, 0);
        double[] plain = gradient(Backward.fromScalar(operation.apply(x).sum()), x)
                .value()
                .toDoubleArray();
        Variable recorded =
                gradient(Backward.fromScalar(operation.apply(x).sum()).createGraph(), x);
        double[] twice = recorded.requiresGrad()
                ? gradient(Backward.fromScalar(recorded.sum()), x).value().toDoubleArray()
                : new double[points.length];
        double[] once = recorded.value().toDoubleArray();
        Errors worst = new Errors(none, none, none);
        for (int i = 0; i < points.length; i++) {
            Precise at = Precise.of(points[i]);
            Precise slope = first.apply(at);
            Precise scale = scales.isEmpty() ? slope : scales.get(0).apply(at);
            Precise bend = second.apply(at);
            Precise scaleOfBend = scales.isEmpty() ? bend : scales.get(1).apply(at);
            worst = new Errors(
                    worst.plain.or(ulps(plain[i], slope, scale, points[i], dtype), points[i]),
                    worst.recorded.or(ulps(once[i], slope, scale, points[i], dtype), points[i]),
                    worst.second.or(ulps(twice[i], bend, scaleOfBend, points[i], dtype), points[i]));
        }
        return worst;
    }

    private static Variable gradient(Backward pass, Variable x) {
        return pass.gradients(x).get(0);
    }

    private double[] points(DType dtype) {
        List<Double> points = new ArrayList<>();
        for (double size : SIZES) {
            for (double x : new double[] {size, -size}) {
                double rounded = dtype == DType.F32 ? (float) x : x;
                if (rounded != 0 && Double.isFinite(rounded) && domain.test(rounded)) {
                    points.add(rounded);
                }
            }
        }
        return points.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Next to the smallest numbers a part of it that is multiplied by x is off by as many of them. */
    private static double ulps(double got, Precise truth, Precise scale, double x, DType dtype) {
        double value = truth.value();
        double rounded = dtype == DType.F32 ? (float) value : value;
        if (got == rounded) {
            return 0;
        }
        double most = dtype == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        double least = dtype == DType.F32 ? Float.MIN_VALUE : Double.MIN_VALUE;
        double size = Math.min(most, Math.max(Math.abs(value), Math.abs(scale.value())));
        double ulp = dtype == DType.F32 ? Math.ulp((float) size) : Math.ulp(size);
        // Next to the largest number an error may be an infinity.
        double finite = Math.max(-most, Math.min(most, got));
        double off = Math.abs(finite - Math.max(-most, Math.min(most, value))) / Math.max(ulp, least * Math.abs(x));
        return Double.isNaN(off) ? Double.POSITIVE_INFINITY : off;
    }
}
