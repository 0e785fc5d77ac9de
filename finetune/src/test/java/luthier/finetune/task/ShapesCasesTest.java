package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.nn.data.DataException;
import luthier.nn.data.Rows;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The cases of {@code shapes.json}: columns and rows, the task that they have, or the words of the refusal. */
class ShapesCasesTest {
    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("shapes.json", this::check);
    }

    private void check(JsonObject c) {
        Outcome outcome = outcome(c);
        List<JsonObject> accepted = c.find("any")
                .map(any -> any.asList().stream().map(JsonValue::asObject).toList())
                .orElseGet(() -> List.of(c.get("expect").asObject()));
        List<String> misses = accepted.stream().map(outcome::misses).toList();
        assertTrue(misses.contains(""), () -> String.join("\n", misses) + "\n" + outcome);
    }

    private Outcome outcome(JsonObject c) {
        try {
            Path place = Files.createDirectory(folder.resolve(c.get("id").asString()));
            String source = c.get("source").asString();
            Map<String, JsonValue> options =
                    c.find("options").map(value -> value.asObject().members()).orElse(Map.of());
            Rows train = rows(place.resolve("train." + source), c.get("columns"), c.get("rows"));
            List<String> says = new ArrayList<>();
            DataShape shape = DataShape.recognise(train, options(options));
            if (options.containsKey("valid_rows")) {
                JsonValue columns = options.getOrDefault("valid_columns", c.get("columns"));
                says.addAll(shape.check(rows(place.resolve("valid." + source), columns, options.get("valid_rows"))));
            }
            says.add(shape.announcement());
            return new Outcome(Optional.of(shape), String.join("\n", says), 0);
        } catch (DataException refusal) {
            return new Outcome(Optional.empty(), refusal.getMessage(), refusal.line());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataOptions options(Map<String, JsonValue> options) {
        DataOptions typed = DataOptions.auto();
        for (Map.Entry<String, JsonValue> option : options.entrySet()) {
            typed = switch (option.getKey()) {
                case "task" -> typed.withTask(option.getValue().asString());
                case "text" -> typed.withText(option.getValue().asString());
                case "label" -> typed.withLabel(option.getValue().asString());
                case "prompt" -> typed.withPrompt(option.getValue().asString());
                case "completion" -> typed.withCompletion(option.getValue().asString());
                default -> typed;
            };
        }
        return typed;
    }

    private static Rows rows(Path file, JsonValue columns, JsonValue rows) throws IOException {
        List<String> names = CaseFile.texts(columns);
        StringBuilder text = new StringBuilder();
        if (file.toString().endsWith(".csv")) {
            text.append(names.stream().map(ShapesCasesTest::quoted).collect(Collectors.joining(",")))
                    .append('\n');
            for (JsonValue row : rows.asList()) {
                text.append(CaseFile.texts(row).stream()
                                .map(ShapesCasesTest::quoted)
                                .collect(Collectors.joining(",")))
                        .append('\n');
            }
        } else {
            for (JsonValue row : rows.asList()) {
                StringBuilder members = new StringBuilder();
                for (int i = 0; i < names.size(); i++) {
                    members.append(i > 0 ? ", " : "")
                            .append(Json.of(names.get(i)))
                            .append(": ")
                            .append(row.asList().get(i));
                }
                text.append('{').append(members).append("}\n");
            }
        }
        return Rows.read(Files.writeString(file, text));
    }

    private static String quoted(String field) {
        return '"' + field.replace("\"", "\"\"") + '"';
    }

    /** What recognising came to. */
    private record Outcome(Optional<DataShape> shape, String said, int line) {
        /** Returns what an expectation misses; empty if nothing. */
        String misses(JsonObject expected) {
            boolean refused = expected.find("refused").isPresent();
            if (refused != shape.isEmpty()) {
                return refused ? "should be refused" : "should be recognised";
            }
            List<String> words = new ArrayList<>();
            expected.find("names").ifPresent(names -> words.addAll(CaseFile.texts(names)));
            expected.find("says").ifPresent(names -> words.addAll(CaseFile.texts(names)));
            for (String word : words) {
                if (!said.contains(word)) {
                    return word + " should be said";
                }
            }
            Optional<Integer> right = expected.find("line").map(JsonValue::asInt);
            if (right.isPresent() && right.get() != line) {
                return "should be refused at line " + right.get();
            }
            return shape.map(found -> misses(expected, found)).orElse("");
        }

        private static String misses(JsonObject expected, DataShape found) {
            Map<String, String> used = expected.get("used").asObject().members().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, role -> role.getValue().asString()));
            boolean same = expected.get("task").asString().equals(found.kind().word())
                    && used.equals(found.used())
                    && CaseFile.texts(expected.get("unused")).equals(found.unused())
                    && expected.find("labels")
                            .map(labels -> CaseFile.texts(labels).equals(found.labels()))
                            .orElse(true)
                    && new HashSet<>(found.says()).size() == found.says().size();
            return same ? "" : "should be " + expected;
        }
    }
}
