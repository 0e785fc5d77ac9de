package luthier.nn.optim;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import luthier.golden.NotCovered;
import luthier.nn.optim.Schedule.Shape;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;

/** Which of our schedules a golden case means: by its name and the settings that its description gives, all of which must be known. */
final class GoldenSchedules {
    private static final Map<String, Function<GoldenSettings, Schedule>> KINDS = new HashMap<>();

    static {
        KINDS.put("constant_with_warmup", s -> Schedule.constantWithWarmup(base(s), warmup(s)));
        KINDS.put("linear_with_warmup", s -> {
            if (s.number("not_below", 0) != 0) {
                throw new NotCovered("a lower end of a linear schedule");
            }
            return Schedule.linearWithWarmup(base(s), warmup(s), total(s));
        });
        KINDS.put("cosine_with_warmup", s -> Schedule.cosineWithWarmup(base(s), warmup(s), total(s)));
        KINDS.put(
                "polynomial_with_warmup",
                s -> Schedule.polynomialWithWarmup(
                        base(s), warmup(s), total(s), s.number("power"), s.number("end_rate")));
        KINDS.put("step", s -> Schedule.step(base(s), s.whole("step_size"), s.number("gamma")));
        KINDS.put("exponential", s -> Schedule.exponential(base(s), s.number("gamma")));
        KINDS.put("cosine_annealing", s -> Schedule.cosineAnnealing(base(s), s.whole("t_max"), s.number("eta_min", 0)));
        KINDS.put(
                "cosine_warm_restarts",
                s -> Schedule.cosineWarmRestarts(
                        base(s), s.whole("t_0"), (long) s.number("t_mult", 1), s.number("eta_min", 0)));
        KINDS.put(
                "polynomial", s -> Schedule.polynomial(base(s), total(s), s.number("power"), s.number("end_rate", 0)));
        KINDS.put(
                "one_cycle",
                s -> Schedule.oneCycle(
                        s.number("max|max_lr"),
                        s.whole("total_steps"),
                        s.number("pct_start"),
                        s.number("div_factor|div"),
                        s.number("final_div_factor|final"),
                        s.word("linear") ? Shape.LINEAR : s.word("cosine") ? Shape.COSINE : unsaid()));
    }

    private GoldenSchedules() {}

    private static double base(GoldenSettings settings) {
        return settings.number("base_lr|lr");
    }

    private static long warmup(GoldenSettings settings) {
        return settings.whole("warmup");
    }

    private static long total(GoldenSettings settings) {
        return settings.whole("total_iterations|total_iters|total");
    }

    private static Shape unsaid() {
        throw new NotCovered("one cycle of a shape that is not said");
    }

    /** Returns the schedule of a kind's name, or of one that goes on after it, {@code step_b}. */
    static Schedule of(String name, JsonValue description, JsonObject args) {
        Function<GoldenSettings, Schedule> kind = KINDS.keySet().stream()
                .filter(known -> (name + "_").startsWith(known + "_"))
                .max(Comparator.comparingInt(String::length))
                .map(KINDS::get)
                .orElseThrow(() -> new NotCovered(description.toString()));
        GoldenSettings settings = new GoldenSettings(description, args);
        Schedule schedule = kind.apply(settings);
        settings.requireAllRead();
        return schedule;
    }
}
