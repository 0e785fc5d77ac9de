package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import luthier.finetune.TargetException;
import luthier.finetune.Targets;
import luthier.finetune.freeze.Freezing;
import luthier.finetune.io.LoreftFiles;
import luthier.finetune.io.PeftLora;
import luthier.finetune.lora.Lora;
import luthier.finetune.lora.LoraConfig;
import luthier.finetune.reft.Loreft;
import luthier.finetune.reft.LoreftConfig;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.WeightsException;
import luthier.nn.models.BertClassifier;
import luthier.tensor.Tensor;
import luthier.tensor.io.Safetensors;

/** What a method does to a model: what it trains, what it adds, what it saves and loads. */
final class Tuning {
    private static final String HEAD = "classifier";
    private static final String ADAPTER = "adapter";
    private static final String WEIGHTS = "weights.safetensors";

    private final Settings settings;
    private final BertClassifier model;
    private final Map<String, Lora> lora;
    private final Map<String, Loreft> loreft;

    private Tuning(Settings settings, BertClassifier model, Map<String, Lora> lora, Map<String, Loreft> loreft) {
        this.settings = settings;
        this.model = model;
        this.lora = lora;
        this.loreft = loreft;
    }

    /** Prepares a pretrained model for training. */
    static Tuning fresh(Settings settings, BertClassifier model) {
        Seed seed = Seed.of(settings.seed()).at("adapters");
        Map<String, Lora> lora = Map.of();
        Map<String, Loreft> loreft = Map.of();
        switch (settings.method()) {
            case HEAD -> Freezing.freezeAll(model);
            case FULL -> Freezing.unfreeze(model);
            case FREEZE -> Freezing.freeze(model, settings.freeze());
            case LORA -> lora = Lora.attach(model, loraConfig(settings, model), seed);
            case LOREFT -> {
                LoreftConfig config = new LoreftConfig(settings.rank(), settings.positions(), true);
                loreft = Loreft.attach(model, blocks(settings, model), hiddenSize(model), config, seed);
            }
        }
        if (settings.method() != Method.FREEZE) {
            Freezing.unfreeze(model.classifier());
        }
        return new Tuning(settings, model, lora, loreft);
    }

    private static LoraConfig loraConfig(Settings settings, BertClassifier model) {
        LoraConfig config = new LoraConfig(settings.rank(), settings.alpha(), 0, settings.targets());
        if (settings.layers().size() == model.bert().encoder().blocks().size()) {
            return config;
        }
        // Chosen blocks only: the patterns become the paths they match inside these blocks.
        List<String> inside = model.layers().keySet().stream()
                .filter(path ->
                        settings.layers().stream().anyMatch(i -> path.startsWith("bert.encoder.layer." + i + ".")))
                .toList();
        List<String> chosen = List.copyOf(Targets.match("target", settings.targets(), inside));
        return new LoraConfig(settings.rank(), settings.alpha(), 0, chosen);
    }

    private static Map<String, Layer> blocks(Settings settings, BertClassifier model) {
        Map<String, Layer> blocks = new LinkedHashMap<>();
        for (int i : settings.layers()) {
            if (i < 0 || i >= model.bert().encoder().blocks().size()) {
                throw new TargetException("--layers: the model has blocks 0-"
                        + (model.bert().encoder().blocks().size() - 1) + "; got " + i);
            }
            Layer block = model.bert().encoder().blocks().get(i);
            blocks.put(block.path(), block);
        }
        return blocks;
    }

    private static long hiddenSize(BertClassifier model) {
        return model.bert().config().hiddenSize();
    }

    BertClassifier model() {
        return model;
    }

    /** Returns what training has made, by path: the values that {@code weights_sha256} covers. */
    Map<String, Tensor> trained() {
        Map<String, Tensor> values = new LinkedHashMap<>();
        model.allParameters().forEach((path, parameter) -> {
            if (parameter.isTrainable()) {
                values.put(path, parameter.value());
            }
        });
        return values;
    }

    /** Writes what training has made into a run's directory and returns the file or folder. */
    Path save(Path run) throws IOException {
        Path adapter = run.resolve(ADAPTER);
        return switch (settings.method()) {
            case LORA -> {
                PeftLora.save(adapter, model, lora, List.of(HEAD), "SEQ_CLS");
                yield adapter;
            }
            case LOREFT -> {
                LoreftFiles.save(adapter, model, loreft, List.of(HEAD));
                yield adapter;
            }
            case HEAD, FULL, FREEZE -> {
                Safetensors.write(run.resolve(WEIGHTS), trained(), Map.of("format", "pt"));
                yield run.resolve(WEIGHTS);
            }
        };
    }

    /** Prepares a pretrained model as a finished run left it. */
    static Tuning load(Settings settings, BertClassifier model, Path run) throws IOException {
        Path adapter = run.resolve(ADAPTER);
        return switch (settings.method()) {
            case LORA -> new Tuning(settings, model, PeftLora.load(adapter, model), Map.of());
            case LOREFT -> new Tuning(settings, model, Map.of(), LoreftFiles.load(adapter, model));
            case HEAD, FULL, FREEZE -> {
                Tuning tuning = fresh(settings, model);
                tuning.loadTrained(Safetensors.read(run.resolve(WEIGHTS)));
                yield tuning;
            }
        };
    }

    private void loadTrained(Map<String, Tensor> values) {
        Map<String, Parameter> parameters = model.parameters();
        if (!values.keySet().equals(trained().keySet())) {
            throw new WeightsException(
                    "run: " + WEIGHTS + " must hold the trained parameters, name by name; got " + values.keySet());
        }
        values.forEach((path, tensor) ->
                Objects.requireNonNull(parameters.get(path), path).load(tensor));
    }

    /**
     * Returns the encoder's fine-tuned weights by path, adapters merged in.
     *
     * @throws UsageException if the method does not change weights
     */
    Map<String, Tensor> tunedWeights() {
        return switch (settings.method()) {
            case HEAD ->
                throw new UsageException(
                        "interpolate: the run must have changed the encoder; got method head, whose encoder"
                                + " is the pretrained one");
            case LOREFT ->
                throw new UsageException(
                        "interpolate: the run must have changed weights; got method loreft, which edits"
                                + " hidden states and leaves no weights to interpolate");
            case LORA, FULL, FREEZE -> merged();
        };
    }

    private Map<String, Tensor> merged() {
        Map<String, Layer> layers = model.layers();
        Map<String, Tensor> weights = new LinkedHashMap<>(model.bert().weights());
        lora.forEach((path, adapter) -> {
            Layer host = Objects.requireNonNull(layers.get(path), path);
            String name = path.substring("bert.".length()) + ".weight";
            weights.computeIfPresent(name, (key, weight) -> weight.add(adapter.weightDelta(host)));
        });
        return weights;
    }
}
