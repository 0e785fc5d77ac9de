package luthier.nn.models.llama;

import java.util.List;
import java.util.Optional;
import luthier.nn.Layer;
import luthier.nn.Names;
import luthier.nn.layers.Linear;
import luthier.nn.models.CausalModel;
import luthier.nn.models.CheckpointNames;
import luthier.nn.models.ModelDesign;

/** What can be built of a Llama's sizes, for all its kin. */
record LlamaDesign(LlamaConfig config, int padId) implements ModelDesign {
    private static final Names NAMES =
            CheckpointNames.of("model.").ignore("lm_head.{}", "score.{}", "{}rotary_emb.inv_freq");

    @Override
    public Names names() {
        return NAMES;
    }

    @Override
    public long width() {
        return config.width();
    }

    @Override
    public int maxLength() {
        return (int) config.maxLength();
    }

    @Override
    public Layer encoder(boolean withPooler) {
        return new LlamaModel(config);
    }

    @Override
    public Layer classifier(int outputs, boolean overMean) {
        return new LlamaClassifier(config, outputs, overMean);
    }

    @Override
    public Layer tokenClassifier(int outputs) {
        throw new IllegalArgumentException(
                "tokenClassifier: a decoder sees the words before each alone; got a Llama; use an encoder such as BERT");
    }

    @Override
    public Optional<Layer> causalLm() {
        LlamaModel model = new LlamaModel(config);
        Linear head = config.tied()
                ? new Linear(model.tokens().weight())
                : new Linear(config.width(), config.vocabulary(), false);
        return Optional.of(new CausalModel("model", model, "lm_head", head, 0));
    }

    @Override
    public List<String> head() {
        return List.of("score.{}");
    }

    @Override
    public String outputs() {
        return "score.weight";
    }
}
