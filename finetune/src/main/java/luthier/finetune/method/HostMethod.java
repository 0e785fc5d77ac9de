package luthier.finetune.method;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import luthier.autograd.Variable;
import luthier.nn.Attachment;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.WeightsException;
import luthier.nn.init.Initializer;
import luthier.nn.optim.Optimizer;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Does once what every method on the places of a model does: attaches all parts at once, trains layers whole beside them, names,
 * saves, loads and takes off. A method fills {@link Parts}.
 */
public abstract class HostMethod implements Method {
    /** Layers trained whole beside the adapters, as copies: a fresh head. */
    public static final Option<List<String>> SAVE = Option.words(
            "modules-to-save", "modules_to_save", List.of(), "layers trained whole beside the adapters, a fresh head");

    /** For subclasses. */
    protected HostMethod() {}

    /** Chooses hosts and puts the method's parts on them. */
    protected abstract void build(Layer model, Config config, Seed seed, Parts parts);

    /** Returns a new parameter whose first values come from the seed's stream of its name. */
    protected static Parameter fresh(String name, Shape shape, Initializer first, Seed seed) {
        return new Parameter(name, shape, first).initialize(seed.at(name));
    }

    @Override
    public final Adaptation attach(Layer model, String as, Config config, Seed seed) {
        if (!config.options().equals(options())) {
            throw new OptionException(name() + ": the configuration must be of this method's options; got one of "
                    + config.options().all());
        }
        if (!model.root().equals(model)) {
            throw new TargetException(name() + ": a method is put on a whole model; got its part " + model.place()
                    + "; give the root and choose layers by name");
        }
        Parts parts = new Parts();
        if (config.has(SAVE)) {
            trainWhole(model, config.get(SAVE), parts);
        }
        build(model, config, seed.withType(model.dtype()), parts);
        Map<String, Parameter> parameters = parts.parameters(model);
        OwnWeights.requireFree(name(), parts.inPlace);
        if (parameters.values().stream()
                .noneMatch(each -> each.isTrainable() || parts.inPlace.containsValue(each) && !each.isBuffer())) {
            throw new TargetException(name() + ": at least one number must be trained; got none with " + config);
        }
        Map<String, Parameter> saved = parts.saved(model);
        OwnWeights own = new OwnWeights(parts.inPlace);
        Attachment attachment = model.attach(as, parts.adapters, parts.values);
        own.train();
        return new OnModel(this, as, config, parts, model, parameters, saved, own, attachment);
    }

    private static void trainWhole(Layer model, List<String> patterns, Parts parts) {
        if (patterns.isEmpty()) {
            return;
        }
        for (Layer layer : Targets.layers("modules-to-save", model, patterns, any -> true, false)) {
            parts.whole(layer);
            layer.parameters().forEach((local, own) -> parts.train(Parts.join(layer.path(), local), own));
        }
    }

