package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import luthier.app.data.SupersenseTask;
import luthier.app.data.SupersenseTask.Example;
import luthier.app.data.SupersenseTask.Supersense;
import luthier.app.report.Report;
import luthier.finetune.train.ParameterTable;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/** Gathers a run's report from its files and its last predictions. */
final class RunReport {
    private static final int EXAMPLES = 20;
    private static final int GUESSES = 3;
    private static final Report.Splits SPLITS = new Report.Splits(
            List.of("in distribution", "out of distribution"),
            "Test texts in distribution",
            "the test sets",
            "Test set");

    private final Settings settings;
    private final List<Supersense> classes;
    private final SupersenseTask.Split split;
    private final Path directory;

    RunReport(Settings settings, List<Supersense> classes, SupersenseTask.Split split, Path directory) {
        this.settings = settings;
        this.classes = classes;
        this.split = split;
        this.directory = directory;
    }

    Report build(ParameterTable table, Predictions id, Predictions ood, List<Report.AlphaPoint> interpolation)
            throws IOException {
        List<Report.LossPoint> losses = new ArrayList<>();
        List<Report.AccuracyPoint> accuracies = new ArrayList<>();
        Path metrics = directory.resolve(RunFolder.METRICS);
        for (String line : Files.readAllLines(metrics)) {
            JsonObject event = Json.parse(line, metrics.toString()).asObject();
            if (event.get("event").asString().equals("step")) {
                losses.add(new Report.LossPoint(
                        event.get("step").asLong(),
                        event.get("loss").asDouble(),
                        event.get("learning_rate").asDouble()));
            } else {
                accuracies.add(new Report.AccuracyPoint(
                        event.get("epoch").asInt(),
                        event.get("step").asLong(),
                        List.of(
                                event.get("id_accuracy").asDouble(),
                                event.get("ood_accuracy").asDouble())));
            }
        }
        List<String> names = classes.stream().map(Supersense::name).toList();
        List<Report.ParameterRow> rows = new ArrayList<>();
        table.groups().forEach(group -> rows.add(row(group)));
        rows.add(row(table.total()));
        List<Report.ExampleRow> examples = new ArrayList<>(examples(id, split.inDistribution(), names, "definition"));
        examples.addAll(examples(ood, split.outOfDistribution(), names, "example sentence"));
        return new Report(
                settings.method().name() + " on " + MiniLm.NAME,
                facts(),
                SPLITS,
                losses,
                accuracies,
                rows,
                names,
                confusion(id, names.size()),
                examples,
                interpolation);
    }

    private List<Report.Fact> facts() throws IOException {
        List<Report.Fact> facts = new ArrayList<>();
        Path summary = directory.resolve(RunFolder.SUMMARY);
        Json.parse(Files.readAllBytes(summary), summary.toString())
                .asObject()
                .members()
                .forEach((name, value) -> facts.add(
                        new Report.Fact(name.replace('_', ' '), FinetuneRun.shown(name, plain(name, value)))));
        settings.toFields().forEach((name, value) -> {
            if (name.equals("learning_rate")
                    || name.equals("batch_size")
                    || name.equals("epochs")
                    || name.equals("seed")) {
                facts.add(new Report.Fact(name.replace('_', ' '), value.toString()));
            }
        });
        return facts;
    }

    private static Object plain(String name, JsonValue value) {
        return switch (value) {
            case JsonString text -> text.value();
            case JsonNumber number ->
                number.text().contains(".") || name.endsWith("accuracy")
                        ? (Object) number.asDouble()
                        : (Object) number.asLong();
            case JsonArray list -> list.toString();
            default -> value.toString();
        };
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

    private static List<List<Integer>> confusion(Predictions predictions, int classes) {
        List<List<Integer>> rows = new ArrayList<>();
        for (int[] counts : predictions.confusion(classes)) {
            rows.add(Arrays.stream(counts).boxed().toList());
        }
        return rows;
    }

    /** The first right and the first wrong ones, half and half where there are as many. */
    private static List<Report.ExampleRow> examples(
            Predictions predictions, List<Example> texts, List<String> names, String distribution) {
        List<Report.ExampleRow> right = new ArrayList<>();
        List<Report.ExampleRow> wrong = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            List<Report.ExampleRow> list = predictions.correct(i) ? right : wrong;
            if (list.size() < EXAMPLES / 4) {
                list.add(example(predictions, i, texts.get(i), names, distribution));
            }
        }
        List<Report.ExampleRow> result = new ArrayList<>(right);
        result.addAll(wrong);
        return result;
    }

    private static Report.ExampleRow example(
            Predictions predictions, int index, Example example, List<String> names, String distribution) {
        int[] ranking = predictions.ranking(index);
        List<Report.Guess> guesses = new ArrayList<>();
        for (int i = 0; i < GUESSES; i++) {
            guesses.add(new Report.Guess(names.get(ranking[i]), predictions.probabilities()[index][ranking[i]]));
        }
        return new Report.ExampleRow(example.text(), names.get(example.label()), guesses, distribution);
    }
}
