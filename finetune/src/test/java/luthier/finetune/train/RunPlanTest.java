package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RunPlanTest {
    /** 10 rows in 4 batches of 3, 3, 3, 1, two a step: 2 steps an epoch, the second of 4 rows. */
    private static final RunPlan PLAN =
            new RunPlan(10, RunSettings.usual().withBatches(3, 2).withLength(new RunLength.Steps(5)));

    @Test
    void everyStepByHand() {
        assertEquals(4, PLAN.batchesPerEpoch());
        assertEquals(1, PLAN.rowsOfLastBatch());
        assertEquals(2, PLAN.stepsPerEpoch());
        assertEquals(2, PLAN.batchesOfLastStep());
        assertArrayEquals(
                new long[] {0, 6, 10, 16, 20, 26},
                LongStream.rangeClosed(0, 5).map(PLAN::rowsAfter).toArray());
        assertEquals(new RunPlan.Position(1, 2, 6, 2, 2), PLAN.position(3));
        assertEquals(new RunPlan.Position(2, 2, 6, 0, 0), PLAN.position(5));
        assertEquals(
                "run plan: steps done must be in [0, 5], the run's steps; got 6",
                assertThrows(IllegalArgumentException.class, () -> PLAN.position(6))
                        .getMessage());
    }

    @Test
    void warmupInPercentIsExact() {
        // ceil(x / 100.0 * total) is one too many in each of these.
        assertEquals(7, RunPlan.warmupSteps(7, 100));
        assertEquals(14, RunPlan.warmupSteps(28, 50));
        assertEquals(7, RunPlan.warmupSteps(3.5, 200));
        for (int percent = 0; percent <= 100; percent++) {
            assertEquals(percent, RunPlan.warmupSteps(percent, 100));
        }
    }

    @Test
    void theLastStepIsDueOnce() {
        RunPlan plan = new RunPlan(
                10,
                RunSettings.usual()
                        .withLength(new RunLength.Steps(4))
                        .withEvery(OptionalLong.of(2), OptionalLong.of(3)));
        assertArrayEquals(new long[] {2, 4}, plan.evaluations().toArray());
        assertArrayEquals(new long[] {3, 4}, plan.saves().toArray());
        RunPlan rare = new RunPlan(
                10,
                RunSettings.usual()
                        .withLength(new RunLength.Steps(4))
                        .withEvery(OptionalLong.of(99), OptionalLong.empty()));
        assertArrayEquals(new long[] {4}, rare.evaluations().toArray());
        assertArrayEquals(new long[] {4}, rare.saves().toArray());
    }

    @Test
    void saysWhatItWillDo() {
        assertEquals(
                "10 rows in 4 batches of 3 (one of 1) an epoch; 5 steps of 2 batches; linear at 2.0E-4 after 1 of warm-up;"
                        + " evaluated every 1 steps and at the end",
                PLAN.announcement());
        RunPlan still = new RunPlan(4, RunSettings.usual().withBatches(2, 4).withLength(new RunLength.Steps(1)));
        assertTrue(still.firstMovingStep().isEmpty());
        assertEquals(
                "4 rows in 2 batches of 2 an epoch; 1 steps of 4 batches (2 at the end of an epoch); linear at 2.0E-4 after"
                        + " 1 of warm-up; evaluated every 1 steps and at the end; warm-up takes every step, and the rate of"
                        + " all is 0: nothing will be trained",
                still.announcement());
    }

    @Test
    void refusesARunWithoutRows() {
        assertEquals(
                "run plan: there must be a row to train on; got 0",
                assertThrows(IllegalArgumentException.class, () -> new RunPlan(0, RunSettings.usual()))
                        .getMessage());
        RunSettings endless = RunSettings.usual().withLength(new RunLength.Epochs(Long.MAX_VALUE));
        assertThrows(ArithmeticException.class, () -> new RunPlan(100, endless));
    }
}
