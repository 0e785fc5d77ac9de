package luthier.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import luthier.nn.optim.Schedule.Shape;
import org.junit.jupiter.api.Test;

/** Schedules at their ends and with numbers that are none. */
class ScheduleTest {
    private static final double[] NO_RATES = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1};

    /** Past the end a schedule stays where it ended; nowhere is it above its base, NaN or negative. */
    @Test
    void theEndIsTheEnd() {
        Map<Schedule, Double> ends = new LinkedHashMap<>();
        for (long total : new long[] {1, 2, 10}) {
            for (long warmup : new long[] {0, 1, 5, 20}) {
                ends.put(Schedule.linearWithWarmup(1, warmup, total), 0.0);
                ends.put(Schedule.cosineWithWarmup(1, warmup, total), 0.0);
                ends.put(Schedule.polynomialWithWarmup(1, warmup, total, 2, 0.1), 0.1);
            }
            ends.put(Schedule.polynomial(1, total, 1, 0.1), 0.1);
            ends.put(Schedule.cosineAnnealing(1, total, 0.1), 0.1);
            for (Shape shape : Shape.values()) {
                for (double share : new double[] {0, 0.05, 0.1, 0.3, 0.5, 1}) {
                    ends.put(Schedule.oneCycle(1, total, share, 10, 100, shape), share == 1 ? null : 0.001);
                }
            }
        }
        ends.put(Schedule.constant(1), 1.0);
        ends.put(Schedule.constantWithWarmup(1, 3), 1.0);
        ends.put(Schedule.step(1, 1, 0), 0.0);
        ends.put(Schedule.exponential(1, 0.5), 0.0);
        ends.forEach((schedule, end) -> {
            for (long i : new long[] {0, 1, 2, 3, 5, 9, 10, 11, 15, 19, 20, 25, 1000, Long.MAX_VALUE}) {
                double rate = schedule.at(i);
                assertTrue(rate >= 0 && rate <= 1, i + ": " + rate);
                if (end != null && i >= 5000) {
                    assertEquals(end, rate, 1e-12);
                }
                if (i >= 25) {
                    assertTrue(rate <= schedule.at(25), "rises again: " + rate);
                }
            }
        });
    }

    @Test
    void aRiseOfOneStepIsAtTheTop() {
        for (Shape shape : Shape.values()) {
            assertEquals(1, Schedule.oneCycle(1, 10, 0.1, 10, 100, shape).at(0));
            assertEquals(1, Schedule.oneCycle(1, 1, 1, 10, 100, shape).at(0));
        }
    }

    @Test
    void oneFollowsAnother() {
        Schedule both = Schedule.constant(2).then(3, Schedule.exponential(8, 0.5));
        assertEquals(2, both.at(2));
        assertEquals(8, both.at(3));
        assertEquals(4, both.at(4));
        Schedule warm = Schedule.step(8, 2, 0.5).withWarmup(4);
        assertEquals(0, warm.at(0));
        assertEquals(6, warm.at(3));
        assertEquals(8, warm.at(5));
        assertEquals(4, warm.at(6));
    }

    @Test
    void milestonesCountFromTheirStepOn() {
        Schedule falls = Schedule.multiStep(8, List.of(2L, 5L, 5L), 0.5);
        assertEquals(8, falls.at(1));
        assertEquals(4, falls.at(2));
        assertEquals(1, falls.at(5));
        assertEquals(8, Schedule.multiStep(8, List.of(), 0.5).at(100));
    }

    @Test
    void cyclesRiseAndFall() {
        Schedule equal = Schedule.cyclic(1, 5, 2, 4, Schedule.Height.EQUAL, 1);
        assertEquals(List.of(1.0, 3.0, 5.0, 4.0, 3.0, 2.0, 1.0, 3.0), first(equal, 8));
        assertEquals(3, Schedule.cyclic(1, 5, 2, 4, Schedule.Height.HALVED, 1).at(8));
        assertEquals(
                1 + 4 * 0.25,
                Schedule.cyclic(1, 5, 2, 4, Schedule.Height.FALLING, 0.5).at(2));
    }

    private static List<Double> first(Schedule schedule, int steps) {
        return LongStream.range(0, steps).mapToObj(schedule::at).toList();
    }

    @Test
    void aStableRateFallsAtItsEnd() {
        Schedule schedule = Schedule.warmupStableDecay(1, 2, 10, 4, 0.5);
        assertEquals(List.of(0.5, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0), first(schedule, 7));
        assertEquals(0.75, schedule.at(8), 1e-15);
        assertEquals(0.5, schedule.at(10));
        assertEquals(0.5, schedule.at(1000));
    }

    @Test
    void restartsAtAnyStep() {
        Schedule doubling = Schedule.cosineWarmRestarts(1, 1, 2, 0);
        assertEquals(1, doubling.at(0));
        assertEquals(1, doubling.at((1L << 40) - 1));
        assertEquals(0.5, doubling.at((1L << 40) - 1 + (1L << 39)), 1e-9);
        assertTrue(doubling.at(Long.MAX_VALUE) >= 0);
        Schedule even = Schedule.cosineWarmRestarts(1, 4, 1, 0);
        assertEquals(0.5, even.at(2 + 4L * 1_000_000_000_000L), 1e-12);
        assertTrue(Schedule.cosineWarmRestarts(1, 3, Long.MAX_VALUE, 0).at(Long.MAX_VALUE) >= 0);
    }

    @Test
    void everyNumberIsChecked() {
        Map<String, DoubleFunction<Schedule>> rates = new LinkedHashMap<>();
        rates.put("constant: base", Schedule::constant);
        rates.put("constantWithWarmup: base", v -> Schedule.constantWithWarmup(v, 1));
        rates.put("linearWithWarmup: base", v -> Schedule.linearWithWarmup(v, 1, 2));
        rates.put("cosineWithWarmup: base", v -> Schedule.cosineWithWarmup(v, 1, 2));
        rates.put("polynomialWithWarmup: base", v -> Schedule.polynomialWithWarmup(v, 1, 2, 1, 0));
        rates.put("polynomialWithWarmup: power", v -> Schedule.polynomialWithWarmup(1, 1, 2, v, 0));
        rates.put("polynomialWithWarmup: end", v -> Schedule.polynomial(1, 2, 1, v));
        rates.put("step: base", v -> Schedule.step(v, 1, 1));
        rates.put("step: gamma", v -> Schedule.step(1, 1, v));
        rates.put("exponential: base", v -> Schedule.exponential(v, 1));
        rates.put("exponential: gamma", v -> Schedule.exponential(1, v));
        rates.put("cosineAnnealing: base", v -> Schedule.cosineAnnealing(v, 1, 0));
        rates.put("cosineAnnealing: low", v -> Schedule.cosineAnnealing(1, 1, v));
        rates.put("cosineWarmRestarts: base", v -> Schedule.cosineWarmRestarts(v, 1, 1, 0));
        rates.put("cosineWarmRestarts: low", v -> Schedule.cosineWarmRestarts(1, 1, 1, v));
        rates.put("oneCycle: max", v -> Schedule.oneCycle(v, 1, 1, 1, 1, Shape.LINEAR));
        rates.forEach((what, schedule) -> {
            for (double value : NO_RATES) {
                refused(what + " must be finite and not negative; got " + value, () -> schedule.apply(value));
            }
        });
        Map<String, LongFunction<Schedule>> steps = new LinkedHashMap<>();
        steps.put("constantWithWarmup: warmup must be at least 0", v -> Schedule.constantWithWarmup(1, v));
        steps.put("linearWithWarmup: warmup must be at least 0", v -> Schedule.linearWithWarmup(1, v, 1));
        steps.put("linearWithWarmup: total must be at least 1", v -> Schedule.linearWithWarmup(1, 0, v));
        steps.put("cosineWithWarmup: total must be at least 1", v -> Schedule.cosineWithWarmup(1, 0, v));
        steps.put("polynomialWithWarmup: total must be at least 1", v -> Schedule.polynomial(1, v, 1, 0));
        steps.put("step: size must be at least 1", v -> Schedule.step(1, v, 1));
        steps.put("cosineAnnealing: total must be at least 1", v -> Schedule.cosineAnnealing(1, v, 0));
        steps.put("cosineWarmRestarts: first must be at least 1", v -> Schedule.cosineWarmRestarts(1, v, 1, 0));
        steps.put("cosineWarmRestarts: factor must be at least 1", v -> Schedule.cosineWarmRestarts(1, 1, v, 0));
        steps.put("oneCycle: total must be at least 1", v -> Schedule.oneCycle(1, v, 1, 1, 1, Shape.LINEAR));
        steps.forEach((rule, schedule) -> {
            refused(rule + "; got -1", () -> schedule.apply(-1));
            if (rule.endsWith("1")) {
                refused(rule + "; got 0", () -> schedule.apply(0));
            }
        });
        refused(
                "oneCycle: the rising share must be in [0, 1]; got 1.5",
                () -> Schedule.oneCycle(1, 1, 1.5, 1, 1, Shape.LINEAR));
        for (double value : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY, -1}) {
            refused(
                    "oneCycle: the start divisor must be finite and positive; got " + value,
                    () -> Schedule.oneCycle(1, 1, 1, value, 1, Shape.LINEAR));
            refused(
                    "oneCycle: the end divisor must be finite and positive; got " + value,
                    () -> Schedule.oneCycle(1, 1, 1, 1, value, Shape.LINEAR));
        }
        refused(
                "schedule: the step must not be negative; got -1",
                () -> Schedule.constant(1).at(-1));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable schedule) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, schedule).getMessage());
    }
}
