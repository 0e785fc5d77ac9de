package luthier.nn.optim;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.Parameter;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/**
 * Adam with decoupled weight decay; Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2. With gradient g at step t: p *= 1 - lr
 * decay; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; p -= lr m' / (sqrt(v') + eps), m' = m / (1 - beta1^t), v' =
 * v / (1 - beta2^t).
 */
public final class AdamW implements Optimizer {
    private final List<Group> groups;
    private final Betas betas;
    private final IdentityHashMap<Parameter, State> states = new IdentityHashMap<>();

    /**
     * Parameters that are trained alike.
     *
     * @param parameters by path
     * @param rateFactor multiplies the learning rate
     * @param weightDecay the share lr decay of each value is taken away in a step
     */
    public record Group(Map<String, Parameter> parameters, double rateFactor, double weightDecay) {
        /** Checks the numbers. */
        public Group {
            if (!isRate(rateFactor) || !isRate(weightDecay)) {
                throw new IllegalArgumentException(
                        "adamW: rate factor and weight decay must be finite and not negative;" + " got " + rateFactor
                                + " and " + weightDecay);
            }
        }
    }

    /** The decay of the running means and the constant that keeps divisions finite. */
    public record Betas(double beta1, double beta2, double eps) {
        /** The usual 0.9, 0.999 and 1e-8. */
        public static final Betas DEFAULT = new Betas(0.9, 0.999, 1e-8);

        /** Checks the numbers. */
        public Betas {
            // Where all gradients were 0 eps alone is left of the divisor, in single precision too.
            boolean divides = (float) eps > 0 && eps < Double.POSITIVE_INFINITY;
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && divides)) {
                throw new IllegalArgumentException("adamW: betas must be in [0, 1) and eps finite and positive; got "
                        + beta1 + ", " + beta2 + " and " + eps);
            }
        }
    }

    private static final class State {
        private final Tensor m;
        private final Tensor v;
        private long step;

        State(Parameter parameter) {
            m = Tensor.zeros(parameter.dtype(), parameter.shape());
            v = Tensor.zeros(parameter.dtype(), parameter.shape());
        }
    }

    /**
     * Creates an optimizer of groups.
     *
     * @throws IllegalArgumentException if a parameter is in them twice: it would be stepped twice
     */
    public AdamW(List<Group> groups, Betas betas) {
        this.groups = List.copyOf(groups);
        this.betas = betas;
        IdentityHashMap<Parameter, String> seen = new IdentityHashMap<>();
        for (Group group : groups) {
            group.parameters().forEach((path, parameter) -> {
                String before = seen.put(parameter, path);
                if (before != null) {
                    throw new IllegalArgumentException("adamW: every parameter must be given once; got " + path
                            + (before.equals(path) ? " twice" : " again as " + before));
                }
            });
        }
    }

    private static boolean isRate(double value) {
        return value >= 0 && value < Double.POSITIVE_INFINITY;
    }

    /** Creates an optimizer that trains all parameters alike, with the usual constants. */
    public AdamW(Map<String, Parameter> parameters, double weightDecay) {
        this(List.of(new Group(parameters, 1, weightDecay)), Betas.DEFAULT);
    }

    /** Throws {@link IllegalArgumentException} if the rate is NaN, infinite or negative. */
    @Override
    public void step(double learningRate) {
        if (!isRate(learningRate)) {
            throw new IllegalArgumentException(
                    "adamW: the learning rate must be finite and not negative; got " + learningRate);
        }
        for (Group group : groups) {
            for (Parameter parameter : group.parameters().values()) {
                if (parameter.isTrainable()) {
                    parameter.grad().ifPresent(gradient -> update(parameter, gradient, group, learningRate));
                }
            }
        }
    }

    private void update(Parameter parameter, Tensor gradient, Group group, double learningRate) {
        State state = states.computeIfAbsent(parameter, State::new);
        state.step++;
        Updates.adamWInPlace(
                parameter.value(),
                gradient,
                state.m,
                state.v,
                learningRate * group.rateFactor(),
                betas.beta1(),
                betas.beta2(),
                betas.eps(),
                group.weightDecay(),
                state.step);
    }

    @Override
    public void zeroGrad() {
        groups.forEach(group -> group.parameters().values().forEach(Parameter::zeroGrad));
    }

    @Override
    public int statesPerParameter() {
        return 2;
    }
}
