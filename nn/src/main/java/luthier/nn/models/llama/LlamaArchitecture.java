package luthier.nn.models.llama;

import java.util.List;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.models.Architecture;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ModelDesign;
import luthier.tensor.io.JsonValue.JsonObject;

/** Llama, and what is published as one: SmolLM and SmolLM2. Touvron et al. 2023, arXiv:2302.13971. */
public final class LlamaArchitecture implements Architecture {
    private static final ConfigFields FIELDS =
            LlamaFields.COMMON.honours("attention_bias mlp_bias").off("sliding_window use_sliding_window");

    /** Creates the family. */
    public LlamaArchitecture() {}

    @Override
    public List<String> modelTypes() {
        return List.of("llama");
    }

    @Override
    public String classPrefix() {
        return "Llama";
    }

    @Override
    public ConfigFields fields() {
        return FIELDS;
    }

    @Override
    public ModelDesign read(JsonObject json) {
        LlamaFields fields = new LlamaFields(json, FIELDS);
        long length = fields.config().size("max_position_embeddings", 2048);
        boolean biased = fields.config().flag("attention_bias", false);
        AttentionDesign attention =
                fields.attention(fields.rotary(10_000, length)).biased(biased, biased);
        boolean innerBias = fields.config().flag("mlp_bias", false);
        return new LlamaDesign(fields.model(block -> attention, innerBias, length), fields.padId());
    }
}
