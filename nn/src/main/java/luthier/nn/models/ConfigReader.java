package luthier.nn.models;

import java.util.Optional;
import java.util.function.Predicate;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** Reads the fields of a {@code config.json}; what does not fit is an error that names the field. */
public final class ConfigReader {
    private static final int MAX_LAYERS = 1000;

    private final JsonObject json;
    private final Predicate<String> declared;

    /** Creates a reader of any field. */
    public ConfigReader(JsonObject json) {
        this.json = json;
        declared = field -> true;
    }

    /**
     * Creates a reader of the fields that a family honours. Reading another is an {@link IllegalStateException}: the list would be wrong.
     *
     * @throws ModelFormatException if a field has a value that the family does not support
     */
    public ConfigReader(JsonObject json, ConfigFields fields) {
        this.json = json;
        declared = fields::isHonoured;
        fields.require(json);
    }

    private Optional<JsonValue> find(String field) {
        if (!declared.test(field)) {
            throw new IllegalStateException("config.json: a field must be declared to be read; got " + field);
        }
        return json.find(field);
    }

    private JsonValue get(String field) {
        find(field);
        return json.get(field);
    }

    /** Returns a size that must be there: 1 to 2^31 - 1. */
    public long size(String field) {
        return size(field, get(field));
    }

    /** Returns a size: 1 to 2^31 - 1. */
    public long size(String field, long otherwise) {
        return find(field).map(value -> size(field, value)).orElse(otherwise);
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
        JsonValue value = get(field);
        int layers = value.asInt();
        if (layers < 0 || layers > MAX_LAYERS) {
            throw error(value, field + " must be 0 to " + MAX_LAYERS + "; got " + layers);
        }
        return layers;
    }

    /** Returns a number above 0. */
    public double number(String field, double otherwise) {
        Optional<JsonValue> value = find(field);
        double number = value.map(JsonValue::asDouble).orElse(otherwise);
        if (!(number > 0)) {
            throw error(value.orElse(json), field + " must be above 0; got " + number);
        }
        return number;
    }

    /** Returns a probability of dropout: 0 to below 1. */
    public double probability(String field, double otherwise) {
        Optional<JsonValue> value = find(field);
        double p = value.map(JsonValue::asDouble).orElse(otherwise);
        if (!(p >= 0 && p < 1)) {
            throw error(value.orElse(json), field + " must be in [0, 1); got " + p);
        }
        return p;
    }

    /** Returns a token's id: 0 to 2^31 - 1. */
    public int id(String field, int otherwise) {
        Optional<JsonValue> value = find(field);
        int id = value.map(JsonValue::asInt).orElse(otherwise);
        if (id < 0) {
            throw error(value.orElse(json), field + " must not be negative; got " + id);
        }
        return id;
    }

    /** Returns whether something is so. */
    public boolean flag(String field, boolean otherwise) {
        return find(field).map(JsonValue::asBoolean).orElse(otherwise);
    }

    /** Returns a field as it is, for values that are more than a number or a word; empty if it is absent or null. */
    public Optional<JsonValue> value(String field) {
        return find(field);
    }

    /** Returns the padding's id: one of the vocabulary's. */
    public int padding(String field, int otherwise, long vocabulary) {
        int id = id(field, otherwise);
        if (id >= vocabulary) {
            throw error(
                    find(field).orElse(json),
                    field + " must be below the size of the vocabulary, " + vocabulary + "; got " + id);
        }
        return id;
    }

    /** Returns an activation; GELU where the file does not say. */
    public HiddenActivation activation(String field) {
        return activation(field, HiddenActivation.GELU);
    }

    /** Returns an activation. */
    public HiddenActivation activation(String field, HiddenActivation otherwise) {
        Optional<JsonValue> value = find(field);
        if (value.isEmpty()) {
            return otherwise;
        }
        String name = value.get().asString();
        return HiddenActivation.find(name)
                .orElseThrow(() -> error(
                        value.get(),
                        field + " must be one of gelu, gelu_new, gelu_pytorch_tanh, relu, silu, swish, tanh; got "
                                + ModelFormatException.escape(name)));
    }

    /** Refuses a divisor that does not divide. */
    public void requireDivides(String field, long divisor, String whole, long number) {
        if (number % divisor != 0) {
            throw error(get(field), field + " must divide " + whole + "; got " + divisor + " and " + number);
        }
    }

    private static ModelFormatException error(JsonValue value, String rule) {
        return new ModelFormatException(value.place().source(), value.place().offset(), rule);
    }
}
