package luthier.autograd;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.autograd.view.GraphView;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Pool;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A value with its history: the tensor, the rule that made it, the variables it was made from and, for leaves, the gradient.
 *
 * <p>Leaves are made by {@link #constant} (no gradient) and {@link #parameter} (gradient wanted); every operation that has at
 * least one input wanting a gradient makes a recorded variable through {@link #record}, the only door onto the tape.
 *
 * <p>A graph belongs to the thread that builds it. Constants and parameters may be shared: many threads may compute with them and
 * ask for {@link Backward#gradients}, each getting its own, bit for bit those of one thread alone, as long as no optimizer writes the
 * values. A sum of several threads' gradients in one leaf has no defined order, so {@link #backward()} adds to a leaf from one
 * thread at a time; a second one that meets it is an error, and nothing is lost. Gradients and hooks of a leaf are set by one thread.
 */
public final class Variable {
    private static final AtomicLong SEQUENCE = new AtomicLong();
    private static final Variable[] NO_INPUTS = {};

    private final Tensor value;
    private final long sequence = SEQUENCE.getAndIncrement();
    private boolean requiresGrad;
    private @Nullable BackwardRule rule;
    private Variable[] inputs;
    /** See {@link Versions#of}. */
    private int @Nullable [] versions;

    private boolean freed;
    private @Nullable Variable grad;
    private @Nullable GradientHooks hooks;
    private @Nullable Supplier<String> name;
    private @Nullable String place;
    /** The thread whose graph this belongs to; null for leaves, which belong to all. */
    final @Nullable Thread thread;

    /** What the running pass that gathers here keeps, if there is one. */
    @Nullable
    Gathered gathered;

    private Variable(Tensor value, boolean requiresGrad, @Nullable BackwardRule rule, Variable[] inputs) {
        this.value = value;
        this.requiresGrad = requiresGrad;
        this.rule = rule;
        this.inputs = inputs;
        thread = rule == null ? null : Thread.currentThread();
    }

    /** Returns a leaf without a gradient. */
    public static Variable constant(Tensor value) {
        Variable leaf = new Variable(value, false, null, NO_INPUTS);
        if (Grad.mode().watching()) {
            leaf.place = Anomaly.place();
        }
        return leaf;
    }

    /**
     * Returns a leaf that wants a gradient.
     *
     * @throws DTypeException if the type is not a floating-point type
     */
    public static Variable parameter(Tensor value) {
        return constant(value).setRequiresGrad(true);
    }

    /**
     * Returns an operation's result as a variable: recorded with its rule if recording is on and an input wants a gradient,
     * otherwise a constant.
     *
     * @param value the result
     * @param rule how gradients flow back
     * @param inputs the operands, in the order in which the rule numbers them
     */
    public static Variable record(Tensor value, BackwardRule rule, Variable... inputs) {
        Grad.Mode mode = Grad.mode();
        if (mode.watching()) {
            Anomaly.checkResult(value, rule, inputs);
        }
        if (wantsGrad(inputs) && mode.recording()) {
            for (Variable input : inputs) {
                if (input.isForeign()) {
                    throw input.foreign(rule.operation());
                }
            }
            Variable result = new Variable(value, true, rule, inputs);
            result.versions = Versions.of(value, inputs);
            result.place = mode.watching() ? Anomaly.place() : null;
            return result;
        }
        return constant(value);
    }

    private static boolean wantsGrad(Variable[] inputs) {
        for (Variable input : inputs) {
            if (input.requiresGrad) {
                return true;
            }
        }
        return false;
    }

    // ---- what it is

    /** Returns the value. */
    public Tensor value() {
        return value;
    }

    /** Returns the value's shape. */
    public Shape shape() {
        return value.shape();
    }

    /** Returns the size of an axis; negative axes count from the end. */
    public long size(int axis) {
        return value.size(axis);
    }

    /** Returns the number of axes. */
    public int rank() {
        return value.rank();
    }

    /** Returns the value's type. */
    public DType dtype() {
        return value.dtype();
    }

    /** Returns the only element as a {@code double}; see {@link Tensor#item()}. */
    public double item() {
        return value.item();
    }

    /** Returns whether a gradient flows to this variable. */
    public boolean requiresGrad() {
        return requiresGrad;
    }

    /**
     * Switches the gradient of a leaf on or off and returns this variable.
     *
     * @throws GradException if this variable is not a leaf
     * @throws DTypeException if the type is not a floating-point type
     */
    public Variable setRequiresGrad(boolean wanted) {
        if (!isLeaf()) {
            throw new GradException("setRequiresGrad: only a leaf can be switched; got the result of " + operation()
                    + "; use detach() to cut it off");
        }
        if (wanted && !dtype().isFloating()) {
            throw new DTypeException("parameter: only F32 and F64 carry gradients; got " + dtype());
        }
        requiresGrad = wanted;
        return this;
    }

    /** Returns whether this variable was made by no recorded operation. */
    public boolean isLeaf() {
        return rule == null && !freed;
    }

    /** Returns the rule that made this variable; empty for leaves and freed graphs. */
    public Optional<BackwardRule> rule() {
        return Optional.ofNullable(rule);
    }

    /** Returns the name of the operation that made this variable, {@code leaf} for leaves. */
    public String operation() {
        BackwardRule made = rule;
        return made != null ? made.operation() : freed ? "freed" : "leaf";
    }

    /** Returns the number of operands of the operation that made this variable. */
    public int inputCount() {
        return inputs.length;
    }

    /** Returns an operand of the operation that made this variable. */
    public Variable input(int index) {
        return inputs[index];
    }

    /** Returns the creation number: an operation's result has a higher one than its operands. */
    public long sequence() {
        return sequence;
    }

    /** Returns a number above those of all variables made so far, and not above those of all made later. */
    static long nextSequence() {
        return SEQUENCE.get();
    }

    /** Gives this variable a name, for errors, graphs and lessons; a parameter's is its path. Returns this variable. */
    public Variable named(String newName) {
        return named(() -> newName);
    }

    /** Gives this variable a name that is looked up when it is needed, such as a path that is not complete yet. Returns this variable. */
    public Variable named(Supplier<String> newName) {
        name = newName;
        return this;
    }

    /** Returns the name, if it has one. */
    public Optional<String> name() {
        return Optional.ofNullable(name).map(Supplier::get);
    }

    /** Returns the line that made this variable, {@code Lesson.java:12}; known inside {@link Anomaly#detect} only. */
    public Optional<String> place() {
        return Optional.ofNullable(place);
    }

    /** Returns name, type, shape and origin: {@code w F32[2, 3]}, {@code F32[2] from Add at Lesson.java:12}. */
    String describe() {
        return name().map(known -> known + " ").orElse("")
                + dtype()
                + shape()
                + (rule == null ? "" : " from " + operation())
                + (place == null ? "" : " at " + place);
    }

    /** Returns the same value without history. */
    public Variable detach() {
        return constant(value);
    }

    // ---- gradients

    /** Returns the gradient that backward passes have added up in this leaf, if any. */
    public Optional<Tensor> grad() {
        return Optional.ofNullable(grad).map(Variable::value);
    }

    /** Returns the gradient with its own history, if a backward pass has kept it. */
    public Optional<Variable> gradVariable() {
        return Optional.ofNullable(grad);
    }

    /** Forgets the gradient. */
    public void zeroGrad() {
        grad = null;
    }

    /**
     * Replaces the gradient, for clipping and other changes between backward and step.
     *
     * @throws GradException if the shape or type is not this variable's
     */
    public void setGrad(Tensor gradient) {
        if (!gradient.shape().equals(shape()) || gradient.dtype() != dtype()) {
            throw new GradException("setGrad: the gradient must have the variable's shape and type; got "
                    + gradient.dtype() + gradient.shape() + " for " + dtype() + shape());
        }
        Pool.keep(gradient);
        grad = constant(gradient);
    }

    /**
     * Adds {@code d this / d leaf} to the gradient of every leaf that wants one, and frees the graph.
     *
     * @throws GradException if this variable has no history, is not a single number, or its graph was freed already
     */
    public void backward() {
        Backward.fromScalar(this).run();
    }

    /**
     * Adds the vector-Jacobian product with {@code seed} to the gradient of every leaf that wants one, and frees the graph.
     *
     * @param seed the gradient of this variable, of its shape and type
     */
    public void backward(Tensor seed) {
        Backward.from(this, constant(seed)).run();
    }

    // ---- hooks

    /** A watcher of a variable's gradient; closing it takes it off. */
    public interface Hook extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Calls {@code change} in every backward pass with this variable's complete gradient, before it flows on; what it returns flows on
     * in its place (return the argument to watch only). Several hooks run in the order in which they were added.
     *
     * @throws GradException if no gradient flows to this variable
     */
    public Hook onGradient(UnaryOperator<Variable> change) {
        if (!requiresGrad) {
            throw new GradException("onGradient: a gradient must flow to the variable; got " + this);
        }
        if (hooks == null) {
            hooks = new GradientHooks();
        }
        return hooks.add(change);
    }

    /** Returns what the hooks make of a gradient. */
    Variable hooked(Variable gradient) {
        return hooks == null ? gradient : hooks.apply(gradient);
    }

    boolean hasHooks() {
        return hooks != null && !hooks.isEmpty();
    }

    // ---- for the pass

    /** Returns whether this is part of a graph that another thread builds. */
    boolean isForeign() {
        return thread != null && thread != Thread.currentThread();
    }

    GradException foreign(String user) {
        String owner = thread == null ? "none" : Gathered.name(thread);
        return new GradException(user + ": a graph belongs to the thread that built it; got a result of " + operation()
                + " from thread " + owner + " on thread "
                + Gathered.name(Thread.currentThread()) + "; compute it here, or detach() it");
    }

    /** Adds to the gradient, and returns the one before. */
    @Nullable
    Variable accumulate(Variable gradient) {
        Variable before = grad;
        Variable sum = before == null ? gradient : ElementwiseOps.add(before, gradient);
        Pool.keep(sum.value());
        grad = sum;
        return before;
    }

    void restoreGrad(@Nullable Variable before) {
        grad = before;
    }

    /** Lets go of the rule and the operands, so that what they saved can be collected. */
    void free() {
        rule = null;
        inputs = NO_INPUTS;
        versions = null;
        freed = true;
    }

    boolean isFreed() {
        return freed;
    }

    @Nullable
    BackwardRule ruleOrNull() {
        return rule;
    }

    Variable[] inputs() {
        return inputs;
    }

    int @Nullable [] versions() {
        return versions;
    }

    // ---- daily bread: one line of its family each

    /** Returns {@code this + other} element by element, broadcast; see {@link ElementwiseOps#add(Variable, Variable)}. */
    public Variable add(Variable other) {
        return ElementwiseOps.add(this, other);
    }

    /** Returns {@code this + number}; see {@link ElementwiseOps#add(Variable, double)}. */
    public Variable add(double number) {
        return ElementwiseOps.add(this, number);
    }

    /** Returns {@code this - other} element by element, broadcast; see {@link ElementwiseOps#sub(Variable, Variable)}. */
    public Variable sub(Variable other) {
        return ElementwiseOps.sub(this, other);
    }

    /** Returns {@code this - number}; see {@link ElementwiseOps#sub(Variable, double)}. */
    public Variable sub(double number) {
        return ElementwiseOps.sub(this, number);
    }

    /** Returns {@code this * other} element by element, broadcast; see {@link ElementwiseOps#mul(Variable, Variable)}. */
    public Variable mul(Variable other) {
        return ElementwiseOps.mul(this, other);
    }

    /** Returns {@code this * number}; see {@link ElementwiseOps#mul(Variable, double)}. */
    public Variable mul(double number) {
        return ElementwiseOps.mul(this, number);
    }

    /** Returns {@code this / other} element by element, broadcast; see {@link ElementwiseOps#div(Variable, Variable)}. */
    public Variable div(Variable other) {
        return ElementwiseOps.div(this, other);
    }

    /** Returns {@code this / number}; see {@link ElementwiseOps#div(Variable, double)}. */
    public Variable div(double number) {
        return ElementwiseOps.div(this, number);
    }

    /** Returns {@code -this}; see {@link ElementwiseOps#neg}. */
    public Variable neg() {
        return ElementwiseOps.neg(this);
    }

    /** Returns every element to the power of a number; see {@link ElementwiseOps#pow(Variable, double)}. */
    public Variable pow(double exponent) {
        return ElementwiseOps.pow(this, exponent);
    }

    /** Returns every element times itself; see {@link ElementwiseOps#square}. */
    public Variable square() {
        return ElementwiseOps.square(this);
    }

    /** Returns the square roots; see {@link ElementwiseOps#sqrt}. */
    public Variable sqrt() {
        return ElementwiseOps.sqrt(this);
    }

    /** Returns the absolute values; see {@link SelectionOps#abs}. */
    public Variable abs() {
        return SelectionOps.abs(this);
    }

    /** Returns e to the power of every element; see {@link ElementaryOps#exp}. */
    public Variable exp() {
        return ElementaryOps.exp(this);
    }

    /** Returns the natural logarithms; see {@link ElementaryOps#log}. */
    public Variable log() {
        return ElementaryOps.log(this);
    }

    /** Returns the hyperbolic tangents; see {@link ElementaryOps#tanh}. */
    public Variable tanh() {
        return ElementaryOps.tanh(this);
    }

    /** Returns {@code 1 / (1 + e^-this)}; see {@link ActivationOps#sigmoid}. */
    public Variable sigmoid() {
        return ActivationOps.sigmoid(this);
    }

    /** Returns {@code max(this, 0)}; see {@link ActivationOps#relu}. */
    public Variable relu() {
        return ActivationOps.relu(this);
    }

    /** Returns {@code this * Phi(this)}; see {@link ActivationOps#gelu}. */
    public Variable gelu() {
        return ActivationOps.gelu(this);
    }

    /** Returns {@code e^this} divided by its sum along an axis; see {@link SoftmaxOps#softmax}. */
    public Variable softmax(int axis) {
        return SoftmaxOps.softmax(this, axis);
    }

    /** Returns the matrix product; see {@link MatmulOps#matmul}. */
    public Variable matmul(Variable other) {
        return MatmulOps.matmul(this, other);
    }

    /** Returns the sums over the given axes, which go; without any, over all; see {@link ReductionOps#sum}. */
    public Variable sum(int... axes) {
        return ReductionOps.sum(this, axes);
    }

    /** Returns the means over the given axes, which go; without any, over all; see {@link ReductionOps#mean}. */
    public Variable mean(int... axes) {
        return ReductionOps.mean(this, axes);
    }

    /** Returns the variances, divided by n - 1, over the given axes, which go; without any, over all; see {@link ReductionOps#variance}. */
    public Variable variance(int... axes) {
        return ReductionOps.variance(this, axes, 1, false);
    }

    /** Returns the largest elements over the given axes, which go; without any, over all; see {@link ReductionOps#max}. */
    public Variable max(int... axes) {
        return ReductionOps.max(this, axes);
    }

    /** Returns the smallest elements over the given axes, which go; without any, over all; see {@link ReductionOps#min}. */
    public Variable min(int... axes) {
        return ReductionOps.min(this, axes);
    }

    /** Returns the same elements under another shape; see {@link ShapeOps#reshape}. */
    public Variable reshape(long... sizes) {
        return ShapeOps.reshape(this, sizes);
    }

    /** Returns two axes exchanged; see {@link ShapeOps#transpose}. */
    public Variable transpose(int axisA, int axisB) {
        return ShapeOps.transpose(this, axisA, axisB);
    }

    /** Returns the axes in another order; see {@link ShapeOps#permute}. */
    public Variable permute(int... order) {
        return ShapeOps.permute(this, order);
    }

    /** Returns axes of size 1 repeated up to a shape; see {@link ShapeOps#expand}. */
    public Variable expand(Shape target) {
        return ShapeOps.expand(this, target);
    }

    /** Returns this without an axis of size 1; see {@link ShapeOps#squeeze}. */
    public Variable squeeze(int axis) {
        return ShapeOps.squeeze(this, axis);
    }

    /** Returns this with a new axis of size 1; see {@link ShapeOps#unsqueeze}. */
    public Variable unsqueeze(int axis) {
        return ShapeOps.unsqueeze(this, axis);
    }

    /** Returns the axes {@code start} to {@code end} made one; see {@link ShapeOps#flatten}. */
    public Variable flatten(int start, int end) {
        return ShapeOps.flatten(this, start, end);
    }

    /** Returns the elements {@code start} to {@code stop - 1} along an axis; see {@link ShapeOps#slice}. */
    public Variable slice(int axis, long start, long stop) {
        return ShapeOps.slice(this, axis, start, stop);
    }

    /** Returns one index of an axis, which goes; see {@link ShapeOps#select}. */
    public Variable select(int axis, long index) {
        return ShapeOps.select(this, axis, index);
    }

    /** Returns where (BOOL, no gradient) an element equals a number; see {@link Tensor#equal}. */
    public Tensor equal(double number) {
        return value.equal(number);
    }

    /** Returns where (BOOL, no gradient) an element is less than a number; see {@link Tensor#less}. */
    public Tensor less(double number) {
        return value.less(number);
    }

    /** Returns where (BOOL, no gradient) an element is greater than a number; see {@link Tensor#greater}. */
    public Tensor greater(double number) {
        return value.greater(number);
    }

    /**
     * Returns this variable's tape as formulas: forward, a line for each node with its shape and numbers, operands first; backward, the
     * local rule of each operand, for small tensors with the numbers put in, and the running sums where a variable was used more than
     * once. Runs a backward pass of its own, from ones, that keeps the graph and touches no gradient; see {@link GraphView}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.scalar(3.0)).named("x");
     * x.mul(x).explain().lines().toList().get(2).strip(); // v2 = mul(x, x)  F64[] = 9
     * }
     *
     * @throws GradException if no gradient flows to this variable or its graph was freed
     */
    public String explain() {
        return GraphView.of(this).text();
    }

    /** Returns operation, type and shape and, for small values, the numbers. */
    @Override
    public String toString() {
        return operation() + " " + value;
    }
}
