package luthier.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import luthier.app.data.SupersenseTask;
import luthier.app.report.Report;
import luthier.app.report.ReportPage;
import luthier.finetune.train.ParameterTable;
import luthier.finetune.weights.Interpolation;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.optim.AdamW;
import luthier.tensor.Tensor;
import luthier.tensor.io.AtomicFiles;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Walks from the pretrained to the fine-tuned encoder; the head stays the fine-tuned one. */
@Command(
        name = "interpolate",
        description = {
            "Measures 11 models between the pretrained encoder (alpha 0) and the fine-tuned one (alpha 1), weight by weight",
            "(WiSE-FT, Wortsman et al. 2022, arXiv:2109.01903). The head stays the fine-tuned one. Added to the run's report."
        },
        mixinStandardHelpOptions = true)
final class InterpolateCommand implements Callable<Integer> {
    private static final int STEPS = 10;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of a finished run, runs/...")
    private Path run = Path.of("");

    @Override
    public Integer call() throws IOException {
        FinishedRun finished = FinishedRun.open(run);
        Map<String, Tensor> tuned = finished.tuning().tunedWeights();
        BertClassifier between = MiniLm.classifier(
                MiniLm.open(), finished.classes(), finished.settings().seed());
        Map<String, Tensor> pretrained = Map.copyOf(finished.model().bert().weights());
        between.classifier().load(finished.tuning().tunedHead());
        PrintWriter out = spec.commandLine().getOut();
        SupersenseTask.Split split = finished.split();
        SupersenseData idData = finished.data(split.inDistribution());
        SupersenseData oodData = finished.data(split.outOfDistribution());
        List<Report.AlphaPoint> points = new ArrayList<>();
        out.println("alpha      ID     OOD");
        for (int i = 0; i <= STEPS; i++) {
            double alpha = i / (double) STEPS;
            between.bert().load(Interpolation.between(pretrained, tuned, alpha));
            double id = Predictions.of(between, idData).accuracy();
            double ood = Predictions.of(between, oodData).accuracy();
            points.add(new Report.AlphaPoint(alpha, List.of(id, ood)));
            out.printf("%5.1f  %.4f  %.4f%n", alpha, id, ood);
        }
        RunReport report = new RunReport(finished.settings(), finished.classes(), split, run);
        Report page = report.build(
                ParameterTable.of(finished.model(), finished.tuning().parameters(), AdamW.USUAL),
                Predictions.of(finished.model(), idData),
                Predictions.of(finished.model(), oodData),
                points);
        AtomicFiles.writeString(run.resolve(RunFolder.REPORT), ReportPage.html(page));
        out.println("added to " + run.resolve(RunFolder.REPORT));
        return 0;
    }
}
