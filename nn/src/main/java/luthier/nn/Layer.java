package luthier.nn;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import luthier.autograd.Checkpoint;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.init.Initializer;
import luthier.tensor.DType;
import luthier.tensor.Pool;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.WeightSource;
import org.jspecify.annotations.Nullable;

/**
 * The unit of a model: a tree of named children and parameters. {@link #forward} runs {@link #compute} inside the layer's adapters,
 * so every layer of every model can be adapted without being rewritten.
 *
 * <p>Names are those of the public checkpoints; a parameter's path is its layers' names joined by dots, {@code
 * encoder.layer.0.attention.self.query.weight}. Constructors take sizes alone and write each name once; values come from {@link
 * #initialize} or a file.
 *
 * <p>Threads: any number may run inference, also while adaptations are attached, switched and taken off: a pass keeps to what it
 * found at its beginning. Loading and training what is attached need one thread.
 */
public abstract class Layer {
    private final Map<String, Layer> children = new LinkedHashMap<>();
    private final Map<String, Parameter> own = new LinkedHashMap<>();
    private final Set<String> ties = new LinkedHashSet<>();
    private final Attaching attaching = new Attaching();
    private Layer root = this;
    private @Nullable Layer parent;
    private String name = "";
    private Role role = Role.NONE;
    private boolean part;

    /** For subclasses. */
    protected Layer() {}

    // ---- computing

    /**
     * Computes this layer with the adapters of the pass around it, the one attached last outermost. Without gradients, inside the
     * scope of a {@link Pool}, what it computes on the way goes back when it returns.
     */
    public final Variable forward(Variable x, Context context) {
        Optional<Active> perRow = context.byRows(this);
        if (perRow.isPresent()) {
            return RowGroups.forward(this, x, context, perRow.get().rows());
        }
        Context c = context.inTreeOf(this);
        Attached.On[] on = c.adapters().at(this);
        Pool pool = Grad.isEnabled() ? null : Pool.current().orElse(null);
        Variable y = pool == null
                ? through(on, on.length, x, c)
                : pool.section(() -> through(on, on.length, x, c), result -> List.of(result.value()));
        c.get(Context.TAPS).ifPresent(taps -> Taps.show(taps, this, y, c));
        return y;
    }

    /**
     * Returns a pass that keeps to what is attached and used now, for as many batches as it is given to: whatever is attached, switched or
     * taken off meanwhile, all of them are answered alike.
     *
     * @throws IllegalArgumentException if the pass's choice is one by rows, which only a batch has
     */
    public final Context begin(Context context) {
        return context.inTreeOf(this);
    }

    /** Computes the host inside the first of its adapters. */
    final Variable through(Attached.On[] on, int count, Variable x, Context c) {
        return count == 0 ? compute(x, c) : on[count - 1].adapter().forward(new Inner(this, on, count - 1), x, c);
    }

    /** Computes this layer's own output, without adapters. */
    protected abstract Variable compute(Variable x, Context context);

    /** Returns this layer's adapters in a pass, inside to outside, for layers that ask them for more than {@code forward}. */
    protected final List<Adapter> adapters(Context c) {
        return List.of(c.adapters().at(this)).stream().map(Attached.On::adapter).toList();
    }

    /**
     * As {@link #forward}, but of what is computed only input and output are kept: the rest is computed again when its gradient is
     * asked for. Same bits, randomness included; what the pass carries gets its gradients too.
     */
    public final Variable recomputed(Variable x, Context context) {
        if (!Grad.isEnabled()) {
            return forward(x, context);
        }
        Context c = context.byRows(this).isPresent() ? context : context.inTreeOf(this);
        boolean[] again = new boolean[1];
        return Checkpoint.of(
                in -> {
                    Context now = c.as(again[0] ? Context.Part.REPLAY : Context.Part.FIRST);
                    again[0] = true;
                    return forward(in.getFirst(), now);
                },
                x);
    }

    // ---- building

    /** Adds a child under a name and returns it; for constructors. */
    protected final <L extends Layer> L child(String childName, L layer) {
        return child(childName, Role.NONE, layer);
    }

    /** Adds a child under a name, with what it does in the model, and returns it; for constructors. */
    protected final <L extends Layer> L child(String childName, Role childRole, L layer) {
        return adopt(childName, childRole, layer, false);
    }

    /**
     * Adds a child that has a role but no name in paths, and returns it; for constructors. It makes a place to adapt where public
     * checkpoints know no layer: what is below it is named as if it were below this.
     */
    protected final <L extends Layer> L part(Role childRole, L layer) {
        return adopt(childRole.toString(), childRole, layer, true);
    }

