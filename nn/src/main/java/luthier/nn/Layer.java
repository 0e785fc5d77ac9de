package luthier.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.init.Initializer;
import luthier.tensor.DType;
import luthier.tensor.Pool;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The unit of a model: a tree of named children and parameters. {@link #forward} runs {@link #compute} and then the layer's
 * adapters, so every layer of every model can be adapted without being rewritten.
 *
 * <p>Names are those of the public checkpoints; a parameter's path is its layers' names joined by dots, {@code
 * encoder.layer.0.attention.self.query.weight}.
 *
 * <p>A finished model may run inference on many threads at once. Attaching, loading and training need one thread.
 */
public abstract class Layer {
    private static final Adapter[] NO_ADAPTERS = {};

    private final Map<String, Layer> children = new LinkedHashMap<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private volatile Adapter[] adapters = NO_ADAPTERS;
    private @Nullable Layer parent;
    private String name = "";

    /** For subclasses. */
    protected Layer() {}

    /**
     * Computes this layer's output and then applies its adapters in the order in which they were attached. Without gradients, inside
     * the scope of a {@link Pool}, what it computes on the way goes back when it returns.
     */
    public final Variable forward(Variable x, Context context) {
        Pool pool = Grad.isEnabled() ? null : Pool.current().orElse(null);
        return pool == null ? adapted(x, context) : pool.section(() -> adapted(x, context), y -> List.of(y.value()));
    }

    private Variable adapted(Variable x, Context context) {
        Variable y = compute(x, context);
        for (Adapter adapter : adapters) {
            y = adapter.adapt(this, x, y, context);
        }
        return y;
    }

    /** Computes this layer's own output, without adapters. */
    protected abstract Variable compute(Variable x, Context context);

    /** Adds a child under a name and returns it; for constructors. */
    protected final <L extends Layer> L child(String childName, L layer) {
        Layer node = layer;
        if (children.putIfAbsent(childName, node) != null || node.parent != null) {
            throw new IllegalStateException(
                    "child: each layer needs a name and a parent of its own; got " + childName + " in " + describe());
        }
        node.parent = this;
        node.name = childName;
        return layer;
    }

    /** Adds a parameter and returns it; for constructors. */
    protected final Parameter parameter(Seed seed, String parameterName, Shape shape, Initializer initializer) {
        Parameter made = new Parameter(
                parameterName, seed.dtype(), shape, initializer, seed.rng().split(parameterName));
        made.hang(this);
        parameters.put(parameterName, made);
        return made;
    }

    // ---- names
    // ----------------------------------------------------------------------------------------------------------

    /** Returns the path from the root of the tree, {@code encoder.layer.0}; empty for the root. */
    public final String path() {
        Layer above = parent;
        return above == null ? name : join(above.path(), name);
    }

    /** Returns this layer and all below it by path, parents first. Paths start at this layer, whose own is empty. */
    public final Map<String, Layer> layers() {
        Map<String, Layer> result = new LinkedHashMap<>();
        collectLayers("", result);
        return result;
    }

    private void collectLayers(String prefix, Map<String, Layer> result) {
        result.put(prefix, this);
        children.forEach((childName, child) -> child.collectLayers(join(prefix, childName), result));
    }

    /** Returns this layer's and its descendants' own parameters by path, without those of adapters. */
    public final Map<String, Parameter> parameters() {
        Map<String, Parameter> result = new LinkedHashMap<>();
        layers().forEach((path, layer) ->
                layer.parameters.forEach((local, parameter) -> result.put(join(path, local), parameter)));
        return result;
    }

    /** Returns the type of this layer's parameters, F32 if it has none. */
    public final DType dtype() {
        return parameters().values().stream().map(Parameter::dtype).findFirst().orElse(DType.F32);
    }

    /** Returns the parameters of all adapters at or below this layer, by the host's path and the local name. */
    public final Map<String, Parameter> adapterParameters() {
        Map<String, Parameter> result = new LinkedHashMap<>();
        layers().forEach((path, layer) -> {
            for (Adapter adapter : layer.adapters) {
                for (Parameter parameter : adapter.parameters()) {
                    result.put(join(path, parameter.name()), parameter);
                }
            }
        });
        return result;
    }

    /** Returns own and adapters' parameters together: all that a training run may touch. */
    public final Map<String, Parameter> allParameters() {
        Map<String, Parameter> result = parameters();
        result.putAll(adapterParameters());
        return result;
    }

    /** Joins two parts of a path. */
    static String join(String prefix, String local) {
        return prefix.isEmpty() ? local : local.isEmpty() ? prefix : prefix + "." + local;
    }

    // ---- weights
    // --------------------------------------------------------------------------------------------------------

    /**
     * Loads own and descendants' parameters by path.
     *
     * @throws WeightsException if a parameter is missing, a name belongs to no parameter, or a shape differs; nothing is loaded
     *     then
     */
    public final void load(Map<String, Tensor> weights) {
        Map<String, Parameter> own = parameters();
        List<String> missing =
                own.keySet().stream().filter(key -> !weights.containsKey(key)).toList();
        List<String> unknown =
                weights.keySet().stream().filter(key -> !own.containsKey(key)).toList();
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new WeightsException(
                    "load: the weights must be the model's, name by name; missing " + missing + ", unknown " + unknown);
        }
        own.forEach((path, parameter) -> {
            Shape given = given(weights, path).shape();
            if (!given.equals(parameter.shape())) {
                throw new WeightsException(
                        "load: shapes must agree; got " + given + " for " + path + " " + parameter.shape());
            }
        });
        own.forEach((path, parameter) -> parameter.load(given(weights, path)));
    }

    private static Tensor given(Map<String, Tensor> weights, String path) {
        return Objects.requireNonNull(weights.get(path), path);
    }

    /** Returns the current values of own and descendants' parameters by path. The tensors are the live storage, not copies. */
    public final Map<String, Tensor> weights() {
        Map<String, Tensor> result = new LinkedHashMap<>();
        parameters().forEach((path, parameter) -> result.put(path, parameter.value()));
        return result;
    }

    // ---- adapters
    // -------------------------------------------------------------------------------------------------------

    /** An adapter in place; {@link #close} takes it off again. */
    public interface Attachment extends AutoCloseable {
        @Override
        void close();
    }

    /** Puts an adapter on this layer, after those that are there. Closing the result takes it off. */
    public final synchronized Attachment attach(Adapter adapter) {
        Adapter[] more = Arrays.copyOf(adapters, adapters.length + 1);
        more[adapters.length] = adapter;
        adapters = more;
        adapter.parameters().forEach(parameter -> parameter.hang(this));
        return () -> detach(adapter);
    }

    /** Adapters are taken off by identity: equal ones may sit on one layer. */
    @SuppressWarnings("ReferenceEquality")
    private synchronized void detach(Adapter adapter) {
        List<Adapter> rest = new ArrayList<>(Arrays.asList(adapters));
        rest.removeIf(attached -> attached == adapter);
        adapters = rest.toArray(Adapter[]::new);
    }

    /** Returns the attached adapters in order. */
    public final List<Adapter> adapters() {
        return List.of(adapters);
    }

    /** Returns one line for this layer alone, {@code Linear(384 -> 384)}; subclasses add their sizes. */
    protected String describe() {
        return getClass().getSimpleName();
    }

    /** Returns the tree below this layer, a line each, with its adapters: {@code query: Linear(384 -> 384) + Lora(r=8)}. */
    @Override
    public final String toString() {
        StringBuilder text = new StringBuilder();
        print("", "", text);
        return text.toString();
    }

    private void print(String indent, String label, StringBuilder text) {
        text.append(indent).append(label).append(describe());
        for (Adapter adapter : adapters) {
            text.append(" + ").append(adapter);
        }
        children.forEach((childName, child) -> child.print(indent + "  ", childName + ": ", text.append('\n')));
    }
}
