package luthier.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import luthier.finetune.TextModel;
import luthier.tensor.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns texts into vectors. */
@Command(
        name = "embed",
        description =
                "Turns texts into vectors, a line of JSON each, by a run that has learned to embed or by a pretrained sentence encoder.",
        mixinStandardHelpOptions = true)
final class EmbedCommand implements Callable<Integer> {
    private final InputStream in;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "RUN|DIR",
            description = "folder of a finished run, runs/..., or of a pretrained model")
    private Path folder = Path.of("");

    @Parameters(
            index = "1..*",
            paramLabel = "TEXT|-|FILE",
            description = "the text, - for standard input, or a file of rows")
    private List<String> words = List.of();

    @Option(names = "--text", paramLabel = "COL", description = "column of the text in a file")
    private List<String> columns = List.of();

    EmbedCommand() {
        this(System.in);
    }

    /** Reads standard input from elsewhere. */
    EmbedCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        TextModel model = model();
        GivenTexts given = new GivenTexts(words, columns);
        CutTexts cut = new CutTexts(model.tokenizer(), model.maxLength(), false);
        if (given.isOne()) {
            List<List<String>> rows = List.of(given.one("embed", model.task()));
            cut.add(rows);
            write(model, rows);
        } else {
            given.forEach(model.task(), in, spec.commandLine().getErr(), rows -> {
                cut.add(rows);
                write(model, rows);
            });
        }
        cut.say(spec.commandLine().getErr());
        return 0;
    }

    private TextModel model() throws IOException {
        return switch (FolderKind.of(folder)) {
            case PRETRAINED -> {
                TextModel model = TextModel.embedder(folder);
                model.report()
                        .notes()
                        .forEach(note -> spec.commandLine().getErr().println("note: " + note));
                yield model;
            }
            case TUNED -> {
                TextModel model = TextModel.open(folder);
                if (model.task().outputs() != 0) {
                    throw new UsageException("embed: the run must have learned to embed; got task "
                            + model.task().name() + "; use: luthier predict " + folder);
                }
                yield model;
            }
            case MAIN_JOB ->
                throw new UsageException(
                        "embed: the run must have learned to embed; got a run of the main job; use: luthier predict "
                                + folder);
        };
    }

    private void write(TextModel model, List<List<String>> rows) {
        PrintWriter out = spec.commandLine().getOut();
        double[][] vectors = model.embed(rows.stream().map(List::getFirst).toList());
        for (int i = 0; i < vectors.length; i++) {
            List<Object> vector = new ArrayList<>();
            for (double value : vectors[i]) {
                // As short as the numbers are that were computed: they are F32.
                vector.add((float) value);
            }
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("text", rows.get(i).getFirst());
            fields.put("vector", vector);
            out.println(Json.of(fields).toJson(0));
        }
        out.flush();
    }
}
