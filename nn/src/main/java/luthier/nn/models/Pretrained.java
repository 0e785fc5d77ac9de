package luthier.nn.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import luthier.nn.Layer;
import luthier.nn.LoadReport;
import luthier.nn.Names;
import luthier.nn.Seed;
import luthier.nn.WeightStorage;
import luthier.nn.chat.ChatFormat;
import luthier.nn.models.gguf.GgufModel;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.GgufFile;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.StoredTensor;
import luthier.tensor.io.WeightSource;

/**
 * A pretrained model's files, in a folder as model hubs serve it, or on the class path: {@code config.json}, weights, a tokenizer, and a sentence
 * encoder's modules. Opening reads the small files; each of the methods below builds a model of its own and reads the weights.
 *
 * <p>Nothing is loaded in part: names that are missing, unknown or of another shape are one {@link luthier.nn.WeightsException}. What is loaded
 * is frozen, and F32 whatever the file's type unless it is GGUF or {@linkplain #storing stored} otherwise; a new head is drawn from the seed and said in the report. Immutable.
 */
public final class Pretrained {
    private static final String POOLER = "pooler.dense.";

    private final ModelFiles files;
    private final WeightStorage storage;
    private final JsonObject config;
    private final Architecture architecture;
    private final ModelDesign design;

    private Pretrained(ModelFiles files) throws IOException {
        this.files = files;
        storage = files.storage();
        config = files.config();
        architecture = Architectures.of(config);
        design = architecture.read(config);
    }

    private Pretrained(Pretrained same, WeightStorage storage) {
        files = same.files;
        this.storage = storage;
        config = same.config;
        architecture = same.architecture;
        design = same.design;
    }

    /**
     * Opens a folder, or a GGUF file, also one of several that belong together. The matrices of a GGUF file stay as the file stores them.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if {@code config.json} or the weights are missing, the family is not one of {@link Architectures#ALL}, or a file
     *     does not fit
     */
    public static Pretrained open(Path path) throws IOException {
        boolean one = Files.isRegularFile(path) && (path.toString().endsWith(".gguf") || GgufFile.isOne(path));
        return new Pretrained(one ? new GgufFiles(GgufModel.open(path)) : FolderFiles.open(path));
    }

    /**
     * Opens a model on the class path, as Maven artifacts hold some.
     *
     * @param loader finds the resources; {@code config} must be where modules hide nothing, outside of packages
     * @param config the resource that is {@code config.json}
     * @param onnx the resource with the weights, of one file
     * @param tokenizer the resource that is {@code tokenizer.json}
     * @throws IOException if the configuration is not there or cannot be read; the others are looked for when they are asked for
     * @throws ModelFormatException if the family is not one of {@link Architectures#ALL}, or a resource does not fit
     */
    public static Pretrained onClassPath(ClassLoader loader, String config, String onnx, String tokenizer)
            throws IOException {
        return new Pretrained(new ClassPathFiles(loader, config, onnx, tokenizer));
    }

    /**
     * Returns the same model, whose frozen matrices will be kept in memory in another way; without this they are F32, or as a GGUF file has them. Heads, biases and norms
     * are F32 always.
     */
    public Pretrained storing(WeightStorage wished) {
        return new Pretrained(this, wished);
    }

    // ---- what it is
    // -----------------------------------------------------------------------------------------------------

    /** Returns where the model lies, for messages: the folder of the weights, or the resource with them. */
    public String place() {
        return files.place();
    }

    /** Returns how frozen matrices are kept in memory. */
    public WeightStorage storage() {
        return storage;
    }

    /** Returns {@code config.json}, of a GGUF file what it would be. */
    public JsonObject config() {
        return config;
    }

    /** Returns the family. */
    public Architecture architecture() {
        return architecture;
    }

    /** Returns the model's sizes, and what can be built of them. */
    public ModelDesign design() {
        return design;
    }

