package luthier.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import luthier.finetune.task.TextEmbedding;
import luthier.nn.LoadReport;
import luthier.nn.WeightStorage;

/** A sentence encoder: texts in, vectors out, the nearer the more alike. */
public final class Embedder {
    private static final int MAX_LENGTH = 512;

    private final TextModel model;

    private Embedder(TextModel model) {
        this.model = model;
    }

    /**
     * Loads a pretrained folder; its modules say how tokens are gathered.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file does not fit
     */
    public static Embedder load(Path folder) throws IOException {
        return load(folder, WeightStorage.F32);
    }

    /**
     * As {@link #load(Path)}, with the frozen matrices kept in memory in another way.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file does not fit
     */
    public static Embedder load(Path folder, WeightStorage storage) throws IOException {
        return new Embedder(TextModel.load(folder, new TextEmbedding(false), MAX_LENGTH, 0, storage));
    }

    /**
     * Opens what a run has written.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file is missing or does not fit
     * @throws IllegalArgumentException if the model there has another task
     */
    public static Embedder open(Path folder) throws IOException {
        TextModel model = TextModel.open(folder);
        if (!(model.task() instanceof TextEmbedding)) {
            throw new IllegalArgumentException(
                    "embedder: the task must be embed; got " + model.task().name() + " in " + folder);
        }
        return new Embedder(model);
    }

    /** Returns what was loaded, made anew and left alone. */
    public LoadReport report() {
        return model.report();
    }

    /** Returns the model beneath. */
    public TextModel model() {
        return model;
    }

    /** Returns a vector for each text, {@code [texts][d]}. */
    public double[][] embed(List<String> texts) {
        return model.embed(texts);
    }

    /** Returns the cosine of two texts' vectors, in [-1, 1]. */
    public double similarity(String a, String b) {
        double[][] vectors = embed(List.of(a, b));
        return TextEmbedding.cosine(vectors[0], vectors[1]);
    }
}
