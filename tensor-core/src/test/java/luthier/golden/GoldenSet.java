package luthier.golden;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.Safetensors;

/**
 * A set of reference numbers: {@code index.json} and the files it names. Read from the folder that {@code -Dluthier.golden=DIR}
 * names, otherwise from the copy beside this class, which holds the cases of what exists.
 */
public final class GoldenSet {
    private static final String INDEX = "index.json";

    private final Optional<Path> directory;
    private final List<Case> cases;

    /** One case: its id, {@code ops/add}, and the files of its tensors and its description. */
    public record Case(String id, String group, String data, String meta) {}

    private GoldenSet(Optional<Path> directory) {
        this.directory = directory;
        cases = json(INDEX).get("cases").asList().stream()
                .map(value -> value.asObject())
                .map(fields -> new Case(
                        fields.get("id").asString(),
                        fields.get("group").asString(),
                        fields.get("data").asString(),
                        fields.get("meta").asString()))
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
