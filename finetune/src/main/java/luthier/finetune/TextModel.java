package luthier.finetune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Method;
import luthier.finetune.task.Answer;
import luthier.finetune.task.Classification;
import luthier.finetune.task.Example;
import luthier.finetune.task.MultiLabel;
import luthier.finetune.task.Regression;
import luthier.finetune.task.Task;
import luthier.finetune.task.TextEmbedding;
import luthier.finetune.task.TokenTagging;
import luthier.finetune.task.TypedRow;
import luthier.finetune.train.ParameterTable;
import luthier.nn.Active;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.LoadReport;
import luthier.nn.Role;
import luthier.nn.Seed;
import luthier.nn.WeightStorage;
import luthier.nn.WeightsException;
import luthier.nn.data.Row;
import luthier.nn.models.LoadedModel;
import luthier.nn.models.Pretrained;
import luthier.nn.models.TokenClassifier;
import luthier.nn.optim.UpdateRule;
import luthier.nn.text.Tokenizer;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.Safetensors;
import org.jspecify.annotations.Nullable;

/**
 * A pretrained text model that answers one task, and can be fine-tuned while it answers: it goes on with what it has learned before, and
 * switches at once to the new when a run is done.
 *
 * <p>Threads: any number may ask; one run at a time trains it.
 */
public final class TextModel {
    private final Pretrained pretrained;
    private final Path base;
    private final Task task;
    private final Layer model;
    private final LoadReport report;
    private final Tokenizer tokenizer;
    private final int maxLength;
    private final long seed;
    private final AtomicInteger names = new AtomicInteger();
    /** Held by whoever changes what answers come from: a run, or a merge. */
    private final Semaphore change = new Semaphore(1);
    /** Shared by those who ask; a merge, which writes the weights they read, has it alone. */
    private final ReadWriteLock answering = new ReentrantReadWriteLock();

    private volatile @Nullable Adaptation learned;
    private volatile boolean merged;
    /** Why it cannot answer: its own weights are being trained, or were left half-trained; empty if it can. */
    private volatile String speechless = "";

    private TextModel(Path base, Pretrained pretrained, Task task, LoadedModel loaded, int maxLength, long seed)
            throws IOException {
        this.base = base;
        this.pretrained = pretrained;
        this.task = task;
        model = loaded.model();
        report = loaded.report();
        tokenizer = pretrained.tokenizer();
        this.maxLength = Math.min(maxLength, pretrained.maxLength());
        this.seed = seed;
        model.use(Active.none());
    }

    /**
     * Loads a pretrained folder, or what was merged and saved, for a task. The head is the folder's own where it answers with the task's
     * labels, else new; what was merged has the head it was trained with.
     *
     * @param maxLength the longest sequence in tokens, at most what the model can read
     * @param seed of a new head
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file does not fit
     * @throws WeightsException if weights are missing, unknown or of another shape
     */
    public static TextModel load(Path folder, Task task, int maxLength, long seed) throws IOException {
        return load(folder, task, maxLength, seed, WeightStorage.F32);
    }

    /**
     * As {@link #load(Path, Task, int, long)}, with the frozen matrices kept in memory in another way. Methods that put adapters on them train as over
     * the unpacked ones; methods that would train them are refused when they are attached. {@link #merge} makes all of them F32; what was merged
     * is F32.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file does not fit
     * @throws WeightsException if weights are missing, unknown, of another shape, or not finite in this storage
     */
    public static TextModel load(Path folder, Task task, int maxLength, long seed, WeightStorage storage)
            throws IOException {
        Optional<SavedModel> saved = SavedModel.find(folder);
        if (saved.isEmpty()) {
            return load(folder, folder, task, maxLength, seed, storage);
        }
        if (!saved.get().merged()) {
            throw new ModelFormatException(
                    folder.toString(),
                    "the model must have weights of its own; got an adapter of "
                            + saved.get().base() + "; open it whole, or merge it first");
        }
        TextModel model = load(folder, saved.get().base(), task, maxLength, seed, WeightStorage.F32);
        model.model.load(Safetensors.read(saved.get().weights()));
        return model;
    }