    private <L extends Layer> L adopt(String childName, Role childRole, L layer, boolean asPart) {
        Layer node = layer;
        if (node.parent != null
                || node.equals(root)
                || !node.attaching.now().isEmpty()
                || !attached().isEmpty()) {
            throw new IllegalStateException(
                    "child: a layer needs a name and a parent of its own, and nothing attached; got " + childName
                            + " in " + describe());
        }
        if (children.putIfAbsent(childName, node) != null) {
            throw new IllegalStateException("child: names must differ; got " + childName + " twice in " + describe());
        }
        node.parent = this;
        node.name = childName;
        node.role = childRole;
        node.part = asPart;
        node.setRoot(root);
        return layer;
    }

    private void setRoot(Layer top) {
        root = top;
        children.values().forEach(child -> child.setRoot(top));
    }

    /** Adds a parameter and returns it; for constructors. */
    protected final Parameter parameter(String parameterName, Shape shape, Initializer first) {
        return add(new Parameter(parameterName, shape, first));
    }

    /** Adds a buffer, which is saved and never trained, and returns it; for constructors. */
    protected final Parameter buffer(String bufferName, Shape shape, Initializer first) {
        return add(Parameter.buffer(bufferName, shape, first));
    }

    /** Gives another layer's parameter a name here too, as a head that is tied to its embedding; for constructors. */
    protected final Parameter tie(String parameterName, Parameter same) {
        ties.add(parameterName);
        putOwn(parameterName, same);
        return same;
    }

    private Parameter add(Parameter made) {
        made.hang(this, "");
        putOwn(made.name(), made);
        return made;
    }

    private void putOwn(String parameterName, Parameter parameter) {
        if (own.putIfAbsent(parameterName, parameter) != null) {
            throw new IllegalStateException(
                    "parameter: names must differ; got " + parameterName + " twice in " + describe());
        }
    }

    /**
     * Gives first values to every parameter at or below this layer that has none. Each draws from the stream of its own path, so the
     * values of one never depend on what else is there. Returns this.
     */
    public final Layer initialize(Seed seed) {
        layers().values().forEach(layer -> {
            Seed here = layer.path().isEmpty() ? seed : seed.at(layer.path());
            layer.own.forEach((local, parameter) -> {
                if (!layer.ties.contains(local)) {
                    parameter.initialize(here.at(local));
                }
            });
        });
        return this;
    }

    // ---- names

    /** Returns the top of the tree. */
    public final Layer root() {
        return root;
    }

    /** Returns what this layer does in its model. */
    public final Role role() {
        return role;
    }

    /** Returns the path from the root of the tree, {@code encoder.layer.0}; empty for the root. A part has its owner's path. */
    public final String path() {
        Layer above = parent;
        return above == null ? name : pathBelow(above.path());
    }

    /** Returns what tells this layer from all others of its tree: the path, of a part with its role, {@code encoder.layer.0@mlp}. */
    public final String place() {
        Layer above = parent;
        return part && above != null ? above.place() + name : path();
    }

    /**
     * Returns this layer and all below it by place, parents first. Places are those in the whole tree.
     *
     * @throws IllegalStateException if two layers have one place
     */
    public final Map<String, Layer> layers() {
        Map<String, Layer> result = new LinkedHashMap<>();
        collectPlaces(result);
        return result;
    }

    private void collectPlaces(Map<String, Layer> result) {
        if (result.put(place(), this) != null) {
            throw new IllegalStateException("layers: every layer needs a place of its own; got two at " + place());
        }
        children.values().forEach(child -> child.collectPlaces(result));
    }

    /** Returns this layer's own parameters and buffers by local name. */
    public final Map<String, Parameter> own() {
        return Collections.unmodifiableMap(own);
    }

    /**
     * Returns this layer's and its descendants' parameters and buffers by path from this layer, a tied one once, under its first
     * name; none of adapters.
     */
    public final Map<String, Parameter> parameters() {
        Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<String, Parameter> result = new LinkedHashMap<>();
        names().forEach((path, parameter) -> {
            if (seen.add(parameter)) {
                result.put(path, parameter);
            }
        });
        return result;
    }

    /**
     * Returns this layer's and its descendants' parameters and buffers by path from this layer, a tied one under all its names.
     *
     * @throws IllegalStateException if two have one name
     */
    public final Map<String, Parameter> names() {
        Map<String, Parameter> result = new LinkedHashMap<>();
        collectNames("", result);
        return result;
    }

    private void collectNames(String prefix, Map<String, Parameter> result) {
        own.forEach((local, parameter) -> {
            if (result.put(join(prefix, local), parameter) != null) {
                throw new IllegalStateException(
                        "names: every parameter needs a name of its own; got two named " + join(prefix, local));
            }
        });
        children.values().forEach(child -> child.collectNames(child.pathBelow(prefix), result));
    }

    /** Returns the type of this layer's parameters, F32 if it has none. */
    public final DType dtype() {
        return parameters().values().stream()
                .filter(Parameter::hasValues)
                .map(Parameter::dtype)
                .findFirst()
                .orElse(DType.F32);
    }

    final Collection<Layer> children() {
        return children.values();
    }

    /** Returns the path of this layer below a path of the layer above: a part has none of its own. */
    final String pathBelow(String above) {
        return part ? above : join(above, name);
    }

