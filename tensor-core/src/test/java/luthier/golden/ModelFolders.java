package luthier.golden;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Real models and what they must give. A file is taken from the folder that {@code -Dluthier.models=DIR} names, or else from {@code ../shared/models}
 * beside the project; one that is in neither is said in one line and its test skipped.
 */
public final class ModelFolders {
    private ModelFolders() {}

    /**
     * Returns a file or folder by its path within the set, {@code tiny-gguf/qwen2.gguf}.
     *
     * @throws NotCovered if there is none
     */
    public static Path get(String path) {
        return find(path).orElseThrow(() -> {
            String line = path + ": no such file of models; name their folder with -Dluthier.models=DIR";
            System.out.println(line);
            return new NotCovered(line);
        });
    }

    /** Returns a file or folder by its path within the set, if it is there. */
    public static Optional<Path> find(String path) {
        return roots().map(root -> root.resolve(path)).filter(Files::exists).findFirst();
    }

    /** Returns the folders of models of this name, the wished one first. */
    public static List<Path> all(String path) {
        return roots().map(root -> root.resolve(path))
                .filter(Files::isDirectory)
                .toList();
    }

    private static Stream<Path> roots() {
        String wish = System.getProperty("luthier.models", "");
        Path module = Path.of("").toAbsolutePath();
        Path project = Files.exists(module.resolve("tensor-core")) ? module : module.resolve("..");
        Path shared = project.resolve("../shared/models").normalize();
        return wish.isBlank() ? Stream.of(shared) : Stream.of(Path.of(wish), shared);
    }
}
