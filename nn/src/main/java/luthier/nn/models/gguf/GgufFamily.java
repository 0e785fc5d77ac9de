package luthier.nn.models.gguf;

import static luthier.nn.models.gguf.TensorTable.Change.KEY_ROWS;
import static luthier.nn.models.gguf.TensorTable.Change.NONE;
import static luthier.nn.models.gguf.TensorTable.Change.QUERY_ROWS;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the keys and tensors of an architecture of GGUF mean. Source: llama.cpp's gguf-py/gguf/constants.py and convert_hf_to_gguf.py. */
enum GgufFamily {
    /** Llama, SmolLM and Mistral: rows of queries and keys lie in another order, and biases may be there. */
    LLAMA("llama") {
        @Override
        TensorTable tensors() {
            return block(QUERY_ROWS, KEY_ROWS)
                    .maybe("blk.N.attn_q.bias", ATTENTION + "q_proj.bias", "Q", QUERY_ROWS)
                    .maybe("blk.N.attn_k.bias", ATTENTION + "k_proj.bias", "K", KEY_ROWS)
                    .maybe("blk.N.attn_v.bias", ATTENTION + "v_proj.bias", "K")
                    .maybe("blk.N.attn_output.bias", ATTENTION + "o_proj.bias", "D")
                    .maybe("blk.N.ffn_gate.bias", INNER + "gate_proj.bias", "F")
                    .maybe("blk.N.ffn_up.bias", INNER + "up_proj.bias", "F")
                    .maybe("blk.N.ffn_down.bias", INNER + "down_proj.bias", "D");
        }

        @Override
        Map<String, Object> config(Fields fields, Sizes sizes, Set<String> tensors) {
            Map<String, Object> config = decoder(fields, sizes, tensors);
            fields.find("attention.sliding_window").ifPresent(window -> {
                config.put("model_type", "mistral");
                config.put("architectures", List.of("MistralForCausalLM"));
                config.put("sliding_window", fields.size("attention.sliding_window"));
            });
            config.put(
                    "attention_bias", tensors.stream().anyMatch(name -> name.matches("blk\\.\\d+\\.attn_.*\\.bias")));
            config.put("mlp_bias", tensors.stream().anyMatch(name -> name.matches("blk\\.\\d+\\.ffn_.*\\.bias")));
            return config;
        }
    },
    /** Qwen2 and Qwen2.5: biases on queries, keys and values. */
    QWEN2("qwen2") {
        @Override
        TensorTable tensors() {
            return block(NONE, NONE)
                    .row("blk.N.attn_q.bias", ATTENTION + "q_proj.bias", "Q")
                    .row("blk.N.attn_k.bias", ATTENTION + "k_proj.bias", "K")
                    .row("blk.N.attn_v.bias", ATTENTION + "v_proj.bias", "K");
        }
    },
    /** Qwen3: norms on the heads of queries and keys. */
    QWEN3("qwen3") {
        @Override
        TensorTable tensors() {
            return block(NONE, NONE)
                    .row("blk.N.attn_q_norm.weight", ATTENTION + "q_norm.weight", "H")
                    .row("blk.N.attn_k_norm.weight", ATTENTION + "k_norm.weight", "H");
        }
    };

    private static final String LAYER = "model.layers.N.";
    private static final String ATTENTION = LAYER + "self_attn.";
    private static final String INNER = LAYER + "mlp.";
    private static final String HEAD = "output.weight";

    /** Keys that would change the numbers and that no family here has. */
    private static final List<String> REFUSED = List.of(
            "expert_count",
            "expert_used_count",
            "expert_shared_count",
            "leading_dense_block_count",
            "nextn_predict_layers",
            "logit_scale",
            "residual_scale",
            "embedding_scale",
            "attn_logit_softcapping",
            "final_logit_softcapping",
            "use_parallel_residual",
            "attention.scale",
            "attention.clamp_kqv",
            "attention.max_alibi_bias",
            "attention.q_lora_rank",
            "attention.kv_lora_rank",
            "attention.sliding_window",
            "attention.sliding_window_pattern",
            "attention.key_length_swa",
            "attention.value_length_swa",
            "rope.dimension_sections",
            "rope.freq_base_swa",
            "rope.scale_linear");

    private final String word;

    GgufFamily(String word) {
        this.word = word;
    }

    /** Returns what {@code general.architecture} calls it. */
    String word() {
        return word;
    }

    /** Returns the family of a name. */
    static Optional<GgufFamily> find(String word) {
        return Arrays.stream(values())
                .filter(family -> family.word.equals(word))
                .findFirst();
    }

    /** Returns the names of all. */
    static String words() {
        return Arrays.stream(values()).map(GgufFamily::word).collect(Collectors.joining(", "));
    }

    /** Returns what its tensors are called. */
    abstract TensorTable tensors();

    /**
     * Returns the fields of {@code config.json}.
     *
     * @param tensors the names in the file
     */
    Map<String, Object> config(Fields fields, Sizes sizes, Set<String> tensors) {
        return decoder(fields, sizes, tensors);
    }

    /** Returns the keys that would change the numbers and that this family does not honour. */
    List<String> refused() {
        return this == LLAMA
                ? REFUSED.stream()
                        .filter(key -> !key.equals("attention.sliding_window"))
                        .toList()
                : REFUSED;
    }

    // ---- what decoders have in common

    /** Returns the tensors of decoders with a gated feed-forward part. */
    static TensorTable block(TensorTable.Change queries, TensorTable.Change keys) {
        return new TensorTable()
                .row(GgufModel.EMBEDDING, "model.embed_tokens.weight", "VD")
                .row("output_norm.weight", "model.norm.weight", "D")
                .maybe(HEAD, "lm_head.weight", "VD")
                .row("blk.N.attn_norm.weight", LAYER + "input_layernorm.weight", "D")
                .row("blk.N.attn_q.weight", ATTENTION + "q_proj.weight", "QD", queries)
                .row("blk.N.attn_k.weight", ATTENTION + "k_proj.weight", "KD", keys)
                .row("blk.N.attn_v.weight", ATTENTION + "v_proj.weight", "KD")
                .row("blk.N.attn_output.weight", ATTENTION + "o_proj.weight", "DQ")
                .row("blk.N.ffn_norm.weight", LAYER + "post_attention_layernorm.weight", "D")
                .row("blk.N.ffn_gate.weight", INNER + "gate_proj.weight", "FD")
                .row("blk.N.ffn_up.weight", INNER + "up_proj.weight", "FD")
                .row("blk.N.ffn_down.weight", INNER + "down_proj.weight", "DF");
    }

    Map<String, Object> decoder(Fields fields, Sizes sizes, Set<String> tensors) {
        String name = Stream.of(word.split("_"))
                .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1))
                .collect(Collectors.joining());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model_type", word);
        config.put("architectures", List.of(name + "ForCausalLM"));
        config.put("vocab_size", sizes.vocabulary());
        config.put("hidden_size", sizes.width());
        config.put("intermediate_size", sizes.inner());
        config.put("num_hidden_layers", sizes.blocks());
        config.put("num_attention_heads", sizes.queries());
        config.put("num_key_value_heads", sizes.keys());
        config.put("head_dim", sizes.head());
        config.put("max_position_embeddings", sizes.length());
        config.put("rms_norm_eps", fields.number("attention.layer_norm_rms_epsilon"));
        config.put("hidden_act", "silu");
        config.put("tie_word_embeddings", !tensors.contains(HEAD));
        return config;
    }
}
