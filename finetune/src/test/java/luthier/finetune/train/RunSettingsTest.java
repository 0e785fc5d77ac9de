package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RunSettingsTest {
    private static final RunSettings USUAL = RunSettings.usual();

    @Test
    void refusesByTheNameOfTheOption() {
        refused("run plan: batch-size must be at least 1; got 0", () -> USUAL.withBatches(0, 1));
        refused("run plan: accumulate must be at least 1; got -2", () -> USUAL.withBatches(8, -2));
        refused(
                "run plan: schedule must be one of [linear, cosine, constant, constant_with_warmup]; got step",
                () -> USUAL.withSchedule("step", 1, 0));
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused(
                    "run plan: learning-rate must be positive and finite; got " + rate,
                    () -> USUAL.withSchedule("linear", rate, 0));
        }
        for (double warmup : new double[] {-1, 100.5, Double.NaN}) {
            refused(
                    "run plan: warmup must be in [0, 100] percent of the steps; got " + warmup,
                    () -> USUAL.withSchedule("linear", 1, warmup));
        }
        refused(
                "run plan: schedule constant has no warm-up; got warmup 3.0; take constant_with_warmup, or warmup 0",
                () -> USUAL.withSchedule("constant", 1, 3));
        refused(
                "run plan: evaluate-every must be at least 1; got 0",
                () -> USUAL.withEvery(OptionalLong.of(0), OptionalLong.empty()));
        refused(
                "run plan: save-every must be at least 1; got 0",
                () -> USUAL.withEvery(OptionalLong.empty(), OptionalLong.of(0)));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable settings) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, settings).getMessage());
    }
}
