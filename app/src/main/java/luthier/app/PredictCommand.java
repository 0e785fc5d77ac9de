package luthier.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import luthier.finetune.TextModel;
import luthier.finetune.task.Answer;
import luthier.finetune.task.Classification;
import luthier.finetune.task.Task;
import luthier.nn.data.TokenBatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers texts by a finished run, or by a pretrained model with a head of its own. */
@Command(
        name = "predict",
        description = {
            "Answers texts: the names of the labels with their probabilities, a number, or a tag for each word.",
            "One text of the command line is answered as a table; the lines of standard input (-) and the rows of a file as a line of"
                    + " JSON each. A pair of texts is two words of the command line, or has a tab between on standard input."
        },
        mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
    private static final int SHOWN = 3;

    private final InputStream in;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "RUN|DIR",
            description = "folder of a finished run, runs/..., or of a pretrained model")
    private Path folder = Path.of("");

    @Parameters(
            index = "1..*",
            paramLabel = "TEXT|-|FILE",
            description = "the text, - for standard input, or a file of rows")
    private List<String> words = List.of();

    @Option(names = "--text", paramLabel = "COL", description = "column of the text in a file; twice for a pair")
    private List<String> columns = List.of();

    @Option(names = "--json", description = "one text too is answered as a line of JSON")
    private boolean json;

    PredictCommand() {
        this(System.in);
    }

    /** Reads standard input from elsewhere. */
    PredictCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        GivenTexts given = new GivenTexts(words, columns);
        FolderKind kind = FolderKind.of(folder);
        switch (kind) {
            case MAIN_JOB -> mainJob(given);
            case TUNED -> answer(TextModel.open(folder), given);
            case PRETRAINED -> answer(TextModel.withOwnHead(folder), given);
        }
        return 0;
    }

    private void answer(TextModel model, GivenTexts given) throws IOException {
        Task task = model.task();
        if (task.outputs() == 0) {
            throw new UsageException("predict: the run must have learned answers; got task " + task.name()
                    + "; use: luthier embed " + folder);
        }
        CutTexts cut = new CutTexts(model.tokenizer(), model.maxLength(), task.isPerToken());
        PrintWriter out = spec.commandLine().getOut();
        if (given.isOne()) {
            List<String> texts = given.one("predict", task);
            cut.add(List.of(texts));
            cut.say(spec.commandLine().getErr());
            Answer answer = model.predict(List.of(texts)).getFirst();
            out.print(
                    json
                            ? AnswerText.json(task, texts, answer) + System.lineSeparator()
                            : AnswerText.lines(task, texts, answer));
            out.flush();
            return;
        }
        given.forEach(task, in, spec.commandLine().getErr(), rows -> {
            cut.add(rows);
            List<Answer> answers = model.predict(rows);
            for (int i = 0; i < rows.size(); i++) {
                out.println(AnswerText.json(task, rows.get(i), answers.get(i)));
            }
            out.flush();
        });
        cut.say(spec.commandLine().getErr());
    }

    // ---- the main job
    // ---------------------------------------------------------------------------------------------------

    private void mainJob(GivenTexts given) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (given.isOne()) {
            // Whether the text is one is known before the model is loaded, which takes longer.
            List<String> texts = given.one("predict", Classification.ofTexts(List.of("")));
            FinishedRun finished = FinishedRun.open(folder);
            Answer answer = answer(finished, texts.getFirst());
            if (json) {
                out.println(AnswerText.json(Classification.ofTexts(List.of("")), texts, answer));
            } else {
                answer.labels()
                        .subList(0, SHOWN)
                        .forEach(label -> out.printf(Locale.ROOT, "%-20s %.4f%n", label.label(), label.probability()));
            }
            return;
        }
        FinishedRun finished = FinishedRun.open(folder);
        Task task = Classification.ofTexts(List.of(""));
        given.forEach(task, in, spec.commandLine().getErr(), rows -> {
            rows.forEach(texts -> out.println(AnswerText.json(task, texts, answer(finished, texts.getFirst()))));
            out.flush();
        });
    }

    private static Answer answer(FinishedRun finished, String text) {
        int[] ids = finished.tokenizer()
                .encode(List.of(text), SupersenseData.MAX_TOKENS)
                .ids();
        TokenBatch batch = TokenBatch.unlabelled(new int[][] {ids}, SupersenseData.padId(finished.tokenizer()));
        float[] p = Predictions.probabilities(finished.model(), batch)[0];
        int[] ranking = new Predictions(new float[][] {p}, new int[] {0}).ranking(0);
        List<Answer.Scored> labels = IntStream.of(ranking)
                .mapToObj(i -> new Answer.Scored(finished.classes().get(i).name(), p[i]))
                .toList();
        return new Answer(labels, List.of(labels.getFirst().label()), Optional.empty());
    }
}
