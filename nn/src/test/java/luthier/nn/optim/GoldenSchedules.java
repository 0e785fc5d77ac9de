package luthier.nn.optim;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import luthier.golden.NotCovered;
import luthier.nn.optim.Schedule.Shape;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

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
                        notThreePhase(s).number("pct_start"),
                        s.number("div_factor|div"),
                        s.number("final_div_factor|final"),
                        s.word("linear") ? Shape.LINEAR : s.word("cosine") ? Shape.COSINE : unsaid()));
    }

    private GoldenSchedules() {}

    private static GoldenSettings notThreePhase(GoldenSettings settings) {
        if (!settings.word("three_phase false") && settings.word("three_phase true")) {
            throw new NotCovered("one cycle of three phases");
        }
        return settings;
    }

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

    /** Schedules that are described in a sentence: what it must say, and what its numbers make. */
    private record Sentence(String kind, Pattern says, BiFunction<Double, double[], Schedule> schedule) {}

    private static final String NUMBER = "([-+.\\deE]+)";

    private static Sentence sentence(String kind, String says, BiFunction<Double, double[], Schedule> schedule) {
        return new Sentence(kind, Pattern.compile(says.replace("#", NUMBER)), schedule);
    }

    private static final List<Sentence> SENTENCES = List.of(
            sentence(
                    "cyclic_triangular2",
                    "base #, max #, up #, down #, amplitude halved each cycle",
                    (base, n) -> Schedule.cyclic(n[0], n[1], (long) n[2], (long) n[3], Schedule.Height.HALVED, 1)),
            sentence(
                    "cyclic_triangular",
                    "base #, max #, up #, down #",
                    (base, n) -> Schedule.cyclic(n[0], n[1], (long) n[2], (long) n[3], Schedule.Height.EQUAL, 1)),
            sentence(
                    "linear",
                    "factor from # to # in # steps",
                    (base, n) -> Schedule.ramp(base, n[0], n[1], (long) n[2])),
            sentence(
                    "constant",
                    "factor # for # steps",
                    (base, n) -> Schedule.constant(base * n[0]).then((long) n[1], Schedule.constant(base))),
            sentence(
                    "sequential",
                    "LinearLR\\(#\\.\\.#, #\\) then ExponentialLR\\(#\\), milestone #",
                    (base, n) -> Schedule.ramp(base, n[0], n[1], (long) n[2])
                            .then((long) n[4], Schedule.exponential(base, n[3]))),
            sentence(
                    "hf_inverse_sqrt",
                    "with warmup # and # training steps warmup #, timescale = warmup: .*",
                    (base, n) -> Schedule.inverseSqrt(base, (long) n[2], (long) n[2])),
            sentence(
                    "hf_cosine_with_restarts",
                    "with warmup # and # training steps hard restarts, # cycles: .*",
                    (base, n) -> Schedule.cosineWithRestarts(base, (long) n[0], (long) n[1], (long) n[2])),
            sentence(
                    "hf_polynomial",
                    "with warmup # and # training steps end rate #, power #",
                    (base, n) -> Schedule.polynomialWithWarmup(base, (long) n[0], (long) n[1], n[3], n[2])),
            sentence(
                    "hf_cosine_with_min_lr",
                    "with warmup # and # training steps cosine to # of the rate",
                    (base, n) -> Schedule.cosineToLow(base, (long) n[0], (long) n[1], base * n[2])),
            sentence(
                    "hf_warmup_stable_decay",
                    "with warmup # and # training steps linear warmup, constant, then cosine decay over the last # of the training steps to #",
                    (base, n) -> Schedule.warmupStableDecay(base, (long) n[0], (long) n[1], (long) n[2], base * n[3])));

    private static Matcher common(JsonObject meta) {
        return Pattern.compile("hf_\\*: .*(with warmup \\d+ and (\\d+) training steps)")
                .matcher(meta.find("what").map(JsonValue::asString).orElse(""));
    }

    /** Returns the training steps of transformers' schedules. */
    static long trainingSteps(JsonObject meta) {
        Matcher common = common(meta);
        return common.find() ? Long.parseLong(common.group(2)) : Long.MAX_VALUE - 1;
    }

    /** Returns the schedule that a sentence describes, with what the case says of all of its kind. */
    private static Optional<Schedule> described(String name, JsonValue description, JsonObject meta) {
        if (!(description instanceof JsonString text)) {
            return Optional.empty();
        }
        Matcher common = common(meta);
        String said = name.startsWith("hf_") && common.find() ? common.group(1) + " " + text.value() : text.value();
        for (Sentence sentence : SENTENCES) {
            Matcher numbers = sentence.says().matcher(said);
            if ((name + "_").startsWith(sentence.kind() + "_") && numbers.matches()) {
                double[] values = IntStream.rangeClosed(1, numbers.groupCount())
                        .mapToDouble(i -> Double.parseDouble(numbers.group(i)))
                        .toArray();
                double base = meta.get("args").asObject().get("base_lr").asDouble();
                return Optional.of(sentence.schedule().apply(base, values));
            }
        }
        return Optional.empty();
    }

    /** Returns the schedule of a kind's name, or of one that goes on after it, {@code step_b}. */
    static Schedule of(String name, JsonValue description, JsonObject meta) {
        Optional<Schedule> described = described(name, description, meta);
        if (described.isPresent()) {
            return described.get();
        }
        Function<GoldenSettings, Schedule> kind = KINDS.keySet().stream()
                .filter(known -> (name + "_").startsWith(known + "_"))
                .max(Comparator.comparingInt(String::length))
                .map(KINDS::get)
                .orElseThrow(() -> new NotCovered(description.toString()));
        GoldenSettings settings =
                new GoldenSettings(description, meta.get("args").asObject());
        Schedule schedule = kind.apply(settings);
        settings.requireAllRead();
        return schedule;
    }
}
