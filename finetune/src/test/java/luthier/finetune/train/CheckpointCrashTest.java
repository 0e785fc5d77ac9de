package luthier.finetune.train;

import static luthier.finetune.train.CheckpointExamples.IDENTITY;
import static luthier.finetune.train.CheckpointExamples.at;
import static luthier.finetune.train.CheckpointExamples.names;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import luthier.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that stops after any operation, and disks that fail or are full: the old state is found, or the new one. */
class CheckpointCrashTest {
    private static final long[] STEPS = {4, 8, 12};
    private static final long BEST = 4;

    @TempDir
    private Path temporary = Path.of("");

    /** The best so far, as the run knows it when it saves a step. */
    private static Checkpoint checkpoint(long step) {
        return at(step, step == BEST ? 0 : BEST);
    }

    @Test
    void afterAnyOperationTheOldStateIsThereOrTheNew() throws IOException {
        Path real = Files.createDirectory(temporary.resolve("real"));
        SimulatedDisk disk = new SimulatedDisk(real);
        List<Integer> done = new ArrayList<>();
        try (CheckpointFolder folder = CheckpointFolder.open(real, 1, disk)) {
            for (long step : STEPS) {
                folder.save(checkpoint(step));
                done.add(disk.count());
            }
        }
        for (int operations = 0; operations <= disk.count(); operations++) {
            for (SimulatedDisk.Loss loss : SimulatedDisk.Loss.values()) {
                int times = loss == SimulatedDisk.Loss.AT_RANDOM ? 2 : 1;
                for (int i = 0; i < times; i++) {
                    String name = operations + "-" + loss + "-" + i;
                    Path after = temporary.resolve(name);
                    disk.crash(operations, after, loss, Rng.of(operations).split(i));
                    check(name, after, operations, done);
                }
            }
        }
    }

    private static void check(String name, Path after, int operations, List<Integer> done) throws IOException {
        int saved = (int) done.stream().filter(count -> count <= operations).count();
        try (CheckpointFolder folder = CheckpointFolder.open(after, 1, new UnforcedStorage())) {
            Optional<Checkpoint> found = folder.resume(IDENTITY).checkpoint();
            long step = found.map(checkpoint -> checkpoint.state().step()).orElse(0L);
            long old = saved == 0 ? 0 : STEPS[saved - 1];
            long next = saved == STEPS.length ? old : STEPS[saved];
            assertTrue(step == old || step == next, name + ": got step " + step + " after " + old);
            found.ifPresent(checkpoint -> CheckpointExamples.assertSame(checkpoint(step), checkpoint));
            if (step > BEST) {
                CheckpointExamples.assertSame(checkpoint(BEST), folder.read(BEST));
            }
            folder.save(at(16, BEST));
            List<String> left = step >= BEST ? List.of("step-16", "step-4") : List.of("step-16");
            assertEquals(left, names(after), name);
        }
    }

    @Test
    void anOperationThatFailsKeepsTheOldStateAndLeavesNothing() throws IOException {
        int failed = 0;
        boolean ended = false;
        for (long operation = 0; !ended; operation++) {
            Path path = temporary.resolve("once-" + operation);
            try (CheckpointFolder folder = CheckpointFolder.open(path, 1, new UnforcedStorage())) {
                folder.save(checkpoint(4));
                folder.save(checkpoint(8));
            }
            FailingStorage storage = FailingStorage.once(2 + operation);
            try (CheckpointFolder folder = CheckpointFolder.open(path, 1, storage)) {
                try {
                    folder.save(checkpoint(12));
                    ended = true;
                } catch (IOException e) {
                    failed++;
                    assertTrue(e.getMessage().contains("Input/output error"), e.getMessage());
                    Checkpoint newest = folder.resume(IDENTITY).checkpoint().orElseThrow();
                    long step = newest.state().step();
                    assertTrue(step == 8 || step == 12, "operation " + operation + ": " + step);
                    CheckpointExamples.assertSame(checkpoint(step), newest);
                    assertTrue(
                            names(path).stream().allMatch(name -> name.startsWith("step-")),
                            names(path).toString());
                    folder.save(checkpoint(12));
                }
                CheckpointExamples.assertSame(
                        checkpoint(12), folder.resume(IDENTITY).checkpoint().orElseThrow());
                assertEquals(List.of("step-12", "step-4"), names(path));
            }
        }
        assertTrue(failed > 10, "operations of a save that failed: " + failed);
    }

    private long bytesOf(Checkpoint checkpoint) throws IOException {
        Path path = temporary.resolve("measured");
        new CheckpointFiles(new DiskStorage()).write(path, checkpoint);
        long bytes = 0;
        for (String name : names(path)) {
            bytes += Files.size(path.resolve(name));
        }
        return bytes;
    }

    @Test
    void aFullDiskKeepsTheOldStateAndLeavesNothing() throws IOException {
        long needed = bytesOf(checkpoint(8));
        for (long space = 0; space < needed; space += 250) {
            Path path = temporary.resolve("full-" + space);
            try (CheckpointFolder folder = CheckpointFolder.open(path, 1, new UnforcedStorage())) {
                folder.save(checkpoint(4));
            }
            try (CheckpointFolder folder = CheckpointFolder.open(path, 1, FailingStorage.withSpace(space))) {
                String message = assertThrows(IOException.class, () -> folder.save(checkpoint(8)))
                        .getMessage();
                assertEquals(
                        path.resolve("step-8")
                                + ": the checkpoint cannot be written to this disk, older ones are unchanged:"
                                + " java.io.IOException: No space left on device",
                        message);
                assertEquals(List.of("step-4"), names(path));
                CheckpointExamples.assertSame(
                        checkpoint(4), folder.resume(IDENTITY).checkpoint().orElseThrow());
            }
        }
    }

    @Test
    void whenNothingWorksAnyMoreTheOldStateIsStillFound() throws IOException {
        boolean ended = false;
        for (long operation = 0; !ended; operation++) {
            Path path = temporary.resolve("dead-" + operation);
            try (CheckpointFolder folder = CheckpointFolder.open(path, 1, new UnforcedStorage())) {
                folder.save(checkpoint(4));
            }
            try (CheckpointFolder folder = CheckpointFolder.open(path, 1, FailingStorage.from(2 + operation))) {
                folder.save(checkpoint(8));
                ended = true;
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("Input/output error"), e.getMessage());
            }
            try (CheckpointFolder folder = CheckpointFolder.open(path, 1, new UnforcedStorage())) {
                long step = folder.resume(IDENTITY)
                        .checkpoint()
                        .orElseThrow()
                        .state()
                        .step();
                assertTrue(step == 4 || step == 8, operation + ": " + step);
            }
        }
    }
}
