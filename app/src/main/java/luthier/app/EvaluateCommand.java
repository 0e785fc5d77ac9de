package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import luthier.app.data.SupersenseTask;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Measures a finished run again, from its files alone. */
@Command(
        name = "evaluate",
        description = "Measures the accuracy of a finished run on definitions (ID) and example sentences (OOD).",
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of a finished run, runs/...")
    private Path run = Path.of("");

    @Override
    public Integer call() throws IOException {
        FinishedRun finished = FinishedRun.open(run);
        SupersenseTask.Split split = finished.split();
        Predictions id = Predictions.of(finished.model(), finished.data(split.inDistribution()));
        Predictions ood = Predictions.of(finished.model(), finished.data(split.outOfDistribution()));
        spec.commandLine()
                .getOut()
                .printf(
                        "%s%nID accuracy  %.4f  (%d definitions)%nOOD accuracy %.4f  (%d example sentences)%n",
                        run, id.accuracy(), id.labels().length, ood.accuracy(), ood.labels().length);
        return 0;
    }
}
