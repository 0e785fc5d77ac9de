package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import luthier.tensor.Threads;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what a run would do and cost. */
@Command(
        name = "plan",
        description = {
            "Says what luthier finetune would do with the same options: what matches, parameters, bytes by kind, the seconds of a step"
                    + " measured on three, the whole run.",
            "Changes nothing on the disk."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PlanCommand implements Callable<Integer> {
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
            names = "--threads",
            paramLabel = "N",
            description = "threads; changes the speed, never a bit (default: all cores)")
    private @Nullable Integer threads;

    @Option(names = "--json", description = "the numbers as JSON; what is said of the data goes to standard error")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Integer count = threads;
        if (count != null) {
            if (count < 1) {
                throw new UsageException("--threads: must be at least 1; got " + count);
            }
            Threads.set(count);
        }
        Map<String, String> words = new LinkedHashMap<>(
                MethodOptions.of(spec).typed(spec.commandLine().getParseResult()));
        if (method != null) {
            words.put(OptionTable.METHOD, method);
        }
        Path file = config;
        GivenOptions given = GivenOptions.of(
                OwnOptions.table(), file == null ? Optional.empty() : Optional.of(SettingsFile.read(file)), words, set);
        // Both are asked for before anything is read.
        OwnOptions.model(given.run());
        OwnOptions.data(given.run());
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter said = json ? spec.commandLine().getErr() : out;
        given.said().forEach(said::println);
        PlanReport report = new OwnRun(given.method(), given.run(), given.own(), Path.of(""), said).plan();
        out.print(json ? Json.of(report.fields()).toJson(2) + System.lineSeparator() : report.text());
        out.flush();
        return 0;
    }
}
