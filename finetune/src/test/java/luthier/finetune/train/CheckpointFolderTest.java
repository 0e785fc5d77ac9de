package luthier.finetune.train;

import static luthier.finetune.train.CheckpointExamples.IDENTITY;
import static luthier.finetune.train.CheckpointExamples.at;
import static luthier.finetune.train.CheckpointExamples.names;
import static luthier.finetune.train.CheckpointExamples.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
    @TempDir
    private Path temporary = Path.of("");

    private Path folder() {
        return temporary.resolve("checkpoints");
    }

    private void save(int keep, long best, long... steps) throws IOException {
        try (CheckpointFolder folder = CheckpointFolder.open(folder(), keep)) {
            for (long step : steps) {
                folder.save(at(step, best));
            }
        }
    }

    private CheckpointFolder.Found resume() throws IOException {
        return resume(IDENTITY);
    }

    private CheckpointFolder.Found resume(RunIdentity now) throws IOException {
        try (CheckpointFolder folder = CheckpointFolder.open(folder(), 3)) {
            return folder.resume(now);
        }
    }

    private String refusal(RunIdentity now) throws IOException {
        Map<String, String> before = tree(folder());
        String message =
                assertThrows(CheckpointException.class, () -> resume(now)).getMessage();
        assertEquals(before, tree(folder()), "nothing on the disk changes");
        return message;
    }

    @Test
    void givesBackEveryBit() throws IOException {
        save(3, 0, 4);
        CheckpointFolder.Found found = resume();
        assertEquals(List.of(), found.notes());
        CheckpointExamples.assertSame(at(4, 0), found.checkpoint().orElseThrow());
    }

    @Test
    void beforeTheFirstCheckpointThereIsNone() throws IOException {
        assertEquals(new CheckpointFolder.Found(Optional.empty(), List.of()), resume());
    }

    @Test
    void theNewestIsTheOneOfTheHighestStep() throws IOException {
        save(9, 0, 9, 11, 99, 102);
        Files.createDirectories(folder().resolve("step-best"));
        Files.createDirectories(folder().resolve("step-0200"));
        Files.writeString(folder().resolve("step-300"), "a file");
        assertEquals(102, resume().checkpoint().orElseThrow().state().step());
    }

    @Test
    void keepsTheNewestAndTheBest() throws IOException {
        save(2, 4, 4, 8, 12, 16);
        assertEquals(List.of("step-12", "step-16", "step-4"), names(folder()));
        assertThrows(IllegalArgumentException.class, () -> CheckpointFolder.open(folder(), 0));
    }

    private void damage(String file, String how) throws IOException {
        Path path = folder().resolve(file);
        byte[] content = Files.readAllBytes(path);
        switch (how) {
            case "missing" -> Files.delete(path);
            case "empty" -> Files.write(path, new byte[0]);
            case "half" -> Files.write(path, Arrays.copyOf(content, content.length / 2));
            case "bit" -> {
                content[content.length / 2] ^= 1;
                Files.write(path, content);
            }
            default -> throw new AssertionError(how);
        }
    }

    @Test
    void everyKindOfDamageFallsBackToTheOneBefore() throws IOException {
        for (String file : List.of(
                CheckpointFiles.WEIGHTS,
                CheckpointFiles.OPTIMIZER,
                CheckpointFiles.STATE,
                CheckpointFiles.IDENTITY,
                CheckpointFiles.MANIFEST)) {
            for (String how : List.of("missing", "empty", "half", "bit")) {
                save(9, 0, 8, 12);
                damage("step-12/" + file, how);
                CheckpointFolder.Found found = resume();
                CheckpointExamples.assertSame(at(8, 0), found.checkpoint().orElseThrow());
                assertEquals(1, found.notes().size(), file + " " + how);
                String note = found.notes().getFirst();
                assertTrue(note.startsWith("step-12: "), note);
                assertTrue(how.equals("bit") || note.contains(file), note);
            }
        }
        save(9, 0, 12);
        CheckpointExamples.assertSame(at(12, 0), resume().checkpoint().orElseThrow());
    }

    @Test
    void whereNoneIsWholeNothingIsDeleted() throws IOException {
        save(9, 0, 4, 8);
        long size = Files.size(folder().resolve("step-8/" + CheckpointFiles.WEIGHTS));
        damage("step-4/" + CheckpointFiles.OPTIMIZER, "missing");
        damage("step-8/" + CheckpointFiles.WEIGHTS, "half");
        Files.createDirectories(folder().resolve(".tmp-step-12"));
        assertEquals(
                "resume: one checkpoint must be whole; got step-8: weights.safetensors must have " + size
                        + " bytes; got " + size / 2
                        + "; step-4: optimizer.safetensors is missing; nothing was changed; begin a new run in another folder",
                refusal(IDENTITY));
    }

    @Test
    void whatIsUnfinishedIsRemoved() throws IOException {
        save(9, 0, 4);
        Files.createDirectories(folder().resolve(".tmp-step-8"));
        Files.writeString(folder().resolve(".tmp-step-8/weights.safetensors"), "half");
        Files.createDirectories(folder().resolve(".dead-step-2"));
        assertEquals(4, resume().checkpoint().orElseThrow().state().step());
        assertEquals(List.of("step-4"), names(folder()));
    }

    @Test
    void aNewerFormatIsNotDamage() throws IOException {
        save(9, 0, 4, 8);
        Path manifest = folder().resolve("step-8/MANIFEST.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"format\": 1", "\"format\": 999"));
        assertEquals(
                "resume: a checkpoint must have format 1 or older; got format 999 in " + folder().resolve("step-8")
                        + "; use the version that wrote it, or a newer one",
                refusal(IDENTITY));
    }

    @Test
    void aCopyUnderAnotherNumberIsNotThatStep() throws IOException {
        save(9, 0, 8);
        Path copy = Files.createDirectories(folder().resolve("step-999"));
        for (String file : names(folder().resolve("step-8"))) {
            Files.copy(folder().resolve("step-8").resolve(file), copy.resolve(file));
        }
        Files.writeString(folder().resolve("step-8/notes.txt"), "mine");
        CheckpointFolder.Found found = resume();
        assertEquals(8, found.checkpoint().orElseThrow().state().step());
        assertEquals(
                List.of(
                        "step-999: its manifest says step 8; it was copied or renamed",
                        "step-8: notes.txt does not belong to the checkpoint and is not used"),
                found.notes());
        save(1, 0, 12);
        assertEquals(List.of("step-12", "step-999"), names(folder()), "what somebody copied is theirs");
    }

    @Test
    void refusesOtherSettingsAndContentsByName() throws IOException {
        save(9, 0, 12);
        Map<String, String> settings = new LinkedHashMap<>(IDENTITY.settings());
        settings.put("learning-rate", "0.0005");
        settings.put("threads", "4");
        settings.put("colour", "red");
        settings.remove("batch-size");
        RunIdentity other =
                RunIdentity.here(settings, Map.of("data", new RunIdentity.Source("b.csv", "eeeeffff00001111")));
        String message = refusal(other);
        assertTrue(
                message.startsWith(
                        "resume: what decides the numbers must be as it was when step-12 was saved; got data b.csv (sha256"
                                + " eeeeffff0000) instead of a.csv (sha256 aaaabbbbcccc), "),
                message);
        assertTrue(message.contains("learning-rate 0.0005 instead of 0.001"), message);
        assertTrue(message.contains("colour red instead of not set"), message);
        assertTrue(message.contains("batch-size not set instead of 4"), message);
        assertTrue(
                message.endsWith("; go on without these changes, or begin a new run from the weights of this one"),
                message);
        assertTrue(!message.contains("threads"), message);
        settings = new LinkedHashMap<>(IDENTITY.settings());
        settings.put("threads", "4");
        RunIdentity moved = RunIdentity.here(
                settings, Map.of("data", new RunIdentity.Source("elsewhere/a.csv", "aaaabbbbccccdddd")));
        assertEquals(12, resume(moved).checkpoint().orElseThrow().state().step());
    }

    @Test
    void aBestThatIsLostIsSaidAloud() throws IOException {
        save(2, 4, 4, 8, 12, 16);
        assertEquals(
                OptionalLong.of(4), resume().checkpoint().orElseThrow().state().bestStep());
        damage("step-4/" + CheckpointFiles.WEIGHTS, "bit");
        CheckpointFolder.Found found = resume();
        assertEquals(
                OptionalLong.of(4), found.checkpoint().orElseThrow().state().bestStep());
        assertEquals(
                List.of(
                        "step-4: the best so far is lost or damaged; unless a better one comes, the run will end with its"
                                + " last step"),
                found.notes());
    }

    @Test
    void twoDoNotWorkAtOnce() throws IOException {
        try (CheckpointFolder first = CheckpointFolder.open(folder(), 1)) {
            first.save(at(1, 0));
            assertEquals(
                    "checkpoints: one process at a time must work with a run; got " + folder()
                            + ", which another one has open; wait for it or stop it",
                    assertThrows(CheckpointException.class, () -> CheckpointFolder.open(folder(), 1))
                            .getMessage());
        }
        assertEquals(1, resume().checkpoint().orElseThrow().state().step());
    }

    @Test
    void aFolderThatCannotBeWrittenToIsRefusedAtOnce() {
        CheckpointException refused = assertThrows(
                CheckpointException.class, () -> CheckpointFolder.open(folder(), 1, FailingStorage.from(0)));
        assertEquals(
                "checkpoints: the run folder must be writable; got " + folder() + ": java.io.IOException: "
                        + folder().resolve(".tmp-probe")
                        + ": Input/output error (create); give rights or space, or another folder",
                refused.getMessage());
    }

    @Test
    void anInterruptDoesNotBreakASave() throws IOException {
        Thread.currentThread().interrupt();
        save(1, 0, 4);
        assertTrue(Thread.interrupted(), "the interrupt is kept");
        CheckpointExamples.assertSame(at(4, 0), resume().checkpoint().orElseThrow());
    }

    @Test
    void remembersThatTheRunHasEnded() throws IOException {
        try (CheckpointFolder folder = CheckpointFolder.open(folder(), 1)) {
            assertEquals(Optional.empty(), CheckpointFolder.ended(folder()));
            folder.end(new CheckpointFolder.Ending(20, true));
        }
        assertEquals(Optional.of(new CheckpointFolder.Ending(20, true)), CheckpointFolder.ended(folder()));
    }

    @Test
    void readsTheBest() throws IOException {
        save(1, 4, 4, 8);
        try (CheckpointFolder folder = CheckpointFolder.open(folder(), 1)) {
            CheckpointExamples.assertSame(at(4, 4), folder.read(4));
            assertEquals(
                    "checkpoints: the checkpoint must be whole; got step-5: MANIFEST.json is missing",
                    assertThrows(CheckpointException.class, () -> folder.read(5))
                            .getMessage());
        }
    }
}
