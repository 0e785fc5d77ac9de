package luthier.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import luthier.finetune.task.Answer;
import luthier.finetune.task.Classification;
import luthier.finetune.task.DataOptions;
import luthier.finetune.task.DataShape;
import luthier.finetune.task.TypedRow;
import luthier.nn.LoadReport;
import luthier.nn.WeightStorage;
import luthier.nn.data.Row;
import luthier.nn.data.Rows;
import luthier.nn.data.Split;
import luthier.tensor.Rng;
import luthier.tensor.io.Json;

/**
 * A pretrained model that tells the class of a text: names in, names out. It can be fine-tuned while other threads ask it.
 */
public final class TextClassifier {
    private static final int MAX_LENGTH = 256;
    private static final String TEXT = "text";
    private static final String LABEL = "label";

    private final TextModel model;

    private TextClassifier(TextModel model) {
        this.model = model;
    }

    /** A text with the name of its class. */
    public record Labelled(String text, String label) {}

    /**
     * Loads a pretrained folder under a head for these classes, new unless the folder has one for exactly them.
     *
     * @param seed of a new head
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file does not fit
     */
    public static TextClassifier load(Path folder, List<String> labels, long seed) throws IOException {
        return load(folder, labels, seed, WeightStorage.F32);
    }

    /**
     * As {@link #load(Path, List, long)}, with the frozen matrices kept in memory in another way, {@link TextModel#load(Path,
     * luthier.finetune.task.Task, int, long, WeightStorage)}.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file does not fit
     */
    public static TextClassifier load(Path folder, List<String> labels, long seed, WeightStorage storage)
            throws IOException {
        return new TextClassifier(TextModel.load(folder, Classification.ofTexts(labels), MAX_LENGTH, seed, storage));
    }

    /**
     * Opens what {@link #save} or a run has written.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file is missing or does not fit
     * @throws IllegalArgumentException if the model there has another task
     */
    public static TextClassifier open(Path folder) throws IOException {
        TextModel model = TextModel.open(folder);
        if (!(model.task() instanceof Classification)) {
            throw new IllegalArgumentException("classifier: the task must be classification; got "
                    + model.task().name() + " in " + folder);
        }
        return new TextClassifier(model);
    }

    /** Returns what was loaded, made anew and left alone. */
    public LoadReport report() {
        return model.report();
    }

    /** Returns the model beneath. */
    public TextModel model() {
        return model;
    }

    /** Returns the class of a text, with the probabilities of all. */
    public Answer predict(String text) {
        return model.predict(text);
    }

    /** Returns the classes of texts, in batches. */
    public List<Answer> predictAll(List<String> texts) {
        return model.predict(texts.stream().map(List::of).toList());
    }

    /**
     * Prepares a run.
     *
     * @param rows to learn from; every label must be one of the model's
     * @param validation the share that chooses the best state, divided by class, equal texts on one side; 0 to keep the last state
     * @throws luthier.nn.data.DataException naming a row that does not fit
     */
    public FineTuning fineTuning(List<Labelled> rows, double validation, TuningSettings settings) {
        List<Row> plain = new ArrayList<>();
        for (Labelled row : rows) {
            Map<String, Object> values = Map.of(TEXT, row.text(), LABEL, row.label());
            plain.add(
                    new Row("rows", plain.size() + 1, Json.of(values).asObject().members()));
        }
        Rows all = Rows.of("rows", plain);
        DataShape found = DataShape.recognise(
                all, DataOptions.auto().withTask("classify").withText(TEXT).withLabel(LABEL));
        DataShape shape = new DataShape(
                found.kind(), found.used(), found.unused(), model.task().labels(), found.rows(), found.says());
        List<TypedRow> typed = shape.typed(all);
        if (validation == 0) {
            return FineTuning.of(model, typed, List.of(), settings);
        }
        Split split = shape.split(typed, validation, Rng.of(settings.seed()).split("split"));
        return FineTuning.of(
                model,
                split.train().stream().map(typed::get).toList(),
                split.valid().stream().map(typed::get).toList(),
                settings);
    }

    /** Folds what was learned into the weights; see {@link TextModel#merge}. */
    public TextModel.Merged merge(List<String> probes) {
        return model.merge(probes);
    }

    /** Writes what was learned; see {@link TextModel#save}. */
    public void save(Path folder) throws IOException {
        model.save(folder);
    }
}
