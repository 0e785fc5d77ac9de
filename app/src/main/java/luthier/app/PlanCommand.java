package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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
final class PlanCommand extends RunCommand {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "settings file, YAML or a run's config.json; what is typed wins")
    private @Nullable Path config;

    @Override
    public Integer call() throws IOException {
        useThreads();
        Voice voice = voice();
        GivenOptions given = given(config, voice);
        // Both are asked for before anything is read.
        OwnOptions.model(given.run());
        OwnOptions.data(given.run());
        PlanReport report = new OwnRun(given, Path.of(""), voice).plan();
        voice.result(report.fields(), report.text());
        return 0;
    }
}
