package luthier.nn.generate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/** Settings by their names in transformers; one that is unknown here is told, not guessed. */
public final class JsonSettings {
    private static final Map<String, BiFunction<GenerationSettings, JsonValue, GenerationSettings>> KNOWN =
            new LinkedHashMap<>();

    static {
        filter("temperature", (f, v) -> f.temperature(CaseFile.number(v)));
        filter("top_k", (f, v) -> f.topK(v.asInt()));
        filter("top_p", (f, v) -> f.topP(CaseFile.number(v)));
        filter("min_p", (f, v) -> f.minP(CaseFile.number(v)));
        filter("typical_p", (f, v) -> f.typicalP(CaseFile.number(v)));
        filter("epsilon_cutoff", (f, v) -> f.epsilon(CaseFile.number(v)));
        filter("eta_cutoff", (f, v) -> f.eta(CaseFile.number(v)));
        penalty("repetition_penalty", (p, v) -> p.repetition(CaseFile.number(v)));
        penalty("presence_penalty", (p, v) -> p.presence(CaseFile.number(v)));
        penalty("frequency_penalty", (p, v) -> p.frequency(CaseFile.number(v)));
        penalty("no_repeat_ngram_size", (p, v) -> p.noRepeat(v.asInt()));
        penalty(
                "bad_words_ids",
                (p, v) -> p.badWords(v.asList().stream().map(JsonSettings::ids).toList()));
        penalty("min_new_tokens", (p, v) -> p.leastNew(v.asInt()));
        penalty("suppress_tokens", (p, v) -> p.suppressed(new TreeSet<>(ids(v))));
        penalty(
                "logit_bias",
                (p, v) -> p.bias(v.asObject().members().entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> Integer.parseInt(entry.getKey()),
                                entry -> CaseFile.number(entry.getValue())))));
        KNOWN.put("eos", (s, v) -> s.endingWith(ends(v)));
        KNOWN.put("eos_token_id", (s, v) -> s.endingWith(ends(v)));
        KNOWN.put("num_return_sequences", (s, v) -> s.returning(v.asInt()));
        KNOWN.put("pad_token_id", (s, v) -> s);
    }

    private JsonSettings() {}

    private static void filter(String name, BiFunction<Filters, JsonValue, Filters> change) {
        KNOWN.put(name, (s, v) -> s.filtering(change.apply(s.filters(), v)));
    }

    private static void penalty(String name, BiFunction<Penalties, JsonValue, Penalties> change) {
        KNOWN.put(name, (s, v) -> s.penalizing(change.apply(s.penalties(), v)));
    }

    /** Changes settings as an object says. */
    public static GenerationSettings of(JsonObject json, GenerationSettings usual) {
        GenerationSettings settings = usual;
        Beams beams = Beams.of(1);
        for (Map.Entry<String, JsonValue> entry : json.members().entrySet()) {
            JsonValue value = entry.getValue();
            switch (entry.getKey()) {
                case "num_beams" -> beams = new Beams(value.asInt(), beams.lengthPenalty(), beams.stopping());
                case "length_penalty" -> beams = new Beams(beams.count(), value.asDouble(), beams.stopping());
                case "early_stopping" -> beams = new Beams(beams.count(), beams.lengthPenalty(), stopping(value));
                case "max_new_tokens", "prompt" -> {}
                default -> {
                    if (!KNOWN.containsKey(entry.getKey())) {
                        throw new NotCovered("setting " + entry.getKey());
                    }
                }
            }
        }
        if (json.find("num_beams").isPresent()) {
            settings = settings.searching(beams);
        }
        for (Map.Entry<String, JsonValue> entry : json.members().entrySet()) {
            var change = KNOWN.get(entry.getKey());
            settings = change == null ? settings : change.apply(settings, entry.getValue());
        }
        return settings;
    }

    private static Beams.Stopping stopping(JsonValue value) {
        return switch (value) {
            case JsonBoolean early -> early.asBoolean() ? Beams.Stopping.EARLY : Beams.Stopping.HEURISTIC;
            case JsonString word when word.value().equals("never") -> Beams.Stopping.NEVER;
            default -> throw new NotCovered("early_stopping " + value);
        };
    }

    public static Set<Integer> ends(JsonValue value) {
        return value instanceof JsonArray ? new TreeSet<>(ids(value)) : Set.of(value.asInt());
    }

    public static List<Integer> ids(JsonValue value) {
        return value.asList().stream().map(JsonValue::asInt).toList();
    }

    public static int[] array(JsonValue value) {
        return value.asList().stream().mapToInt(JsonValue::asInt).toArray();
    }
}
