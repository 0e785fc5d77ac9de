package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The cases of {@code rows.json}: small files, what must be read from them, or where the error must lie. */
class RowsCasesTest {
    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("rows.json", this::check);
    }

    private void check(JsonObject c) {
        try {
            Path place = Files.createDirectory(folder.resolve(c.get("id").asString()));
            boolean many = c.find("op").isPresent();
            Path path = many ? place : Files.write(place.resolve(c.get("name").asString()), content(c));
            if (many) {
                writeAll(place, c.get("files").asObject());
            }
            Outcome held = Outcome.of(() -> DataFiles.read(path));
            List<JsonObject> accepted = accepted(c);
            List<String> misses = accepted.stream().map(held::misses).toList();
            assertTrue(misses.contains(""), () -> String.join("\n", misses) + "\n" + held);
            assertEquals(held, Outcome.of(() -> DataFiles.onDisk(path)), "the same without holding the rows");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonObject> accepted(JsonObject c) {
        return c.find("any")
                .map(any -> any.asList().stream().map(JsonValue::asObject).toList())
                .orElse(List.of(c));
    }

    private static byte[] content(JsonObject c) {
        if (c.find("base64").isPresent()) {
            return Base64.getDecoder().decode(c.get("base64").asString());
        }
        String text = c.find("text")
                .map(JsonValue::asString)
                .orElseGet(() -> c.get("parts").asList().stream()
                        .map(RowsCasesTest::repeated)
                        .collect(Collectors.joining()));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String repeated(JsonValue pair) {
        return pair.asList()
                .getFirst()
                .asString()
                .repeat(pair.asList().getLast().asInt());
    }

    private static void writeAll(Path folder, JsonObject files) throws IOException {
        for (Map.Entry<String, JsonValue> file : files.members().entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue().asString());
        }
    }

    /** What reading came to: rows by split, or an error. */
    private record Outcome(
            Map<String, List<String>> records,
            List<Integer> lines,
            List<String> columns,
            Optional<String> error,
            List<Integer> at) {
        private interface Reading {
            DataFiles read() throws IOException;
        }

        static Outcome of(Reading reading) throws IOException {
            try {
                DataFiles files = reading.read();
                Map<String, List<String>> records = new LinkedHashMap<>();
                records.put("train", records(files.train()));
                files.valid().ifPresent(rows -> records.put("valid", records(rows)));
                files.test().ifPresent(rows -> records.put("test", records(rows)));
                List<Integer> lines = new ArrayList<>();
                files.train().forEach(row -> lines.add(row.line()));
                return new Outcome(records, lines, files.train().columns(), Optional.empty(), List.of());
            } catch (DataException fault) {
                String message = fault.getMessage().replace('\\', '/');
                return new Outcome(
                        Map.of(), List.of(), List.of(), Optional.of(message), List.of(fault.line(), fault.column()));
            }
        }

        private static List<String> records(Rows rows) {
            List<String> records = new ArrayList<>();
            rows.forEach(row -> records.add(canonical(row.values())));
            return records;
        }

        /** Returns what an expectation misses; empty if nothing. */
        String misses(JsonObject expected) {
            Optional<JsonValue> wanted = expected.find("error");
            if (wanted.isPresent() != error.isPresent()) {
                return wanted.isPresent() ? "should be an error" : "should be read";
            }
            return wanted.isPresent() ? missesError(wanted.get().asObject()) : missesRows(expected);
        }

        private String missesError(JsonObject wanted) {
            boolean file = wanted.find("file")
                    .map(name -> error.orElseThrow().contains(name.asString()))
                    .orElse(true);
            boolean place = wanted.find("at")
                    .map(places -> places.asList().stream().anyMatch(this::lies))
                    .orElse(true);
            return file && place ? "" : "the error should lie at " + wanted;
        }

        private boolean lies(JsonValue place) {
            return inside(place.asList().getFirst(), at.getFirst())
                    && inside(place.asList().getLast(), at.getLast());
        }

        private static boolean inside(JsonValue range, int found) {
            return switch (range) {
                case JsonArray ends ->
                    found >= ends.elements().getFirst().asInt()
                            && found <= ends.elements().getLast().asInt();
                case JsonNumber number -> found == number.asInt();
                default -> true;
            };
        }

        private String missesRows(JsonObject expected) {
            Map<String, List<String>> right = new LinkedHashMap<>();
            expected.find("splits")
                    .map(splits -> splits.asObject().members())
                    .orElseGet(() -> Map.of("train", expected.get("records")))
                    .forEach((split, rows) -> right.put(
                            split,
                            rows.asList().stream()
                                    .map(row -> canonical(row.asObject().members()))
                                    .toList()));
            if (!right.equals(records)) {
                return "rows should be " + right;
            }
            boolean sameLines = expected.find("lines")
                    .map(value -> value.asList().stream()
                            .map(JsonValue::asInt)
                            .toList()
                            .equals(lines))
                    .orElse(true);
            boolean sameColumns = expected.find("columns")
                    .map(value -> CaseFile.texts(value).equals(columns))
                    .orElse(true);
            return sameLines && sameColumns ? "" : "lines or columns should be those of " + expected;
        }

        /** Returns values with their kinds, 1 and 1.0 apart, 2.5 and 2.50 not; {"repeat": [c, n]} written out. */
        private static String canonical(Map<String, JsonValue> values) {
            return values.entrySet().stream()
                    .map(value -> Json.of(value.getKey()) + ": " + canonical(value.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }

        private static String canonical(JsonValue value) {
            return switch (value) {
                case JsonObject object
                when object.members().keySet().equals(Set.of("repeat")) ->
                    Json.of(repeated(object.get("repeat"))).toString();
                case JsonObject object -> canonical(object.members());
                case JsonArray list ->
                    list.elements().stream().map(Outcome::canonical).collect(Collectors.joining(", ", "[", "]"));
                case JsonNumber number -> {
                    boolean whole = number.text().chars().allMatch(c -> c == '-' || Character.isDigit(c));
                    yield (whole ? "" : "about ")
                            + new BigDecimal(number.text()).stripTrailingZeros().toPlainString();
                }
                case JsonString text -> text.toString();
                case JsonValue other -> other.toString();
            };
        }
    }
}
