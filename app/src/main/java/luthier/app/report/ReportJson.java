package luthier.app.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import luthier.tensor.io.Json;
import org.jspecify.annotations.Nullable;

/** A report as the JSON its page reads. The long lists hold rows of numbers, so that the page stays small. */
final class ReportJson {
    private ReportJson() {}

    static String of(Report report) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("title", report.title());
        fields.put("facts", rows(report.facts(), fact -> List.of(fact.name(), fact.value())));
        fields.put(
                "losses",
                rows(report.losses(), point -> row(point.step(), finite(point.loss()), finite(point.learningRate()))));
        fields.put("splits", splits(report.splits()));
        fields.put(
                "accuracies",
                rows(report.accuracies(), point -> row(point.epoch(), point.step(), finite(point.accuracies()))));
        fields.put("parameters", rows(report.parameters(), ReportJson::parameters));
        fields.put("classNames", report.classNames());
        fields.put("confusion", report.confusion());
        fields.put("examples", rows(report.examples(), ReportJson::example));
        fields.put(
                "interpolation",
                rows(report.interpolation(), point -> row(finite(point.alpha()), finite(point.accuracies()))));
        return Json.of(fields).toJson(0);
    }

    private static Map<String, Object> splits(Report.Splits splits) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("names", splits.names());
        fields.put("confused", splits.confused());
        fields.put("examples", splits.examples());
        fields.put("column", splits.column());
        return fields;
    }

    private static Map<String, Object> parameters(Report.ParameterRow row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("group", row.group());
        fields.put("trainable", row.trainable());
        fields.put("frozen", row.frozen());
        fields.put("weightBytes", row.weightBytes());
        fields.put("gradientBytes", row.gradientBytes());
        fields.put("optimizerBytes", row.optimizerBytes());
        return fields;
    }

    private static Map<String, Object> example(Report.ExampleRow row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("text", row.text());
        fields.put("actual", row.actual());
        fields.put("distribution", row.distribution());
        fields.put("guesses", rows(row.guesses(), guess -> row(guess.label(), finite(guess.probability()))));
        return fields;
    }

    private static <T> List<Object> rows(List<T> elements, Function<T, Object> row) {
        return elements.stream().map(row).toList();
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        List<@Nullable Object> row = new ArrayList<>();
        for (Object value : values) {
            row.add(value);
        }
        return row;
    }

    /** JSON has no infinities; the loss of a run that diverged becomes a gap. */
    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static List<@Nullable Double> finite(List<Double> values) {
        List<@Nullable Double> finite = new ArrayList<>();
        values.forEach(value -> finite.add(finite(value)));
        return finite;
    }
}