    /** Returns the longest sequence in tokens: what the folder's modules say, at most what the positions allow. */
    public int maxLength() {
        int most = design.maxLength();
        return files.modules()
                .map(found -> found.maxLength().orElse(most))
                .map(wished -> Math.min(wished, most))
                .orElse(most);
    }

    /**
     * Returns the names of the own head's outputs by index; empty if the file says neither names nor a number.
     *
     * @throws ModelFormatException if {@code id2label} has a gap or a name twice, or {@code label2id} or {@code num_labels} contradict it
     */
    public Optional<List<String>> labels() {
        return LabelNames.of(config);
    }

    /**
     * Reads the tokenizer: {@code tokenizer.json}, or {@code vocab.txt} with {@code tokenizer_config.json}, or what a GGUF file holds.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if there is none, or one of a type that is not read here, by its name; ids can be given all the same
     */
    public Tokenizer tokenizer() throws IOException {
        return files.tokenizer();
    }

    /**
     * Reads how the model writes conversations; without a template it renders none.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file does not fit
     * @throws luthier.nn.chat.TemplateException if a template is none
     */
    public ChatFormat chat() throws IOException {
        return files.chat();
    }

    /**
     * Reads which tokens end an answer, in ascending order; empty if nothing names one.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file does not fit
     */
    public NavigableSet<Integer> endTokens(Tokenizer tokenizer) throws IOException {
        return files.endTokens(tokenizer);
    }

    // ---- models
    // ---------------------------------------------------------------------------------------------------------

    /**
     * Loads the encoder, {@code ids I64 [B, T] -> [B, T, D]}, with its pooler if the file holds one.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.nn.WeightsException if weights are missing, unknown or of another shape
     */
    public LoadedModel encoder() throws IOException {
        try (WeightSource source = files.weights()) {
            Layer model = design.encoder(holdsPooler(source));
            return new LoadedModel(model, load(model, design.names(), source), List.of(), Decision.NUMBER);
        }
    }

    /**
     * Loads the encoder as its folder gathers sentences, {@code ids I64 [B, T] -> [B, D]}; the mean of the tokens, said in the report, if
     * it has no {@code modules.json}. The model is a {@link SentenceEncoder}.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.nn.WeightsException if weights are missing, unknown or of another shape
     */
    public LoadedModel sentenceEncoder() throws IOException {
        try (WeightSource source = files.weights()) {
            SentenceEncoder model = new SentenceEncoder(
                    design.encoder(holdsPooler(source)),
                    files.modules().map(SentenceModules::pooling).orElse(SentencePooling.MEAN),
                    files.modules().map(SentenceModules::normalize).orElse(false));
            LoadReport report = load(model, design.names(), source);
            if (files.modules().isEmpty()) {
                report = report.noting("the folder has no modules.json: a text's vector is the mean of its tokens'");
            }
            return new LoadedModel(model, report, List.of(), Decision.NUMBER);
        }
    }

    /**
     * Returns whether the folder has a head of its own.
     *
     * @throws IOException if the weights cannot be read
     */
    public boolean hasHead() throws IOException {
        try (WeightSource source = files.weights()) {
            return ownHead(source).isPresent();
        }
    }

    /**
     * Loads the model with its own head: {@code logits [B, outputs]}, or {@code [B, T, outputs]} for a token classifier.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if labels, their number and the head's rows do not agree
     * @throws luthier.nn.WeightsException if weights are missing, unknown or of another shape
     */
    public LoadedModel predictor() throws IOException {
        try (WeightSource source = files.weights()) {
            List<String> labels = ownLabels(source);
            Layer model = build(labels.size(), isTokenClassifier(), false);
            return new LoadedModel(model, load(model, design.names(), source), labels, decision(labels.size()));
        }
    }

