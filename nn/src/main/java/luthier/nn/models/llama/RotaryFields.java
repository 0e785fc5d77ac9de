package luthier.nn.models.llama;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import luthier.nn.layers.RotaryEmbedding;
import luthier.nn.layers.RotaryScaling;
import luthier.nn.models.ConfigReader;
import luthier.tensor.Rotary;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/**
 * Reads the rotary positions of a {@code config.json}: {@code rope_theta} and {@code rope_scaling} of older files, {@code rope_parameters} of
 * newer ones. A field that the kind of scaling does not know is refused by name.
 */
final class RotaryFields {
    /** The fields of {@code config.json} that are read here. */
    static final String NAMES =
            "rope_theta rope_scaling rope_parameters partial_rotary_factor original_max_position_embeddings";

    private final JsonObject json;
    private final ConfigReader config;
    private final Optional<JsonObject> parameters;
    private final String where;
    private final long maxLength;

    private RotaryFields(JsonObject json, ConfigReader config, long maxLength) {
        this.json = json;
        this.config = config;
        this.maxLength = maxLength;
        Optional<JsonValue> older = config.value("rope_scaling");
        where = older.isPresent() ? "rope_scaling" : "rope_parameters";
        parameters = older.or(() -> config.value("rope_parameters")).map(JsonValue::asObject);
    }

    /**
     * Returns the rotary positions of heads of a size.
     *
     * @param theta the base where the file does not say
     * @param maxLength the longest text
     */
    static RotaryEmbedding read(JsonObject json, ConfigReader config, long headSize, double theta, long maxLength) {
        return new RotaryFields(json, config, maxLength).read(headSize, theta);
    }

    private RotaryEmbedding read(long headSize, double otherwise) {
        double theta = number("rope_theta", config.number("rope_theta", otherwise));
        double share = number("partial_rotary_factor", config.number("partial_rotary_factor", 1));
        RotaryScaling scaling = scaling();
        try {
            return new RotaryEmbedding(Rotary.Layout.HALF, (long) (headSize * share), theta, scaling);
        } catch (IllegalArgumentException e) {
            throw error(parameters.isPresent() ? parameters.get() : json, String.valueOf(e.getMessage()));
        }
    }

    private RotaryScaling scaling() {
        if (parameters.isEmpty()) {
            return new RotaryScaling.None();
        }
        JsonObject at = parameters.get();
        String type = at.find("rope_type")
                .or(() -> at.find("type"))
                .map(JsonValue::asString)
                .orElse("default");
        try {
            return scaling(type, at);
        } catch (IllegalArgumentException e) {
            throw error(at, String.valueOf(e.getMessage()));
        }
    }

    private RotaryScaling scaling(String type, JsonObject at) {
        return switch (type) {
            case "default" -> {
                only(at, "");
                yield new RotaryScaling.None();
            }
            case "linear" -> {
                only(at, "factor");
                yield new RotaryScaling.Linear(factor(at));
            }
            case "dynamic" -> {
                only(at, "factor original_max_position_embeddings");
                yield new RotaryScaling.Dynamic(factor(at), maxLength);
            }
            case "llama3" -> {
                only(at, "factor low_freq_factor high_freq_factor original_max_position_embeddings");
                yield new RotaryScaling.Llama3(
                        factor(at), required(at, "low_freq_factor"), required(at, "high_freq_factor"), trained());
            }
            case "yarn" -> yarn(at);
            case "longrope", "su" -> longRope(at);
            default ->
                throw error(
                        at,
                        where + ".rope_type must be one of default, linear, dynamic, llama3, yarn, longrope; got "
                                + ModelFormatException.escape(type));
        };
    }

    private RotaryScaling yarn(JsonObject at) {
        only(
                at,
                "factor original_max_position_embeddings attention_factor beta_fast beta_slow truncate mscale"
                        + " mscale_all_dim");
        double factor = stretched(at);
        double one = number("mscale", 0);
        double all = number("mscale_all_dim", 0);
        OptionalDouble attention = at.find("attention_factor").isPresent()
                ? OptionalDouble.of(required(at, "attention_factor"))
                : one != 0 && all != 0
                        ? OptionalDouble.of(
                                RotaryScaling.Yarn.mscale(factor, one) / RotaryScaling.Yarn.mscale(factor, all))
                        : OptionalDouble.empty();
        boolean whole = at.find("truncate").map(JsonValue::asBoolean).orElse(true);
        return new RotaryScaling.Yarn(
                factor, trained(), attention, number("beta_fast", 32), number("beta_slow", 1), whole);
    }

    private RotaryScaling longRope(JsonObject at) {
        only(at, "factor original_max_position_embeddings attention_factor short_factor long_factor");
        double factor = stretched(at);
        double attention = number("attention_factor", RotaryScaling.LongRope.impliedAttention(factor, trained()));
        return new RotaryScaling.LongRope(
                factors(at, "short_factor"), factors(at, "long_factor"), trained(), attention);
    }

    private static List<Double> factors(JsonObject at, String name) {
        return at.get(name).asList().stream().map(JsonValue::asDouble).toList();
    }

    /** The length of texts that the model was first trained on; a field beside the parameters comes before one among them. */
    private long trained() {
        long among = parameters
                .flatMap(at -> at.find("original_max_position_embeddings"))
                .map(value -> (long) value.asInt())
                .orElse(maxLength);
        return config.size("original_max_position_embeddings", among);
    }

    private static double factor(JsonObject at) {
        return required(at, "factor");
    }

    private double stretched(JsonObject at) {
        return at.find("factor").isPresent() ? factor(at) : (double) maxLength / trained();
    }

    private static double required(JsonObject at, String name) {
        return at.get(name).asDouble();
    }

    private double number(String name, double otherwise) {
        return parameters.flatMap(at -> at.find(name)).map(JsonValue::asDouble).orElse(otherwise);
    }

    private void only(JsonObject at, String names) {
        Set<String> known = Set.of(("rope_type type rope_theta partial_rotary_factor " + names)
                .strip()
                .split(" "));
        at.members().forEach((name, value) -> {
            if (!known.contains(name) && at.find(name).isPresent()) {
                throw error(
                        value,
                        where + "." + ModelFormatException.escape(name) + " is not supported with this rope_type; got "
                                + ModelFormatException.escape(value.toJson(0)));
            }
        });
    }

    private static ModelFormatException error(JsonValue value, String rule) {
        return new ModelFormatException(value.place().source(), value.place().offset(), rule);
    }
}
