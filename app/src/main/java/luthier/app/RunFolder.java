package luthier.app;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import luthier.finetune.method.Method;
import luthier.finetune.train.CheckpointFolder;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a run: {@code config.json}; {@code metrics.jsonl}, a line for every event as it happens; {@code checkpoints}; at its end the
 * adapter, {@code summary.json} and {@code report.html}.
 */
final class RunFolder {
    static final String CONFIG = "config.json";
    static final String METRICS = "metrics.jsonl";
    static final String SUMMARY = "summary.json";
    static final String REPORT = "report.html";
    private static final String CHECKPOINTS = "checkpoints";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private RunFolder() {}

    /** Returns the folder that a user wishes, or one that is not there yet, named by time and method. */
    static Path named(@Nullable Path wish, Method method) {
        if (wish != null) {
            return wish;
        }
        String name = TIME.format(LocalDateTime.now(ZoneId.systemDefault())) + "-" + method.name();
        Path folder = Path.of("runs", name);
        for (int i = 2; Files.exists(folder); i++) {
            folder = Path.of("runs", name + "-" + i);
        }
        return folder;
    }

    /** Refuses a folder that a run cannot begin in, before work is done for it. */
    static void requireEmpty(Path directory) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new UsageException("--out: must be a folder; got the file " + directory);
        }
        if (Files.isDirectory(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw notEmpty(directory);
                }
            }
        }
    }

    private static UsageException notEmpty(Path directory) {
        return new UsageException("--out: the folder must be empty, since a run never overwrites another; got "
                + directory + "; choose another name");
    }

    /** Makes the folder, for this run alone of all that begin at once, and writes the configuration. */
    static void create(Path directory, Map<String, Object> config) throws IOException {
        requireEmpty(directory);
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new UsageException("--out: must be a folder; got a file among the parents of " + directory);
        }
        try {
            Files.createDirectory(checkpoints(directory));
        } catch (FileAlreadyExistsException e) {
            throw notEmpty(directory);
        }
        writeConfig(directory, config);
    }

    /** Writes the configuration. */
    static void writeConfig(Path directory, Map<String, Object> config) throws IOException {
        AtomicFiles.writeString(directory.resolve(CONFIG), Json.of(config).toJson(2) + "\n");
    }

    /** Returns where the checkpoints are. */
    static Path checkpoints(Path directory) {
        return directory.resolve(CHECKPOINTS);
    }

    /** Returns whether a folder is one of a run that can be gone on with, or could be before it ended. */
    static boolean isRun(Path directory) {
        return Files.isDirectory(checkpoints(directory)) && Files.isRegularFile(directory.resolve(CONFIG));
    }

    /** Returns how a run has ended, if it has. */
    static Optional<CheckpointFolder.Ending> ended(Path directory) throws IOException {
        return CheckpointFolder.ended(checkpoints(directory));
    }
}
