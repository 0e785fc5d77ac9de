package luthier.nn;

import java.util.Optional;
import luthier.autograd.Variable;
import luthier.nn.init.Initializer;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A named weight of a layer or an adapter. It takes memory only when its value is first asked for: a model built from shapes
 * alone can be counted whatever its size.
 *
 * <p>A parameter is trainable unless it is frozen; a frozen one gets no gradient and is never written by an optimizer.
 */
public final class Parameter {
    private final String name;
    private final Shape shape;
    private final Initializer initializer;
    private final Rng rng;
    private final DType dtype;
    private boolean trainable = true;
    private @Nullable Variable variable;
    private @Nullable Layer host;

    /**
     * Creates a parameter.
     *
     * @param name the name within its layer, {@code weight}
     * @param initializer gives the first values, unless values are loaded before
     * @param rng the stream the initializer draws from; split it by {@code name} for streams that do not depend on order
     */
    public Parameter(String name, DType dtype, Shape shape, Initializer initializer, Rng rng) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
        this.initializer = initializer;
        this.rng = rng;
    }

    /** Returns the name within its layer. */
    public String name() {
        return name;
    }

    /** Returns the path from the root of the tree it hangs in, {@code encoder.layer.0.attention.self.query.weight}. */
    public String path() {
        Layer layer = host;
        return layer == null ? name : Layer.join(layer.path(), name);
    }

    /** Hangs this parameter into a tree, unless it hangs in one already. */
    void hang(Layer layer) {
        host = host == null ? layer : host;
    }

    /** Returns the shape. */
    public Shape shape() {
        return shape;
    }

    /** Returns the type. */
    public DType dtype() {
        return dtype;
    }

    /** Returns the number of elements. */
    public long elementCount() {
        return shape.elementCount();
    }

    /** Returns the size of the values in bytes. */
    public long bytes() {
        return Math.multiplyExact(shape.elementCount(), (long) dtype.bytes());
    }

    /** Returns the leaf on the tape, initialised on first use. */
    public synchronized Variable variable() {
        Variable leaf = variable;
        if (leaf == null) {
            // A copy, because a value made in the middle of a step must outlive the step's pool.
            Tensor first = initializer.initialize(dtype, shape, rng).copy();
            leaf = leaf(first);
            variable = leaf;
        }
        return leaf;
    }

    /** Returns the values, initialised on first use. Optimizers write to them in place. */
    public Tensor value() {
        return variable().value();
    }

    /** Returns the gradient that backward passes have added up, if any. */
    public synchronized Optional<Tensor> grad() {
        return Optional.ofNullable(variable).flatMap(Variable::grad);
    }

    /** Forgets the gradient. */
    public synchronized void zeroGrad() {
        Variable leaf = variable;
        if (leaf != null) {
            leaf.zeroGrad();
        }
    }

    /**
     * Sets the values to a copy of the given ones, converted to this parameter's type.
     *
     * @throws ShapeException if the shapes differ
     */
    public synchronized void load(Tensor values) {
        if (!values.shape().equals(shape)) {
            throw new ShapeException(
                    "load: the shape must be the parameter's; got " + values.shape() + " for " + name + " " + shape);
        }
        variable = leaf(values.to(dtype).copy());
    }

    /** The name is a path that is looked up when an error or a picture needs it: layers hang in their tree only when it is finished. */
    private Variable leaf(Tensor values) {
        return Variable.constant(values).setRequiresGrad(trainable).named(this::path);
    }

    /** Returns whether gradients flow here and optimizers write here. */
    public boolean isTrainable() {
        return trainable;
    }

    /** Stops training this parameter and forgets its gradient. */
    public synchronized void freeze() {
        setTrainable(false);
        zeroGrad();
    }

    /** Trains this parameter again. */
    public synchronized void unfreeze() {
        setTrainable(true);
    }

    private void setTrainable(boolean wanted) {
        trainable = wanted;
        Variable leaf = variable;
        if (leaf != null) {
            leaf.setRequiresGrad(wanted);
        }
    }

    /** Returns name, type and shape: {@code weight F32[384, 384]}. */
    @Override
    public String toString() {
        return name + " " + dtype + shape + (trainable ? "" : " frozen");
    }
}
