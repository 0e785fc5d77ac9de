package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import luthier.finetune.train.CheckpointFolder;
import luthier.tensor.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Goes on with a run that was stopped. */
@Command(
        name = "resume",
        description = {
            "Goes on with a run that was stopped, from its newest whole checkpoint: the numbers are those of a run that was not.",
            "Takes the options of finetune: new places of files (--data, --model, --valid ...) and what changes no number (--keep,"
                    + " --save-every); any other change is refused."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ResumeCommand implements Callable<Integer>, InRunFolder {
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    /** Picocli hands the specification over when it makes the command: the options of runs and methods join the command's own. */
    @CommandLine.Spec
    void setSpec(CommandLine.Model.CommandSpec given) {
        spec = given;
        MethodOptions.addTo(given);
    }

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of the run, runs/...")
    private Path run = Path.of("");

    @Option(names = "--method", paramLabel = "NAME", description = "the run's own method")
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

    @Override
    public Optional<Path> runFolder() {
        return Optional.of(run);
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (!OwnRun.isRun(run)) {
            throw new UsageException(
                    run + ": not a run that can go on (it has no checkpoints); give a folder that luthier"
                            + " finetune --model --data has written, runs/...");
        }
        Optional<CheckpointFolder.Ending> ended = OwnRun.ended(run);
        if (ended.isPresent()) {
            out.println("the run is finished: it ended " + (ended.get().early() ? "early, for want of gain, " : "")
                    + "after step " + ended.get().steps() + "; there is nothing to go on with");
            out.flush();
            return 0;
        }
        Integer count = threads;
        if (count != null) {
            if (count < 1) {
                throw new UsageException("--threads: must be at least 1; got " + count);
            }
            Threads.set(count);
        }
        Map<String, String> typed = new LinkedHashMap<>(
                MethodOptions.of(spec).typed(spec.commandLine().getParseResult()));
        if (method != null) {
            typed.put(OptionTable.METHOD, method);
        }
        SettingsFile config = SettingsFile.read(run.resolve(OwnFolder.CONFIG));
        GivenOptions given = GivenOptions.of(OwnOptions.table(), Optional.of(config), typed, set);
        given.said().forEach(out::println);
        return new OwnRun(given.method(), given.run(), given.own(), run, out).resume();
    }
}
