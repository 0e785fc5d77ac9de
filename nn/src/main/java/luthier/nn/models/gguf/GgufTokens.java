package luthier.nn.models.gguf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import luthier.nn.chat.ChatFormat;
import luthier.nn.chat.ChatTemplate;
import luthier.nn.text.GgufVocabulary;
import luthier.tensor.io.GgufValue;
import luthier.tensor.io.ModelFormatException;

/** What a GGUF file's metadata say of its tokenizer, of the tokens that end an answer, and of its chat templates. */
final class GgufTokens {
    private static final String TOKENS = "tokenizer.ggml.";
    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final String DEFAULT = "default";
    /** The ids that end an answer: of a text, a turn, a message. */
    private static final List<String> ENDS = List.of("eos_token_id", "eot_token_id", "eom_token_id");

    private final String source;
    private final Map<String, GgufValue> metadata;

    GgufTokens(String source, Map<String, GgufValue> metadata) {
        this.source = source;
        this.metadata = metadata;
    }

    GgufVocabulary vocabulary() {
        List<String> tokens = list(TOKENS + "tokens", "texts", GgufValue::text)
                .orElseThrow(() -> error(TOKENS + "tokens must be there; got no such key"));
        List<Long> types =
                list(TOKENS + "token_type", "whole numbers", GgufValue::whole).orElse(List.of());
        List<Double> scores =
                list(TOKENS + "scores", "numbers", GgufValue::number).orElse(List.of());
        float[] values = new float[scores.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = scores.get(i).floatValue();
        }
        return new GgufVocabulary(
                value(TOKENS + "model", "a text", GgufValue::text)
                        .orElseThrow(() -> error(TOKENS + "model must be there; got no such key")),
                value(TOKENS + "pre", "a text", GgufValue::text),
                tokens,
                types.stream().mapToInt(type -> (int) (long) type).toArray(),
                values,
                list(TOKENS + "merges", "texts", GgufValue::text).orElse(List.of()),
                id("bos_token_id"),
                id("eos_token_id"),
                id("unknown_token_id"),
                id("padding_token_id"),
                flag("add_bos_token"),
                flag("add_eos_token"),
                flag("add_space_prefix"));
    }

    /** Returns the ids that end an answer, in the order of their keys. */
    List<Integer> stopIds() {
        Set<Integer> ids = new LinkedHashSet<>();
        ENDS.forEach(key -> id(key).ifPresent(ids::add));
        return List.copyOf(ids);
    }

    /** Returns the chat templates by name, {@code default} and {@code tool_use}. */
    Map<String, String> templates() {
        Map<String, String> templates = new LinkedHashMap<>();
        value(TEMPLATE, "a text", GgufValue::text).ifPresent(template -> templates.put(DEFAULT, template));
        for (String name : list(TEMPLATE + "s", "texts", GgufValue::text).orElse(List.of())) {
            String key = TEMPLATE + "." + name;
            templates.put(
                    name,
                    value(key, "a text", GgufValue::text)
                            .orElseThrow(() -> error(ModelFormatException.escape(key) + " must be there, as " + TEMPLATE
                                    + "s names it; got no such key")));
        }
        return templates;
    }

    ChatFormat chat() {
        Map<String, ChatTemplate> templates = new LinkedHashMap<>();
        templates().forEach((name, text) -> templates.put(name, ChatTemplate.parse(text, source + ": " + name)));
        GgufVocabulary vocabulary = vocabulary();
        Map<String, String> tokens = new LinkedHashMap<>();
        Map.of("bos_token", vocabulary.bos(), "eos_token", vocabulary.eos(), "pad_token", vocabulary.padding())
                .forEach((name, id) -> id.ifPresent(
                        known -> tokens.put(name, vocabulary.tokens().get(known))));
        return ChatFormat.of(source, templates, tokens);
    }

    /** Adds the ids of special tokens as {@code config.json} has them. */
    void addIds(Map<String, Object> config) {
        id("bos_token_id").ifPresent(id -> config.put("bos_token_id", id));
        List<Integer> ends = stopIds();
        if (!ends.isEmpty()) {
            config.put("eos_token_id", ends.size() == 1 ? ends.getFirst() : ends);
        }
        id("padding_token_id").ifPresent(id -> config.put("pad_token_id", id));
    }

    private OptionalInt id(String name) {
        Optional<Long> id = value(TOKENS + name, "a whole number", GgufValue::whole);
        if (id.isPresent() && (id.get() < 0 || id.get() > Integer.MAX_VALUE)) {
            throw error(TOKENS + name + " must be a token's id; got " + id.get());
        }
        return id.map(value -> OptionalInt.of((int) (long) value)).orElse(OptionalInt.empty());
    }

    private Optional<Boolean> flag(String name) {
        return value(TOKENS + name, "true or false", GgufValue::truth);
    }

    private <T> Optional<T> value(String key, String what, Function<GgufValue, Optional<T>> read) {
        return Optional.ofNullable(metadata.get(key))
                .map(value -> read.apply(value)
                        .orElseThrow(() -> error(ModelFormatException.escape(key) + " must be " + what + "; got "
                                + ModelFormatException.escape(Fields.shown(value)))));
    }

    private <T> Optional<List<T>> list(String key, String what, Function<GgufValue, Optional<T>> read) {
        return value(key, "a list of " + what, GgufValue::items).map(items -> {
            List<T> values = new ArrayList<>(items.size());
            for (GgufValue item : items) {
                values.add(read.apply(item)
                        .orElseThrow(() -> error(key + " must be a list of " + what + "; got "
                                + ModelFormatException.escape(Fields.shown(item)) + " at " + values.size())));
            }
            return values;
        });
    }

    private ModelFormatException error(String rule) {
        return new ModelFormatException(source, rule);
    }
}
