package luthier.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.Tuning;
import luthier.finetune.method.Adaptation;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.tensor.Tensor;

/** The main job's model under an adaptation. */
record TunedModel(BertClassifier model, Adaptation adaptation) {
    private static final String ADAPTER = "adapter";
    private static final String TASK = "SEQ_CLS";

    /** Prepares a pretrained model for training. */
    static TunedModel fresh(Settings settings, BertClassifier model) {
        Seed seed = Seed.of(settings.seed()).at("adapters");
        return new TunedModel(model, Tuning.fresh(model, settings.method(), settings.options(), seed));
    }

    /** Prepares a pretrained model as a finished run left it. */
    static TunedModel load(BertClassifier model, Path run) throws IOException {
        return new TunedModel(model, Tuning.load(model, "tuned", run.resolve(ADAPTER)));
    }

    /** Returns what training has made, by path: the values that {@code weights_sha256} covers. */
    Map<String, Tensor> trained() {
        Map<String, Tensor> values = new LinkedHashMap<>();
        adaptation.trained().forEach((path, parameter) -> values.put(path, parameter.value()));
        return values;
    }

    Map<String, Parameter> parameters() {
        return adaptation.trained();
    }

    /** Writes what training has made into a run's directory and returns the folder. */
    Path save(Path run) throws IOException {
        Path folder = run.resolve(ADAPTER);
        Tuning.save(adaptation, folder, Optional.of(TASK));
        return folder;
    }

    /** Returns the head's fine-tuned weights by local name: every method trains it. */
    Map<String, Tensor> tunedHead() {
        return model.classifier().merged(adaptation.active()).orElseThrow();
    }

    /**
     * Returns the encoder's fine-tuned weights by path, adapters merged in.
     *
     * @throws UsageException if the method does not change the encoder's weights
     */
    Map<String, Tensor> tunedWeights() {
        String name = adaptation.method().name();
        Map<String, Tensor> merged = model.bert()
                .merged(adaptation.active())
                .orElseThrow(() -> new UsageException("interpolate: the run must have changed weights; got method "
                        + name + ", which leaves no weights to interpolate"));
        Map<String, Tensor> own = model.bert().weights();
        if (merged.entrySet().stream().allMatch(entry -> entry.getValue() == own.get(entry.getKey()))) {
            throw new UsageException("interpolate: the run must have changed the encoder; got method " + name
                    + ", whose encoder is the pretrained one");
        }
        return merged;
    }
}