    /**
     * Loads the encoder under a head for one's own labels, {@code logits [B, outputs]}. The folder's own head is kept if it answers with exactly
     * these labels, in its own order; otherwise the head is new, which the report says. {@code LABEL_0, LABEL_1, ...} are no names: their head
     * is new. Without a pooler in the file, or if the folder gathers sentences by the mean, a new head reads the mean of the tokens.
     *
     * @param labels the names; one for a head that answers with a number
     * @param seed of a new head
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if there are no labels, or one is given twice
     * @throws luthier.nn.WeightsException if weights are missing, unknown or of another shape
     */
    public LoadedModel classifier(List<String> labels, Seed seed) throws IOException {
        return headed(labels, false, seed);
    }

    /**
     * Loads the encoder under a head for every token, {@code logits [B, T, outputs]}; as {@link #classifier} in all else.
     *
     * @param seed of a new head
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if there are no labels, or one is given twice
     * @throws luthier.nn.WeightsException if weights are missing, unknown or of another shape
     */
    public LoadedModel tokenClassifier(List<String> labels, Seed seed) throws IOException {
        return headed(labels, true, seed);
    }

    /**
     * Returns the layers that {@link #classifier}, or {@link #tokenClassifier} for a head for every token, loads from a file with all that the
     * family has: of shapes alone, as the configuration says them. The weights' file is not opened; the parameters have no values.
     *
     * @param labels the names; none for the encoder alone
     * @throws IllegalArgumentException if a label is given twice
     */
    public Layer outline(List<String> labels, boolean perToken) {
        if (labels.isEmpty()) {
            return design.encoder(false);
        }
        requireDistinct(labels);
        return build(labels.size(), perToken, gathersSentences(perToken));
    }

    /**
     * Loads the model under the head that scores next tokens, {@code ids I64 [B, T] -> logits [B, T, V]}: a {@link CausalModel}.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if the family has no such head
     * @throws luthier.nn.WeightsException if weights are missing, unknown or of another shape
     */
    public LoadedModel causalLm() throws IOException {
        JsonValue type = config.find("model_type").orElse(config);
        Layer model = design.causalLm()
                .orElseThrow(() -> new ModelFormatException(
                        type.place().source(),
                        type.place().offset(),
                        "a model that scores next tokens must be of a causal family; got "
                                + architecture.modelTypes().getFirst()));
        try (WeightSource source = files.weights()) {
            return new LoadedModel(model, load(model, design.names(), source), List.of(), Decision.SOFTMAX);
        }
    }

    private LoadedModel headed(List<String> labels, boolean perToken, Seed seed) throws IOException {
        requireDistinct(labels);
        try (WeightSource source = files.weights()) {
            boolean sameKind =
                    isTokenClassifier() == perToken && ownHead(source).isPresent();
            List<String> own = sameKind ? ownLabels(source) : List.of();
            boolean named = labels.size() == 1 || !labels.equals(LabelNames.numbered(labels.size()));
            if (named && own.size() == labels.size() && Set.copyOf(own).equals(Set.copyOf(labels))) {
                Layer model = build(own.size(), perToken, false);
                LoadReport report = load(model, design.names(), source)
                        .noting("classifier: the folder's own head answers with these labels: kept");
                return new LoadedModel(model, report, own, meaning(own.size()));
            }
            return fresh(labels, own, perToken, source, seed);
        }
    }

    private Layer build(int outputs, boolean perToken, boolean overMean) {
        return perToken ? design.tokenClassifier(outputs) : design.classifier(outputs, overMean);
    }

    private static Decision meaning(int outputs) {
        return outputs == 1 ? Decision.NUMBER : Decision.SOFTMAX;
    }

    private LoadedModel fresh(List<String> labels, List<String> own, boolean perToken, WeightSource source, Seed seed) {
        boolean sentences = gathersSentences(perToken);
        boolean poolerMissing = !perToken && design.headReadsPooler() && !holdsPooler(source);
        Layer model = build(labels.size(), perToken, sentences || poolerMissing);
        model.initialize(seed);
        LoadReport report = load(model, withNewHead(labels.size(), own), source);
        if (sentences) {
            report = report.noting("the new head reads the mean of the tokens, as the folder's 1_Pooling does");
        } else if (poolerMissing) {
            report = report.noting("the file has no pooler: the new head reads the mean of the tokens instead");
        }
        return new LoadedModel(model, report, labels, meaning(labels.size()));
    }

