package luthier.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.benchmarks.compare.ContenderProcess.Turn;
import org.junit.jupiter.api.Test;

class RowResultTest {
    private static final RowResult VALUES = row("values", 3_000, List.of());
    private static final RowResult TAPED = row("taped", 4_000, List.of());

    @Test
    void whatARowTakesBeyondOthersIsCountedForAnElement() {
        Goal.Beyond goal = new Goal.Beyond(60, List.of("taped", "values"));
        RowResult backward = row("backward", 14_000, List.of(goal));
        List<RowResult> table = List.of(VALUES, TAPED, backward);
        assertEquals(Optional.of(70.0), backward.beyond(goal, table));
        assertEquals(List.of("backward: 70 ns, wanted 60 ns beyond taped and values"), backward.missed(200, table));
        assertEquals(List.of(), row("backward", 13_000, List.of(goal)).missed(200, table));
    }

    @Test
    void aGoalBeyondARowThatWasNotMeasuredIsNotMissed() {
        Goal.Beyond goal = new Goal.Beyond(60, List.of("taped", "values"));
        RowResult backward = row("backward", 14_000, List.of(goal));
        assertEquals(List.of(), backward.missed(200, List.of(VALUES, backward)));
    }

    private static RowResult row(String name, double nanos, List<Goal> goals) {
        Workload workload = new Workload("tape", name, 0, 100, goals, false, () -> {
            throw new AssertionError("must not be prepared");
        });
        return new RowResult(workload, 1, Plan.Clock.WALL, List.of(Map.of("luthier", new Turn(nanos, nanos))));
    }
}