    private static TextModel load(Path folder, Path from, Task task, int maxLength, long seed, WeightStorage storage)
            throws IOException {
        Pretrained pretrained = Pretrained.open(from).storing(storage);
        Seed head = new Seed(DType.F32, Rng.of(seed).split("model"));
        LoadedModel loaded = task.outputs() == 0
                ? pretrained.sentenceEncoder()
                : task.isPerToken()
                        ? pretrained.tokenClassifier(outputs(task), head)
                        : pretrained.classifier(outputs(task), head);
        return new TextModel(folder, pretrained, task, loaded, maxLength, seed);
    }

    /**
     * Returns what a run on a folder would train and cost, from shapes alone: nothing is loaded, frozen weights count as F32.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file does not fit
     */
    public static ParameterTable table(Path folder, Task task, Method method, Config options, UpdateRule rule)
            throws IOException {
        Path from = SavedModel.find(folder).map(SavedModel::base).orElse(folder);
        Layer outline =
                Pretrained.open(from).outline(task.outputs() == 0 ? List.of() : outputs(task), task.isPerToken());
        try (Adaptation adaptation = method.attach(outline, "planned", withHeads(outline, options), Seed.of(0))) {
            return ParameterTable.of(outline, adaptation.trained(), rule);
        }
    }

    /**
     * Loads a pretrained folder with its own head, to be asked what it was trained for: classes, labels, a number, or tags.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file does not fit, or the folder has no head
     */
    public static TextModel withOwnHead(Path folder) throws IOException {
        Pretrained pretrained = Pretrained.open(folder);
        if (!pretrained.hasHead()) {
            throw new ModelFormatException(
                    folder.toString(),
                    "the model must have a head that answers; got an encoder alone; fine-tune it, or embed with it");
        }
        LoadedModel loaded = pretrained.predictor();
        Task task = loaded.model() instanceof TokenClassifier
                ? new TokenTagging(loaded.labels())
                : switch (loaded.decision()) {
                    case SOFTMAX -> Classification.ofTexts(loaded.labels());
                    case SIGMOID -> new MultiLabel(loaded.labels());
                    case NUMBER -> Regression.of(false, 0, 1);
                };
        return new TextModel(folder, pretrained, task, loaded, pretrained.maxLength(), 0);
    }

    /**
     * Loads a pretrained folder as an encoder of sentences.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file does not fit
     */
    public static TextModel embedder(Path folder) throws IOException {
        return load(folder, new TextEmbedding(false), Integer.MAX_VALUE, 0);
    }

    /** The names of the head's outputs; a number has none. */
    private static List<String> outputs(Task task) {
        return task.labels().isEmpty() ? List.of("LABEL_0") : task.labels();
    }

    /**
     * Opens what {@link #save} has written.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file is missing or does not fit
     */
    public static TextModel open(Path folder) throws IOException {
        return open(folder, null);
    }

    /** As {@link #open(Path)}, with the pretrained folder where it is now; null for where it was. */
    public static TextModel open(Path folder, @Nullable Path base) throws IOException {
        SavedModel saved = SavedModel.read(folder);
        TextModel model = load(
                base != null ? base : saved.base(), saved.task(), saved.maxLength(), saved.seed(), saved.storage());
        if (saved.merged()) {
            model.model.load(Safetensors.read(saved.weights()));
            model.merged = true;
        }
        Optional<Path> adapter = saved.adapter();
        if (adapter.isPresent()) {
            model.learn(SavedTuning.read(adapter.get()));
        }
        return model;
    }

    private String nextName() {
        return "learned-" + names.incrementAndGet();
    }

    // ---- what it is

    /** Returns what it answers. */
    public Task task() {
        return task;
    }

    /** Returns the layers; what is attached to them is this object's. */
    public Layer layers() {
        return model;
    }

    /** Returns what was loaded, made anew and left alone. */
    public LoadReport report() {
        return report;
    }

    /** Returns the tokenizer. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Returns the longest sequence in tokens. */
    public int maxLength() {
        return maxLength;
    }

    /** Returns the folder of the pretrained model. */
    public Path base() {
        return base;
    }

    /** Returns what has been learned, if anything. */
    public Optional<Adaptation> learned() {
        return Optional.ofNullable(learned);
    }

