package luthier.nn.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import luthier.nn.Parameter;
import luthier.nn.WeightsException;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Moves parameters against their gradients by one {@link UpdateRule}: each at the rate and with the decay of its group. Frozen
 * parameters, and those without a gradient, stay as they are. What it keeps is saved and loaded by the parameters' names.
 */
public final class Optimizer {
    private static final String STEP = "step";

    /**
     * How a parameter is trained beside the others.
     *
     * @param rate multiplies the learning rate
     * @param decay multiplies the weight decay
     */
    public record Group(double rate, double decay) {
        /** As all others. */
        public static final Group USUAL = new Group(1, 1);

        /** Checks the numbers. */
        public Group {
            if (!isFactor(rate) || !isFactor(decay)) {
                throw new IllegalArgumentException(
                        "optimizer: rate and decay factors must be finite and not negative; got " + rate + " and "
                                + decay);
            }
        }
    }

    private final UpdateRule rule;
    private final Map<String, Parameter> parameters;
    private final Function<String, Group> groups;
    private final double decay;
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    /** What parameters are, while they stand where gradients are taken. */
    private final Map<Parameter, Tensor> own = new LinkedHashMap<>();

    private boolean ahead;

    /** What is kept for one parameter. */
    private static final class Kept {
        private final List<Tensor> slots;
        private long step;

        Kept(List<Tensor> slots, long step) {
            this.slots = slots;
            this.step = step;
        }
    }

    /** Creates an optimizer that trains all parameters alike. */
    public Optimizer(UpdateRule rule, Map<String, Parameter> parameters, double decay) {
        this(rule, parameters, name -> Group.USUAL, decay);
    }

