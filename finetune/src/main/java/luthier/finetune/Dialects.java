package luthier.finetune;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import luthier.finetune.io.Dialect;
import luthier.finetune.io.Native;
import luthier.finetune.io.Peft;
import luthier.tensor.io.ModelFormatException;

/** The formats of adaptations' files, others' first. */
public final class Dialects {
    /** All of them, in the order in which they are tried. */
    public static final List<Dialect> ALL = List.of(new Peft(), new Native());

    private Dialects() {}

    /**
     * Returns the dialect of a folder or file.
     *
     * @throws ModelFormatException if it is of none
     */
    public static Dialect of(Path path) {
        return ALL.stream()
                .filter(dialect -> dialect.reads(path))
                .findFirst()
                .orElseThrow(() -> new ModelFormatException(
                        path.toString(),
                        0,
                        "no adapter of a known format is here; known are "
                                + ALL.stream().map(Dialect::name).collect(Collectors.joining(", "))));
    }

    /** Returns the first dialect that can say an adaptation of a kind. */
    static Dialect saying(String kind) {
        return ALL.stream().filter(dialect -> dialect.writes(kind)).findFirst().orElseThrow();
    }
}
