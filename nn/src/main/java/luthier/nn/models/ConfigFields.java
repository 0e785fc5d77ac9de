package luthier.nn.models;

import java.util.List;
import java.util.Set;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/**
 * The fields of a {@code config.json} that are read, refused, or say nothing of the numbers: what trains, what generates text, and how a
 * library stored the model. What is none of these, and says something, is noted.
 */
final class ConfigFields {
    private static final Set<String> KNOWN = Set.of("""
            model_type architectures id2label label2id num_labels problem_type vocab_size hidden_size intermediate_size
            num_hidden_layers num_attention_heads max_position_embeddings type_vocab_size layer_norm_eps hidden_act
            hidden_dropout_prob attention_probs_dropout_prob classifier_dropout pad_token_id is_decoder add_cross_attention
            position_embedding_type pruned_heads quantization_config dim hidden_dim n_layers n_heads activation dropout
            attention_dropout seq_classif_dropout
            bos_token_id eos_token_id sep_token_id cls_token_id mask_token_id unk_token_id decoder_start_token_id
            _name_or_path name_or_path transformers_version torch_dtype dtype _commit_hash finetuning_task tokenizer_class
            is_encoder_decoder cross_attention_hidden_size tie_word_embeddings tie_encoder_decoder tie_weights_
            chunk_size_feed_forward output_hidden_states output_attentions output_past return_dict torchscript
            use_bfloat16 tf_legacy_loss use_cache gradient_checkpointing initializer_range qa_dropout
            sinusoidal_pos_embds prefix task_specific_params attn_implementation _attn_implementation
            _attn_implementation_autoset directionality pooler_fc_size pooler_num_attention_heads pooler_num_fc_layers
            pooler_size_per_head pooler_type sentence_transformers
            max_length min_length do_sample early_stopping num_beams num_beam_groups diversity_penalty temperature top_k
            top_p typical_p repetition_penalty length_penalty no_repeat_ngram_size encoder_no_repeat_ngram_size
            bad_words_ids num_return_sequences output_scores return_dict_in_generate forced_bos_token_id
            forced_eos_token_id remove_invalid_values exponential_decay_length_penalty suppress_tokens
            begin_suppress_tokens""".split("\\s+"));

    private ConfigFields() {}

    /** Returns the fields that nobody here knows and that are not null, false, 0 or empty. */
    static List<String> unknown(JsonObject config) {
        return config.members().entrySet().stream()
                .filter(field -> !KNOWN.contains(field.getKey()) && !ConfigReader.isNeutral(field.getValue()))
                .map(field -> ModelFormatException.escape(field.getKey()))
                .toList();
    }
}
