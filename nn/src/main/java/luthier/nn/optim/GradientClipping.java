package luthier.nn.optim;

import java.util.Map;
import luthier.nn.Parameter;
import luthier.tensor.Elementwise;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.Tensor;

/** Bounds gradients before an optimizer step. */
public final class GradientClipping {
    private static final double EPSILON = 1e-6;

    private GradientClipping() {}

    /**
     * Scales all gradients by min(1, max / (norm + 1e-6)), where norm is the length of all gradients as one vector. Pascanu et
     * al. 2013, arXiv:1211.5063.
     *
     * @return the norm before clipping
     */
    public static double byNorm(Map<String, Parameter> parameters, double max) {
        double squares = 0;
        for (Parameter parameter : parameters.values()) {
            squares += parameter.grad().map(Reduction::sumOfSquares).orElse(0.0);
        }
        double norm = Math.sqrt(squares);
        double factor = max / (norm + EPSILON);
        if (factor < 1) {
            replace(parameters, gradient -> Elementwise.mul(gradient, factor));
        }
        return norm;
    }

    /** Cuts every element of every gradient to [-limit, limit]. */
    public static void byValue(Map<String, Parameter> parameters, double limit) {
        replace(parameters, gradient -> Selection.clamp(gradient, -limit, limit));
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
