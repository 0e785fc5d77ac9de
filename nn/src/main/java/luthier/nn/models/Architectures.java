package luthier.nn.models;

import java.util.List;
import java.util.Optional;
import luthier.nn.models.bert.BertArchitecture;
import luthier.nn.models.bert.RobertaArchitecture;
import luthier.nn.models.distilbert.DistilBertArchitecture;
import luthier.nn.models.llama.LlamaArchitecture;
import luthier.nn.models.llama.MistralArchitecture;
import luthier.nn.models.llama.Qwen2Architecture;
import luthier.nn.models.llama.Qwen3Architecture;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;

/** The families that can be opened. */
public final class Architectures {
    /** All of them. */
    public static final List<Architecture> ALL = List.of(
            new BertArchitecture(),
            new RobertaArchitecture(),
            new DistilBertArchitecture(),
            new LlamaArchitecture(),
            new MistralArchitecture(),
            new Qwen2Architecture(),
            new Qwen3Architecture());

    private Architectures() {}

    /**
     * Returns the family of a {@code config.json}: by {@code model_type}, or, where old files lack it, by their class, {@code
     * BertForSequenceClassification}.
     *
     * @throws ModelFormatException naming the type if no family here has it
     */
    public static Architecture of(JsonObject config) {
        Optional<String> type = config.find("model_type").map(JsonValue::asString);
        Optional<String> publicClass = publicClass(config);
        return ALL.stream()
                .filter(architecture -> type.isPresent()
                        ? architecture.modelTypes().contains(type.get())
                        : publicClass.filter(name -> isOf(architecture, name)).isPresent())
                .findFirst()
                .orElseThrow(() -> unknown(config, type.or(() -> publicClass)));
    }

    /** Returns the first of the public classes that a {@code config.json} names. */
    static Optional<String> publicClass(JsonObject config) {
        return config.find("architectures")
                .filter(value ->
                        value instanceof JsonArray list && !list.elements().isEmpty())
                .map(value -> value.asList().getFirst().asString());
    }

    private static boolean isOf(Architecture architecture, String publicClass) {
        String prefix = architecture.classPrefix();
        return publicClass.startsWith(prefix + "For") || publicClass.startsWith(prefix + "Model");
    }

    private static ModelFormatException unknown(JsonObject config, Optional<String> got) {
        List<String> known = ALL.stream()
                .flatMap(architecture -> architecture.modelTypes().stream())
                .toList();
        return new ModelFormatException(
                config.place().source(),
                config.find("model_type").orElse(config).place().offset(),
                "model_type must be one of " + String.join(", ", known) + "; got "
                        + got.map(ModelFormatException::escape).orElse("none, and no architectures either"));
    }
}
