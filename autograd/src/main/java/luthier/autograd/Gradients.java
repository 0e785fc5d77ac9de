package luthier.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import luthier.tensor.DTypeException;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Collects the gradients that one {@link BackwardRule} computes, one for each input that wants one. Valid during the rule's call
 * only: a pass uses one collector for all its rules.
 */
public final class Gradients {
    private final @Nullable Set<Variable> needed;
    private Variable[] inputs = {};
    private @Nullable Variable[] values = new @Nullable Variable[4];

    /** Creates a collector for a pass that needs some variables' gradients; null means all. */
    Gradients(@Nullable Set<Variable> needed) {
        this.needed = needed;
    }

    /** Turns to the next rule and returns whether it has anything to do. */
    boolean begin(Variable[] ofRule) {
        inputs = ofRule;
        if (values.length < ofRule.length) {
            values = Arrays.copyOf(values, ofRule.length);
        }
        boolean any = false;
        for (int i = 0; i < ofRule.length; i++) {
            values[i] = null;
            any |= wants(i);
        }
        return any;
    }

    /** Returns the number of inputs. */
    public int count() {
        return inputs.length;
    }

    /** Returns whether the gradient of an input is asked for; a rule computes no other. */
    public boolean wants(int input) {
        return inputs[input].requiresGrad() && (needed == null || needed.contains(inputs[input]));
    }

    /**
     * Sets the gradient of an input; one that is not asked for is dropped.
     *
     * @throws ShapeException if the gradient's shape is not the input's
     * @throws DTypeException if the gradient's type is not the input's
     */
    public void set(int input, Variable gradient) {
        if (!gradient.shape().equals(inputs[input].shape())) {
            throw new ShapeException("backward: the gradient must have its input's shape; got " + gradient.shape()
                    + " for input " + input + " of shape " + inputs[input].shape());
        }
        if (gradient.dtype() != inputs[input].dtype() && wants(input)) {
            throw new DTypeException("backward: the gradient must have its input's type; got " + gradient.dtype()
                    + " for input " + input + " of type " + inputs[input].dtype());
        }
        values[input] = gradient;
    }

    /** Computes and sets the gradient of an input if it is asked for; see {@link #set(int, Variable)}. */
    public void set(int input, Supplier<Variable> gradient) {
        if (wants(input)) {
            set(input, gradient.get());
        }
    }

    /** Returns what the rule has set so far. */
    List<Tensor> tensors() {
        List<Tensor> result = new ArrayList<>(inputs.length);
        for (int i = 0; i < inputs.length; i++) {
            Variable gradient = values[i];
            if (gradient != null && wants(i)) {
                result.add(gradient.value());
            }
        }
        return result;
    }

    @Nullable
    Variable take(int input) {
        Variable gradient = values[input];
        values[input] = null;
        return wants(input) ? gradient : null;
    }
}
