package luthier.nn.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.Parameter;
import luthier.nn.WeightsException;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * A mean of the values that parameters take along a run, which often does better than the last of them. Polyak and Juditsky 1992; Izmailov
 * et al. 2018, arXiv:1803.05407. With p the values at the n-th update, from 1.
 */
public final class WeightAverage {
    private static final String UPDATES = "updates";

    /** How values are weighed. */
    public enum Kind {
        /** The plain mean, a = a + (p - a) / n. */
        PLAIN,
        /** a = p at the first update, then a = decay a + (1 - decay) p. */
        EXPONENTIAL,
        /** e = decay e + (1 - decay) p from 0, a = e / (1 - decay^n). */
        CORRECTED,
        /** As exponential, with decay_n = min(decay, (1 + n) / (10 + n)), from the values that it was created with. */
        WARMED_UP
    }

    private final Kind kind;
    private final double decay;
    private final Map<String, Parameter> parameters;
    private final Map<String, Tensor> means = new LinkedHashMap<>();
    private long updates;

    private WeightAverage(Kind kind, double decay, Map<String, Parameter> parameters) {
        Bounds.requireShare("weight average", "the decay", decay);
        this.kind = kind;
        this.decay = decay;
        this.parameters = new LinkedHashMap<>(parameters);
        parameters.forEach((name, parameter) ->
                means.put(name, kind == Kind.WARMED_UP ? parameter.value().copy() : zeros(parameter)));
    }

    private static Tensor zeros(Parameter parameter) {
        return Tensor.zeros(parameter.dtype(), parameter.shape());
    }

    /** Returns the plain mean of all updates, stochastic weight averaging. */
    public static WeightAverage plain(Map<String, Parameter> parameters) {
        return new WeightAverage(Kind.PLAIN, 0, parameters);
    }

    /**
     * Returns an exponential moving average.
     *
     * @param decay the share of the mean that an update keeps, in [0, 1)
     */
    public static WeightAverage exponential(Kind kind, double decay, Map<String, Parameter> parameters) {
        return new WeightAverage(kind, decay, parameters);
    }

    /** Takes the values as they are now into the mean. */
    public void update() {
        updates++;
        parameters.forEach((name, parameter) -> Updates.lerpInPlace(mean(name), parameter.value(), share()));
    }

    private Tensor mean(String name) {
        return java.util.Objects.requireNonNull(means.get(name), name);
    }

    private double share() {
        return switch (kind) {
            case PLAIN -> 1.0 / updates;
            case EXPONENTIAL -> updates == 1 ? 1 : 1 - decay;
            case CORRECTED -> 1 - decay;
            case WARMED_UP -> 1 - Math.min(decay, (1.0 + updates) / (10 + updates));
        };
    }

    /**
     * Returns the mean by name.
     *
     * @throws IllegalStateException if there was no update
     */
    public Map<String, Tensor> average() {
        if (updates == 0) {
            throw new IllegalStateException("weight average: there must be an update; got none");
        }
        double scale = kind == Kind.CORRECTED ? 1 / (1 - StrictMath.pow(decay, (double) updates)) : 1;
        Map<String, Tensor> average = new LinkedHashMap<>();
        means.forEach((name, mean) -> average.put(name, scale == 1 ? mean.copy() : mean.mul(scale)));
        return average;
    }

    /** Returns copies of all that is kept. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        means.forEach((name, mean) -> state.put("mean/" + name, mean.copy()));
        state.put(UPDATES, Tensor.of(new long[] {updates}, 1));
        return state;
    }

    /**
     * Sets all that is kept to what {@link #state} has returned.
     *
     * @throws WeightsException naming all that is missing, unknown or of another shape; nothing is loaded then
     */
    public void load(Map<String, Tensor> state) {
        Map<String, Tensor> expected = state();
        List<String> faults = new ArrayList<>();
        expected.forEach((name, tensor) -> {
            Tensor value = state.get(name);
            if (value == null) {
                faults.add("missing " + name);
            } else if (!value.shape().equals(tensor.shape()) || value.dtype() != tensor.dtype()) {
                faults.add(name + " is " + value.dtype() + value.shape() + ", not " + tensor.dtype() + tensor.shape());
            }
        });
        state.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> faults.add("unknown " + name));
        if (!faults.isEmpty()) {
            throw new WeightsException(
                    "weight average: the state must be that of these parameters; " + String.join(", ", faults));
        }
        state.forEach((name, value) -> {
            if (value.dtype() == DType.I64) {
                updates = value.longItem();
            } else {
                mean(name.substring("mean/".length())).copyInPlace(value);
            }
        });
    }
}