    /** Returns what passes use that answer. */
    public Active active() {
        Adaptation now = learned;
        return now == null ? Active.none() : now.active();
    }

    // ---- answering

    /** Returns the answer to a text. */
    public Answer predict(String text) {
        return predict(List.of(List.of(text))).getFirst();
    }

    /**
     * Returns the answers to rows of texts: one text a row, two for pairs, words for tags.
     *
     * @throws IllegalArgumentException if a row has no text
     */
    public List<Answer> predict(List<List<String>> rows) {
        List<Answer> answers = new ArrayList<>();
        for (double[] output : outputs(rows)) {
            answers.add(task.answer(output));
        }
        return answers;
    }

    /**
     * Returns the vectors of texts, of a model whose task is to embed them.
     *
     * @throws IllegalStateException if the task is another
     */
    public double[][] embed(List<String> texts) {
        if (task.outputs() != 0) {
            throw new IllegalStateException("embed: the task must be embed; got " + task.name());
        }
        return outputs(texts.stream().map(List::of).toList());
    }

    private double[][] outputs(List<List<String>> rows) {
        List<Example> examples = new ArrayList<>();
        for (List<String> texts : rows) {
            if (texts.isEmpty() || texts.stream().allMatch(String::isBlank)) {
                throw new IllegalArgumentException("predict: every row needs a text; got " + texts);
            }
            Row row = new Row("given", 0, Map.of());
            TypedRow typed = new TypedRow(row, texts, List.of(), OptionalDouble.empty());
            examples.add(task.question(typed, tokenizer, maxLength));
        }
        return answering(() -> task.outputs(model, examples, tokenizer.padId(), pass()))
                .values();
    }

    private <T> T answering(Supplier<T> what) {
        answering.readLock().lock();
        try {
            requireAnswers("predict");
            return what.get();
        } finally {
            answering.readLock().unlock();
        }
    }

    /** Returns a pass that answers; all its batches by what has been learned now, whatever is learned or taken off meanwhile. */
    Context pass() {
        return model.begin(Context.inference());
    }

    /** Returns the loss and metrics of rows by name. */
    public Map<String, Double> evaluate(List<TypedRow> rows) {
        List<Example> examples = examples(rows);
        return answering(() -> task.evaluate(model, examples, tokenizer.padId(), pass()));
    }

    /** Returns rows as the model reads them. */
    public List<Example> examples(List<TypedRow> rows) {
        return rows.stream().map(row -> task.example(row, tokenizer, maxLength)).toList();
    }

    // ---- learning

    /** Attaches a method to be trained; answers do not change. A head is trained whole beside it. */
    Adaptation attach(Method method, Config options, Seed seed) {
        return method.attach(model, "training-" + names.incrementAndGet(), withHeads(model, options), seed);
    }

    private static Config withHeads(Layer model, Config options) {
        Config config = options;
        if (config.has(HostMethod.SAVE) && !config.isSet(HostMethod.SAVE)) {
            List<String> heads = model.layers().values().stream()
                    .filter(layer -> layer.role() == Role.HEAD)
                    .map(Layer::path)
                    .toList();
            // A head of several layers is named whole.
            List<String> whole = heads.stream()
                    .filter(head -> heads.stream().noneMatch(other -> head.startsWith(other + ".")))
                    .toList();
            config = config.with(HostMethod.SAVE, whole);
        }
        return config;
    }

    /** Answers nothing while its own weights are trained, without copies; all else goes on answering. */
    void begin(Adaptation training) {
        if (training.isInPlace()) {
            answering.writeLock().lock();
            try {
                speechless = "its own weights are being trained in place; wait for the end of the run, or train copies";
            } finally {
                answering.writeLock().unlock();
            }
        }
    }

    /** Returns whether it has weights to answer with. */
    boolean answers() {
        return speechless.isEmpty();
    }

    private void requireAnswers(String what) {
        if (!answers()) {
            throw new IllegalStateException(what + ": a model must have whole weights; got one where " + speechless);
        }
    }

