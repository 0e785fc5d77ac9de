package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import luthier.finetune.RunOptions;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
import luthier.tensor.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads the options of a fine-tuning run and starts it. */
@Command(
        name = "finetune",
        description = {
            "Fine-tunes a pretrained model on your rows: luthier finetune --model DIR --data FILE. Everything else has a default,"
                    + " which is printed.",
            "Without --model and --data it is the main job: all-MiniLM-L6-v2 learns the supersense (noun.animal, verb.motion, ...) of a"
                    + " WordNet definition."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class FinetuneCommand implements Callable<Integer>, InRunFolder {
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

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "settings file, YAML or a run's config.json; what is typed wins")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "sets an option by its long name, over everything else")
    private List<String> set = List.of();

    @Option(
            names = "--train-size",
            paramLabel = "N",
            description = "training definitions of the main job (default: 6000)")
    private int trainSize = 6000;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads; changes the speed, never a bit (default: all cores)")
    private @Nullable Integer threads;

    @Option(names = "--out", paramLabel = "DIR", description = "where to write (default: runs/<time>-<method>)")
    private @Nullable Path out;

    @Override
    public Optional<Path> runFolder() {
        return Optional.ofNullable(out);
    }

    @Override
    public Integer call() throws IOException {
        Integer count = threads;
        if (count != null) {
            if (count < 1) {
                throw new UsageException("--threads: must be at least 1; got " + count);
            }
            Threads.set(count);
        }
        Map<String, String> typed =
                MethodOptions.of(spec).typed(spec.commandLine().getParseResult());
        if (config != null || !set.isEmpty() || typed.containsKey("model") || typed.containsKey("data")) {
            return ownRun(typed);
        }
        new FinetuneRun(settings(typed), out, spec.commandLine().getOut()).execute();
        return 0;
    }

    /** A run on the user's own model and rows. */
    private Integer ownRun(Map<String, String> typed) throws IOException {
        Map<String, String> words = new LinkedHashMap<>(typed);
        if (spec.commandLine().getParseResult().hasMatchedOption("--method")) {
            words.put(OptionTable.METHOD, method);
        }
        Path file = config;
        Optional<SettingsFile> settings = file == null ? Optional.empty() : Optional.of(SettingsFile.read(file));
        GivenOptions given = GivenOptions.of(OwnOptions.table(), settings, words, set);
        PrintWriter writer = spec.commandLine().getOut();
        given.said().forEach(writer::println);
        Path directory = OwnFolder.named(out, given.method());
        out = directory;
        OwnFolder.requireEmpty(directory);
        return new OwnRun(given.method(), given.run(), given.own(), directory, writer).begin();
    }

    private Settings settings(Map<String, String> typed) {
        Method chosen = Settings.method(method);
        Map<String, String> own = new LinkedHashMap<>(typed);
        Map<String, String> run = new LinkedHashMap<>(typed);
        List<String> known = List.of("epochs", "steps", "batch-size", "learning-rate", "seed");
        run.keySet().retainAll(known);
        own.keySet().removeAll(known);
        own.keySet().stream()
                .filter(name -> OwnOptions.ALL.all().stream()
                        .anyMatch(option -> option.name().equals(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw new UsageException("--" + name
                            + ": belongs to a run on your own data; got neither --model nor --data; give both");
                });
        Config options = parsed(run);
        int steps = options.get(RunOptions.STEPS);
        double rate = options.get(RunOptions.LEARNING_RATE);
        return new Settings(
                chosen,
                Settings.options(chosen, own),
                options.get(RunOptions.EPOCHS),
                options.isSet(RunOptions.STEPS) ? steps : Long.MAX_VALUE,
                options.isSet(RunOptions.BATCH_SIZE) ? options.get(RunOptions.BATCH_SIZE) : Settings.BATCH_SIZE,
                options.isSet(RunOptions.LEARNING_RATE)
                        ? rate
                        : Settings.recipe(chosen).learningRate(),
                trainSize,
                options.get(RunOptions.SEED));
    }

    private static Config parsed(Map<String, String> typed) {
        try {
            return OwnOptions.ALL.parse(typed);
        } catch (OptionException e) {
            throw new UsageException("--" + e.getMessage());
        }
    }

    /** Returns the settings of a run of the main job for which nothing was typed. */
    static Settings usual() {
        CommandLine command = new CommandLine(new FinetuneCommand());
        command.parseArgs();
        return command.<FinetuneCommand>getCommand().settings(Map.of());
    }
}
