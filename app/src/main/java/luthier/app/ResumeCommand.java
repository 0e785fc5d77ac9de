package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.train.CheckpointFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Goes on with a run that was stopped. */
@Command(
        name = "resume",
        description = {
            "Goes on with a run that was stopped, from its newest whole checkpoint: the numbers are those of a run that was not.",
            "Takes the options of finetune: new places of files (--data, --model, --valid ...) and what changes no number (--keep,"
                    + " --save-every); any other change is refused. A run of the main job takes --threads, --json and --quiet."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ResumeCommand extends RunCommand implements InRunFolder {
    @Parameters(index = "0", paramLabel = "RUN", description = "folder of the run, runs/...")
    private Path run = Path.of("");

    @Override
    public Optional<Path> runFolder() {
        return Optional.of(run);
    }

    @Override
    public Integer call() throws IOException {
        Voice voice = voice();
        if (!RunFolder.isRun(run)) {
            throw new UsageException(
                    run + ": not a run that can go on (it has no checkpoints); give a folder that luthier"
                            + " finetune has written, runs/...");
        }
        Optional<CheckpointFolder.Ending> ended = RunFolder.ended(run);
        if (ended.isPresent()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("run", run.toString());
            fields.put("finished", true);
            fields.put("steps", ended.get().steps());
            voice.result(
                    fields,
                    "the run is finished: it ended " + (ended.get().early() ? "early, for want of gain, " : "")
                            + "after step " + ended.get().steps() + "; there is nothing to go on with"
                            + System.lineSeparator());
            return 0;
        }
        useThreads();
        if (FolderKind.isMainJob(run)) {
            if (!typed().isEmpty() || isSet()) {
                throw new UsageException("resume: a run of the main job keeps its settings; got "
                        + (isSet() ? "--set" : "--" + String.join(", --", typed().keySet())) + "; leave it away");
            }
            new FinetuneRun(FinishedRun.settings(run), run, voice).resume();
            return 0;
        }
        new OwnRun(given(run.resolve(RunFolder.CONFIG), voice), run, voice).resume();
        return 0;
    }
}
