package luthier.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import org.junit.jupiter.api.DynamicTest;

/**
 * A file of cases made from public reports: one object with a list {@code cases}, each with {@code id} and {@code kind}. Read from the folder
 * that {@code -Dluthier.cases=DIR} names, otherwise from {@code ../shared/cases} beside the project; without either its test is skipped with
 * one line.
 */
public final class CaseFile {
    private CaseFile() {}

    /** Returns one test a case, named by its id and kind; one that is skipped if there is no such file. */
    public static Stream<DynamicTest> tests(String file, Consumer<JsonObject> test) {
        Optional<Path> path = folder().map(folder -> folder.resolve(file)).filter(Files::exists);
        if (path.isEmpty()) {
            String line = file + ": no such file of cases; name their folder with -Dluthier.cases=DIR";
            System.out.println(line);
            return Stream.of(DynamicTest.dynamicTest(file, () -> {
                throw new NotCovered(line);
            }));
        }
        return read(path.get()).get("cases").asList().stream()
                .map(JsonValue::asObject)
                .map(c -> DynamicTest.dynamicTest(
                        c.get("id").asString() + " " + c.get("kind").asString(), () -> test.accept(c)));
    }

    private static JsonObject read(Path path) {
        try {
            return Json.read(path).asObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the folder of the cases, if there is one. */
    public static Optional<Path> folder() {
        String wish = System.getProperty("luthier.cases", "");
        if (!wish.isBlank()) {
            return Optional.of(Path.of(wish));
        }
        Path module = Path.of("").toAbsolutePath();
        Path project = Files.exists(module.resolve("tensor-core")) ? module : module.resolve("..");
        return Optional.of(project.resolve("../shared/cases").normalize()).filter(Files::isDirectory);
    }

    /** Returns a number, also one that JSON writes as a text: NaN and the infinities. */
    public static double number(JsonValue value) {
        return value instanceof JsonString text ? Double.parseDouble(text.value()) : value.asDouble();
    }

    /** Returns a list of numbers. */
    public static double[] numbers(JsonValue list) {
        return list.asList().stream().mapToDouble(CaseFile::number).toArray();
    }

    /** Returns rows of numbers. */
    public static double[][] rows(JsonValue list) {
        return list.asList().stream().map(CaseFile::numbers).toArray(double[][]::new);
    }

    /** Returns a list of texts. */
    public static List<String> texts(JsonValue list) {
        return list.asList().stream().map(JsonValue::asString).toList();
    }

    /** Returns what a case accepts: the alternatives of {@code any}, or else what the field holds. */
    public static List<JsonObject> accepted(JsonObject fields, String otherwise) {
        List<JsonObject> accepted = new ArrayList<>();
        fields.find("any").ifPresent(any -> any.asList().forEach(value -> accepted.add(value.asObject())));
        return accepted.isEmpty() ? List.of(fields.get(otherwise).asObject()) : accepted;
    }

    /** Returns whether a member is there and says null. */
    public static boolean isNull(JsonObject fields, String name) {
        return fields.members().get(name) instanceof JsonNull;
    }
}
