package luthier.nn.models.gguf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import luthier.nn.chat.ChatFormat;
import luthier.nn.chat.ChatTemplate;
import luthier.nn.text.GgufVocabulary;
import luthier.tensor.io.GgufValue;
import luthier.tensor.io.ModelFormatException;

/** What a GGUF file's metadata say about texts: the tokenizer, the chat template, the tokens that end an answer. */
final class GgufText {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String TEMPLATE = "tokenizer.chat_template";
    /** Further templates follow this, by name. */
    private static final String NAMED = TEMPLATE + ".";

    /** The ends of a text, of a turn, and of a message. */
    private static final List<String> ENDS = List.of("eos_token_id", "eot_token_id", "eom_token_id");

    private final String source;
    private final Map<String, GgufValue> metadata;

    GgufText(String source, Map<String, GgufValue> metadata) {
        this.source = source;
        this.metadata = metadata;
    }

    GgufVocabulary vocabulary() {
        return new GgufVocabulary(
                text("model").orElseThrow(() -> error("model", "must be there; got a file without a tokenizer")),
                text("pre"),
                texts("tokens"),
                wholes("token_type"),
                numbers("scores"),
                texts("merges"),
                id("bos_token_id"),
                id("eos_token_id"),
                id("unknown_token_id"),
                id("padding_token_id"),
                truth("add_bos_token"),
                truth("add_eos_token"),
                truth("add_space_prefix"));
    }

    /** Returns the templates; none render nothing. */
    ChatFormat chat() {
        Map<String, ChatTemplate> templates = new LinkedHashMap<>();
        metadata.forEach((key, value) -> {
            if (key.equals(TEMPLATE) || key.startsWith(NAMED)) {
                String template = value.text()
                        .orElseThrow(() -> new ModelFormatException(source, key + " must be a text; got " + value));
                String name = key.equals(TEMPLATE) ? "default" : key.substring(NAMED.length());
                templates.put(name, ChatTemplate.parse(template, source + ": " + key));
            }
        });
        Map<String, String> tokens = new LinkedHashMap<>();
        Map.of("bos_token", "bos_token_id", "eos_token", "eos_token_id", "pad_token", "padding_token_id")
                .forEach((name, key) -> id(key).ifPresent(id -> tokens.put(name, token(key, id))));
        return ChatFormat.of(source, templates, tokens);
    }

    private String token(String key, int id) {
        List<String> tokens = texts("tokens");
        if (id >= tokens.size()) {
            throw error(key, "must be one of the " + tokens.size() + " tokens; got " + id);
        }
        return tokens.get(id);
    }

    NavigableSet<Integer> ends() {
        NavigableSet<Integer> ids = new TreeSet<>();
        ENDS.forEach(key -> id(key).ifPresent(ids::add));
        return ids;
    }

    // ---- values

    private Optional<GgufValue> find(String name) {
        return Optional.ofNullable(metadata.get(PREFIX + name));
    }

    private ModelFormatException error(String name, String rule) {
        return new ModelFormatException(source, PREFIX + name + " " + rule);
    }

    private Optional<String> text(String name) {
        return find(name).map(value -> value.text().orElseThrow(() -> error(name, "must be a text; got " + value)));
    }

    private Optional<Boolean> truth(String name) {
        return find(name)
                .map(value -> value.truth().orElseThrow(() -> error(name, "must be true or false; got " + value)));
    }

    private OptionalInt id(String name) {
        Optional<GgufValue> value = find(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(value.get()
                .whole()
                .filter(id -> id >= 0 && id <= Integer.MAX_VALUE)
                .orElseThrow(() -> error(name, "must be an id; got " + value.get()))
                .intValue());
    }

    private List<GgufValue> items(String name) {
        return find(name)
                .map(value -> value.items().orElseThrow(() -> error(name, "must be a list; got " + value)))
                .orElse(List.of());
    }

    private List<String> texts(String name) {
        return items(name).stream()
                .map(value -> value.text().orElseThrow(() -> error(name, "must be texts; got " + value)))
                .toList();
    }

    private int[] wholes(String name) {
        return items(name).stream()
                .mapToInt(value -> value.whole()
                        .filter(number -> number >= Integer.MIN_VALUE && number <= Integer.MAX_VALUE)
                        .orElseThrow(() -> error(name, "must be whole numbers; got " + value))
                        .intValue())
                .toArray();
    }

    private float[] numbers(String name) {
        List<GgufValue> items = items(name);
        float[] numbers = new float[items.size()];
        for (int i = 0; i < numbers.length; i++) {
            GgufValue value = items.get(i);
            numbers[i] = value.number()
                    .orElseThrow(() -> error(name, "must be numbers; got " + value))
                    .floatValue();
        }
        return numbers;
    }
}
