package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.nn.WeightsException;
import luthier.tensor.io.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was stopped goes on as if it had not been. */
class TrainerResumeTest {
    private static final int ROWS = 40;
    private static final long STEPS = 20;

    @TempDir
    private Path temporary = Path.of("");

    private TinyRun create(String name) throws IOException {
        return TinyRun.create(temporary.resolve(name), TinyRun.usual(), ROWS, 0);
    }

    private static TinyRun.Session run(TinyRun run, long until, TinyRun.End end, Storage storage) throws IOException {
        return run.run(Map.of(), until, end, storage, () -> {});
    }

    private static void killAt(TinyRun run, long step) {
        assertThrows(TinyRun.Killed.class, () -> run(run, step, TinyRun.End.KILLED, new UnforcedStorage()));
    }

    @Test
    void anyStepIsOneToStopAt() throws IOException {
        TinyRun alone = create("alone");
        assertEquals(STEPS, alone.run(Map.of()).total());
        Map<String, String> expected = alone.result();
        for (long step = 1; step <= STEPS; step++) {
            stop(step, TinyRun.End.STOPPED, expected);
        }
        // With a checkpoint before the evaluation, and without.
        for (long step : new long[] {3, 12}) {
            stop(step, TinyRun.End.STOPPED_IN_EVALUATION, expected);
        }
    }

    private void stop(long step, TinyRun.End how, Map<String, String> expected) throws IOException {
        TinyRun stopped = create(how + "-" + step);
        TinyRun.Session first = run(stopped, step, how, new UnforcedStorage());
        assertEquals(TrainingEvent.Reason.STOPPED, first.reason());
        TinyRun.Session second = stopped.run(Map.of());
        assertEquals(step, second.from());
        assertEquals(STEPS - step, second.steps().size());
        assertEquals(expected, stopped.result(), how + " at step " + step);
    }

    /** Twenty steps of all weights with dropout, in copies, in place, and in place from where they were stopped. */
    @Test
    void inPlaceItIsTheSameRun() throws IOException {
        Map<String, String> copies = TinyRun.usual();
        copies.keySet().removeAll(List.of("rank"));
        copies.put("method", "full");
        Map<String, String> own = new LinkedHashMap<>(copies);
        own.put("in-place", "true");
        TinyRun alone = TinyRun.create(temporary.resolve("copies"), copies, ROWS, 0);
        alone.run(Map.of());
        TinyRun inPlace = TinyRun.create(temporary.resolve("in-place"), own, ROWS, 0);
        inPlace.run(Map.of());
        assertEquals(alone.result(), inPlace.result());
        TinyRun stopped = TinyRun.create(temporary.resolve("stopped"), own, ROWS, 0);
        run(stopped, 7, TinyRun.End.STOPPED, new UnforcedStorage());
        assertEquals(7, stopped.run(Map.of()).from());
        assertEquals(alone.result(), stopped.result());
    }

    @Test
    void anotherBaseModelIsRefusedByName() throws IOException {
        TinyRun run = create("run");
        killAt(run, 9);
        Path file = run.model.resolve("model.safetensors");
        Safetensors.write(file, TinyRun.base(4), Map.of());
        Map<String, String> before = CheckpointExamples.tree(run.folder());
        String message =
                assertThrows(CheckpointException.class, () -> run.run(Map.of())).getMessage();
        assertTrue(
                message.startsWith(
                        "resume: what decides the numbers must be as it was when step-9 was saved; got model " + file),
                message);
        assertEquals(before, CheckpointExamples.tree(run.folder()));
    }

