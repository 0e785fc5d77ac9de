package luthier.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.LossReduction;
import luthier.golden.Args;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Optimizers, clipping, averages and schedules against PyTorch's, on given gradients. */
class OptimGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final String TRAJECTORY = ".traj.f64";

    @TestFactory
    Stream<DynamicTest> cases() {
        List<GoldenSet.Case> cases = SET.cases("optim");
        return cases.isEmpty() ? Stream.of(SET.absent("optim")) : cases.stream().flatMap(this::tests);
    }

    private Stream<DynamicTest> tests(GoldenSet.Case golden) {
        JsonObject meta = SET.json(golden.meta());
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        if (meta.find("schedules").isPresent()) {
            return meta.get("schedules").asObject().members().entrySet().stream()
                    .map(schedule -> SET.test(
                            golden.id() + " " + schedule.getKey(),
                            "",
                            () -> schedule(meta, tensors, schedule.getKey(), schedule.getValue())));
        }
        if (meta.find("optimizer").isPresent()
                && tensors.keySet().stream().anyMatch(name -> name.endsWith(TRAJECTORY))) {
            return inBothPrecisions(golden, dtype -> trajectory(meta, tensors, dtype));
        }
        if (tensors.keySet().stream().anyMatch(name -> name.contains(".clipped_by_"))) {
            return inBothPrecisions(golden, dtype -> clips(meta, tensors, dtype));
        }
        if (meta.find("formulas").isPresent() && tensors.keySet().stream().anyMatch(name -> name.startsWith("swa."))) {
            return inBothPrecisions(golden, dtype -> averages(meta, tensors, dtype));
        }
        if (tensors.containsKey("metric")) {
            return tensors.keySet().stream()
                    .filter(name -> name.startsWith("rate."))
                    .map(name -> SET.test(golden.id() + " " + name, "", () -> plateau(meta, tensors, name)));
        }
        if (tensors.containsKey("loss_before_step.f64")) {
            return inBothPrecisions(golden, dtype -> lbfgs(meta, tensors, dtype));
        }
        if (tensors.keySet().stream().anyMatch(name -> name.startsWith("final."))) {
            return inBothPrecisions(golden, dtype -> TrainedLoops.check(meta, tensors, dtype));
        }
        boolean given =
                meta.find("tol").isEmpty() && tensors.keySet().stream().anyMatch(name -> name.endsWith(".grads"));
        return given ? Stream.empty() : Stream.of(SET.notCovered(golden.id(), "no test of its kind"));
    }

    private static Stream<DynamicTest> inBothPrecisions(GoldenSet.Case golden, Consumer<DType> check) {
        return Stream.of(DType.F32, DType.F64)
                .map(dtype -> SET.test(golden.id(), dtype.toString(), () -> check.accept(dtype)));
    }

    /** Start values and gradients: those of the case that this one names, or its own. */
    private static Map<String, Tensor> stream(JsonObject meta, Map<String, Tensor> own) {
        return meta.find("stream")
                .map(id -> SET.tensors(SET.find(id.asString()).orElseThrow().data()))
                .orElse(own);
    }

    private static Map<String, Parameter> parameters(Map<String, Tensor> stream, DType dtype) {
        Map<String, Parameter> result = new LinkedHashMap<>();
        named(stream, ".init").forEach(name -> {
            Tensor start = stream.get(name + ".init").to(dtype);
            Parameter parameter = new Parameter(name, start.shape(), (type, shape, rng) -> start);
            result.put(name, parameter.initialize(new Seed(dtype, Rng.of(0))));
        });
        return result;
    }

    /** The beginnings of the names that end like this. */
    private static List<String> named(Map<String, Tensor> tensors, String end) {
        return tensors.keySet().stream()
                .filter(name -> name.endsWith(end))
                .map(name -> name.substring(0, name.length() - end.length()))
                .toList();
    }

    private static void setGradients(
            Map<String, Parameter> parameters, Map<String, Tensor> stream, int row, double scale) {
        parameters.forEach((name, parameter) -> parameter
                .variable()
                .setGrad(stream.get(name + ".grads").select(0, row).mul(scale).to(parameter.dtype())));
    }

    private static void trajectory(JsonObject meta, Map<String, Tensor> expected, DType dtype) {
        JsonObject settings =
                meta.find("all_settings").orElseGet(() -> meta.get("args")).asObject();
        Map<String, Tensor> stream = stream(meta, expected);
        Map<String, Parameter> parameters = parameters(stream, dtype);
        List<String> names = named(expected, TRAJECTORY);
        parameters.keySet().retainAll(names);
        GoldenRules.Trained trained = GoldenRules.of(meta.get("optimizer").asString(), settings);
        Optimizer optimizer = new Optimizer(trained.rule(), parameters, trained.decay());
        long rows = expected.get(names.getFirst() + TRAJECTORY).size(0);
        for (int step = 0; step < rows; step++) {
            for (String name : names) {
                Tolerance.of(meta.get("tol").asObject(), name + ".traj", dtype)
                        .assertClose(
                                name + " after " + step + " steps",
                                expected.get(name + TRAJECTORY).select(0, step),
                                parameters.get(name).value());
            }
            if (step < rows - 1) {
                setGradients(parameters, stream, step, 1);
                optimizer.ahead();
                optimizer.step(trained.rate());
            }
        }
    }

    /** By norm on the gradients of row 0, by value on row 1, and by norm on a thousandth of row 2, which stays as it is. */
    private static void clips(JsonObject meta, Map<String, Tensor> expected, DType dtype) {
        JsonObject args = meta.get("args").asObject();
        args.members().keySet().stream()
                .filter(option -> !Set.of("max_norm", "clip_value").contains(option))
                .forEach(option -> {
                    throw new NotCovered("option " + option + " " + args.get(option));
                });
        List<String> compared = new ArrayList<>();
        clip(meta, expected, 0, 1, "norm", ".clipped_by_norm", "max_norm", dtype, compared);
        clip(meta, expected, 1, 1, "", ".clipped_by_value", "clip_value", dtype, compared);
        clip(meta, expected, 2, 1e-3, "small.norm", ".small_untouched", "max_norm", dtype, compared);
        assertTrue(!compared.isEmpty(), "the case must have clipped gradients");
    }

    private static void clip(
            JsonObject meta,
            Map<String, Tensor> expected,
            int row,
            double scale,
            String norm,
            String end,
            String limit,
            DType dtype,
            List<String> compared) {
        List<String> names = named(expected, end + ".f64");
        if (names.isEmpty()) {
            return;
        }
        Map<String, Tensor> stream = stream(meta, expected);
        Map<String, Parameter> parameters = parameters(stream, dtype);
        setGradients(parameters, stream, row, scale);
        double max = meta.get("args").asObject().get(limit).asDouble();
        if (limit.equals("clip_value")) {
            GradientClipping.byValue(parameters, max);
        } else {
            double total = GradientClipping.byNorm(parameters, max);
            if (expected.containsKey(norm + ".f64")) {
                check(meta, expected, norm, dtype, Tensor.scalar(total));
            }
        }
        for (String name : names) {
            check(meta, expected, name + end, dtype, parameters.get(name).grad().orElseThrow());
            compared.add(name + end);
        }
    }

    private static void check(JsonObject meta, Map<String, Tensor> expected, String name, DType dtype, Tensor got) {
        Tolerance.of(meta.get("tol").asObject(), name, dtype).assertClose(name, expected.get(name + ".f64"), got);
    }

    /** The means of the values along a given run. */
    private static void averages(JsonObject meta, Map<String, Tensor> expected, DType dtype) {
        JsonObject args = meta.get("args").asObject();
        double decay = args.get("decay").asDouble();
        int first = (int) args.get("first").asLong();
        int every = (int) args.get("every").asLong();
        List<String> compared = new ArrayList<>();
        for (String parameter : named(expected, TRAJECTORY)) {
            Tensor trajectory = expected.get(parameter + TRAJECTORY).to(dtype);
            for (String kind : List.of("swa", "ema", "ema_corrected", "ema_warmup")) {
                String name = kind + "." + parameter;
                Tensor means = expected.get(name + ".f64");
                if (means == null) {
                    continue;
                }
                Map<String, Parameter> one = Map.of(
                        parameter,
                        Tiny.parameter(parameter, trajectory.select(0, first).copy()));
                WeightAverage average = average(kind, decay, one);
                for (int row = 0; row < means.size(0); row++) {
                    one.get(parameter).load(trajectory.select(0, first + (long) row * every));
                    average.update();
                    Tolerance.of(meta.get("tol").asObject(), name, dtype)
                            .assertClose(
                                    name,
                                    means.select(0, row),
                                    average.average().get(parameter));
                }
                compared.add(name);
            }
        }
        assertEquals(expected.size() - named(expected, TRAJECTORY).size(), compared.size(), compared.toString());
    }

    private static WeightAverage average(String kind, double decay, Map<String, Parameter> parameters) {
        return switch (kind) {
            case "swa" -> WeightAverage.plain(parameters);
            case "ema" -> WeightAverage.exponential(WeightAverage.Kind.EXPONENTIAL, decay, parameters);
            case "ema_corrected" -> WeightAverage.exponential(WeightAverage.Kind.CORRECTED, decay, parameters);
            case "ema_warmup" -> WeightAverage.exponential(WeightAverage.Kind.WARMED_UP, decay, parameters);
            default -> throw new NotCovered("average " + kind);
        };
    }

    private static void plateau(JsonObject meta, Map<String, Tensor> tensors, String name) {
        JsonObject args = meta.get("args").asObject();
        JsonObject s = args.get(name.substring("rate.".length())).asObject();
        Set<String> known = Set.of("mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr");
        s.members().keySet().stream().filter(option -> !known.contains(option)).forEach(option -> {
            throw new NotCovered("option " + option);
        });
        Plateau plateau = Plateau.of(
                args.get("base_lr").asDouble(),
                new Plateau.Rules(
                        s.get("mode").asString().equals("max"),
                        s.get("factor").asDouble(),
                        (int) Args.number(s, "patience", 10),
                        Args.number(s, "threshold", 1e-4),
                        !s.find("threshold_mode")
                                .map(JsonValue::asString)
                                .orElse("rel")
                                .equals("abs"),
                        (int) Args.number(s, "cooldown", 0),
                        Args.number(s, "min_lr", 0)));
        double[] metrics = tensors.get("metric").toDoubleArray();
        double[] rates = new double[metrics.length];
        for (int i = 0; i < metrics.length; i++) {
            plateau = plateau.after(metrics[i]);
            rates[i] = plateau.rate();
        }
        assertArrayEquals(tensors.get(name).toDoubleArray(), rates, 1e-12);
    }

    /** Regularised logistic regression: mean binary cross-entropy of x w + b, plus 0.02 of the squared norm. */
    private static void lbfgs(JsonObject meta, Map<String, Tensor> tensors, DType dtype) {
        JsonObject s = meta.get("args").asObject();
        Set<String> known = Set.of(
                "lr", "max_iter", "max_eval", "history_size", "tolerance_grad", "tolerance_change", "line_search_fn");
        s.members().keySet().stream().filter(option -> !known.contains(option)).forEach(option -> {
            throw new NotCovered("option " + option);
        });
        long most = s.get("max_iter").asLong();
        Lbfgs.Settings settings = new Lbfgs.Settings(
                s.get("lr").asDouble(),
                (int) most,
                (int) Args.number(s, "max_eval", most * 5 / 4),
                Args.number(s, "tolerance_grad", 1e-7),
                Args.number(s, "tolerance_change", 1e-9),
                (int) Args.number(s, "history_size", 100),
                s.find("line_search_fn").isPresent());
        Variable x = Variable.constant(tensors.get("x").to(dtype));
        Tensor y = tensors.get("y").to(dtype);
        Parameter w = Tiny.parameter("w", tensors.get("w0").to(dtype));
        long inputs = x.shape().size(1);
        Lbfgs optimizer = new Lbfgs(Map.of("w", w), settings);
        Tensor trajectory = tensors.get("traj.f64");
        JsonObject tol = meta.get("tol").asObject();
        for (int step = 0; step < trajectory.size(0) - 1; step++) {
            Tolerance.of(tol, "traj", dtype).assertClose("w", trajectory.select(0, step), w.value());
            double loss = optimizer.step(() -> {
                Variable v = w.variable();
                Variable logits = x.matmul(v.slice(0, 0, inputs)).add(v.slice(0, inputs, inputs + 1));
                return LossOps.bceWithLogits(logits, Variable.constant(y), LossReduction.MEAN)
                        .add(v.square().sum().mul(0.02));
            });
            Tolerance.of(tol, "loss_before_step", dtype)
                    .assertClose("loss", tensors.get("loss_before_step.f64").select(0, step), Tensor.scalar(loss));
            // In single precision the noise of the losses decides how long a search goes on.
            if (dtype == DType.F64) {
                assertEquals(tensors.get("evaluations").toLongArray()[step], optimizer.evaluations(), "evaluations");
            }
        }
        Tolerance.of(tol, "traj", dtype).assertClose("w", trajectory.select(0, trajectory.size(0) - 1), w.value());
    }

    private static void schedule(JsonObject meta, Map<String, Tensor> tensors, String name, JsonValue description) {
        Schedule schedule = GoldenSchedules.of(name, description, meta);
        Tensor expected = Optional.ofNullable(tensors.get(name)).orElseGet(() -> tensors.get(name + ".f64"));
        // Transformers' cosine to a low rate rises again past its last step; ours stays.
        long steps = name.equals("hf_cosine_with_min_lr")
                ? GoldenSchedules.trainingSteps(meta) + 1
                : expected.elementCount();
        expected = expected.slice(0, 0, Math.min(steps, expected.elementCount()));
        double[] rates = new double[(int) expected.elementCount()];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = schedule.at(i);
        }
        JsonObject table = meta.get("tol").asObject();
        Tolerance.of(table, table.find(name).isPresent() ? name : "all", DType.F64)
                .assertClose(name, expected, Tensor.of(rates, rates.length));
    }
}
