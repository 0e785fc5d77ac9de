package luthier.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import luthier.finetune.task.Example;
import luthier.finetune.task.Task;
import luthier.nn.text.Encoding;
import luthier.nn.text.Tokenizer;
import picocli.CommandLine.Help.Ansi;

/** An example as tokens, with what is learned of it beneath; readable without colours too. */
final class ExampleText {
    private static final String UNTRAINED = "-";

    private ExampleText() {}

    /** Returns an example as lines: where it stands, what is read, what is learned. */
    static String lines(Task task, Tokenizer tokenizer, Example example, Ansi ansi) {
        StringBuilder text = new StringBuilder();
        text.append(example.row().row().file())
                .append(", line ")
                .append(example.row().row().line())
                .append('\n');
        for (Encoding sequence : example.sequences()) {
            List<String> tokens = tokens(tokenizer, sequence);
            if (task.isPerToken()) {
                tagged(text, tokens, tags(task, example), ansi);
            } else {
                text.append("  reads   ").append(String.join(" ", tokens));
            }
            text.append(sequence.cut() == 0 ? "" : "  (" + sequence.cut() + " more tokens are cut)")
                    .append('\n');
        }
        if (!task.isPerToken()) {
            text.append("  learns  ")
                    .append(coloured(plain(learned(task, example)), ansi))
                    .append('\n');
        }
        return text.toString();
    }

    /** Tokens above their tags, column by column. */
    private static void tagged(StringBuilder text, List<String> tokens, List<String> tags, Ansi ansi) {
        StringBuilder reads = new StringBuilder("  reads   ");
        StringBuilder learns = new StringBuilder("\n  learns  ");
        for (int i = 0; i < tokens.size(); i++) {
            int wide = Math.max(tokens.get(i).length(), tags.get(i).length()) + 1;
            reads.append(tokens.get(i)).append(" ".repeat(wide - tokens.get(i).length()));
            String padding = " ".repeat(wide - tags.get(i).length());
            learns.append(tags.get(i).equals(UNTRAINED) ? UNTRAINED : coloured(plain(tags.get(i)), ansi))
                    .append(padding);
        }
        text.append(reads.toString().stripTrailing()).append(learns.toString().stripTrailing());
    }

    private static List<String> tokens(Tokenizer tokenizer, Encoding sequence) {
        return IntStream.of(sequence.ids()).mapToObj(tokenizer::token).toList();
    }

    private static List<String> tags(Task task, Example example) {
        List<String> tags = new ArrayList<>();
        for (double target : example.target()) {
            tags.add(target == Task.UNTRAINED ? UNTRAINED : task.labels().get((int) target));
        }
        return tags;
    }

    private static String learned(Task task, Example example) {
        if (task.outputs() == 0) {
            return "that these texts belong together"
                    + (example.sequences().size() > 2 ? ", and the last does not" : "");
        }
        List<String> labels = example.row().labels();
        return example.row().number().isPresent()
                ? Double.toString(example.row().number().getAsDouble())
                : labels.isEmpty() ? "no label" : String.join(", ", labels);
    }

    private static String coloured(String text, Ansi ansi) {
        return ansi.enabled() ? "\u001b[1;32m" + text + "\u001b[0m" : text;
    }

    /** A label from a file must not move the cursor. */
    private static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** Returns an example for programs. */
    static Map<String, Object> fields(Task task, Tokenizer tokenizer, Example example) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("line", example.row().row().line());
        fields.put(
                "tokens",
                example.sequences().stream()
                        .map(sequence -> tokens(tokenizer, sequence))
                        .toList());
        fields.put("cut", example.cut());
        fields.put("learns", task.isPerToken() ? tags(task, example) : learned(task, example));
        return fields;
    }
}
