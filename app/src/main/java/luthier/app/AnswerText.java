package luthier.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import luthier.finetune.task.Answer;
import luthier.finetune.task.Task;
import luthier.tensor.io.Json;

/** Answers as the terminal and other programs read them. */
final class AnswerText {
    private static final int SHOWN = 10;

    private AnswerText() {}

    /** Returns labels with their probabilities, the most probable first, or the number, or a tag for each word. */
    static String lines(Task task, List<String> texts, Answer answer) {
        if (answer.number().isPresent()) {
            return String.format(Locale.ROOT, "%.4f%n", answer.number().get());
        }
        if (task.isPerToken()) {
            List<List<String>> rows = new ArrayList<>();
            for (int word = 0; word < answer.chosen().size(); word++) {
                rows.add(List.of(texts.get(word), answer.chosen().get(word)));
            }
            return Tables.alignedLeft(rows);
        }
        List<List<String>> rows = new ArrayList<>();
        boolean several = task.name().equals("multi");
        for (Answer.Scored label :
                answer.labels().subList(0, Math.min(SHOWN, answer.labels().size()))) {
            String p = String.format(Locale.ROOT, "%.4f", label.probability());
            rows.add(
                    several
                            ? List.of(label.label(), p, answer.chosen().contains(label.label()) ? "yes" : "no")
                            : List.of(label.label(), p));
        }
        int left = answer.labels().size() - SHOWN;
        return Tables.aligned(rows) + (left > 0 ? "and " + left + " less probable" + System.lineSeparator() : "");
    }

    /** Returns a line of JSON. */
    static String json(Task task, List<String> texts, Answer answer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (task.isPerToken()) {
            fields.put("tokens", texts);
            fields.put("tags", answer.chosen());
        } else {
            fields.put(texts.size() == 1 ? "text" : "texts", texts.size() == 1 ? texts.getFirst() : texts);
            answer.number().ifPresent(number -> fields.put("score", finite(number)));
            if (answer.number().isEmpty()) {
                boolean several = task.name().equals("multi");
                fields.put(several ? "labels" : "label", several ? answer.chosen() : answer.label());
                Map<String, Object> probabilities = new LinkedHashMap<>();
                answer.labels().forEach(label -> probabilities.put(label.label(), finite(label.probability())));
                fields.put("probabilities", probabilities);
            }
        }
        return Json.of(fields).toJson(0);
    }

    /** JSON has no word for what is no number. */
    static Object finite(double value) {
        return Double.isFinite(value) ? (Object) value : Double.toString(value);
    }

    /** Returns metrics by split and name as JSON holds them. */
    static Map<String, Object> finite(Map<String, Map<String, Double>> metrics) {
        Map<String, Object> splits = new LinkedHashMap<>();
        metrics.forEach((split, values) -> {
            Map<String, Object> numbers = new LinkedHashMap<>();
            values.forEach((name, value) -> numbers.put(name, finite(value)));
            splits.put(split, numbers);
        });
        return splits;
    }
}