    @Test
    void aTornFileSendsItBackToTheOneBefore() throws IOException {
        TinyRun alone = create("alone");
        alone.run(Map.of());
        TinyRun run = create("run");
        killAt(run, 9);
        Path file = run.checkpoints().resolve("step-9/" + CheckpointFiles.OPTIMIZER);
        byte[] content = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(content, content.length - 512));
        TinyRun.Session session = run.run(Map.of());
        assertEquals(8, session.from());
        assertEquals(
                "step-9: optimizer.safetensors must have " + content.length + " bytes; got " + (content.length - 512),
                session.notes().getFirst());
        assertEquals(alone.result(), run.result());
    }

    @Test
    void aSaveThatFailsIsToldAndMadeUpForAfterTheNextStep() throws IOException {
        TinyRun run = create("run");
        List<TrainingEvent> told = new ArrayList<>();
        run.listener = told::add;
        Storage disk = new DiskThatFails(run, 8, 0, () -> new IOException("No space left on device"));
        run(run, Long.MAX_VALUE, TinyRun.End.ITSELF, disk);
        List<TrainingEvent.NotSaved> lost = told.stream()
                .filter(TrainingEvent.NotSaved.class::isInstance)
                .map(TrainingEvent.NotSaved.class::cast)
                .toList();
        assertEquals(
                List.of(new TrainingEvent.NotSaved(
                        8,
                        run.checkpoints().resolve("step-8")
                                + ": the checkpoint cannot be written to this disk, older ones are unchanged:"
                                + " java.io.IOException: No space left on device")),
                lost);
        assertTrue(told.contains(new TrainingEvent.Saved(9)), told.toString());
        TinyRun alone = create("alone");
        alone.run(Map.of());
        assertEquals(alone.result(), run.result());
    }

    @Test
    void aDiskThatStaysFullEndsTheRunWithItsOldCheckpoint() throws IOException {
        TinyRun run = create("run");
        Storage disk = new DiskThatFails(run, 8, Integer.MAX_VALUE, () -> new IOException("No space left on device"));
        String message = assertThrows(
                        CheckpointException.class, () -> run(run, Long.MAX_VALUE, TinyRun.End.ITSELF, disk))
                .getMessage();
        assertTrue(message.startsWith("train: the run must be saved; got " + run.checkpoints()), message);
        assertTrue(
                message.endsWith(
                        "No space left on device; make room or give rights, then resume from the newest checkpoint"),
                message);
        List<String> left = CheckpointExamples.names(run.checkpoints());
        assertTrue(left.stream().noneMatch(name -> name.startsWith(".")), left.toString());
        TinyRun.Session session = run.run(Map.of());
        assertTrue(session.from() < 8, "from " + session.from());
        TinyRun alone = create("alone");
        alone.run(Map.of());
        assertEquals(alone.result(), run.result());
    }

    @Test
    void aBestThatIsLostForGoodLeavesTheLastStepAndSaysSo() throws IOException {
        TinyRun run = TinyRun.create(temporary.resolve("run"), TinyRun.usual(), ROWS, 3);
        killAt(run, 9);
        Files.delete(run.checkpoints().resolve("step-3/" + CheckpointFiles.WEIGHTS));
        List<TrainingEvent> told = new ArrayList<>();
        run.listener = told::add;
        TinyRun.Session session = run.run(Map.of());
        assertEquals(
                List.of(
                        "step-3: the best so far is lost or damaged; unless a better one comes, the run will end with its"
                                + " last step"),
                session.notes());
        assertTrue(
                told.contains(new TrainingEvent.BestLost(
                        3, "checkpoints: the checkpoint must be whole; got step-3: weights.safetensors is missing")),
                told.toString());
        assertEquals(STEPS, ((TrainingEvent.End) told.getLast()).kept());
    }

    /** 40 rows in windows of 16, 16 and 8, as one batch each and as small ones: the losses that are shown agree. */
    @Test
    void windowsOfSmallBatchesAreOneLargeBatch() throws IOException {
        List<List<Double>> losses = new ArrayList<>();
        for (int accumulate : new int[] {1, 4}) {
            Map<String, String> options = TinyRun.usual();
            options.put("dropout", "0");
            options.put("batch-size", String.valueOf(16 / accumulate));
            options.put("accumulate", String.valueOf(accumulate));
            TinyRun run = TinyRun.create(temporary.resolve("by-" + accumulate), options, ROWS, 0);
            List<Double> own = new ArrayList<>();
            run.listener = event -> {
                if (event instanceof TrainingEvent.Step step) {
                    own.add(step.loss());
                    assertEquals(step.step() % 3 == 0 ? 8 : 16, step.examples());
                }
            };
            assertEquals(12, run.run(Map.of()).total());
            losses.add(own);
        }
        for (int i = 0; i < 12; i++) {
            assertEquals(losses.get(0).get(i), losses.get(1).get(i), 1e-4, "step " + (i + 1));
        }
    }

    @Test
    void theBestIsPutBack() throws IOException {
        TinyRun run = TinyRun.create(temporary.resolve("run"), TinyRun.usual(), ROWS, 6);
        List<TrainingEvent> told = new ArrayList<>();
        run.listener = told::add;
        run.run(Map.of());
        assertEquals(6, ((TrainingEvent.End) told.getLast()).kept());
        assertEquals(
                List.of("ended.json", "step-16", "step-20", "step-6"), CheckpointExamples.names(run.checkpoints()));
    }

    @Test
    void aCheckpointOfOtherShapesIsRefusedByName() throws IOException {
        TinyRun run = create("run");
        killAt(run, 4);
        Map<String, String> options = TinyRun.usual();
        try (CheckpointFolder folder = CheckpointFolder.open(run.checkpoints(), 1)) {
            Checkpoint checkpoint = folder.read(4);
            options.put("rank", "8");
            Saving saving = new Saving(folder, checkpoint.identity(), Optional.empty(), Optional.of(checkpoint));
            String message = assertThrows(
                            WeightsException.class,
                            () -> new TinySession(run, options, Long.MAX_VALUE, TinyRun.End.ITSELF).train(saving))
                    .getMessage();
            assertTrue(message.startsWith("resume: the checkpoint's weights must be those of the method; "), message);
            assertTrue(message.contains(" is F32[4, 16], not F32[8, 16]"), message);
        }
    }
}
