package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Goes on with a run that was stopped. */
@Command(
        name = "resume",
        description = "Goes on with a run that was stopped, from its newest whole checkpoint: the numbers are those of a run that was not.",
        mixinStandardHelpOptions = true)
final class ResumeCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of the run, runs/...")
    private Path run = Path.of("");

    @Override
    public Integer call() throws IOException {
        Path config = run.resolve(OwnFolder.CONFIG);
        if (!OwnRun.isRun(run)) {
            throw new UsageException(run + ": not a run that can go on (it has no checkpoints); give a folder that luthier"
                    + " finetune --model --data has written, runs/...");
        }
        GivenOptions given =
                GivenOptions.of(OwnOptions.table(), Optional.of(SettingsFile.read(config)), Map.of(), List.of());
        return new OwnRun(given.method(), given.run(), given.own(), run, spec.commandLine().getOut()).resume();
    }
}
