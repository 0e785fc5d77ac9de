package luthier.finetune.method;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import luthier.nn.Adapter;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.ParameterAdapter;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** What a method puts on a model: filled by the method's one file; {@link HostMethod} attaches, names, saves and loads it. */
public final class Parts {
    /** A tensor of the state that is not simply a parameter's value. */
    record Exchanged(Shape shape, Supplier<Tensor> write, Function<Tensor, Runnable> read) {}

    final Map<Layer, Adapter> adapters = new LinkedHashMap<>();
    final Map<Parameter, ParameterAdapter> values = new LinkedHashMap<>();
    final Set<Layer> hosts = new LinkedHashSet<>();
    private final Set<Layer> whole = new LinkedHashSet<>();
    final Map<String, Exchanged> exchanged = new LinkedHashMap<>();
    final Map<String, Parameter> inPlace = new LinkedHashMap<>();
    TrainingHook hook = new TrainingHook() {};
    Function<String, Optimizer.Group> group = name -> Optimizer.Group.USUAL;
    UnaryOperator<Config> learned = config -> config;

    private final Map<String, Parameter> named = new LinkedHashMap<>();
    private final Map<String, Parameter> replaced = new LinkedHashMap<>();
    private final Set<Parameter> shared = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Parameter> kept = Collections.newSetFromMap(new IdentityHashMap<>());

    Parts() {}

    /** Notes a layer that is trained whole with all below it. */
    void whole(Layer layer) {
        whole.addAll(layer.layers().values());
    }

    private void host(Layer layer) {
        if (whole.contains(layer)) {
            throw new TargetException("modules-to-save: a layer is adapted or trained whole, not both; got "
                    + layer.place() + "; leave it out of the targets or of the layers trained whole");
        }
        hosts.add(layer);
    }

    /** Puts an adapter around a layer; its parameters are named below the layer's place. */
    public void around(Layer host, Adapter adapter) {
        host(host);
        if (adapters.putIfAbsent(host, adapter) != null) {
            throw new IllegalStateException("parts: a method puts one adapter on a layer; got two for " + host.place());
        }
        adapter.parameters().forEach(parameter -> name(named, join(host.place(), parameter.name()), parameter));
    }

    /** Puts an adapter around a value of a layer; its parameters are named below the layer's place. */
    public void value(Layer host, Parameter value, ParameterAdapter adapter) {
        host(host);
        put(value, adapter);
        adapter.parameters().forEach(parameter -> name(named, join(host.place(), parameter.name()), parameter));
    }

    /** Trains a copy in a parameter's or buffer's place, under its name; does nothing if there is one already. */
    public void train(String path, Parameter own) {
        if (!values.containsKey(own)) {
            TrainedCopy copy = TrainedCopy.of(own);
            put(own, copy);
            name(replaced, path, copy.copy());
        }
    }

    /**
     * Trains a parameter or buffer itself, under its name, without a copy: what is trained then cannot be taken off again. A method does
     * so with all that it trains or with nothing.
     */
    public void trainInPlace(String path, Parameter own) {
        name(replaced, path, own);
        inPlace.put(path, own);
    }

    private void put(Parameter value, ParameterAdapter adapter) {
        if (values.putIfAbsent(value, adapter) != null) {
            throw new IllegalStateException("parts: a method puts one adapter on a value; got two for " + value.path());
        }
    }

    /** Names a parameter that several adapters hold; it is saved once. */
    public void shared(Parameter parameter) {
        shared.add(parameter);
        name(named, parameter.name(), parameter);
    }

    /** Leaves a parameter out of the state that is exchanged: it follows from the configuration, or goes as {@link #exchanged}. */
    public void unsaved(Parameter parameter) {
        kept.add(parameter);
    }

    /**
     * Adds a tensor to the state that is computed when saved and taken apart when loaded.
     *
     * @param read checks a tensor of the shape, and returns what sets the values
     */
    public void exchanged(String name, Shape shape, Supplier<Tensor> write, Function<Tensor, Runnable> read) {
        exchanged.put(name, new Exchanged(shape, write, read));
    }

    /** Sets what is done in training beside the pass. */
    public void hook(TrainingHook ofTraining) {
        hook = ofTraining;
    }

    /** Sets how each parameter is trained beside the others. */
    public void groups(Function<String, Optimizer.Group> ofParameter) {
        group = ofParameter;
    }

    /** Sets how training changes the configuration that is saved. */
    public void config(UnaryOperator<Config> afterTraining) {
        learned = afterTraining;
    }

    private void name(Map<String, Parameter> names, String name, Parameter parameter) {
        if (shared.contains(parameter) && named.containsValue(parameter)) {
            return;
        }
        if (names.putIfAbsent(name, parameter) != null) {
            throw new IllegalStateException("parts: every parameter needs a name of its own; got two named " + name);
        }
    }

    static String join(String place, String local) {
        return place.isEmpty() ? local : place + "." + local;
    }

    /** Returns all parameters: copies in the model's order, then adapters' by host. */
    Map<String, Parameter> parameters(Layer model) {
        Map<String, Parameter> all = new LinkedHashMap<>();
        // A tied parameter may be trained under any of its names.
        model.names().keySet().forEach(path -> {
            Parameter copy = replaced.get(path);
            if (copy != null) {
                all.put(path, copy);
            }
        });
        named.forEach((name, parameter) -> {
            if (all.put(name, parameter) != null) {
                throw new IllegalStateException(
                        "parts: every parameter needs a name of its own; got two named " + name);
            }
        });
        return all;
    }

    /** Returns the parts of the state that are parameters' values, by name. */
    Map<String, Parameter> saved(Layer model) {
        Map<String, Parameter> saved = parameters(model);
        saved.values().removeIf(kept::contains);
        Set<String> both = new HashSet<>(saved.keySet());
        both.retainAll(exchanged.keySet());
        if (!both.isEmpty()) {
            throw new IllegalStateException("parts: every tensor needs a name of its own; got two named " + both);
        }
        return saved;
    }
}
