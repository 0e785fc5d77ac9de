package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import luthier.finetune.RunOptions;
import luthier.finetune.method.OptionException;
import luthier.finetune.task.DataOptions;
import luthier.finetune.task.DataShape;
import luthier.finetune.task.Example;
import luthier.finetune.task.Lengths;
import luthier.finetune.task.Task;
import luthier.finetune.task.Tasks;
import luthier.finetune.task.TypedRow;
import luthier.nn.data.DataException;
import luthier.nn.data.DataFiles;
import luthier.nn.data.Rows;
import luthier.nn.models.Pretrained;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows rows as a model reads them. */
@Command(
        name = "data",
        description = {
            "Shows rows as a model reads them: the task, the columns used and left unused, labels with their counts, lengths and how many"
                    + " are cut, and the first examples as tokens with what is learned beneath."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DataCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "folder of a pretrained model")
    private Path model = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "FILE",
            required = true,
            description = "rows: a file, a folder of train, valid and test files, or of class folders")
    private Path data = Path.of("");

    @Option(
            names = "--task",
            paramLabel = "WORD",
            description = "what is learned: auto, classify, pair, embed, score or tag (default: auto)")
    private String task = "auto";

    @Option(names = "--text", paramLabel = "COL", description = "column of the text")
    private @Nullable String text;

    @Option(names = "--label", paramLabel = "COL", description = "column of the label or number")
    private @Nullable String label;

    @Option(names = "--prompt", paramLabel = "COL", description = "column of the prompt")
    private @Nullable String prompt;

    @Option(names = "--completion", paramLabel = "COL", description = "column of the completion")
    private @Nullable String completion;

    @Option(names = "--max-length", paramLabel = "N", description = "longest sequence in tokens (default: 256)")
    private int maxLength = RunOptions.ALL.usual().get(RunOptions.MAX_LENGTH);

    @Option(names = "-n", paramLabel = "N", description = "examples shown (default: 5)")
    private int count = 5;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (count < 0) {
            throw new UsageException("-n: must not be negative; got " + count);
        }
        if (maxLength < 1) {
            throw new UsageException("--max-length: must be at least 1; got " + maxLength);
        }
        if (!Files.exists(data)) {
            throw new DataException(data.toString(), "no such file or folder");
        }
        DataMemory.require(data);
        Pretrained pretrained = Pretrained.open(model);
        Tokenizer tokenizer = pretrained.tokenizer();
        DataFiles files = DataFiles.read(data);
        DataShape shape = DataShape.recognise(
                files.train(),
                DataOptions.auto()
                        .withTask(task)
                        .withText(text)
                        .withLabel(label)
                        .withPrompt(prompt)
                        .withCompletion(completion));
        PrintWriter said =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        said.println(shape.announcement());
        files.unread().forEach(name -> said.println("not read: " + name));
        List<TypedRow> rows = shape.typed(files.train());
        files.valid().ifPresent(valid -> other("valid", valid, shape, rows, said));
        files.test().ifPresent(test -> other("test", test, shape, rows, said));
        show(shape, rows, tokenizer, Math.min(maxLength, pretrained.maxLength()), said);
        return 0;
    }

    private static void other(String name, Rows rows, DataShape shape, List<TypedRow> train, PrintWriter said) {
        shape.check(rows).forEach(said::println);
        List<TypedRow> typed = shape.typed(rows);
        said.println(name + ": " + typed.size() + " rows");
        shape.overlap(train, typed).says(name).forEach(said::println);
    }

    private void show(DataShape shape, List<TypedRow> rows, Tokenizer tokenizer, int limit, PrintWriter said) {
        Task learned;
        try {
            learned = Tasks.of(shape, rows);
        } catch (OptionException e) {
            said.println(e.getMessage());
            return;
        }
        List<Example> examples =
                rows.stream().map(row -> learned.example(row, tokenizer, limit)).toList();
        Lengths lengths = Lengths.of(
                examples.stream()
                        .mapToInt(example -> example.length() + example.cut())
                        .toArray(),
                limit);
        said.println(lengths);
        List<Example> first = examples.subList(0, Math.min(count, examples.size()));
        if (json) {
            spec.commandLine()
                    .getOut()
                    .println(Json.of(fields(shape, lengths, learned, tokenizer, first))
                            .toJson(2));
            return;
        }
        for (Example example : first) {
            said.println();
            said.print(ExampleText.lines(learned, tokenizer, example, CommandLine.Help.Ansi.AUTO));
        }
        said.flush();
    }

    private static Map<String, Object> fields(
            DataShape shape, Lengths lengths, Task task, Tokenizer tokenizer, List<Example> examples) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("task", task.name());
        fields.put("rows", shape.rows());
        fields.put("used", shape.used());
        fields.put("unused", shape.unused());
        fields.put("labels", shape.labels());
        fields.put("says", shape.says());
        Map<String, Object> tokens = new LinkedHashMap<>();
        tokens.put("median", lengths.median());
        tokens.put("percentile_95", lengths.percentile95());
        tokens.put("longest", lengths.longest());
        tokens.put("limit", lengths.limit());
        tokens.put("cut", lengths.cut());
        fields.put("tokens", tokens);
        fields.put(
                "examples",
                examples.stream()
                        .map(example -> ExampleText.fields(task, tokenizer, example))
                        .toList());
        return fields;
    }
}
