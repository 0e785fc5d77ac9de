package luthier.nn.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import luthier.autograd.GradException;
import luthier.nn.Parameter;
import luthier.tensor.Norms;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.Tensor;

/** Bounds gradients before an optimizer step. */
public final class GradientClipping {
    private static final double EPSILON = 1e-6;

    /** A smaller factor is not a number of full precision in F32: it is applied in two steps. */
    private static final double SMALLEST = 0x1p-100;

    private GradientClipping() {}

    /**
     * Scales all gradients by min(1, max / (norm + 1e-6)), where norm is the length of all gradients as one vector. Pascanu et
     * al. 2013, arXiv:1211.5063. The norm neither overflows nor underflows where its value does not.
     *
     * @return the norm before clipping
     * @throws GradException if the norm is NaN or infinite, naming a parameter; no gradient is changed then
     * @throws IllegalArgumentException if max is negative or NaN
     */
    public static double byNorm(Map<String, Parameter> parameters, double max) {
        requireBound(max);
        List<Tensor> gradients = new ArrayList<>();
        parameters.values().forEach(parameter -> parameter.grad().ifPresent(gradients::add));
        double norm = Norms.norm(gradients);
        if (!Double.isFinite(norm)) {
            throw new GradException("gradientClipping: the norm of all gradients must be finite; got " + norm
                    + culprit(parameters) + "; lower the learning rate or look for bad inputs");
        }
        double factor = max / (norm + EPSILON);
        if (factor < SMALLEST) {
            replace(parameters, gradient -> gradient.mul(SMALLEST).mul(factor / SMALLEST));
        } else if (factor < 1) {
            replace(parameters, gradient -> gradient.mul(factor));
        }
        return norm;
    }

    private static String culprit(Map<String, Parameter> parameters) {
        for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
            if (!entry.getValue().grad().map(Reduction::allFinite).orElse(true)) {
                return " with the gradient of " + entry.getKey();
            }
        }
        return "";
    }

    /**
     * Cuts every element of every gradient to [-limit, limit].
     *
     * @throws IllegalArgumentException if the limit is negative or NaN
     */
    public static void byValue(Map<String, Parameter> parameters, double limit) {
        requireBound(limit);
        replace(parameters, gradient -> Selection.clamp(gradient, -limit, limit));
    }

    private static void requireBound(double bound) {
        if (!(bound >= 0)) {
            throw new IllegalArgumentException("gradientClipping: the bound must not be negative; got " + bound);
        }
    }

    private interface Change {
        Tensor of(Tensor gradient);
    }

    private static void replace(Map<String, Parameter> parameters, Change change) {
        for (Parameter parameter : parameters.values()) {
            parameter.grad().ifPresent(gradient -> parameter.variable().setGrad(change.of(gradient)));
        }
    }
}
