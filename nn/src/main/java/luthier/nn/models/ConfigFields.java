package luthier.nn.models;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;
import luthier.tensor.io.ModelFormatException;

/**
 * What a family makes of each field of its {@code config.json}: fields that it honours, fields that say nothing of the numbers it computes, and
 * fields that it supports at some of their values alone. Another value of those is an error that names the field; a name that is none of these
 * is no field of the format, and is told. Immutable.
 *
 * <p>A family says {@code COMMON.honours("vocab_size hidden_size").off("attention_bias").only("position_embedding_type", "absolute")}, and
 * reads with a {@link ConfigReader} of these fields.
 */
public final class ConfigFields {
    /** The fields of every family: labels, what the file was written with, how a library stores, generates and trains. */
    public static final ConfigFields COMMON = new ConfigFields(Set.of(), Set.of(), Map.of())
            .honours("model_type architectures id2label label2id num_labels problem_type")
            .ignores("""
                    _name_or_path name_or_path transformers_version torch_dtype dtype _commit_hash finetuning_task
                    tokenizer_class prefix task_specific_params attn_implementation _attn_implementation
                    _attn_implementation_autoset sentence_transformers
                    bos_token_id eos_token_id sep_token_id cls_token_id mask_token_id unk_token_id decoder_start_token_id
                    tie_word_embeddings tie_weights_ chunk_size_feed_forward output_hidden_states output_attentions
                    output_past return_dict torchscript use_bfloat16 tf_legacy_loss use_cache gradient_checkpointing
                    initializer_range""")
            .ignores("""
                    max_length min_length do_sample early_stopping num_beams num_beam_groups diversity_penalty
                    temperature top_k top_p typical_p repetition_penalty length_penalty no_repeat_ngram_size
                    encoder_no_repeat_ngram_size bad_words_ids num_return_sequences output_scores
                    return_dict_in_generate forced_bos_token_id forced_eos_token_id remove_invalid_values
                    exponential_decay_length_penalty suppress_tokens begin_suppress_tokens""")
            .off("""
                    is_decoder is_encoder_decoder add_cross_attention cross_attention_hidden_size tie_encoder_decoder
                    pruned_heads quantization_config auto_map""");

    private final Set<String> honoured;
    private final Set<String> ignored;
    private final Map<String, List<String>> limited;

    private ConfigFields(Set<String> honoured, Set<String> ignored, Map<String, List<String>> limited) {
        this.honoured = honoured;
        this.ignored = ignored;
        this.limited = limited;
    }

    /**
     * Returns these and fields that the family honours at every value, which it reads.
     *
     * @param names separated by white space
     */
    public ConfigFields honours(String names) {
        return with(words(names), List.of(), Map.of());
    }

    /**
     * Returns these and fields that say nothing of the numbers.
     *
     * @param names separated by white space
     */
    public ConfigFields ignores(String names) {
        return with(List.of(), words(names), Map.of());
    }

    /**
     * Returns these and fields that must ask for nothing: absent, null, false, 0 or empty.
     *
     * @param names separated by white space
     */
    public ConfigFields off(String names) {
        Map<String, List<String>> limits = new LinkedHashMap<>();
        words(names).forEach(name -> limits.put(name, List.of()));
        return with(List.of(), List.of(), limits);
    }

    /**
     * Returns these and a field that is supported at some values alone, or absent.
     *
     * @param values as texts, {@code absolute}, {@code 1}, {@code true}; the first is meant where the field is absent
     */
    public ConfigFields only(String name, String... values) {
        return with(List.of(), List.of(), Map.of(name, List.of(values)));
    }

    private ConfigFields with(List<String> reads, List<String> leaves, Map<String, List<String>> limits) {
        Set<String> read = new LinkedHashSet<>(honoured);
        Set<String> left = new LinkedHashSet<>(ignored);
        Map<String, List<String>> limit = new LinkedHashMap<>(limited);
        // What is said last holds: a family may honour what others leave alone, and refuse what they honour.
        for (Collection<String> names : List.of(reads, leaves, limits.keySet())) {
            read.removeAll(names);
            left.removeAll(names);
            limit.keySet().removeAll(names);
        }
        read.addAll(reads);
        left.addAll(leaves);
        limit.putAll(limits);
        return new ConfigFields(read, left, limit);
    }

    private static List<String> words(String names) {
        return names.isBlank() ? List.of() : Arrays.asList(names.strip().split("\\s+"));
    }

    /** Returns whether a field is one that the family honours, so that it may be read. */
    boolean isHonoured(String name) {
        return honoured.contains(name);
    }

    /**
     * Checks the values of the fields that are supported at some of them alone.
     *
     * @throws ModelFormatException naming the first field at another value
     */
    void require(JsonObject config) {
        limited.forEach((name, values) -> config.find(name)
                .filter(value -> !isOneOf(values, value))
                .ifPresent(value -> {
                    String rule = values.isEmpty() ? " is not supported" : " must be " + String.join(" or ", values);
                    throw new ModelFormatException(
                            value.place().source(),
                            value.place().offset(),
                            name + rule + "; got " + ModelFormatException.escape(value.toJson(0)));
                }));
    }

    private static boolean isOneOf(List<String> values, JsonValue value) {
        return values.isEmpty()
                ? isNeutral(value)
                : switch (value) {
                    case JsonString text -> values.contains(text.value());
                    case JsonNumber number -> values.stream().anyMatch(wanted -> isNumber(wanted, number.asDouble()));
                    default -> values.contains(value.toJson(0));
                };
    }

    private static boolean isNumber(String wanted, double number) {
        return wanted.matches("-?[0-9].*") && Double.parseDouble(wanted) == number;
    }

    /** Whether a value is one that fields have when they ask for nothing. */
    private static boolean isNeutral(JsonValue value) {
        return switch (value) {
            case JsonNull _ -> true;
            case JsonBoolean truth -> !truth.value();
            case JsonObject object -> object.members().isEmpty();
            case JsonArray list -> list.elements().isEmpty();
            case JsonNumber number -> number.asDouble() == 0;
            case JsonString text -> text.value().isEmpty();
        };
    }

    /** Returns the names that are no fields of the format, so that nothing here follows them. */
    public List<String> unknown(JsonObject config) {
        return config.members().keySet().stream()
                .filter(name -> !honoured.contains(name) && !ignored.contains(name) && !limited.containsKey(name))
                .map(ModelFormatException::escape)
                .toList();
    }
}
