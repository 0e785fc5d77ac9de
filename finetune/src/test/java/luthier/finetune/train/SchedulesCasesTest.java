package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.nn.optim.Schedule;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code schedules.json}: steps, rates, evaluations and saves of whole runs. */
class SchedulesCasesTest {
    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("schedules.json", SchedulesCasesTest::check);
    }

    private static void check(JsonObject c) {
        String op = c.get("op").asString();
        switch (op) {
            case "run" -> run(c);
            case "warmup" ->
                assertEquals(
                        c.get("warmup_steps").asLong(),
                        RunPlan.warmupSteps(
                                c.get("warmup_percent").asDouble(),
                                c.get("total_steps").asLong()));
            case "resume" -> resume(c);
            case "default_evaluations" -> defaultEvaluations(c);
            case "refused" -> refused(c);
            default -> throw new NotCovered("op " + op);
        }
    }

    private static @Nullable Long whole(JsonObject c, String name) {
        return c.find(name).map(JsonValue::asLong).orElse(null);
    }

    /** Takes every setting that is there, the usual ones for the rest. */
    private static RunPlan plan(JsonObject c) {
        RunSettings usual = RunSettings.usual();
        RunSettings settings = new RunSettings(
                c.find("batch_size").map(JsonValue::asInt).orElse(usual.batchSize()),
                c.find("accumulate").map(JsonValue::asInt).orElse(1),
                RunLength.of(whole(c, "epochs"), whole(c, "steps"), null, 1),
                c.find("schedule").map(JsonValue::asString).orElse("linear"),
                c.find("learning_rate").map(CaseFile::number).orElse(1.0),
                c.find("warmup_percent").map(CaseFile::number).orElse(10.0),
                every(c, "evaluate_every"),
                every(c, "save_every"));
        return new RunPlan(c.get("rows").asLong(), settings);
    }

    private static OptionalLong every(JsonObject c, String name) {
        return c.find(name).map(value -> OptionalLong.of(value.asLong())).orElse(OptionalLong.empty());
    }

    private static void run(JsonObject c) {
        RunPlan plan = plan(c);
        assertEquals(c.get("batches_per_epoch").asLong(), plan.batchesPerEpoch());
        assertEquals(c.get("rows_of_last_batch").asLong(), plan.rowsOfLastBatch());
        assertEquals(c.get("steps_per_epoch").asLong(), plan.stepsPerEpoch());
        assertEquals(c.get("batches_of_last_step_of_an_epoch").asLong(), plan.batchesOfLastStep());
        assertEquals(c.get("total_steps").asLong(), plan.totalSteps());
        assertEquals(c.get("warmup_steps").asLong(), plan.warmupSteps());
        Schedule schedule = plan.schedule();
        c.get("rates").asObject().members().forEach((step, rate) -> {
            assertEquals(rate.asDouble(), schedule.at(Long.parseLong(step)), 1e-12, "rate " + step);
        });
        firstMove(plan);
        due(c, "evaluations", plan.evaluations(), plan::evaluatesAfter, plan.totalSteps());
        due(c, "saves", plan.saves(), plan::savesAfter, plan.totalSteps());
        assertEquals(c.get("rows_seen").asLong(), plan.rowsAfter(plan.totalSteps()));
        walk(plan);
    }

    /** The first step that moves anything is the first whose rate is not 0. */
    private static void firstMove(RunPlan plan) {
        OptionalLong first = LongStream.rangeClosed(1, plan.totalSteps())
                .filter(step -> plan.schedule().at(step - 1) != 0)
                .findFirst();
        assertEquals(first, plan.firstMovingStep());
    }

    private static void due(
            JsonObject c, String name, LongStream steps, java.util.function.LongPredicate isDue, long n) {
        long[] right =
                c.get(name).asList().stream().mapToLong(JsonValue::asLong).toArray();
        assertArrayEquals(right, steps.toArray(), name);
        assertArrayEquals(right, LongStream.rangeClosed(0, n + 1).filter(isDue).toArray(), name);
    }

    /** Step by step every batch of every epoch is taken once. */
    private static void walk(RunPlan plan) {
        long epoch = 0;
        long batch = 0;
        for (long step = 0; step < plan.totalSteps(); step++) {
            RunPlan.Position position = plan.position(step);
            assertEquals(epoch, position.epoch());
            assertEquals(batch, position.batchesDone());
            batch += position.nextBatches();
            if (batch == plan.batchesPerEpoch()) {
                epoch++;
                batch = 0;
            }
        }
        assertEquals(0, plan.position(plan.totalSteps()).nextBatches());
    }

    private static void resume(JsonObject c) {
        RunPlan plan = plan(c);
        long done = c.get("done_steps").asLong();
        RunPlan.Position position = plan.position(done);
        assertEquals(c.get("epoch").asLong(), position.epoch());
        assertEquals(c.get("rows_used_in_epoch").asLong(), position.rowsDone());
        assertEquals(c.get("batches_skipped").asLong(), position.batchesDone());
        assertEquals(c.get("next_step_batches").asLong(), position.nextBatches());
        assertEquals(c.get("remaining_steps").asLong(), position.remainingSteps());
        assertEquals(c.get("total_steps").asLong(), plan.totalSteps());
        assertEquals(
                c.get("rate_at_next_step_linear").asDouble(), plan.schedule().at(done), 1e-12);
    }

    private static void defaultEvaluations(JsonObject c) {
        RunSettings settings = RunSettings.usual()
                .withLength(new RunLength.Steps(c.get("total_steps").asLong()));
        long[] steps = new RunPlan(1000, settings).evaluations().toArray();
        double[] count = CaseFile.numbers(c.get("count"));
        assertTrue(count[0] <= steps.length && steps.length <= count[1], steps.length + " evaluations");
        assertArrayEquals(LongStream.of(steps).sorted().distinct().toArray(), steps);
        assertEquals(c.get("last").asLong(), steps[steps.length - 1]);
    }

    private static void refused(JsonObject c) {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> plan(c.get("settings").asObject()))
                .getMessage();
        CaseFile.texts(c.get("refused")).forEach(name -> assertTrue(message.contains(name), message));
    }
}
