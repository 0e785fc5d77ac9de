package luthier.app;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a run on one's own rows: {@code config.json}, a settings file of every option; {@code metrics.jsonl}, a line for every
 * event; {@code checkpoints}; at the end the adapter, {@code model.json} and {@code summary.json}.
 */
final class OwnFolder {
    static final String CONFIG = RunFolder.CONFIG;
    static final String METRICS = RunFolder.METRICS;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private OwnFolder() {}

    /** Returns the folder that a user wishes, or one named by time and method. */
    static Path named(@Nullable Path wish, Method method) {
        return wish != null
                ? wish
                : Path.of("runs", TIME.format(LocalDateTime.now(ZoneId.systemDefault())) + "-" + method.name());
    }

    /** Refuses a folder that a run cannot begin in, before work is done for it. */
    static void requireEmpty(Path directory) throws IOException {
        if (Files.isRegularFile(directory)) {
            throw new UsageException("--out: must be a folder; got the file " + directory);
        }
        if (Files.isDirectory(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new UsageException(
                            "--out: the folder must be empty, since a run never overwrites another; got " + directory
                                    + "; choose another name");
                }
            }
        }
    }

    /** Makes the folder and writes the configuration. */
    static void create(Path directory, Method method, Config options, Config own) throws IOException {
        requireEmpty(directory);
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new UsageException("--out: must be a folder; got a file among the parents of " + directory);
        }
        AtomicFiles.writeString(
                directory.resolve(CONFIG), Json.of(fields(method, options, own)).toJson(2) + "\n");
    }

    /** Returns every option by its long name: a run is repeated by giving the file as {@code --config}. */
    static Map<String, Object> fields(Method method, Config options, Config own) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(OptionTable.METHOD, method.name());
        set(options).forEach(fields::put);
        set(own).forEach(fields::put);
        return fields;
    }

    private static Map<String, Object> set(Config config) {
        Map<String, Object> fields = new LinkedHashMap<>(config.fields());
        fields.keySet()
                .removeIf(name -> config.options().all().stream()
                        .anyMatch(option ->
                                option.name().equals(name) && !config.isSet(option) && isNothing(fields.get(name))));
        return fields;
    }

    /** Nothing is not a word that a settings file takes. */
    private static boolean isNothing(@Nullable Object value) {
        return value == null || value.equals("") || value.equals(Map.of()) || value.equals(List.of());
    }
}
