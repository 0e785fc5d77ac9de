package luthier.finetune.method;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Parameter;
import luthier.nn.ParameterAdapter;
import luthier.nn.Seed;
import luthier.tensor.DTypeException;
import luthier.tensor.Rng;

/**
 * W' = a copy of W that is trained in its place: the model's own value stays bit-equal, and whatever is tied to it follows.
 *
 * @param copy the copy, under the name of what it replaces
 */
public record TrainedCopy(Parameter copy) implements ParameterAdapter {
    /**
     * Returns a copy of a parameter or buffer, with its values as soon as it has some.
     *
     * @throws DTypeException if the parameter is stored in few bits
     */
    public static TrainedCopy of(Parameter own) {
        return of(own, own.name());
    }

    /**
     * Returns a copy under another local name.
     *
     * @throws DTypeException if the parameter is stored in few bits
     */
    public static TrainedCopy of(Parameter own, String name) {
        requireTrainable(own);
        Parameter copy = own.isBuffer()
                ? Parameter.buffer(name, own.shape(), (dtype, shape, rng) -> own.value())
                : new Parameter(name, own.shape(), (dtype, shape, rng) -> own.value());
        copy.initialize(new Seed(own.dtype(), Rng.of(0)));
        if (own.hasValues()) {
            copy.variable();
        }
        return new TrainedCopy(copy);
    }

    static void requireTrainable(Parameter own) {
        if (own.isStored()) {
            throw new DTypeException("train: a weight stored in few bits cannot be trained; got " + own.path()
                    + "; load it as F32, or put adapters on it");
        }
    }

    @Override
    public Variable value(Supplier<Variable> own, Context c) {
        return copy.variable();
    }

    @Override
    public Optional<Parameter> target() {
        return copy.isBuffer() ? Optional.of(copy) : Optional.empty();
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(copy);
    }

    @Override
    public String toString() {
        return "TrainedCopy(" + copy.name() + ")";
    }
}
