package luthier.nn.models.llama;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.layers.AttentionDesign.Heads;
import luthier.nn.layers.RotaryEmbedding;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ConfigReader;
import luthier.nn.models.HiddenActivation;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** Reads what the {@code config.json} of Llama and its kin have in common; a kin adds its own attention. */
final class LlamaFields {
    /** The fields of all of them. */
    static final ConfigFields COMMON = ConfigFields.COMMON
            .honours("""
                    vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads
                    head_dim max_position_embeddings rms_norm_eps hidden_act attention_dropout tie_word_embeddings
                    pad_token_id""")
            .honours(RotaryFields.NAMES)
            .ignores("pretraining_tp max_sequence_length is_llama_config")
            .off("rope_interleaved");

    private final JsonObject json;
    private final ConfigReader config;
    private final OptionalLong headSize;

    LlamaFields(JsonObject json, ConfigFields fields) {
        this(json, fields, OptionalLong.empty());
    }

    /**
     * Creates a reader.
     *
     * @param headSize of a file that does not say; empty where the heads share the width
     */
    LlamaFields(JsonObject json, ConfigFields fields, OptionalLong headSize) {
        this.json = json;
        this.headSize = headSize;
        config = new ConfigReader(json, fields);
    }

    ConfigReader config() {
        return config;
    }

    int blocks() {
        return config.layers("num_hidden_layers");
    }

    /** Returns attention with the file's heads and positions, without biases. */
    AttentionDesign attention(RotaryEmbedding rotary) {
        return AttentionDesign.of(heads())
                .dropping(config.probability("attention_dropout", 0))
                .turning(Optional.of(rotary));
    }

    private Heads heads() {
        long width = config.size("hidden_size");
        long queries = config.size("num_attention_heads");
        long keys = config.size("num_key_value_heads", queries);
        if (config.value("head_dim").isEmpty() && headSize.isEmpty()) {
            config.requireDivides("num_attention_heads", queries, "hidden_size", width);
        }
        if (queries % keys != 0) {
            throw error(
                    "num_key_value_heads",
                    "num_key_value_heads must divide num_attention_heads; got " + keys + " and " + queries);
        }
        return new Heads(width, queries, keys, config.size("head_dim", headSize.orElse(width / queries)));
    }

    /** Returns the rotary positions. */
    RotaryEmbedding rotary(double theta, long maxLength) {
        return RotaryFields.read(json, config, heads().size(), theta, maxLength);
    }

    /** Returns the model, with the attention of each block. */
    LlamaConfig model(IntFunction<AttentionDesign> attention, boolean innerBias, long maxLength) {
        List<AttentionDesign> blocks =
                IntStream.range(0, blocks()).mapToObj(attention).toList();
        return new LlamaConfig(
                config.size("vocab_size"),
                config.size("hidden_size"),
                config.size("intermediate_size"),
                blocks,
                config.number("rms_norm_eps", 1e-6),
                config.activation("hidden_act", HiddenActivation.SILU),
                innerBias,
                config.flag("tie_word_embeddings", false),
                maxLength);
    }

    /** Returns the id that fills short rows; 0 where the file has none: padding is known by its place. */
    int padId() {
        return config.value("pad_token_id")
                .map(JsonValue::asInt)
                .filter(id -> id >= 0)
                .orElse(0);
    }

    /** Returns the window of a block where {@code layer_types} says it, else of those from {@code max_window_layers} on if windows are used. */
    OptionalLong upperWindow(int block) {
        long window = config.size("sliding_window", 4096);
        long from = config.value("max_window_layers").map(JsonValue::asLong).orElse(28L);
        boolean uses = config.flag("use_sliding_window", false) && block >= from;
        return window(block, window).orElse(uses ? OptionalLong.of(window) : OptionalLong.empty());
    }

    /** Returns the window of a block by {@code layer_types}; empty where the file has no such list. */
    Optional<OptionalLong> window(int block, long window) {
        Optional<JsonValue> list = config.value("layer_types");
        if (list.isEmpty()) {
            return Optional.empty();
        }
        List<JsonValue> types = list.get().asList();
        if (types.size() != blocks()) {
            throw error(
                    "layer_types",
                    "layer_types must name a type for each of num_hidden_layers; got " + types.size() + " for "
                            + blocks());
        }
        return Optional.of(
                switch (types.get(block).asString()) {
                    case "full_attention" -> OptionalLong.empty();
                    case "sliding_attention" -> OptionalLong.of(window);
                    case String other ->
                        throw error(
                                "layer_types",
                                "layer_types must be full_attention or sliding_attention; got "
                                        + ModelFormatException.escape(other));
                });
    }

    private ModelFormatException error(String field, String rule) {
        JsonValue at = json.find(field).orElse(json);
        return new ModelFormatException(at.place().source(), at.place().offset(), rule);
    }
}
