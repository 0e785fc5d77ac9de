package luthier.nn.optim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** AdamW, SGD, clipping and schedules against PyTorch's, on given gradients. */
class OptimGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final String TRAJECTORY = ".traj.f64";
    private static final Set<String> SETTINGS = Set.of("lr", "betas", "eps", "weight_decay", "decoupled_weight_decay");
    /** Variants that ours does not have; off in most cases. */
    private static final Set<String> SWITCHES =
            Set.of("amsgrad", "maximize", "foreach", "capturable", "differentiable", "fused");

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
        Optimizer optimizer = optimizer(meta.get("optimizer").asString(), settings, parameters);
        List<String> names = named(expected, TRAJECTORY);
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
                optimizer.step(Args.number(settings, "lr", 1e-3));
            }
        }
    }

    private static Optimizer optimizer(String name, JsonObject settings, Map<String, Parameter> parameters) {
        return switch (name) {
            case "Adam", "AdamW" -> adamW(name, settings, parameters);
            case "SGD" -> sgd(settings, parameters);
            default -> throw new NotCovered("optimizer " + name);
        };
    }

    private static Optimizer sgd(JsonObject settings, Map<String, Parameter> parameters) {
        settings.members().forEach((option, value) -> {
            boolean off = SWITCHES.contains(option) && !Args.flag(settings, option, false);
            boolean undamped = option.equals("dampening") && value.asDouble() == 0;
            if (!Set.of("lr", "momentum", "nesterov", "weight_decay").contains(option) && !off && !undamped) {
                throw new NotCovered("option " + option + " " + value);
            }
        });
        Sgd rule = new Sgd(Args.number(settings, "momentum", 0), Args.flag(settings, "nesterov", false));
        return new Optimizer(rule, parameters, Args.number(settings, "weight_decay", 0));
    }

    /** AdamW; Adam is the same where nothing decays. */
    private static Optimizer adamW(String name, JsonObject settings, Map<String, Parameter> parameters) {
        settings.members().forEach((option, value) -> {
            boolean off = SWITCHES.contains(option) && !Args.flag(settings, option, false);
            if (!SETTINGS.contains(option) && !off) {
                throw new NotCovered("option " + option + " " + value);
            }
        });
        double decay = Args.number(settings, "weight_decay", name.equals("AdamW") ? 0.01 : 0);
        if (decay != 0 && !Args.flag(settings, "decoupled_weight_decay", name.equals("AdamW"))) {
            throw new NotCovered("weight decay " + decay + " added to the gradient");
        }
        AdamW usual = AdamW.USUAL;
        Optional<List<JsonValue>> betas = settings.find("betas").map(JsonValue::asList);
        AdamW rule = new AdamW(
                betas.map(pair -> pair.get(0).asDouble()).orElse(usual.beta1()),
                betas.map(pair -> pair.get(1).asDouble()).orElse(usual.beta2()),
                Args.number(settings, "eps", usual.eps()));
        return new Optimizer(rule, parameters, decay);
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

    private static void schedule(JsonObject meta, Map<String, Tensor> tensors, String name, JsonValue description) {
        Schedule schedule =
                GoldenSchedules.of(name, description, meta.get("args").asObject());
        Tensor expected = Optional.ofNullable(tensors.get(name)).orElseGet(() -> tensors.get(name + ".f64"));
        double[] rates = new double[(int) expected.elementCount()];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = schedule.at(i);
        }
        JsonObject table = meta.get("tol").asObject();
        Tolerance.of(table, table.find(name).isPresent() ? name : "all", DType.F64)
                .assertClose(name, expected, Tensor.of(rates, rates.length));
    }
}
