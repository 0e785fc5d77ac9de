package luthier.nn.chat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonObject;

/** The tokens that end an answer. */
public final class StopTokens {
    private static final String END = "eos_token_id";

    private StopTokens() {}

    /**
     * Returns the ids that end an answer of a folder's model: those of {@code generation_config.json}, else of {@code config.json}, and
     * the end token of its tokenizer, in ascending order; empty if nothing names one.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file does not fit
     */
    public static NavigableSet<Integer> of(Path folder, Tokenizer tokenizer) throws IOException {
        NavigableSet<Integer> ids = new TreeSet<>(listed(folder, "generation_config.json"));
        if (ids.isEmpty()) {
            ids.addAll(listed(folder, "config.json"));
        }
        ChatFormat.open(folder)
                .token("eos_token")
                .map(tokenizer::id)
                .orElseGet(tokenizer::eosId)
                .ifPresent(ids::add);
        return ids;
    }

    /** One id or a list of them. */
    private static List<Integer> listed(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        JsonObject config = (Files.exists(file) ? Json.read(file) : Json.of(Map.of())).asObject();
        if (config.find(END).isEmpty()) {
            return List.of();
        }
        JsonValue ids = config.get(END);
        return ids instanceof JsonArray list
                ? list.elements().stream().map(JsonValue::asInt).toList()
                : List.of(ids.asInt());
    }
}
