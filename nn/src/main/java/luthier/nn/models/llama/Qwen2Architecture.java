package luthier.nn.models.llama;

import java.util.List;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.models.Architecture;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ModelDesign;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * Qwen2 and Qwen2.5: a Llama with biases on queries, keys and values, and where the file asks for it a window in the upper blocks. Yang et al.
 * 2024, arXiv:2407.10671.
 */
public final class Qwen2Architecture implements Architecture {
    private static final ConfigFields FIELDS = LlamaFields.COMMON
            .honours("sliding_window use_sliding_window max_window_layers layer_types")
            .ignores("use_mrope")
            .off("mlp_bias");

    /** Creates the family. */
    public Qwen2Architecture() {}

    @Override
    public List<String> modelTypes() {
        return List.of("qwen2");
    }

    @Override
    public String classPrefix() {
        return "Qwen2";
    }

    @Override
    public ConfigFields fields() {
        return FIELDS;
    }

    @Override
    public ModelDesign read(JsonObject json) {
        LlamaFields fields = new LlamaFields(json, FIELDS);
        long length = fields.config().size("max_position_embeddings", 32_768);
        AttentionDesign attention =
                fields.attention(fields.rotary(10_000, length)).biased(true, false);
        return new LlamaDesign(
                fields.model(block -> attention.windowed(fields.upperWindow(block)), false, length), fields.padId());
    }
}
