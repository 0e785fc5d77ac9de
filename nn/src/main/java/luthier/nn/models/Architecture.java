package luthier.nn.models;

import java.util.List;
import luthier.tensor.io.JsonValue.JsonObject;

/** A family of pretrained models: what its {@code config.json} calls it, and how the file becomes a {@link ModelDesign}. */
public interface Architecture {
    /** Returns the family's names in {@code model_type}. */
    List<String> modelTypes();

    /** Returns how the names of its public classes begin, {@code Bert} of {@code BertForSequenceClassification}. */
    String classPrefix();

    /** Returns what the family makes of each field of the file. */
    ConfigFields fields();

    /**
     * Reads the sizes of a model.
     *
     * @throws luthier.tensor.io.ModelFormatException if a field is missing, does not fit, or asks for what the family does not compute here
     */
    ModelDesign read(JsonObject config);
}
