package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import luthier.finetune.SavedTuning;
import luthier.tensor.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** A command that takes the options of a run: those of every run and of all methods by their own declarations, and these. */
abstract sealed class RunCommand implements Callable<Integer> permits FinetuneCommand, PlanCommand, ResumeCommand {
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    /** Picocli hands the specification over when it makes the command: the options of runs and methods join the command's own. */
    @CommandLine.Spec
    void setSpec(CommandLine.Model.CommandSpec given) {
        spec = given;
        MethodOptions.addTo(given);
    }

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description = "how to fine-tune; luthier methods shows them (default: lora)")
    private @Nullable String method;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "sets an option by its long name, over everything else")
    private List<String> set = List.of();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads; changes the speed, never a bit (default: all cores)")
    private @Nullable Integer threads;

    @Option(names = "--json", description = "the result as JSON on standard output, all else on standard error")
    private boolean json;

    @Option(names = "--quiet", description = "says nothing but the result, and what goes wrong")
    private boolean quiet;

    /** Returns where the command speaks. */
    final Voice voice() {
        return Voice.of(spec.commandLine(), json, quiet);
    }

    /** Sets the number of threads. */
    final void useThreads() {
        Integer count = threads;
        if (count != null) {
            if (count < 1) {
                throw new UsageException("--threads: must be at least 1; got " + count);
            }
            Threads.set(count);
        }
    }

    /** Returns the options of runs and methods that were typed, the method's name among them, by long name. */
    final Map<String, String> typed() {
        Map<String, String> words = new LinkedHashMap<>(
                MethodOptions.of(spec).typed(spec.commandLine().getParseResult()));
        if (method != null) {
            words.put(OptionTable.METHOD, method);
        }
        return words;
    }

    /** Returns whether {@code --set} was given. */
    final boolean isSet() {
        return !set.isEmpty();
    }

    /** Reads all options of a run on one's own rows, over those of a settings file if there is one. */
    final GivenOptions given(@Nullable Path config, Voice voice) throws IOException {
        Optional<SettingsFile> file = config == null ? Optional.empty() : Optional.of(SettingsFile.read(config));
        Map<String, String> typed = typed();
        Optional<String> model = GivenOptions.said(OwnOptions.MODEL, file, typed, set);
        Optional<SavedTuning> before = model.isEmpty()
                ? Optional.empty()
                : StartingPoint.of(
                                Path.of(model.get()),
                                GivenOptions.said(OwnOptions.ADAPTER, file, typed, set)
                                        .orElse(""))
                        .tuning();
        GivenOptions given = GivenOptions.of(OwnOptions.table(), file, typed, set, before);
        given.said().forEach(voice.said()::println);
        return given;
    }
}