    /** A method on a model. */
    private record OnModel(
            HostMethod method,
            String name,
            Config given,
            Parts parts,
            Layer model,
            Map<String, Parameter> all,
            Map<String, Parameter> saved,
            OwnWeights own,
            Attachment attachment)
            implements Adaptation {

        @Override
        public Config config() {
            Config config = given;
            for (Option<?> option : given.options().all()) {
                config = named(config, option);
            }
            return parts.learned.apply(config);
        }

        /**
         * Roles and regular expressions become the places that they chose: other tools' lists know names alone. So does a name that would
         * choose more than is adapted. A model of one layer has no name to give.
         */
        @SuppressWarnings("unchecked") // a value of words is what an option of words takes
        private Config named(Config config, Option<?> option) {
            if (option.kind() != Option.Kind.WORDS || option.peft().isEmpty()) {
                return config;
            }
            Option<List<String>> words = (Option<List<String>>) option;
            boolean whole = option.equals(SAVE);
            Map<String, Layer> places = model.layers();
            Set<String> names = new LinkedHashSet<>();
            for (String pattern : config.get(words)) {
                List<String> chosen = places.values().stream()
                        .filter(layer -> Targets.chooses(pattern, layer))
                        .filter(layer -> whole || parts.hosts.contains(layer))
                        .map(Layer::place)
                        .toList();
                // PEFT finds what is trained whole by the ends of paths, without a dot before.
                long meant = whole
                        ? places.keySet().stream()
                                .filter(place -> place.endsWith(pattern))
                                .count()
                        : Targets.named(pattern, places.keySet());
                if (chosen.contains("") || (meant == chosen.size() && meant > 0)) {
                    names.add(pattern);
                } else {
                    names.addAll(chosen);
                }
            }
            return config.with(words, List.copyOf(names));
        }

        @Override
        public Map<String, Parameter> parameters() {
            return new LinkedHashMap<>(all);
        }

        @Override
        public Map<String, Parameter> trained() {
            requireAttached("trained");
            return Adaptation.super.trained();
        }

        private void requireAttached(String operation) {
            if (!attachment.isAttached()) {
                throw new IllegalStateException(operation + ": the adaptation must be attached, as no pass meets it"
                        + " otherwise; got \"" + name + "\" after close; attach it again and load its state");
            }
        }

        @Override
        public Optimizer.Group group(String parameter) {
            return parts.group.apply(parameter);
        }

        @Override
        public Optional<Variable> penalty(Context c) {
            return parts.hook.penalty(c);
        }

        @Override
        public void beforeStep(long step, long total) {
            parts.hook.beforeStep(step, total);
        }

        @Override
        public void afterStep(long step, long total) {
            parts.hook.afterStep(step, total);
        }

        @Override
        public Map<String, Tensor> state() {
            Map<String, Tensor> state = new LinkedHashMap<>();
            saved.forEach(
                    (tensor, parameter) -> state.put(tensor, parameter.value().copy()));
            parts.exchanged.forEach(
                    (tensor, made) -> state.put(tensor, made.write().get()));
            return state;
        }

        @Override
        public void load(Map<String, Tensor> state) {
            requireAttached("load");
            Map<String, Shape> wanted = new LinkedHashMap<>();
            saved.forEach((tensor, parameter) -> wanted.put(tensor, parameter.shape()));
            parts.exchanged.forEach((tensor, made) -> wanted.put(tensor, made.shape()));
            List<String> missing = wanted.keySet().stream()
                    .filter(tensor -> !state.containsKey(tensor))
                    .toList();
            List<String> unknown = state.keySet().stream()
                    .filter(tensor -> !wanted.containsKey(tensor))
                    .toList();
            List<String> misshaped = wanted.entrySet().stream()
                    .filter(entry -> state.containsKey(entry.getKey()))
                    .filter(entry -> !entry.getValue()
                            .equals(given(state, entry.getKey()).shape()))
                    .map(entry -> entry.getKey() + " "
                            + given(state, entry.getKey()).shape() + " instead of " + entry.getValue())
                    .toList();
            List<String> mistyped = wanted.keySet().stream()
                    .filter(tensor -> state.containsKey(tensor)
                            && !isFraction(given(state, tensor).dtype()))
                    .map(tensor -> tensor + " " + given(state, tensor).dtype())
                    .toList();
            if (!missing.isEmpty() || !unknown.isEmpty() || !misshaped.isEmpty() || !mistyped.isEmpty()) {
                throw new WeightsException(
                        method.name() + ": the tensors must be those of the places it adapts, one by one;" + " missing "
                                + missing + ", unknown " + unknown + ", of another shape " + misshaped
                                + ", not of fractions " + mistyped);
            }
            List<Runnable> set = new ArrayList<>();
            parts.exchanged.forEach((tensor, made) -> set.add(made.read().apply(given(state, tensor))));
            saved.forEach((tensor, parameter) -> parameter.load(given(state, tensor)));
            set.forEach(Runnable::run);
        }

        private static boolean isFraction(DType type) {
            return type.isFloating() || type == DType.BF16 || type == DType.F16;
        }

        private static Tensor given(Map<String, Tensor> state, String tensor) {
            return Objects.requireNonNull(state.get(tensor), tensor);
        }

        @Override
        public boolean isInPlace() {
            return !parts.inPlace.isEmpty();
        }

        @Override
        public void merge() {
            requireAttached("merge");
            Map<String, Tensor> weights = model.merged(active())
                    .orElseThrow(() -> new IllegalStateException("merge: method " + method.name()
                            + " changes what layers compute, not their weights; predict with the adapter instead"));
            if (isInPlace()) {
                model.freeze();
            } else {
                model.load(weights);
            }
            attachment.close();
        }

        @Override
        public void close() {
            if (attachment.isAttached()) {
                own.release(name);
                attachment.close();
            }
        }
    }
}
