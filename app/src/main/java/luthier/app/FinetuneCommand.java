package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.RunOptions;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
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
final class FinetuneCommand extends RunCommand implements InRunFolder {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "settings file, YAML or a run's config.json; what is typed wins")
    private @Nullable Path config;

    @Option(
            names = "--train-size",
            paramLabel = "N",
            description = "training definitions of the main job (default: 6000)")
    private int trainSize = 6000;

    @Option(names = "--out", paramLabel = "DIR", description = "where to write (default: runs/<time>-<method>)")
    private @Nullable Path out;

    @Override
    public Optional<Path> runFolder() {
        return Optional.ofNullable(out);
    }

    @Override
    public Integer call() throws IOException {
        useThreads();
        Voice voice = voice();
        Map<String, String> typed = typed();
        if (config != null || isSet() || typed.containsKey("model") || typed.containsKey("data")) {
            GivenOptions given = given(config, voice);
            Path directory = folder(given.method());
            new OwnRun(given, directory, voice).begin();
        } else {
            Settings settings = settings(typed);
            new FinetuneRun(settings, folder(settings.method()), voice).begin();
        }
        return 0;
    }

    /** The folder is refused before work is done for it. */
    private Path folder(Method method) throws IOException {
        Path directory = RunFolder.named(out, method);
        out = directory;
        RunFolder.requireEmpty(directory);
        return directory;
    }

    private Settings settings(Map<String, String> typed) {
        Map<String, String> own = new LinkedHashMap<>(typed);
        String name = own.remove(OptionTable.METHOD);
        Method chosen = Settings.method(name == null ? "lora" : name);
        Map<String, String> run = new LinkedHashMap<>(own);
        List<String> known = List.of("epochs", "steps", "batch-size", "learning-rate", "seed");
        run.keySet().retainAll(known);
        own.keySet().removeAll(known);
        own.keySet().stream()
                .filter(each -> OwnOptions.ALL.all().stream()
                        .anyMatch(option -> option.name().equals(each)))
                .findFirst()
                .ifPresent(each -> {
                    throw new UsageException("--" + each
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
