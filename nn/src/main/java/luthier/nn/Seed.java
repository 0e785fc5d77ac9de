package luthier.nn;

import luthier.tensor.DType;
import luthier.tensor.Rng;

/**
 * What a layer is built from beside its sizes: the type of its parameters and the random stream of their first values. Each
 * child gets a stream of its own by name, so the values of one layer never depend on what else is built.
 */
public record Seed(DType dtype, Rng rng) {
    /** Returns an F32 seed from a number. */
    public static Seed of(long number) {
        return new Seed(DType.F32, Rng.of(number));
    }

    /** Returns an F64 seed from a number, for gradient checks. */
    public static Seed f64(long number) {
        return new Seed(DType.F64, Rng.of(number));
    }

    /** Returns the same stream for parameters of another type. */
    public Seed withType(DType type) {
        return new Seed(type, rng);
    }

    /** Returns the seed for the child of this name. */
    public Seed at(String name) {
        return new Seed(dtype, rng.split(name));
    }
}
