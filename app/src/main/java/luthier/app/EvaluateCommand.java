package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import luthier.app.data.SupersenseTask;
import luthier.finetune.TextModel;
import luthier.finetune.method.Config;
import luthier.finetune.task.DataOptions;
import luthier.finetune.task.DataShape;
import luthier.finetune.task.Lengths;
import luthier.finetune.task.TypedRow;
import luthier.nn.data.DataException;
import luthier.nn.data.DataFiles;
import luthier.nn.data.Rows;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a finished run again, from its files alone. */
@Command(
        name = "evaluate",
        description = {
            "Measures a finished run: on the rows of --data, or on the test, ood and validation files that the run was given.",
            "A run of the main job is measured on definitions (ID) and example sentences (OOD)."
        },
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer>, InRunFolder {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of a finished run, runs/...")
    private Path run = Path.of("");

    @Option(names = "--data", paramLabel = "FILE", description = "rows to measure, with the labels of training")
    private @Nullable Path data;

    @Option(names = "--text", paramLabel = "COL", description = "column of the text")
    private @Nullable String text;

    @Option(names = "--label", paramLabel = "COL", description = "column of the label or number")
    private @Nullable String label;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Optional<Path> runFolder() {
        return Optional.of(run);
    }

    @Override
    public Integer call() throws IOException {
        if (FolderKind.ofRun(run) == FolderKind.MAIN_JOB) {
            if (data != null) {
                throw new UsageException(
                        "--data: belongs to runs on your own data; got a run of the main job; leave it away");
            }
            mainJob();
        } else {
            own();
        }
        return 0;
    }

    private void own() throws IOException {
        Path config = run.resolve(RunFolder.CONFIG);
        Optional<Config> given = Files.isRegularFile(config)
                ? Optional.of(
                        GivenOptions.of(OwnOptions.table(), Optional.of(SettingsFile.read(config)), Map.of(), List.of())
                                .run())
                : Optional.empty();
        Map<String, Rows> files = files(given);
        DataOptions columns = given.map(OwnOptions::columns).orElse(DataOptions.auto());
        columns = text == null ? columns : columns.withText(text);
        columns = label == null ? columns : columns.withLabel(label);
        TextModel model = TextModel.open(run);
        PrintWriter said =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        Map<String, Object> measured = new LinkedHashMap<>();
        for (Map.Entry<String, Rows> file : files.entrySet()) {
            DataShape shape = DataShape.of(model.task(), file.getValue(), columns);
            List<TypedRow> rows = shape.typed(file.getValue());
            said.println(file.getKey() + ": " + file.getValue().source() + ", " + rows.size() + " rows");
            shape.says().forEach(said::println);
            said.println(Lengths.of(
                    model.examples(rows).stream()
                            .mapToInt(example -> example.length() + example.cut())
                            .toArray(),
                    model.maxLength()));
            Map<String, Object> values = new LinkedHashMap<>();
            model.evaluate(rows).forEach((name, value) -> {
                values.put(name, AnswerText.finite(value));
                if (!json) {
                    said.printf(Locale.ROOT, "  %-24s %.4f%n", name.replace('_', ' '), value);
                }
            });
            measured.put(file.getKey(), values);
        }
        if (json) {
            spec.commandLine().getOut().println(Json.of(measured).toJson(2));
        }
    }

    /** What is given, or else what the run was given beside the rows of training. */
    private Map<String, Rows> files(Optional<Config> given) throws IOException {
        Map<String, Rows> files = new LinkedHashMap<>();
        Path own = data;
        if (own != null) {
            if (!Files.exists(own)) {
                throw new DataException(own.toString(), "no such file or folder");
            }
            DataMemory.require(own);
            files.put("data", Rows.read(own));
            return files;
        }
        if (given.isPresent()) {
            DataFiles folder = DataFiles.read(OwnOptions.data(given.get()));
            Optional<Path> valid = OwnOptions.file(given.get(), OwnOptions.VALID);
            Optional<Path> test = OwnOptions.file(given.get(), OwnOptions.TEST);
            Optional<Path> ood = OwnOptions.file(given.get(), OwnOptions.OOD);
            put(files, "valid", valid, folder.valid());
            put(files, "test", test, folder.test());
            put(files, "ood", ood, Optional.empty());
        }
        if (files.isEmpty()) {
            throw new UsageException("evaluate: the run was given no rows beside those of training; got " + run
                    + "; name a file of rows with --data");
        }
        return files;
    }

    private static void put(Map<String, Rows> files, String name, Optional<Path> given, Optional<Rows> found)
            throws IOException {
        if (given.isPresent()) {
            files.put(name, Rows.read(given.get()));
        } else {
            found.ifPresent(rows -> files.put(name, rows));
        }
    }

    private void mainJob() throws IOException {
        FinishedRun finished = FinishedRun.open(run);
        SupersenseTask.Split split = finished.split();
        Predictions id = Predictions.of(finished.model(), finished.data(split.inDistribution()));
        Predictions ood = Predictions.of(finished.model(), finished.data(split.outOfDistribution()));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("id", Map.of("accuracy", id.accuracy()));
            values.put("ood", Map.of("accuracy", ood.accuracy()));
            out.println(Json.of(values).toJson(2));
            return;
        }
        out.printf(
                "%s%nID accuracy  %.4f  (%d definitions)%nOOD accuracy %.4f  (%d example sentences)%n",
                run, id.accuracy(), id.labels().length, ood.accuracy(), ood.labels().length);
    }
}
