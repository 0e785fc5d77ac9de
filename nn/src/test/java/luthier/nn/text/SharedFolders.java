package luthier.nn.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;

/**
 * Folders beside the project that hold tokenizers: {@code -Dluthier.golden=DIR}, {@code -Dluthier.models=DIR} and {@code
 * -Dluthier.cases=DIR}, otherwise {@code ../shared/...}. What a named folder lacks is taken from there, or its test is skipped with one
 * line.
 */
final class SharedFolders {
    private static final Map<String, Tokenizer> OPEN = new ConcurrentHashMap<>();

    private SharedFolders() {}

    /** Returns a file of the set {@code golden} or {@code models}. */
    static Path require(String set, String name) {
        return find(set, name).orElseThrow(() -> {
            String line = set + "/" + name + ": no such file; name its folder with -Dluthier." + set + "=DIR";
            System.out.println(line);
            return new NotCovered(line);
        });
    }

    static Optional<Path> find(String set, String name) {
        String wish = System.getProperty("luthier." + set, "");
        Path module = Path.of("").toAbsolutePath();
        Path project = Files.exists(module.resolve("tensor-core")) ? module : module.resolve("..");
        Path beside = project.resolve("../shared").resolve(set).normalize().resolve(name);
        return Optional.of(wish)
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder).resolve(name))
                .filter(Files::exists)
                .or(() -> Optional.of(beside).filter(Files::exists));
    }

    /** Returns the tokenizer that a case names: of the golden set, of a model, or a file beside the cases. */
    static Tokenizer tokenizer(String name) {
        return OPEN.computeIfAbsent(name, SharedFolders::open);
    }

    private static Tokenizer open(String name) {
        try {
            if (name.endsWith(".json")) {
                Path file = CaseFile.folder().orElseThrow().resolve(name);
                return Tokenizer.fromJson(Files.readAllBytes(file), file.toString());
            }
            return Tokenizer.open(
                    name.equals("smollm2")
                            ? require("models", "smollm2-135m-instruct")
                            : require("golden", "tokenizers/" + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
