package luthier.finetune.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/**
 * The checkpoints of a run, each a folder {@code step-N} that appears whole or not at all: it is written as {@code .tmp-step-N} beside
 * the others, every file forced to the disk, the manifest last, then renamed, and the rename forced. Only then older ones go, renamed
 * to {@code .dead-step-N} first. A process that is killed at any moment, or a machine that loses power, leaves the old state or the
 * new one.
 *
 * <p>While it is open, no other process can open it. One thread at a time.
 */
public final class CheckpointFolder implements AutoCloseable {
    private static final Pattern CHECKPOINT = Pattern.compile("step-(0|[1-9][0-9]{0,17})");
    private static final String NAME = "step-";
    private static final String TEMPORARY = ".tmp-";
    private static final String DEAD = ".dead-";
    private static final String LOCK = ".lock";
    private static final String ENDED = "ended.json";

    private final Path folder;
    private final Retention keep;
    private final Storage storage;
    private final CheckpointFiles files;
    private final FileChannel lockFile;

    /**
     * A checkpoint to go on from.
     *
     * @param checkpoint the newest whole one; empty if the run ended before its first
     * @param notes what to tell the user: which ones are damaged and how, what was found beside them
     */
    public record Found(Optional<Checkpoint> checkpoint, List<String> notes) {
        /** Copies the list. */
        public Found {
            notes = List.copyOf(notes);
        }
    }

    /**
     * How a run has ended.
     *
     * @param steps the number of steps done
     * @param early whether it was for want of gain, before all steps were done
     */
    public record Ending(long steps, boolean early) {}

    private CheckpointFolder(Path folder, Retention keep, Storage storage, FileChannel lockFile) {
        this.folder = folder;
        this.keep = keep;
        this.storage = storage;
        this.files = new CheckpointFiles(storage);
        this.lockFile = lockFile;
    }

    /**
     * Opens a folder, made if it is not there, for one run.
     *
     * @param keep how many of the newest checkpoints stay; the best stays besides
     * @throws CheckpointException if another process works with it or it cannot be written to
     * @throws IllegalArgumentException if {@code keep} is below 1
     */
    public static CheckpointFolder open(Path folder, int keep) {
        return open(folder, keep, new DiskStorage());
    }

    static CheckpointFolder open(Path folder, int keep, Storage storage) {
        Retention retention = new Retention(keep);
        try {
            Files.createDirectories(folder);
            FileChannel lockFile = lock(folder);
            CheckpointFolder opened = new CheckpointFolder(folder, retention, storage, lockFile);
            try {
                opened.tryToWrite();
            } catch (IOException e) {
                lockFile.close();
                throw e;
            }
            return opened;
        } catch (IOException e) {
            throw new CheckpointException(
                    "checkpoints: the run folder must be writable; got " + folder + ": " + e
                            + "; give rights or space, or another folder",
                    e);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // The folder closes what it locks.
    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            lock = null;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new CheckpointException("checkpoints: one process at a time must work with a run; got " + folder
                    + ", which another one has open; wait for it or stop it");
        }
        return channel;
    }

    /** A folder that cannot be written to is refused before the first step, not at the first save. */
    private void tryToWrite() throws IOException {
        Path probe = folder.resolve(TEMPORARY + "probe");
        deleteAll(probe);
        storage.createFolder(probe);
        storage.delete(probe);
    }

    /**
     * Finds the newest whole checkpoint by the number of its step, and compares what decides the numbers. What is damaged is passed
     * over with a note. If it returns, unfinished saves are removed; if it throws, nothing on the disk has changed.
     *
     * @param now the run that wants to go on
     * @throws CheckpointException if there are checkpoints and none is whole; if one is of a newer format; if settings or contents
     *     differ, naming each
     * @throws IOException if the folder cannot be read
     */
    public Found resume(RunIdentity now) throws IOException {
        return Undisturbed.call(() -> {
            List<String> notes = new ArrayList<>();
            Optional<Checkpoint> newest = newest(notes);
            if (newest.isPresent()) {
                Checkpoint checkpoint = newest.get();
                checkpoint.identity().requireSame(NAME + checkpoint.state().step(), now);
                lookForBest(checkpoint.state(), notes);
            } else if (!notes.isEmpty()) {
                throw new CheckpointException("resume: one checkpoint must be whole; got " + String.join("; ", notes)
                        + "; nothing was changed; begin a new run in another folder");
            }
            clean();
            return new Found(newest, notes);
        });
    }

