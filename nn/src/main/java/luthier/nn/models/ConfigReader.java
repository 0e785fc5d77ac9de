package luthier.nn.models;

import java.util.Arrays;
import java.util.Optional;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** Reads the fields of a {@code config.json}; what does not fit is an error that names the field. */
public final class ConfigReader {
    private static final int MAX_LAYERS = 1000;

    private final JsonObject json;

    /** Creates a reader. */
    public ConfigReader(JsonObject json) {
        this.json = json;
    }

    /** Returns a size that must be there: 1 to 2^31 - 1. */
    public long size(String field) {
        return size(field, json.get(field));
    }

    /** Returns a size: 1 to 2^31 - 1. */
    public long size(String field, long otherwise) {
        return json.find(field).map(value -> size(field, value)).orElse(otherwise);
    }

    private static long size(String field, JsonValue value) {
        int size = value.asInt();
        if (size < 1) {
            throw error(value, field + " must be at least 1; got " + size);
        }
        return size;
    }

    /** Returns the number of layers that must be there: 0 to 1000. */
    public int layers(String field) {
        JsonValue value = json.get(field);
        int layers = value.asInt();
        if (layers < 0 || layers > MAX_LAYERS) {
            throw error(value, field + " must be 0 to " + MAX_LAYERS + "; got " + layers);
        }
        return layers;
    }

    /** Returns a number above 0. */
    public double number(String field, double otherwise) {
        Optional<JsonValue> value = json.find(field);
        double number = value.map(JsonValue::asDouble).orElse(otherwise);
        if (!(number > 0)) {
            throw error(value.orElse(json), field + " must be above 0; got " + number);
        }
        return number;
    }

    /** Returns a probability of dropout: 0 to below 1. */
    public double probability(String field, double otherwise) {
        Optional<JsonValue> value = json.find(field);
        double p = value.map(JsonValue::asDouble).orElse(otherwise);
        if (!(p >= 0 && p < 1)) {
            throw error(value.orElse(json), field + " must be in [0, 1); got " + p);
        }
        return p;
    }

    /** Returns a token's id: 0 to 2^31 - 1. */
    public int id(String field, int otherwise) {
        Optional<JsonValue> value = json.find(field);
        int id = value.map(JsonValue::asInt).orElse(otherwise);
        if (id < 0) {
            throw error(value.orElse(json), field + " must not be negative; got " + id);
        }
        return id;
    }

    /** Returns an activation; GELU where the file does not say. */
    public HiddenActivation activation(String field) {
        Optional<JsonValue> value = json.find(field);
        if (value.isEmpty()) {
            return HiddenActivation.GELU;
        }
        String name = value.get().asString();
        return HiddenActivation.find(name)
                .orElseThrow(() -> error(
                        value.get(),
                        field + " must be one of gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, tanh; got "
                                + ModelFormatException.escape(name)));
    }

    /** Refuses fields that would change the numbers, unless they are absent, null, false, 0 or empty. */
    public void requireNeutral(String... fields) {
        for (String field : fields) {
            json.find(field).filter(value -> !isNeutral(value)).ifPresent(value -> {
                throw error(value, field + " is not supported; got " + shown(value));
            });
        }
    }

    /** Whether a value is one that fields have when they ask for nothing. */
    static boolean isNeutral(JsonValue value) {
        return switch (value) {
            case JsonNull _ -> true;
            case JsonBoolean truth -> !truth.value();
            case JsonObject object -> object.members().isEmpty();
            case JsonArray list -> list.elements().isEmpty();
            default -> value.toJson(0).equals("0") || value.toJson(0).equals("\"\"");
        };
    }

    /** Refuses a word that is not one of these; a field that is absent is taken for the first. */
    public void requireWord(String field, String... words) {
        json.find(field)
                .filter(value -> !Arrays.asList(words).contains(value.asString()))
                .ifPresent(value -> {
                    throw error(value, field + " must be " + String.join(" or ", words) + "; got " + shown(value));
                });
    }

    /** Refuses a divisor that does not divide. */
    public void requireDivides(String field, long divisor, String whole, long number) {
        if (number % divisor != 0) {
            throw error(json.get(field), field + " must divide " + whole + "; got " + divisor + " and " + number);
        }
    }

    private static String shown(JsonValue value) {
        return ModelFormatException.escape(value.toJson(0));
    }

    private static ModelFormatException error(JsonValue value, String rule) {
        return new ModelFormatException(value.place().source(), value.place().offset(), rule);
    }
}
