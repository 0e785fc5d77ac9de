package luthier.nn.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.nn.Parameter;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** AdamW, clipping and schedules against PyTorch's, on given gradients. */
class OptimGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final List<String> NAMES = List.of("p0", "p1");

    private static GoldenSet.Case find(String id) {
        Assumptions.assumeTrue(SET.find(id).isPresent(), () -> "the golden set has no " + id);
        return SET.find(id).get();
    }

    private static Map<String, Tensor> stream() {
        return SET.tensors(find("optim/gradient_stream").data());
    }

    private static Map<String, Parameter> parameters(Map<String, Tensor> stream, DType dtype) {
        Map<String, Parameter> result = new LinkedHashMap<>();
        for (String name : NAMES) {
            Tensor start = stream.get(name + ".init").to(dtype);
            result.put(name, new Parameter(name, dtype, start.shape(), (type, shape, rng) -> start.copy(), Rng.of(0)));
        }
        return result;
    }

    private static void setGradients(
            Map<String, Parameter> parameters, Map<String, Tensor> stream, int row, double scale) {
        parameters.forEach((name, parameter) -> parameter
                .variable()
                .setGrad(stream.get(name + ".grads").select(0, row).mul(scale).to(parameter.dtype())));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void adamWFollowsTheTrajectory(DType dtype) {
        GoldenSet.Case golden = find("optim/given_adamw");
        JsonObject meta = SET.json(golden.meta());
        JsonObject settings = meta.get("all_settings").asObject();
        List<JsonValue> betas = settings.get("betas").asList();
        Map<String, Tensor> expected = SET.tensors(golden.data());
        Map<String, Tensor> stream = stream();
        Map<String, Parameter> parameters = parameters(stream, dtype);
        AdamW optimizer = new AdamW(
                List.of(new AdamW.Group(
                        parameters, 1, settings.get("weight_decay").asDouble())),
                new AdamW.Betas(
                        betas.get(0).asDouble(),
                        betas.get(1).asDouble(),
                        settings.get("eps").asDouble()));
        long steps = expected.get("p0.traj.f64").size(0);
        for (int step = 0; step < steps; step++) {
            for (String name : NAMES) {
                Tolerance.of(meta.get("tol").asObject(), name + ".traj", dtype)
                        .assertClose(
                                name + " after " + step + " steps",
                                expected.get(name + ".traj.f64").select(0, step),
                                parameters.get(name).value());
            }
            if (step < steps - 1) {
                setGradients(parameters, stream, step, 1);
                optimizer.step(settings.get("lr").asDouble());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void clips(DType dtype) {
        GoldenSet.Case golden = find("optim/clip");
        JsonObject meta = SET.json(golden.meta());
        JsonObject args = meta.get("args").asObject();
        Map<String, Tensor> expected = SET.tensors(golden.data());
        Map<String, Tensor> stream = stream();
        Map<String, Parameter> parameters = parameters(stream, dtype);

        setGradients(parameters, stream, 0, 1);
        double norm = GradientClipping.byNorm(parameters, args.get("max_norm").asDouble());
        check(meta, expected, "norm", dtype, Tensor.scalar(norm));
        NAMES.forEach(name -> check(meta, expected, name + ".clipped_by_norm", dtype, gradient(parameters, name)));

        setGradients(parameters, stream, 1, 1);
        GradientClipping.byValue(parameters, args.get("clip_value").asDouble());
        NAMES.forEach(name -> check(meta, expected, name + ".clipped_by_value", dtype, gradient(parameters, name)));

        setGradients(parameters, stream, 2, 1e-3);
        double small = GradientClipping.byNorm(parameters, args.get("max_norm").asDouble());
        check(meta, expected, "small.norm", dtype, Tensor.scalar(small));
        NAMES.forEach(name -> check(meta, expected, name + ".small_untouched", dtype, gradient(parameters, name)));
    }

    private static Tensor gradient(Map<String, Parameter> parameters, String name) {
        return parameters.get(name).grad().orElseThrow();
    }

    private static void check(JsonObject meta, Map<String, Tensor> expected, String name, DType dtype, Tensor got) {
        Tolerance.of(meta.get("tol").asObject(), name, dtype).assertClose(name, expected.get(name + ".f64"), got);
    }

    @Test
    void schedules() {
        GoldenSet.Case golden = find("optim/schedules");
        JsonObject meta = SET.json(golden.meta());
        JsonObject args = meta.get("args").asObject();
        double base = args.get("base_lr").asDouble();
        long warmup = args.get("warmup").asLong();
        long total = args.get("total").asLong();
        long n = args.get("N").asLong();
        Map<String, Schedule> schedules = new LinkedHashMap<>();
        schedules.put("constant_with_warmup", Schedule.constantWithWarmup(base, warmup));
        schedules.put("linear_with_warmup", Schedule.linearWithWarmup(base, warmup, total));
        schedules.put("cosine_with_warmup", Schedule.cosineWithWarmup(base, warmup, total));
        schedules.put("polynomial_with_warmup", Schedule.polynomialWithWarmup(base, warmup, total, 2, 1e-3));
        schedules.put("step", Schedule.step(base, 7, 0.5));
        schedules.put("exponential", Schedule.exponential(base, 0.93));
        schedules.put("cosine_annealing", Schedule.cosineAnnealing(base, n, 1e-3));
        schedules.put("cosine_warm_restarts", Schedule.cosineWarmRestarts(base, 6, 2, 1e-4));
        schedules.put("polynomial", Schedule.polynomial(base, total, 1.5, 0));
        schedules.put("one_cycle_cos", Schedule.oneCycle(0.5, n + 1, 0.3, 25, 1e4, Schedule.Shape.COSINE));
        schedules.put("one_cycle_linear", Schedule.oneCycle(0.5, n + 1, 0.4, 10, 100, Schedule.Shape.LINEAR));
        Map<String, Tensor> expected = SET.tensors(golden.data());
        Tolerance tolerance = Tolerance.of(meta.get("tol").asObject(), "all", DType.F64);
        for (String name : meta.get("schedules").asObject().members().keySet()) {
            Schedule schedule = schedules.get(name);
            double[] rates = new double[(int) n];
            for (int i = 0; i < n; i++) {
                rates[i] = schedule.at(i);
            }
            tolerance.assertClose(name, expected.get(name), Tensor.of(rates, n));
        }
    }
}
