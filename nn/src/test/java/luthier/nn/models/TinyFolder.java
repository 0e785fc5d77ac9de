package luthier.nn.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.models.bert.BertModel;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.Safetensors;

/** A folder with a tiny BERT: one block of width 8, 20 words, 10 positions. */
final class TinyFolder {
    static final Map<String, Tensor> WEIGHTS = new BertModel(new BertConfig(20, 8, 12, 1, 2, 10, 2, 1e-12, 0), true)
            .initialize(Seed.of(3))
            .weights();

    private final Path path;
    private final Map<String, Object> config = new LinkedHashMap<>(Map.of(
            "model_type", "bert",
            "vocab_size", 20,
            "hidden_size", 8,
            "num_hidden_layers", 1,
            "num_attention_heads", 2,
            "intermediate_size", 12,
            "max_position_embeddings", 10,
            "type_vocab_size", 2));
    private final Map<String, Tensor> weights = new LinkedHashMap<>(WEIGHTS);

    TinyFolder(Path path) {
        this.path = path;
    }

    TinyFolder config(String field, Object value) {
        config.put(field, value);
        return this;
    }

    TinyFolder without(String tensor) {
        weights.remove(tensor);
        return this;
    }

    TinyFolder with(String tensor, Tensor value) {
        weights.put(tensor, value);
        return this;
    }

    /** Adds a head and its labels. */
    TinyFolder head(String... labels) {
        Map<String, String> names = new LinkedHashMap<>();
        for (String label : labels) {
            names.put(Integer.toString(names.size()), label);
        }
        return config("architectures", List.of("BertForSequenceClassification"))
                .config("id2label", names)
                .with("classifier.weight", Tensor.zeros(DType.F32, labels.length, 8))
                .with("classifier.bias", Tensor.zeros(DType.F32, labels.length));
    }

    TinyFolder file(String name, String content) {
        try {
            Path file = path.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a sentence encoder's modules. */
    TinyFolder modules(String pooling, String... types) {
        StringBuilder list =
                new StringBuilder("[{\"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"}");
        for (int i = 0; i < types.length; i++) {
            list.append(", {\"path\": \"").append(i + 1).append('_').append(types[i]);
            list.append("\", \"type\": \"sentence_transformers.models.")
                    .append(types[i])
                    .append("\"}");
        }
        return file("modules.json", list.append(']').toString()).file("1_Pooling/config.json", pooling);
    }

    Path written() {
        return written(name -> name);
    }

    /** Writes config.json and model.safetensors under these names. */
    Path written(UnaryOperator<String> names) {
        file("config.json", Json.of(config).toJson(1));
        Map<String, Tensor> named = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> named.put(names.apply(name), tensor));
        try {
            Safetensors.write(path.resolve("model.safetensors"), named, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return path;
    }
}
