package luthier.golden;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.Safetensors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/**
 * A set of reference numbers: {@code index.json} and the files it names. Read from the folder that {@code -Dluthier.golden=DIR}
 * names, otherwise from the copy beside this class, which holds the cases of what exists.
 */
public final class GoldenSet {
    private static final String INDEX = "index.json";
    private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

    private final Optional<Path> directory;
    private final List<Case> cases;

    /** One case: its id, {@code ops/add}, and the files of its tensors and its description. */
    public record Case(String id, String group, String data, String meta) {
        /** Reads an entry of the index; what it does not say follows from the id. */
        private static Case of(JsonObject fields) {
            String id = fields.get("id").asString();
            return new Case(
                    id,
                    text(fields, "group", id.split("/")[0]),
                    text(fields, "data", id + ".safetensors"),
                    text(fields, "meta", id + ".json"));
        }

        private static String text(JsonObject fields, String name, String otherwise) {
            return fields.find(name).map(JsonValue::asString).orElse(otherwise);
        }
    }

    private GoldenSet(Optional<Path> directory) {
        this.directory = directory;
        cases = json(INDEX).get("cases").asList().stream()
                .map(value -> value.asObject())
                .map(Case::of)
                .toList();
    }

    /** Opens the set. */
    public static GoldenSet open() {
        String wish = System.getProperty("luthier.golden", "");
        return new GoldenSet(wish.isBlank() ? Optional.empty() : Optional.of(Path.of(wish)));
    }

    /** Returns the cases of a group in the index's order. */
    public List<Case> cases(String group) {
        return cases.stream().filter(c -> c.group().equals(group)).toList();
    }

    /**
     * Returns the case of this id, if the set has it.
     *
     * @throws AssertionError if the copy beside this class lacks it: a name that nothing answers to would test nothing
     */
    public Optional<Case> find(String id) {
        Optional<Case> found = cases.stream().filter(c -> c.id().equals(id)).findFirst();
        if (found.isEmpty() && directory.isEmpty()) {
            throw new AssertionError("golden set: no case is called " + id);
        }
        return found;
    }

    /** Returns the groups of the index in its order. */
    public Set<String> groups() {
        return cases.stream().map(Case::group).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Returns a test that is skipped, and reported once by name, if it meets what is not covered. */
    public DynamicTest test(String name, String setting, Executable body) {
        return DynamicTest.dynamicTest(name + " " + setting, () -> {
            try {
                body.execute();
            } catch (NotCovered e) {
                if (REPORTED.add(name + e.getMessage())) {
                    System.out.println("golden set, not covered: " + name + ": " + e.getMessage());
                }
                throw e;
            }
        });
    }

    /** Returns the test of a case that the tests do not know, or only in part. */
    public DynamicTest notCovered(String name, String why) {
        return test(name, "", () -> {
            throw new NotCovered(why);
        });
    }

    /** Returns the test of a case that the set lacks. */
    public DynamicTest absent(String name) {
        return notCovered(name, "the set has no such case");
    }

    /** Returns whether the set has a file of this name. */
    public boolean has(String path) {
        return directory
                .map(folder -> Files.exists(folder.resolve(path)))
                .orElseGet(() -> GoldenSet.class.getResource("set/" + path) != null);
    }

    /** Returns a file's JSON. */
    public JsonObject json(String path) {
        try (InputStream in = stream(path)) {
            return Json.parse(in.readAllBytes(), path).asObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a file's tensors by name. */
    public Map<String, Tensor> tensors(String path) {
        try {
            return Safetensors.read(file(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a file of the set, copied out of the class path if need be. */
    public Path file(String path) {
        if (directory.isPresent()) {
            return directory.get().resolve(path);
        }
        try (InputStream in = stream(path)) {
            Path copy =
                    Files.createTempDirectory("golden").resolve(Path.of(path).getFileName());
            Files.copy(in, copy);
            copy.toFile().deleteOnExit();
            copy.getParent().toFile().deleteOnExit();
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputStream stream(String path) throws IOException {
        if (directory.isPresent()) {
            return Files.newInputStream(directory.get().resolve(path));
        }
        InputStream in = GoldenSet.class.getResourceAsStream("set/" + path);
        if (in == null) {
            throw new FileNotFoundException("golden set: " + path);
        }
        return in;
    }
}
