package luthier.nn.models.gguf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.GgufFile;
import luthier.tensor.io.GgufValue;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.StoredTensor;
import luthier.tensor.io.WeightSource;

/** A model in a GGUF file. The file's header is read when it is opened; the numbers are read from a source of their own each time. Immutable. */
public final class GgufModel {
    static final String EMBEDDING = "token_embd.weight";
    /** What the frequencies of rotary positions are divided by. */
    static final String FREQUENCIES = "rope_freqs.weight";

    private static final String ARCHITECTURE = "general.architecture";

    private final GgufFile.Headers headers;
    private final Map<String, GgufValue> metadata;
    private final Optional<List<Double>> factors;

    private GgufModel(GgufFile file) {
        headers = file.headers();
        metadata = file.metadata();
        factors = Optional.ofNullable(file.tensors().get(FREQUENCIES)).map(found -> factors(file));
    }

    /**
     * Opens a file, and with it the others if it is part of a split one.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if it is not GGUF or breaks a rule of the format
     */
    public static GgufModel open(Path path) throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            return new GgufModel(file);
        }
    }

    private static List<Double> factors(GgufFile file) {
        Tensor factors = file.read(FREQUENCIES).to(DType.F64);
        return Arrays.stream(
                        factors.contiguous().reshape(factors.elementCount()).toDoubleArray())
                .boxed()
                .toList();
    }

    /** Returns the file's name. */
    public String source() {
        return headers.source();
    }

    /** Returns the metadata by key. */
    public Map<String, GgufValue> metadata() {
        return metadata;
    }

    private GgufFamily family() {
        String word = Optional.ofNullable(metadata.get(ARCHITECTURE))
                .orElseThrow(() -> error(ARCHITECTURE + " must be there; got no such key"))
                .text()
                .orElseThrow(() -> error(ARCHITECTURE + " must be a text; got " + metadata.get(ARCHITECTURE)));
        return GgufFamily.find(word)
                .orElseThrow(() -> error(ARCHITECTURE + " must be one of " + GgufFamily.words() + "; got "
                        + ModelFormatException.escape(word)));
    }

    private Fields fields() {
        return new Fields(source(), metadata, family().word());
    }

    private Sizes sizes() {
        StoredTensor embedding = headers.tensors().get(EMBEDDING);
        if (embedding == null || embedding.shape().rank() != 2) {
            throw error("the file must hold the matrix " + EMBEDDING + "; got "
                    + (embedding == null ? "none" : embedding.shape().toString())
                    + (headers.tensors().isEmpty() ? ": this is a vocabulary alone" : ""));
        }
        return Sizes.read(fields(), embedding.shape().size(0));
    }

    /**
     * Returns what the {@code config.json} of the model's folder says.
     *
     * @throws ModelFormatException if the architecture is not known here, a key is missing or does not fit, or one would change the numbers and is not
     *     known, by its name
     */
    public JsonObject config() {
        GgufFamily family = family();
        Fields fields = fields();
        Sizes sizes = sizes();
        family.refused().forEach(fields::requireNeutral);
        Map<String, Object> config =
                family.config(fields, sizes, headers.tensors().keySet());
        RotaryKeys.add(config, fields, sizes, factors);
        String json = Json.of(config).toJson(2);
        return Json.parse(json.getBytes(StandardCharsets.UTF_8), source() + " as config.json")
                .asObject();
    }

    /**
     * Opens the tensors, under their public names and in the order of public checkpoints.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a tensor is missing, unknown or of another shape, by its name in the file
     */
    public WeightSource weights() throws IOException {
        GgufFile file = headers.open();
        boolean opened = false;
        try {
            GgufWeights weights = new GgufWeights(file, family().tensors(), sizes());
            opened = true;
            return weights;
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    private ModelFormatException error(String rule) {
        return new ModelFormatException(source(), rule);
    }
}
