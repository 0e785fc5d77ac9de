package luthier.nn.init;

import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Gives a parameter its first values, from its shape and a random stream of its own. */
@FunctionalInterface
public interface Initializer {
    /** Returns new values. */
    Tensor initialize(DType dtype, Shape shape, Rng rng);

    /** All zeros. */
    static Initializer zeros() {
        return (dtype, shape, rng) -> Tensor.zeros(dtype, shape);
    }

    /** All ones. */
    static Initializer ones() {
        return (dtype, shape, rng) -> Tensor.full(dtype, 1, shape);
    }

    /** Normal values N(0, std^2). */
    static Initializer normal(double std) {
        return (dtype, shape, rng) -> rng.normal(dtype, shape, 0, std);
    }

    /** Uniform values U(-bound, bound). */
    static Initializer uniform(double bound) {
        return (dtype, shape, rng) -> rng.uniform(dtype, shape, -bound, bound);
    }

    /**
     * Uniform values U(-1 / sqrt(in), 1 / sqrt(in)) for a weight {@code [out, in]}: He et al. 2015, arXiv:1502.01852, with the
     * gain of a leaky ReLU of slope sqrt 5, the default of linear layers and of LoRA's A.
     */
    static Initializer kaimingUniform() {
        return (dtype, shape, rng) -> {
            double bound = 1 / Math.sqrt((double) Math.max(shape.size(-1), 1));
            return rng.uniform(dtype, shape, -bound, bound);
        };
    }
}