    /** Joins two parts of a path. */
    static String join(String prefix, String local) {
        return prefix.isEmpty() ? local : local.isEmpty() ? prefix : prefix + "." + local;
    }

    // ---- weights

    /**
     * Loads own and descendants' parameters and buffers by name and freezes them: what is pretrained changes only where it is asked
     * to. Of a tied parameter one name is enough.
     *
     * @throws WeightsException if a parameter is missing, a name belongs to none, a shape differs, or two names of one tied parameter
     *     have different values, all told at once; nothing is loaded then
     */
    public final void load(Map<String, Tensor> weights) {
        load(WeightSource.of(weights, "the given ones"), Names.same());
    }

    /**
     * Loads own and descendants' parameters and buffers from a source, one tensor at a time, and freezes what was loaded; what {@code
     * naming} makes anew keeps its first values and stays trainable.
     *
     * @throws WeightsException as {@link Names#plan}; nothing is loaded then
     * @throws luthier.tensor.io.ModelFormatException if the source's data are damaged; nothing is loaded then
     */
    public final LoadReport load(WeightSource source, Names naming) {
        return load(source, naming, WeightStorage.F32);
    }

    /**
     * As {@link #load(WeightSource, Names)}, with the frozen matrices kept in another way; the report says what they take.
     *
     * @throws WeightsException also if a number is not finite that is kept in fewer bits
     */
    public final LoadReport load(WeightSource source, Names naming, WeightStorage storage) {
        return Loading.load(this, source, naming, storage);
    }

    /**
     * Returns the current values of own and descendants' parameters by name. The tensors are the live storage, not copies; those of weights
     * in few bits are unpacked.
     */
    public final Map<String, Tensor> weights() {
        Map<String, Tensor> result = new LinkedHashMap<>();
        names().forEach((path, parameter) -> result.put(path, parameter.value()));
        return result;
    }

    /** Freezes every parameter and buffer at or below this layer. */
    public final void freeze() {
        parameters().values().forEach(Parameter::freeze);
    }

    /** Trains every parameter and buffer at or below this layer again. */
    public final void unfreeze() {
        parameters().values().forEach(Parameter::unfreeze);
    }

    /**
     * Returns the weights, by name, with which a pass of this choice computes: first parameters' adapters, then each layer's from
     * inside to outside. Empty if an adapter is not a change of weights.
     */
    public final Optional<Map<String, Tensor>> merged(Active active) {
        return Merging.of(this, active);
    }

    /** Returns this layer's weights by local name, as the adapters of its parameters leave them in a pass. */
    final Map<String, Tensor> ownWeights(Context c) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        own.forEach((local, parameter) -> result.put(local, parameter.in(c).value()));
        return result;
    }

    // ---- attaching

    /** Attaches an adapter to this layer. */
    public final Attachment attach(String as, Adapter adapter) {
        return attach(as, Map.of(this, adapter), Map.of());
    }

    /**
     * Attaches adapters around layers and values of this layer's tree, all at once: a pass sees all of them or none. While something
     * is attached that trains, the tree's own parameters and buffers are frozen. Closing the result takes everything off again, and
     * leaves every bit as it was.
     *
     * @param as a name that tells this adaptation from others; without a slash
     * @throws IllegalStateException if the name is taken
     * @throws IllegalArgumentException if a layer or parameter belongs to another tree; nothing is attached then
     */
    public final Attachment attach(
            String as, Map<? extends Layer, ? extends Adapter> on, Map<Parameter, ? extends ParameterAdapter> values) {
        return root.attaching.attach(root, as, on, values);
    }

    /**
     * Sets at once what passes use that do not say, at first everything attached; running passes keep to what they found.
     *
     * @throws IllegalStateException if a name is not attached
     * @throws IllegalArgumentException if the choice is one by rows, which only a batch has
     */
    public final void use(Active usual) {
        root.attaching.use(root, usual);
    }

    /** Returns what passes use that do not say. */
    public final Active used() {
        return attached().usual();
    }

    final Attached attached() {
        return root.attaching.now();
    }

    /** A layer equals itself alone. */
    @Override
    public final boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public final int hashCode() {
        return System.identityHashCode(this);
    }

    // ---- description

    /** Returns one line for this layer alone, {@code Linear(384 -> 384)}; subclasses add their sizes. */
    protected String describe() {
        return getClass().getSimpleName();
    }

    /** Returns the tree below this layer, a line each, with its adapters and those of its values: {@code query: Linear(384 -> 384) + Lora(r=8)}. */
    @Override
    public final String toString() {
        StringBuilder text = new StringBuilder();
        print("", "", text);
        return text.toString();
    }

    private void print(String indent, String label, StringBuilder text) {
        text.append(indent).append(label).append(describe());
        attached().at(this).forEach(adapter -> text.append(" + ").append(adapter));
        children.forEach((childName, child) -> child.print(indent + "  ", childName + ": ", text.append('\n')));
    }
}