    /**
     * Creates an optimizer.
     *
     * @param parameters by the names that {@link #state} will use
     * @param groups each parameter's group by name
     * @param decay the weight decay, a group's factor multiplies it
     * @throws IllegalArgumentException if a parameter has two names, which would step it twice, or the decay is negative, infinite
     *     or NaN, or not 0 for a rule without
     */
    public Optimizer(UpdateRule rule, Map<String, Parameter> parameters, Function<String, Group> groups, double decay) {
        this.rule = rule;
        this.parameters = new LinkedHashMap<>(parameters);
        this.groups = groups;
        this.decay = decay;
        if (!isFactor(decay)) {
            throw new IllegalArgumentException(
                    rule.name() + ": the weight decay must be finite and not negative; got " + decay);
        }
        if (decay != 0 && !rule.decays()) {
            throw new IllegalArgumentException(rule.name() + ": the rule has no weight decay; got " + decay
                    + "; set it to 0, or choose another optimizer");
        }
        Map<Parameter, String> seen = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            String before = seen.put(parameter, name);
            if (before != null) {
                throw new IllegalArgumentException(
                        rule.name() + ": every parameter must be given once; got " + name + " again as " + before);
            }
        });
    }

    private static boolean isFactor(double value) {
        return value >= 0 && value < Double.POSITIVE_INFINITY;
    }

    /**
     * Goes where the gradients of the next step are to be taken; {@link #step} comes back. Nothing for most rules: those that {@linkplain
     * UpdateRule#looksAhead look ahead} need it before every step's forward passes.
     */
    public void ahead() {
        if (!rule.looksAhead() || ahead) {
            return;
        }
        ahead = true;
        parameters.forEach((name, parameter) -> {
            if (parameter.isTrainable()) {
                Kept state = kept(name, parameter);
                Tensor place = rule.ahead(parameter.value(), state.slots, state.step + 1);
                own.put(parameter, parameter.value().copy());
                parameter.value().copyInPlace(place);
            }
        });
    }

    private void back() {
        own.forEach((parameter, values) -> parameter.value().copyInPlace(values));
        own.clear();
        ahead = false;
    }

    /**
     * Takes one step.
     *
     * @throws IllegalArgumentException if the rate is NaN, infinite or negative; nothing moves then
     * @throws IllegalStateException if none of its parameters is trainable: a model's own rest while something attached trains
     * @throws IllegalStateException if the rule looks ahead and {@link #ahead} was not called; nothing moves then
     */
    public void step(double rate) {
        if (!isFactor(rate)) {
            throw new IllegalArgumentException(
                    rule.name() + ": the learning rate must be finite and not negative; got " + rate);
        }
        if (parameters.values().stream().noneMatch(Parameter::isTrainable)) {
            throw new IllegalStateException(
                    rule.name() + ": a step must train something; got " + parameters.size()
                            + " parameters, all of them frozen; unfreeze some, or give the optimizer what an adaptation trains");
        }
        if (rule.looksAhead() != ahead) {
            throw new IllegalStateException(
                    rule.name() + ": ahead() must be called before the forward pass of every step; got a step without");
        }
        back();
        parameters.forEach((name, parameter) -> {
            if (parameter.isTrainable()) {
                parameter.grad().ifPresent(gradient -> step(name, parameter, gradient, rate));
            }
        });
    }

    private void step(String name, Parameter parameter, Tensor gradient, double rate) {
        Kept state = kept(name, parameter);
        Group group = groups.apply(name);
        state.step++;
        rule.update(parameter.value(), gradient, state.slots, state.step, rate * group.rate(), decay * group.decay());
    }

    private Kept kept(String name, Parameter parameter) {
        return kept.computeIfAbsent(name, key -> new Kept(fresh(parameter), 0));
    }

    private List<Tensor> fresh(Parameter parameter) {
        return rule.slots(parameter.shape()).values().stream()
                .map(shape -> Tensor.zeros(parameter.dtype(), shape))
                .toList();
    }

    /** Forgets the gradients of all its parameters. */
    public void zeroGrad() {
        parameters.values().forEach(Parameter::zeroGrad);
    }

    /** Returns the parameters by name. */
    public Map<String, Parameter> parameters() {
        return new LinkedHashMap<>(parameters);
    }

    /** Returns the rule. */
    public UpdateRule rule() {
        return rule;
    }

    // ---- state

    /** Returns copies of all that is kept, {@code <parameter>/<slot>} and the parameter's count of steps, {@code <parameter>/step}. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        kept.forEach((name, values) -> {
            int next = 0;
            for (String slot : slots(name).keySet()) {
                state.put(name + "/" + slot, values.slots.get(next++).copy());
            }
            state.put(name + "/" + STEP, Tensor.of(new long[] {values.step}, 1));
        });
        return state;
    }

    /**
     * Sets all that is kept to what {@link #state} has returned. Parameters that are not in it begin anew: they had no step yet.
     *
     * @throws WeightsException naming all that is missing, unknown or of another shape; nothing is loaded then
     */
    public void load(Map<String, Tensor> state) {
        List<String> faults = new ArrayList<>();
        List<String> known = new ArrayList<>();
        Map<String, Kept> loaded = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            Tensor step = state.get(name + "/" + STEP);
            if (step == null) {
                return;
            }
            known.add(name + "/" + STEP);
            List<Tensor> values = new ArrayList<>();
            slots(name).forEach((slot, shape) -> {
                Tensor value = state.get(name + "/" + slot);
                known.add(name + "/" + slot);
                if (value == null) {
                    faults.add("missing " + name + "/" + slot);
                } else if (!value.shape().equals(shape) || value.dtype() != parameter.dtype()) {
                    faults.add(name + "/" + slot + " is " + value.dtype() + value.shape() + ", not " + parameter.dtype()
                            + shape);
                } else {
                    values.add(value.copy());
                }
            });
            if (step.dtype() != DType.I64 || step.elementCount() != 1) {
                faults.add(name + "/" + STEP + " is " + step.dtype() + step.shape() + ", not I64[1]");
            } else {
                loaded.put(name, new Kept(values, step.toLongArray()[0]));
            }
        });
        state.keySet().stream().filter(key -> !known.contains(key)).forEach(key -> faults.add("unknown " + key));
        if (!faults.isEmpty()) {
            throw new WeightsException(
                    rule.name() + ": the state must be that of these parameters; " + String.join(", ", faults));
        }
        kept.clear();
        kept.putAll(loaded);
    }

    private Map<String, Shape> slots(String name) {
        return rule.slots(Objects.requireNonNull(parameters.get(name), name).shape());
    }
}
