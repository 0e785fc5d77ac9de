package luthier.nn.models.llama;

import java.util.List;
import java.util.OptionalLong;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.models.Architecture;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ModelDesign;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * Qwen3: a Llama whose heads of queries and keys are normed, with a size of their own, and where the file asks for it a window in the upper
 * blocks. Yang et al. 2025, arXiv:2505.09388.
 */
public final class Qwen3Architecture implements Architecture {
    private static final ConfigFields FIELDS = LlamaFields.COMMON
            .honours("sliding_window use_sliding_window max_window_layers layer_types attention_bias")
            .off("mlp_bias");

    /** Creates the family. */
    public Qwen3Architecture() {}

    @Override
    public List<String> modelTypes() {
        return List.of("qwen3");
    }

    @Override
    public String classPrefix() {
        return "Qwen3";
    }

    @Override
    public ConfigFields fields() {
        return FIELDS;
    }

    @Override
    public ModelDesign read(JsonObject json) {
        LlamaFields fields = new LlamaFields(json, FIELDS, OptionalLong.of(128));
        long length = fields.config().size("max_position_embeddings", 32_768);
        boolean biased = fields.config().flag("attention_bias", false);
        AttentionDesign attention = fields.attention(fields.rotary(10_000, length))
                .biased(biased, biased)
                .normed(new AttentionDesign.HeadNorm(fields.config().number("rms_norm_eps", 1e-6), false));
        return new LlamaDesign(
                fields.model(block -> attention.windowed(fields.upperWindow(block)), false, length), fields.padId());
    }
}
