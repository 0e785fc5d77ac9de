package luthier.autograd;

import luthier.tensor.ShapeException;
import org.jspecify.annotations.Nullable;

/** Collects the gradients that one {@link BackwardRule} computes, one for each input that wants one. */
public final class Gradients {
    private final Variable[] inputs;
    private final @Nullable Variable[] values;

    Gradients(Variable[] inputs) {
        this.inputs = inputs;
        this.values = new @Nullable Variable[inputs.length];
    }

    /** Returns the number of inputs. */
    public int count() {
        return inputs.length;
    }

    /** Returns whether the gradient of an input is asked for; a rule computes no other. */
    public boolean wants(int input) {
        return inputs[input].requiresGrad();
    }

    /**
     * Sets the gradient of an input.
     *
     * @throws ShapeException if the gradient's shape is not the input's
     */
    public void set(int input, Variable gradient) {
        if (!gradient.shape().equals(inputs[input].shape())) {
            throw new ShapeException("backward: the gradient must have its input's shape; got " + gradient.shape()
                    + " for input " + input + " of shape " + inputs[input].shape());
        }
        values[input] = gradient;
    }

    @Nullable
    Variable get(int input) {
        return values[input];
    }
}
