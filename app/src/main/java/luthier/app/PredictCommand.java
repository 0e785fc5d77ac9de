package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import luthier.nn.data.TokenBatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows the three most probable classes of a text. */
@Command(
        name = "predict",
        description = "Shows the three most probable classes of a text under a finished run.",
        mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
    private static final int SHOWN = 3;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of a finished run, runs/...")
    private Path run = Path.of("");

    @Parameters(index = "1", paramLabel = "TEXT", description = "the text, \"lemma : definition\"")
    private String text = "";

    @Override
    public Integer call() throws IOException {
        if (text.isBlank()) {
            throw new UsageException("predict: the text must not be empty; got \"" + text + "\"");
        }
        FinishedRun finished = FinishedRun.open(run);
        int[] ids = finished.tokenizer().encode(text, SupersenseData.MAX_TOKENS);
        TokenBatch batch = TokenBatch.unlabelled(new int[][] {ids}, SupersenseData.padId(finished.tokenizer()));
        Predictions prediction = new Predictions(Predictions.probabilities(finished.model(), batch), new int[] {0});
        int[] ranking = prediction.ranking(0);
        for (int i = 0; i < SHOWN; i++) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%-20s %.4f%n",
                            finished.classes().get(ranking[i]).name(),
                            prediction.probabilities()[0][ranking[i]]);
        }
        return 0;
    }
}
