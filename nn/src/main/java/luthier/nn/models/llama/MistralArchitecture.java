package luthier.nn.models.llama;

import java.util.List;
import java.util.OptionalLong;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.models.Architecture;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ConfigReader;
import luthier.nn.models.ModelDesign;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;

/** Mistral: a Llama whose queries see a window. Jiang et al. 2023, arXiv:2310.06825. */
public final class MistralArchitecture implements Architecture {
    private static final ConfigFields FIELDS =
            LlamaFields.COMMON.honours("sliding_window").off("attention_bias mlp_bias layer_types");

    /** The window of files that do not say, as the format has it; null is none. */
    private static final long USUAL_WINDOW = 4096;

    /** Creates the family. */
    public MistralArchitecture() {}

    @Override
    public List<String> modelTypes() {
        return List.of("mistral");
    }

    @Override
    public String classPrefix() {
        return "Mistral";
    }

    @Override
    public ConfigFields fields() {
        return FIELDS;
    }

    @Override
    public ModelDesign read(JsonObject json) {
        LlamaFields fields = new LlamaFields(json, FIELDS);
        ConfigReader config = fields.config();
        long length = config.size("max_position_embeddings", 131_072);
        OptionalLong window = json.members().get("sliding_window") instanceof JsonNull
                ? OptionalLong.empty()
                : OptionalLong.of(config.size("sliding_window", USUAL_WINDOW));
        AttentionDesign attention =
                fields.attention(fields.rotary(10_000, length)).windowed(window);
        return new LlamaDesign(fields.model(block -> attention, false, length), fields.padId());
    }
}
