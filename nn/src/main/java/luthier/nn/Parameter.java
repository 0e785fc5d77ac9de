package luthier.nn;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import luthier.autograd.Variable;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.MatmulOps;
import luthier.nn.init.Initializer;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A named weight of a layer or an adapter, or a buffer, which is saved with the weights and never trained. It takes memory only when
 * its value is first asked for: a model built from shapes alone can be counted and planned with whatever its size.
 *
 * <p>A parameter is trainable unless it is frozen; a frozen one gets no gradient and is never written by an optimizer. One that is
 * {@linkplain #store stored} in few bits is frozen from birth. One of a tree to which something is attached that trains rests until that is
 * closed: as if it were frozen.
 */
public final class Parameter {
    private final String name;
    private final Shape shape;
    private final Initializer first;
    private final boolean buffer;
    private volatile boolean frozen;
    private volatile boolean resting;
    private @Nullable Seed stream;
    private @Nullable Variable leaf;
    private @Nullable FrozenMatrix stored;
    private @Nullable Layer host;
    private String owner = "";

    /**
     * Creates a parameter without values: {@link #initialize} or {@link #load} gives them.
     *
     * @param name the name within its layer, {@code weight}
     * @param first gives the first values, unless values are loaded
     */
    public Parameter(String name, Shape shape, Initializer first) {
        this(name, shape, first, false);
    }

    private Parameter(String name, Shape shape, Initializer first, boolean buffer) {
        this.name = name;
        this.shape = shape;
        this.first = first;
        this.buffer = buffer;
    }

    /** Creates a buffer without values. */
    public static Parameter buffer(String name, Shape shape, Initializer first) {
        return new Parameter(name, shape, first, true);
    }

    /** Creates a buffer that is frozen at a copy of these values. */
    public static Parameter fixed(String name, Tensor values) {
        Parameter fixed = buffer(name, values.shape(), Initializer.zeros());
        fixed.stream = new Seed(values.dtype(), Rng.of(0));
        fixed.load(values);
        fixed.freeze();
        return fixed;
    }

    // ---- what it is

    /** Returns the name within its layer. */
    public String name() {
        return name;
    }

    /**
     * Returns the path from the root of the tree it hangs in, {@code encoder.layer.0.attention.self.query.weight}; an adapter's begins
     * with the name of its adaptation, {@code lora/encoder.layer.0.attention.self.query.lora_A.weight}.
     */
    public String path() {
        Layer layer = host;
        return owner + (layer == null ? name : Layer.join(layer.path(), name));
    }

    /** Hangs this parameter into a tree, unless it hangs in one already. */
    void hang(Layer layer, String as) {
        if (host == null) {
            host = layer;
            owner = as.isEmpty() ? "" : as + "/";
        }
    }

    /** Hangs the parameters of an adapter of this one into this one's place. */
    void hangAll(List<Parameter> parameters, String as) {
        Layer layer = host;
        if (layer != null) {
            parameters.forEach(parameter -> parameter.hang(layer, as));
        }
    }

    /** Returns the shape. */
    public Shape shape() {
        return shape;
    }

    /** Returns whether it is saved but never trained. */
    public boolean isBuffer() {
        return buffer;
    }

    /** Returns the type of its values; F32 while it has none. */
    public synchronized DType dtype() {
        Variable values = leaf;
        Seed seed = stream;
        return values != null ? values.dtype() : seed != null ? seed.dtype() : DType.F32;
    }

    /** Returns the number of elements. */
    public long elementCount() {
        return shape.elementCount();
    }

    /** Returns the size of the values in bytes, as they are stored. */
    public synchronized long bytes() {
        FrozenMatrix packed = stored;
        return packed != null ? packed.bytes() : Math.multiplyExact(shape.elementCount(), (long) dtype().bytes());
    }

    // ---- values

    /** Returns whether there are values: loaded, stored, or to be drawn when first asked for. */
    public synchronized boolean hasValues() {
        return leaf != null || stored != null || stream != null;
    }

    /** Draws the first values from a stream when they are first asked for; does nothing if there are values already. Returns this. */
    public synchronized Parameter initialize(Seed seed) {
        if (!hasValues()) {
            stream = seed;
        }
        return this;
    }

    /**
     * Returns the leaf on the tape, initialised on first use.
     *
     * @throws IllegalStateException if there are no values
     * @throws DTypeException if the values are stored in few bits
     */
    public synchronized Variable variable() {
        Variable values = leaf;
        if (values == null) {
            if (stored != null) {
                throw new DTypeException("parameter: a weight stored in few bits has no leaf on the tape; got " + path()
                        + "; multiply by it with linear(x, bias, c)");
            }
            Seed seed = stream;
            if (seed == null) {
                throw new IllegalStateException(
                        "parameter: values are needed; got none for " + path() + "; initialize the model or load them");
            }
            // A copy, because a value made in the middle of a step must outlive the step's pool.
            values = leafOf(first.initialize(seed.dtype(), shape, seed.rng()).copy());
        }
        return values;
    }

    /** Returns the values, initialised on first use and unpacked if stored in few bits. Optimizers write to them in place. */
    public synchronized Tensor value() {
        FrozenMatrix packed = stored;
        return packed != null ? packed.dequantize() : variable().value();
    }

    /**
     * Sets the values to a copy of the given ones, converted to this parameter's type.
     *
     * @throws ShapeException if the shapes differ
     */
    public synchronized void load(Tensor values) {
        requireShape(values.shape());
        leafOf(values.to(dtype()).copy());
    }

    /**
     * Sets the values to a weight in few bits, which is not copied. The parameter is frozen and stays so.
     *
     * @throws ShapeException if the shapes differ
     * @throws DTypeException if this is a buffer
     */
    public synchronized void store(FrozenMatrix weight) {
        requireShape(weight.shape());
        if (buffer) {
            throw new DTypeException("parameter: a buffer is not stored in few bits; got " + path());
        }
        stored = weight;
        leaf = null;
        frozen = true;
    }

    /** Returns whether the values are stored in few bits. */
    public synchronized boolean isStored() {
        return stored != null;
    }

    private void requireShape(Shape given) {
        if (!given.equals(shape)) {
            throw new ShapeException(
                    "load: the shape must be the parameter's; got " + given + " for " + path() + " " + shape);
        }
    }

    /** The name is a path that is looked up when an error or a picture needs it: layers hang in their tree only when it is finished. */
    private Variable leafOf(Tensor values) {
        Variable made = Variable.constant(values).setRequiresGrad(isTrainable()).named(this::path);
        leaf = made;
        stored = null;
        return made;
    }

    // ---- in a pass

    /** Returns the value that a pass uses: this one's, or what the pass's adapters of it make of it. */
    public Variable in(Context c) {
        List<ParameterAdapter> adapters = c.adapters().of(this);
        Supplier<Variable> value = () -> isStored() ? Variable.constant(value()) : variable();
        for (ParameterAdapter adapter : adapters) {
            Supplier<Variable> inside = value;
            value = () -> adapter.value(inside, c);
        }
        return value.get();
    }

    /**
     * Returns x W^T + b, W this {@code [out, in]}, {@code x [.., in] -> [.., out]}. This and {@link #rows} are where weights are told apart by
     * their storage.
     */
    public Variable linear(Variable x, @Nullable Parameter bias, Context c) {
        FrozenMatrix packed = c.adapters().of(this).isEmpty() ? storedNow() : null;
        if (packed != null) {
            return bias == null ? MatmulOps.linear(x, packed) : MatmulOps.linear(x, packed, bias.in(c));
        }
        return bias == null ? MatmulOps.linear(x, in(c)) : MatmulOps.linear(x, in(c), bias.in(c));
    }

    /**
     * Returns the rows of this table {@code [V, d]} by index, {@code index I64 [..] -> [.., d]}; of one in few bits no other row is unpacked,
     * unless an adapter of it asks for its value.
     */
    public Variable rows(Tensor index, Context c) {
        return rows(index, OptionalLong.empty(), c);
    }

    /**
     * As {@link #rows(Tensor, Context)}; a padding row is read like any other, and no gradient comes to it.
     *
     * @throws luthier.tensor.ShapeException if the padding is no row
     */
    public Variable rows(Tensor index, OptionalLong padding, Context c) {
        FrozenMatrix packed = c.adapters().of(this).isEmpty() ? storedNow() : null;
        if (packed != null) {
            return IndexingOps.embedding(packed, index);
        }
        return padding.isPresent()
                ? IndexingOps.embedding(in(c), index, padding.getAsLong())
                : IndexingOps.embedding(in(c), index);
    }

    private synchronized @Nullable FrozenMatrix storedNow() {
        return stored;
    }

    // ---- training

    /** Returns the gradient that backward passes have added up, if any. */
    public synchronized Optional<Tensor> grad() {
        return Optional.ofNullable(leaf).flatMap(Variable::grad);
    }

    /** Forgets the gradient. */
    public synchronized void zeroGrad() {
        Variable values = leaf;
        if (values != null) {
            values.zeroGrad();
        }
    }

    /** Returns whether gradients flow here and optimizers write here. */
    public boolean isTrainable() {
        return !frozen && !resting && !buffer;
    }

    /** Returns whether this rests, frozen or not, while something attached trains in its tree. */
    public boolean isResting() {
        return resting;
    }

    /** Returns whether this is a buffer that training passes may change. */
    public boolean isLive() {
        return !frozen && !resting && buffer;
    }

    /** Stops training this parameter, or changing this buffer, and forgets the gradient. */
    public synchronized void freeze() {
        frozen = true;
        tellLeaf();
        zeroGrad();
    }

    /**
     * Trains this parameter, or changes this buffer, again; a resting one when it wakes.
     *
     * @throws DTypeException if the values are stored in few bits
     */
    public synchronized void unfreeze() {
        if (stored != null) {
            throw new DTypeException("unfreeze: a weight stored in few bits cannot be trained; got " + path()
                    + "; load it as F32, or put an adapter on it");
        }
        frozen = false;
        tellLeaf();
    }

    /** Lets this rest while something attached trains in its tree, or wakes it. */
    synchronized void rest(boolean wanted) {
        resting = wanted;
        tellLeaf();
        zeroGrad();
    }

    private void tellLeaf() {
        Variable values = leaf;
        if (values != null) {
            values.setRequiresGrad(isTrainable());
        }
    }

    /** Returns name, type and shape: {@code weight F32[384, 384]}. */
    @Override
    public String toString() {
        return name + " " + dtype() + shape + (buffer ? " buffer" : "") + (frozen || resting ? " frozen" : "");
    }
}
