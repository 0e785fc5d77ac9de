package luthier.nn.optim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import luthier.golden.NotCovered;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;

/** Which of our rules a golden case means: by the name and settings of PyTorch's and transformers' optimizers, all of which must be known. */
final class GoldenRules {
    /** Ways to compute the same. */
    private static final Set<String> NO_MATTER = Set.of("foreach", "capturable", "differentiable", "fused");

    private final Map<String, JsonValue> unread;

    private GoldenRules(JsonObject settings) {
        unread = new TreeMap<>(settings.members());
        unread.keySet().removeAll(NO_MATTER);
    }

    /** A rule with the rate and decay of its steps. */
    record Trained(UpdateRule rule, double rate, double decay) {}

    /** Returns the rule of an optimizer's settings. */
    static Trained of(String name, JsonObject settings) {
        GoldenRules s = new GoldenRules(settings);
        double rate = s.number("lr", name.equals("Adafactor") ? 1e-2 : 1e-3);
        double decay = s.number("weight_decay", name.equals("AdamW") ? 1e-2 : 0);
        UpdateRule rule = s.rule(name, decay);
        if (s.flag("maximize")) {
            rule = new Maximize(rule);
        }
        if (!s.unread.isEmpty()) {
            throw new NotCovered("settings " + s.unread + " of " + name);
        }
        return new Trained(rule, rate, decay);
    }

    private UpdateRule rule(String name, double decay) {
        return switch (name) {
            case "Adam", "AdamW" -> adam(name.equals("AdamW"), decay);
            case "NAdam" -> {
                requireCoupled(decay);
                yield new NAdam(beta(0, 0.9), beta(1, 0.999), eps(1e-8), number("momentum_decay", 4e-3));
            }
            case "RAdam" -> {
                requireCoupled(decay);
                yield new RAdam(beta(0, 0.9), beta(1, 0.999), eps(1e-8));
            }
            case "Adamax" -> new Adamax(beta(0, 0.9), beta(1, 0.999), eps(1e-8));
            case "Adagrad" -> new Adagrad(number("lr_decay", 0), number("initial_accumulator_value", 0), eps(1e-10));
            case "Adadelta" -> new Adadelta(number("rho", 0.9), eps(1e-6));
            case "RMSprop" -> new RmsProp(number("alpha", 0.99), number("momentum", 0), flag("centered"), eps(1e-8));
            case "Rprop" -> rprop();
            case "ASGD" -> new Asgd(number("lambd", 1e-4), number("alpha", 0.75), number("t0", 1e6));
            case "Lion" -> new Lion(beta(0, 0.9), beta(1, 0.99));
            case "Muon" -> muon();
            case "Adafactor" -> adafactor(decay);
            case "SGD" -> new Sgd(number("momentum", 0), number("dampening", 0), flag("nesterov"));
            default -> throw new NotCovered("optimizer " + name);
        };
    }

    private UpdateRule adam(boolean usuallyDecoupled, double decay) {
        boolean decoupled = flag("decoupled_weight_decay", usuallyDecoupled);
        double beta1 = beta(0, 0.9);
        double beta2 = beta(1, 0.999);
        double eps = eps(1e-8);
        if (flag("amsgrad")) {
            return new AmsGrad(beta1, beta2, eps, decoupled);
        }
        return decoupled || decay == 0 ? new AdamW(beta1, beta2, eps) : new Adam(beta1, beta2, eps);
    }

    private void requireCoupled(double decay) {
        if (flag("decoupled_weight_decay") && decay != 0) {
            throw new NotCovered("decoupled weight decay " + decay);
        }
    }

    private UpdateRule rprop() {
        List<JsonValue> etas = list("etas").orElseThrow(() -> new NotCovered("rprop without etas"));
        List<JsonValue> steps = list("step_sizes").orElseThrow(() -> new NotCovered("rprop without step sizes"));
        return new Rprop(
                etas.get(0).asDouble(),
                etas.get(1).asDouble(),
                steps.get(0).asDouble(),
                steps.get(1).asDouble());
    }

    private UpdateRule muon() {
        boolean usual = number("eps", 1e-7) == 1e-7
                && number("ns_steps", 5) == 5
                && list("ns_coefficients")
                        .map(all -> all.stream().map(JsonValue::asDouble).toList())
                        .orElse(List.of(3.4445, -4.775, 2.0315))
                        .equals(List.of(3.4445, -4.775, 2.0315));
        if (!usual) {
            throw new NotCovered("another iteration of Muon");
        }
        Optional<JsonValue> scale = take("adjust_lr_fn");
        boolean original = scale.isEmpty() || scale.get().asString().equals("original");
        return new Muon(
                number("momentum", 0.95),
                flag("nesterov", true),
                original ? Muon.Scale.ORIGINAL : Muon.Scale.LIKE_ADAMW,
                AdamW.USUAL);
    }

    /** PyTorch's is always relative and scaled; transformers' says so. */
    private UpdateRule adafactor(double decay) {
        double least = list("eps").map(pair -> pair.get(1).asDouble()).orElse(1e-3);
        if (unread.containsKey("beta2_decay")) {
            return new Adafactor(-number("beta2_decay", -0.8), number("d", 1), true, true, least, 1e-30, 0);
        }
        boolean relative = flag("relative_step", true);
        boolean scaled = flag("scale_parameter", true);
        if (flag("warmup_init")) {
            throw new NotCovered("warm-up by Adafactor itself");
        }
        if (decay != 0 && (relative || scaled)) {
            throw new NotCovered("decay " + decay + " scaled as the steps are");
        }
        return new Adafactor(
                -number("decay_rate", -0.8),
                number("clip_threshold", 1),
                relative,
                scaled,
                least,
                1e-30,
                number("beta1", 0));
    }

    // ---- settings, each of which is read

    /** Takes a setting that is not null. */
    private Optional<JsonValue> take(String name) {
        return Optional.ofNullable(unread.remove(name)).filter(value -> !(value instanceof JsonNull));
    }

    private double number(String name, double otherwise) {
        return take(name).map(JsonValue::asDouble).orElse(otherwise);
    }

    private boolean flag(String name) {
        return flag(name, false);
    }

    private boolean flag(String name, boolean otherwise) {
        return take(name).map(value -> ((JsonBoolean) value).value()).orElse(otherwise);
    }

    private Optional<List<JsonValue>> list(String name) {
        return take(name).map(JsonValue::asList);
    }

    private double eps(double otherwise) {
        return number("eps", otherwise);
    }

    private double beta(int index, double otherwise) {
        Optional<JsonValue> betas = Optional.ofNullable(unread.get("betas"));
        if (index == 1) {
            unread.remove("betas");
        }
        return betas.map(pair -> pair.asList().get(index).asDouble()).orElse(otherwise);
    }
}