    private Optional<Checkpoint> newest(List<String> notes) throws IOException {
        for (long step : steps().descendingSet()) {
            try {
                return Optional.of(files.read(folder.resolve(NAME + step), step, notes));
            } catch (DamagedCheckpointException e) {
                notes.add(e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** It may have gone with a newer checkpoint that is damaged now; training the steps again finds the same best then. */
    private void lookForBest(RunState state, List<String> notes) throws IOException {
        OptionalLong best = state.bestStep();
        if (best.isPresent() && !isWhole(best.getAsLong())) {
            notes.add(NAME + best.getAsLong()
                    + ": the best so far is lost or damaged; unless a better one comes, the run will"
                    + " end with its last step");
        }
    }

    private boolean isWhole(long step) throws IOException {
        Path path = folder.resolve(NAME + step);
        try {
            files.verify(path, NAME + step, step, new ArrayList<>());
            return true;
        } catch (DamagedCheckpointException | NoSuchFileException | ModelFormatException e) {
            return false;
        }
    }

    /** Returns the steps of the checkpoints there are, whole or not. */
    public NavigableSet<Long> steps() throws IOException {
        return steps(folder);
    }

    /**
     * Returns the step of the newest checkpoint of a folder, whole or not; nobody need have opened it.
     *
     * @throws IOException if the folder cannot be read
     */
    public static OptionalLong newestStep(Path folder) throws IOException {
        return steps(folder).stream().mapToLong(Long::longValue).max();
    }

    private static NavigableSet<Long> steps(Path folder) throws IOException {
        NavigableSet<Long> steps = new TreeSet<>();
        for (Path entry : entries(folder)) {
            Matcher matcher = CHECKPOINT.matcher(entry.getFileName().toString());
            if (matcher.matches() && Files.isDirectory(entry)) {
                steps.add(Long.parseLong(matcher.group(1)));
            }
        }
        return steps;
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    /**
     * Reads a checkpoint, the best one for instance.
     *
     * @throws CheckpointException if it is damaged
     */
    public Checkpoint read(long step) throws IOException {
        return Undisturbed.call(() -> {
            try {
                return files.read(folder.resolve(NAME + step), step, new ArrayList<>());
            } catch (DamagedCheckpointException e) {
                throw new CheckpointException("checkpoints: the checkpoint must be whole; got " + e.getMessage(), e);
            }
        });
    }

    /**
     * Saves a checkpoint, then deletes those that are neither among the newest nor the best so far. One of this step that is whole stays
     * as it is.
     *
     * @throws IOException if it cannot be written: older ones are whole then and nothing unfinished is left
     */
    public void save(Checkpoint checkpoint) throws IOException {
        long step = checkpoint.state().step();
        Undisturbed.call(() -> {
            clean();
            if (isWhole(step)) {
                storage.forceFolder(folder);
            } else {
                try {
                    write(checkpoint, step);
                } catch (IOException | RuntimeException e) {
                    throw failed(step, e);
                }
            }
            prune(step, checkpoint.state().bestStep());
            return step;
        });
    }

    private void write(Checkpoint checkpoint, long step) throws IOException {
        Path temporary = folder.resolve(TEMPORARY + NAME + step);
        Path target = folder.resolve(NAME + step);
        files.write(temporary, checkpoint);
        if (Files.exists(target)) {
            remove(target);
        }
        storage.move(temporary, target);
        try {
            storage.forceFolder(folder);
        } catch (IOException e) {
            // Whether the disk has it is unknown now, and forcing again would not tell: the older one is the one to
            // trust.
            remove(target);
            throw e;
        }
    }

    /** Takes away what a save that failed has left. */
    private IOException failed(long step, Exception cause) {
        IOException failure = new IOException(
                folder.resolve(NAME + step)
                        + ": the checkpoint cannot be written to this disk, older ones are unchanged: " + cause,
                cause);
        try {
            deleteAll(folder.resolve(TEMPORARY + NAME + step));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private void prune(long newest, OptionalLong best) throws IOException {
        // Later ones are not of this run's making, or damaged: they are left alone until it comes there.
        for (long step : keep.expendable(steps().headSet(newest, true), best)) {
            remove(folder.resolve(NAME + step));
        }
    }

    /** Removes what unfinished saves and deletions have left. */
    private void clean() throws IOException {
        for (Path entry : entries(folder)) {
            String name = entry.getFileName().toString();
            if (name.startsWith(TEMPORARY) || name.startsWith(DEAD)) {
                deleteAll(entry);
            }
        }
    }

    private void remove(Path checkpoint) throws IOException {
        Path dead = folder.resolve(DEAD + checkpoint.getFileName());
        storage.move(checkpoint, dead);
        deleteAll(dead);
    }

    private void deleteAll(Path path) throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> inside = Files.walk(path)) {
            all = inside.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            storage.delete(each);
        }
    }

    /**
     * Remembers that the run has ended and everything it makes is written: there is nothing to go on with.
     *
     * @throws IOException if it cannot be written
     */
    public void end(Ending ending) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("steps", ending.steps);
        fields.put("early", ending.early);
        Path temporary = folder.resolve(TEMPORARY + ENDED);
        Undisturbed.call(() -> {
            clean();
            storage.write(temporary, CheckpointFiles.text(Json.of(fields).toJson(2) + "\n"));
            storage.move(temporary, folder.resolve(ENDED));
            storage.forceFolder(folder);
            return ending;
        });
    }

    /**
     * Returns how the run of a folder has ended, if it has; nobody need have opened it.
     *
     * @throws IOException if that cannot be read
     */
    public static Optional<Ending> ended(Path folder) throws IOException {
        Path file = folder.resolve(ENDED);
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        JsonObject fields = Json.read(file).asObject();
        return Optional.of(
                new Ending(fields.get("steps").asLong(), fields.get("early").asBoolean()));
    }

    /** Lets other processes open the folder. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
