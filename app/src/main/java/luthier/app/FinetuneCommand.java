package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import luthier.finetune.method.Method;
import luthier.tensor.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads the options of a fine-tuning run and starts it. */
@Command(
        name = "finetune",
        description = {
            "Fine-tunes all-MiniLM-L6-v2 to tell the supersense (noun.animal, verb.motion, ...) of a WordNet definition.",
            "Writes config.json, metrics.jsonl, summary.json, the adapter or weights and report.html to a folder of its own."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class FinetuneCommand implements Callable<Integer> {
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    /** Picocli hands the specification over when it makes the command: the methods' options join the command's own. */
    @CommandLine.Spec
    void setSpec(CommandLine.Model.CommandSpec given) {
        spec = given;
        MethodOptions.addTo(given);
    }

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description =
                    "how to fine-tune: head, full, freeze, bitfit, ln-tuning, lora, ia3 or loreft (default: lora)")
    private String method = "lora";

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the training data (default: 3)")
    private int epochs = 3;

    @Option(names = "--steps", paramLabel = "N", description = "end after N steps (default: all)")
    private @Nullable Long steps;

    @Option(names = "--batch-size", paramLabel = "N", description = "definitions in a batch (default: 32)")
    private int batchSize = 32;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description =
                    "highest rate of the schedule (default: head 1e-2, full 1e-4, freeze 2e-4, lora 2e-3, loreft 5e-3)")
    private @Nullable Double learningRate;

    @Option(names = "--train-size", paramLabel = "N", description = "training definitions (default: 6000)")
    private int trainSize = 6000;

    @Option(names = "--seed", paramLabel = "N", description = "of data, first values and order (default: 0)")
    private long seed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads; changes the speed, never a bit (default: all cores)")
    private @Nullable Integer threads;

    @Option(names = "--out", paramLabel = "DIR", description = "where to write (default: runs/<time>-<method>)")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        Settings settings = settings();
        Integer count = threads;
        if (count != null) {
            if (count < 1) {
                throw new UsageException("--threads: must be at least 1; got " + count);
            }
            Threads.set(count);
        }
        new FinetuneRun(settings, out, spec.commandLine().getOut()).execute();
        return 0;
    }

    private Settings settings() {
        Method chosen = Settings.method(method);
        CommandLine.ParseResult parsed = spec.commandLine().getParseResult();
        Map<String, String> typed = MethodOptions.of(spec).typed(parsed);
        return new Settings(
                chosen,
                Settings.options(chosen, typed),
                epochs,
                orElse(steps, Long.MAX_VALUE),
                batchSize,
                orElse(learningRate, Settings.recipe(chosen).learningRate()),
                trainSize,
                seed);
    }

    /** Returns the settings of a run for which nothing was typed. */
    static Settings usual() {
        CommandLine command = new CommandLine(new FinetuneCommand());
        command.parseArgs();
        return command.<FinetuneCommand>getCommand().settings();
    }

    private static <T> T orElse(@Nullable T value, T other) {
        return value == null ? other : value;
    }
}
