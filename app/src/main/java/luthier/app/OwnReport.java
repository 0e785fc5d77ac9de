package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.app.report.Report;
import luthier.finetune.TextModel;
import luthier.finetune.task.Answer;
import luthier.finetune.task.TypedRow;
import luthier.finetune.train.ParameterTable;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;

/** Gathers the page of a run on one's own rows from its log and its answers to the rows of validation. */
final class OwnReport {
    private static final int EXAMPLES = 20;
    private static final int GUESSES = 3;
    private static final String VALIDATION = "validation";
    private static final Report.Splits SPLITS =
            new Report.Splits(List.of(VALIDATION), "Rows of validation", VALIDATION, "Split");

    private OwnReport() {}

    /**
     * Returns the page's contents; of tasks whose answer is not one class the curves, costs and facts.
     *
     * @param facts settings and results as they are shown
     */
    static Report of(
            String title,
            Map<String, String> facts,
            Path log,
            ParameterTable table,
            TextModel model,
            List<TypedRow> valid)
            throws IOException {
        List<Report.Fact> shown = new ArrayList<>();
        facts.forEach((name, value) -> shown.add(new Report.Fact(name, value)));
        List<Report.LossPoint> losses = new ArrayList<>();
        Map<Integer, Report.AccuracyPoint> accuracies = new LinkedHashMap<>();
        for (String line : Files.readAllLines(log)) {
            JsonObject event = Json.parse(line, log.toString()).asObject();
            if (event.get("event").asString().equals("step")) {
                losses.add(new Report.LossPoint(
                        event.get("step").asLong(),
                        event.get("loss").asDouble(),
                        event.get("learning_rate").asDouble()));
            } else if (event.find("valid_accuracy").isPresent()) {
                int epoch = event.get("epoch").asInt();
                double accuracy = event.get("valid_accuracy").asDouble();
                // The last evaluation of each epoch.
                accuracies.put(
                        epoch, new Report.AccuracyPoint(epoch, event.get("step").asLong(), List.of(accuracy)));
            }
        }
        List<Report.ParameterRow> parameters = new ArrayList<>();
        table.groups().forEach(group -> parameters.add(row(group)));
        parameters.add(row(table.total()));
        boolean classes = !valid.isEmpty()
                && model.task().outputs() > 1
                && valid.stream().allMatch(each -> each.labels().size() == 1);
        List<Answer> answers =
                classes ? model.predict(valid.stream().map(TypedRow::texts).toList()) : List.of();
        List<String> names = classes ? model.task().labels() : List.of();
        return new Report(
                title,
                shown,
                SPLITS,
                losses,
                List.copyOf(accuracies.values()),
                parameters,
                names,
                confusion(names, valid, answers),
                examples(valid, answers),
                List.of());
    }

    private static Report.ParameterRow row(ParameterTable.Group group) {
        return new Report.ParameterRow(
                group.name(),
                group.trainable(),
                group.frozen(),
                group.weightBytes(),
                group.gradientBytes(),
                group.optimizerBytes());
    }

    private static List<List<Integer>> confusion(List<String> names, List<TypedRow> rows, List<Answer> answers) {
        int[][] counts = new int[names.size()][names.size()];
        for (int i = 0; i < answers.size(); i++) {
            counts[names.indexOf(rows.get(i).label())][
                    names.indexOf(answers.get(i).label())]++;
        }
        List<List<Integer>> table = new ArrayList<>();
        for (int[] row : counts) {
            table.add(Arrays.stream(row).boxed().toList());
        }
        return table;
    }

    /** The wrong ones first. */
    private static List<Report.ExampleRow> examples(List<TypedRow> rows, List<Answer> answers) {
        List<Report.ExampleRow> wrong = new ArrayList<>();
        List<Report.ExampleRow> right = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            TypedRow row = rows.get(i);
            List<Report.Guess> guesses = answers.get(i).labels().stream()
                    .limit(GUESSES)
                    .map(scored -> new Report.Guess(scored.label(), scored.probability()))
                    .toList();
            Report.ExampleRow example =
                    new Report.ExampleRow(String.join(" | ", row.texts()), row.label(), guesses, VALIDATION);
            (answers.get(i).label().equals(row.label()) ? right : wrong).add(example);
        }
        wrong.addAll(right);
        return wrong.subList(0, Math.min(EXAMPLES, wrong.size()));
    }
}
