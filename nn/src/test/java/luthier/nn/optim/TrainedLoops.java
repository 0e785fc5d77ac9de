package luthier.nn.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import luthier.autograd.Variable;
import luthier.autograd.ops.DistanceOps;
import luthier.autograd.ops.LossReduction;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.nn.Parameter;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tiny.Tiny;

/** Closed loops of training on a network of two layers, against PyTorch's losses and last weights. */
final class TrainedLoops {
    private final Map<String, Tensor> tensors;
    private final DType dtype;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<Double> losses = new ArrayList<>();
    private final List<Double> norms = new ArrayList<>();

    private TrainedLoops(Map<String, Tensor> tensors, DType dtype) {
        this.tensors = tensors;
        this.dtype = dtype;
        tensors.forEach((name, value) -> {
            if (name.matches("[wb]\\d")) {
                parameters.put(name, Tiny.parameter(name, value.to(dtype)));
            }
        });
    }

    static void check(JsonObject meta, Map<String, Tensor> tensors, DType dtype) {
        TrainedLoops loop = new TrainedLoops(tensors, dtype);
        if (meta.get("args").asObject().find("groups").isPresent()) {
            loop.groups(meta.get("args").asObject());
        } else {
            loop.clipped(meta);
        }
        JsonObject tol = meta.get("tol").asObject();
        tensors.forEach((name, value) -> {
            String bare = name.replace(".f64", "");
            if (name.startsWith("final.") && name.endsWith(".f64")) {
                Tensor got =
                        loop.parameters.get(bare.substring("final.".length())).value();
                Tolerance.of(tol, bare, dtype).assertClose(name, value, got);
            } else if (name.equals("loss.f64")) {
                Tolerance.of(tol, bare, dtype).assertClose(name, value, of(loop.losses));
            } else if (name.equals("grad_norm_before_clip.f64")) {
                Tolerance.of(tol, bare, dtype).assertClose(name, value, of(loop.norms));
            }
        });
    }

    private static Tensor of(List<Double> values) {
        return Tensor.of(values.stream().mapToDouble(Double::doubleValue).toArray(), values.size());
    }

    private Variable value(String name) {
        return parameters.get(name).variable();
    }

    private void learn(Variable outputs) {
        Variable loss =
                DistanceOps.mse(outputs, Variable.constant(tensors.get("y").to(dtype)), LossReduction.MEAN);
        losses.add(loss.item());
        loss.backward();
    }

    private Variable x() {
        return Variable.constant(tensors.get("x").to(dtype));
    }

    /** Groups with own rate, decay and rule: an optimizer each; halfway one slows down and one freezes. */
    private void groups(JsonObject args) {
        List<JsonValue> groups = args.get("groups").asList();
        List<GoldenRules.Trained> rules = new ArrayList<>();
        List<Optimizer> optimizers = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            Map<String, JsonValue> settings =
                    new LinkedHashMap<>(args.get("default").asObject().members());
            settings.putAll(groups.get(i).asObject().members());
            GoldenRules.Trained rule =
                    GoldenRules.of("AdamW", luthier.tensor.io.Json.of(settings).asObject());
            rules.add(rule);
            optimizers.add(new Optimizer(rule.rule(), Map.of("w" + i, parameters.get("w" + i)), rule.decay()));
        }
        long steps = args.get("steps").asLong();
        for (int step = 0; step < steps; step++) {
            if (step == steps / 2) {
                parameters.get("w1").freeze();
            }
            learn(x().matmul(value("w0")).add(value("w1")).tanh().matmul(value("w2")));
            for (int i = 0; i < optimizers.size(); i++) {
                double slower = i == 0 && step >= steps / 2 ? 0.1 : 1;
                if (parameters.get("w" + i).isTrainable()) {
                    optimizers.get(i).step(rules.get(i).rate() * slower);
                }
            }
            parameters.values().forEach(Parameter::zeroGrad);
        }
    }

    /** Weights that decay, biases that do not and learn twice as fast; clipped by norm; a warm-up, then a cosine. */
    private void clipped(JsonObject meta) {
        String what = meta.get("what").asString();
        if (!what.contains("weights: decay 0.05; biases: no decay, twice the rate")
                || !what.contains("clip by norm 0.5")
                || !meta.get("args").asObject().members().keySet().stream()
                        .allMatch(Set.of("lr", "momentum", "nesterov")::contains)) {
            throw new NotCovered(what);
        }
        GoldenRules.Trained trained = GoldenRules.of(
                meta.get("optimizer").asString(), meta.get("args").asObject());
        Optimizer optimizer = new Optimizer(
                trained.rule(),
                parameters,
                name -> name.startsWith("w") ? Optimizer.Group.USUAL : new Optimizer.Group(2, 0),
                0.05);
        long steps = tensors.get("loss.f64").elementCount();
        Schedule schedule = Schedule.cosineWithWarmup(trained.rate(), 5, steps);
        for (int step = 0; step < steps; step++) {
            learn(x().matmul(value("w1"))
                    .add(value("b1"))
                    .tanh()
                    .matmul(value("w2"))
                    .add(value("b2")));
            norms.add(GradientClipping.byNorm(parameters, 0.5));
            optimizer.step(schedule.at(step));
            optimizer.zeroGrad();
        }
    }
}