    /** Takes off what a run has trained; weights that were trained in place and not published stay half-trained. */
    void end(Adaptation training) {
        try {
            training.close();
            speechless = "";
        } catch (IllegalStateException e) {
            speechless = "a run in place ended before its time, and left its own weights half-trained; load it anew, or"
                    + " resume the run";
        }
    }

    /**
     * Answers from now on with a copy of what was trained; what was learned before is taken off. Weights that were trained in place are
     * the model's own from now on.
     */
    void publish(Adaptation trained) {
        if (trained.isInPlace()) {
            trained.merge();
            merged = true;
            speechless = "";
            return;
        }
        Adaptation copy = trained.method()
                .attach(model, nextName(), trained.config(), Seed.of(seed).at("adapters"));
        copy.load(trained.state());
        adopt(copy);
    }

    /**
     * Answers from now on by what was learned elsewhere; what was learned before is taken off.
     *
     * @throws WeightsException if it does not fit; the model answers as before
     * @throws IllegalStateException if a run or merge is under way
     */
    public void learn(SavedTuning saved) {
        beginChange("learn");
        try {
            adopt(saved.attach(model, nextName()));
        } finally {
            endChange();
        }
    }

    private void adopt(Adaptation next) {
        Adaptation before = learned;
        learned = next;
        model.use(next.active());
        if (before != null) {
            before.close();
        }
    }

    /** What merging has changed. */
    public record Merged(double largestChange) {}

    /**
     * Folds what was learned into the weights: answers come without a detour from then on, and nothing can be taken off any more. All weights
     * are F32 then, also those that were kept in fewer bits: packed again they would lose what was learned.
     *
     * @param probes texts whose outputs are compared before and after
     * @return the largest change of an output
     * @throws IllegalStateException if nothing was learned, what was learned is not a change of weights, or a run is under way
     */
    public Merged merge(List<String> probes) {
        return mergeComparing(probes.stream().map(List::of).toList());
    }

    /** As {@link #merge}, compared on rows of texts as {@link #predict(List)} takes them. */
    public Merged mergeComparing(List<List<String>> rows) {
        beginChange("merge");
        answering.writeLock().lock();
        try {
            double[][] before = outputs(rows);
            fold();
            return new Merged(largestChange(before, outputs(rows)));
        } finally {
            answering.writeLock().unlock();
            endChange();
        }
    }

    private void fold() {
        Adaptation now =
                learned().orElseThrow(() -> new IllegalStateException("merge: something must be learned; got nothing"));
        now.merge();
        learned = null;
        merged = true;
    }

    private static double largestChange(double[][] before, double[][] after) {
        double change = 0;
        for (int row = 0; row < before.length; row++) {
            for (int i = 0; i < before[row].length; i++) {
                change = Math.max(change, Math.abs(before[row][i] - after[row][i]));
            }
        }
        return change;
    }

    /**
     * Begins what one at a time may do.
     *
     * @throws IllegalStateException if another run or merge is under way
     */
    void beginChange(String what) {
        if (!change.tryAcquire()) {
            throw new IllegalStateException(
                    what + ": one run at a time changes a model; got a second while one is under way"
                            + "; wait for its end, or cancel it");
        }
        if (!answers()) {
            change.release();
            requireAnswers(what);
        }
    }

    void endChange() {
        change.release();
    }

    // ---- files

    /**
     * Writes what was learned, and where the pretrained model is: an adapter's folder and {@code model.json}; all weights if they were
     * merged.
     *
     * @throws IOException if a file cannot be written
     */
    public void save(Path folder) throws IOException {
        requireAnswers("save");
        Files.createDirectories(folder);
        SavedModel saved = new SavedModel(folder, base, task, maxLength, seed, pretrained.storage(), merged);
        Adaptation now = learned;
        if (merged) {
            Safetensors.write(saved.weights(), model.weights(), Map.of("format", "pt"));
        }
        if (now != null) {
            Tuning.save(now, saved.adapterFolder(), Optional.of(peftTask()));
        }
        saved.write();
    }

    private String peftTask() {
        return task.outputs() == 0 ? "FEATURE_EXTRACTION" : task.isPerToken() ? "TOKEN_CLS" : "SEQ_CLS";
    }

    /** Returns the pretrained folder as it was opened. */
    public Pretrained pretrained() {
        return pretrained;
    }
}
