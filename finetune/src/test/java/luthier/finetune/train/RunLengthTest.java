package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RunLengthTest {
    @Test
    void stepsOfEachKind() {
        assertEquals(12, new RunLength.Epochs(3).steps(4));
        assertEquals(7, new RunLength.Steps(7).steps(4));
        assertEquals(120, new RunLength.Minutes(1, 0.5).steps(4));
        assertEquals(1, new RunLength.Minutes(0.01, 30).steps(4));
        assertEquals(new RunLength.Epochs(3), RunLength.of(null, null, null, 1));
        assertEquals(new RunLength.Steps(9), RunLength.of(null, 9L, null, 1));
        assertEquals(new RunLength.Minutes(2, 0.1), RunLength.of(null, null, 2.0, 0.1));
    }

    @Test
    void refusesTwoLengthsAndNone() {
        refused(
                "run plan: only one of epochs, steps and minutes says how long a run is; got epochs 3 and minutes 2.0",
                () -> RunLength.of(3L, null, 2.0, 1));
        refused("run plan: epochs must be at least 1; got 0", () -> RunLength.of(0L, null, null, 1));
        refused("run plan: steps must be at least 1; got -1", () -> RunLength.of(null, -1L, null, 1));
        refused("run plan: minutes must be positive and finite; got NaN", () -> new RunLength.Minutes(Double.NaN, 1));
        refused("run plan: seconds a step must be positive and finite; got 0.0", () -> new RunLength.Minutes(1, 0));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable length) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, length).getMessage());
    }
}