    private boolean gathersSentences(boolean perToken) {
        return !perToken
                && files.modules()
                        .map(SentenceModules::pooling)
                        .filter(SentencePooling.MEAN::equals)
                        .isPresent();
    }

    // ---- weights
    // --------------------------------------------------------------------------------------------------------

    private LoadReport load(Layer model, Names names, WeightSource source) {
        LoadReport report = model.load(source, names, storage);
        for (String note : files.notes()) {
            report = report.noting(note);
        }
        List<String> unknown = architecture.fields().unknown(config);
        return unknown.isEmpty()
                ? report
                : report.noting(
                        "config.json: fields that are not known here were left alone: " + String.join(", ", unknown));
    }

    private boolean holdsPooler(WeightSource source) {
        return design.hasPooler()
                && (design.names().find(POOLER + "weight", source).isPresent()
                        || design.names().find(POOLER + "bias", source).isPresent());
    }

    private Names withNewHead(int outputs, List<String> own) {
        String why = "classifier: made anew for " + outputs + (outputs == 1 ? " output" : " labels")
                + (own.isEmpty()
                        ? ""
                        : "; the folder's own answers with " + own.size() + " others: "
                                + ModelFormatException.escape(String.join(", ", own)));
        Names names = design.names();
        for (String head : design.head()) {
            names = names.anew(head, why);
        }
        return names;
    }

    private static void requireDistinct(List<String> labels) {
        List<String> seen = new ArrayList<>();
        for (String label : labels) {
            if (seen.contains(label)) {
                throw new IllegalArgumentException("classifier: labels must differ; got \"" + label + "\" twice");
            }
            seen.add(label);
        }
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("classifier: a head needs at least one label; got none");
        }
    }

    // ---- the own head
    // ---------------------------------------------------------------------------------------------------

    private boolean isTokenClassifier() {
        return Architectures.publicClass(config)
                .filter(name -> name.endsWith("ForTokenClassification"))
                .isPresent();
    }

    /** Returns the weight of the folder's own head. */
    private Optional<StoredTensor> ownHead(WeightSource source) {
        return design.names().find(isTokenClassifier() ? "classifier.weight" : design.outputs(), source);
    }

    /** Returns the labels of the folder's head, checked against its rows. */
    private List<String> ownLabels(WeightSource source) {
        Optional<StoredTensor> head = ownHead(source);
        Optional<List<String>> named = labels();
        if (head.isEmpty() || head.get().shape().rank() != 2) {
            return named.orElseGet(() -> LabelNames.numbered(2));
        }
        long rows = head.get().shape().size(0);
        if (named.isPresent() && named.get().size() != rows) {
            throw new ModelFormatException(
                    config.place().source(),
                    config.find("id2label").orElse(config).place().offset(),
                    "id2label and the rows of the head must agree; got "
                            + named.get().size() + " labels and "
                            + ModelFormatException.escape(head.get().name()) + " "
                            + head.get().shape());
        }
        return named.orElseGet(() -> LabelNames.numbered((int) Math.min(rows, Integer.MAX_VALUE)));
    }

    private Decision decision(int outputs) {
        Optional<JsonValue> problem = config.find("problem_type");
        if (problem.isEmpty()) {
            return outputs == 1 ? Decision.NUMBER : Decision.SOFTMAX;
        }
        return switch (problem.get().asString()) {
            case "regression" -> Decision.NUMBER;
            case "multi_label_classification" -> Decision.SIGMOID;
            case "single_label_classification" -> Decision.SOFTMAX;
            case String other ->
                throw new ModelFormatException(
                        problem.get().place().source(),
                        problem.get().place().offset(),
                        "problem_type must be regression, single_label_classification or multi_label_classification; got "
                                + ModelFormatException.escape(other));
        };
    }
}
