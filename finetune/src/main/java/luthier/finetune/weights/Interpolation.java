package luthier.finetune.weights;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import luthier.nn.WeightsException;
import luthier.tensor.Elementwise;
import luthier.tensor.Tensor;

/**
 * Interpolation between two sets of weights: theta = (1 - alpha) theta_0 + alpha theta_1, name by name. Between a pretrained and
 * a fine-tuned model this often keeps the gain on the new task and wins back robustness. Wortsman et al. 2021 (WiSE-FT),
 * arXiv:2109.01903, eq. 1.
 */
public final class Interpolation {
    private Interpolation() {}

    /**
     * Returns one tensor between two: exactly {@code from} at alpha 0 and exactly {@code to} at alpha 1.
     *
     * @throws WeightsException if the shapes differ or alpha is not finite
     */
    public static Tensor between(Tensor from, Tensor to, double alpha) {
        if (!from.shape().equals(to.shape())) {
            throw new WeightsException("interpolate: shapes must agree; got " + from.shape() + " and " + to.shape());
        }
        if (Double.isNaN(alpha) || Double.isInfinite(alpha)) {
            throw new WeightsException("interpolate: alpha must be finite; got " + alpha);
        }
        if (alpha == 0) {
            return from;
        }
        if (alpha == 1) {
            return to;
        }
        return Elementwise.addScaled(from.mul(1 - alpha), to, alpha);
    }

    /**
     * Returns the weights between two sets.
     *
     * @throws WeightsException if the names or shapes differ
     */
    public static Map<String, Tensor> between(Map<String, Tensor> from, Map<String, Tensor> to, double alpha) {
        if (!from.keySet().equals(to.keySet())) {
            throw new WeightsException("interpolate: both sets must have the same names; got " + difference(from, to));
        }
        Map<String, Tensor> result = new LinkedHashMap<>();
        from.forEach((name, start) -> {
            try {
                result.put(name, between(start, Objects.requireNonNull(to.get(name), name), alpha));
            } catch (WeightsException e) {
                throw new WeightsException(name + ": " + e.getMessage());
            }
        });
        return result;
    }

    private static String difference(Map<String, Tensor> from, Map<String, Tensor> to) {
        return "only in the first: "
                + from.keySet().stream().filter(name -> !to.containsKey(name)).toList()
                + ", only in the second: "
                + to.keySet().stream().filter(name -> !from.containsKey(name)).toList();
    }
}
