package luthier.app;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import luthier.finetune.train.TrainingEvent;
import luthier.finetune.train.TrainingListener;
import luthier.tensor.io.AtomicFiles;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a run while it is written: {@code config.json} first, a line of {@code metrics.jsonl} for every event as it
 * happens, the rest at the end. A run that is interrupted keeps what was logged.
 */
final class RunFolder implements TrainingListener, AutoCloseable {
    static final String CONFIG = "config.json";
    static final String METRICS = "metrics.jsonl";
    static final String SUMMARY = "summary.json";
    static final String REPORT = "report.html";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private final Path directory;
    private final BufferedWriter metrics;

    private RunFolder(Path directory, BufferedWriter metrics) {
        this.directory = directory;
        this.metrics = metrics;
    }

    /**
     * Makes the folder and writes the configuration.
     *
     * @param wish the folder to use, or null for {@code runs/<time>-<method>}
     * @throws UsageException if the folder is a file or not empty
     */
    static RunFolder create(@Nullable Path wish, Settings settings, Map<String, Object> config) throws IOException {
        Path directory = wish != null
                ? wish
                : Path.of(
                        "runs",
                        TIME.format(LocalDateTime.now(ZoneId.systemDefault())) + "-"
                                + settings.method().name());
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new UsageException("--out: must be a folder; got the file " + directory);
        }
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new UsageException("--out: the folder must be empty, since a run never overwrites another; got "
                        + directory + "; choose another name");
            }
        }
        AtomicFiles.writeString(directory.resolve(CONFIG), Json.of(config).toJson(2) + "\n");
        return new RunFolder(
                directory,
                Files.newBufferedWriter(
                        directory.resolve(METRICS), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW));
    }

    Path directory() {
        return directory;
    }

    @Override
    public void on(TrainingEvent event) {
        switch (event) {
            case TrainingEvent.Step step -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("event", "step");
                fields.put("step", step.step());
                fields.put("epoch", step.epoch());
                fields.put("loss", step.loss());
                fields.put("learning_rate", step.learningRate());
                fields.put("gradient_norm", step.gradientNorm());
                fields.put("examples_per_second", step.examplesPerSecond());
                write(fields);
            }
            case TrainingEvent.Evaluation evaluation -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("event", "evaluation");
                fields.put("step", evaluation.step());
                fields.put("epoch", evaluation.epoch());
                evaluation
                        .metrics()
                        .forEach((split, values) -> values.forEach(
                                (name, value) -> fields.put(split.toLowerCase(Locale.ROOT) + "_" + name, value)));
                fields.put("seconds", evaluation.seconds());
                write(fields);
            }
            case TrainingEvent.Start ignored -> {}
            case TrainingEvent.Saved ignored -> {}
            case TrainingEvent.NotSaved ignored -> {}
            case TrainingEvent.BestLost ignored -> {}
            case TrainingEvent.End ignored -> {}
        }
    }

    private void write(Map<String, Object> fields) {
        try {
            metrics.write(Json.of(fields).toJson(0));
            metrics.newLine();
            metrics.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        metrics.close();
    }
}
