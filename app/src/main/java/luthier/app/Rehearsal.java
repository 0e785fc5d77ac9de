package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import luthier.app.data.Supersenses;

/**
 * Everything short that the command line does, once: help, a mistake, a prediction. The launcher records the classes that it loads for
 * its ahead-of-time cache (docs/decisions/015). The prediction is that of a run which was never trained.
 */
final class Rehearsal {
    private Rehearsal() {}

    /** Rehearses in the given folder, which must be empty or missing, and exits with the prediction's code. */
    public static void main(String[] arguments) throws IOException {
        System.exit(rehearse(Path.of(arguments[0])));
    }

    static int rehearse(Path run) throws IOException {
        Settings settings = FinetuneCommand.usual();
        Files.createDirectories(run);
        RunFolder.writeConfig(run, settings.toFields());
        TunedModel.fresh(settings, MiniLm.classifier(MiniLm.open(), Supersenses.read(), settings.seed()))
                .save(run);
        Main.run("--help");
        Main.run("predict");
        return Main.run("predict", run.toString(), "lion : large gregarious predatory feline of Africa and India");
    }
}
