package luthier.nn.models;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.OnnxWeights;
import luthier.tensor.io.WeightSource;

/**
 * A pretrained model on the class path: three resources, as Maven artifacts hold models.
 *
 * @param onnx the weights
 * @param tokenizerJson {@code tokenizer.json}
 */
record ClassPathFiles(ClassLoader loader, String configJson, String onnx, String tokenizerJson) implements ModelFiles {
    @Override
    public String place() {
        return onnx;
    }

    @Override
    public JsonObject config() throws IOException {
        try (InputStream stream = resource(configJson)) {
            return Json.parse(stream.readAllBytes(), configJson).asObject();
        }
    }

    @Override
    public Optional<SentenceModules> modules() {
        return Optional.empty();
    }

    @Override
    public Tokenizer tokenizer() throws IOException {
        try (InputStream stream = resource(tokenizerJson)) {
            return Tokenizer.fromJson(stream.readAllBytes(), tokenizerJson);
        }
    }

    @Override
    public WeightSource weights() throws IOException {
        try (InputStream stream = resource(onnx)) {
            return WeightSource.of(OnnxWeights.read(stream, onnx), onnx);
        }
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    private InputStream resource(String name) throws IOException {
        InputStream stream = loader.getResourceAsStream(name);
        if (stream == null) {
            throw new FileNotFoundException(
                    name + ": a model's resource must be on the class path; got none; add the artifact that holds it");
        }
        return stream;
    }
}
