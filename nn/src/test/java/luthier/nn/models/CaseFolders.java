package luthier.nn.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.Safetensors;

/** Writes the model folders of models.json: JSON, text, base64, and tensors whose numbers follow from a seed. */
final class CaseFolders {
    private CaseFolders() {}

    /** Element j of a tensor of this seed: exact in every type of fractions. */
    static float element(long seed, long j) {
        return ((37 * seed + 11 * j) % 64 - 32) / 64f;
    }

    static void write(JsonObject files, Path folder) {
        files.members().forEach((name, content) -> {
            try {
                Path file = folder.resolve(name);
                Files.createDirectories(file.getParent());
                writeFile(content.asObject(), file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void writeFile(JsonObject content, Path file) throws IOException {
        Map.Entry<String, JsonValue> only =
                content.members().entrySet().iterator().next();
        switch (only.getKey()) {
            case "json" -> Files.writeString(file, only.getValue().toJson(1));
            case "text" -> Files.writeString(file, only.getValue().asString());
            case "base64" ->
                Files.write(file, Base64.getDecoder().decode(only.getValue().asString()));
            case "safetensors" -> {
                Map<String, Tensor> tensors = new LinkedHashMap<>();
                for (JsonValue tensor : only.getValue().asList()) {
                    List<JsonValue> fields = tensor.asList();
                    tensors.put(fields.get(0).asString(), tensor(fields));
                }
                Safetensors.write(file, tensors, Map.of());
            }
            default -> throw new AssertionError("a kind of file that this test does not know: " + only.getKey());
        }
    }

    private static Tensor tensor(List<JsonValue> fields) {
        DType type = DType.valueOf(fields.get(1).asString());
        Shape shape = Shape.of(
                fields.get(2).asList().stream().mapToLong(JsonValue::asLong).toArray());
        long seed = fields.get(3).asLong();
        float[] numbers = new float[Math.toIntExact(shape.elementCount())];
        for (int j = 0; j < numbers.length; j++) {
            numbers[j] = switch (type) {
                case I64 -> j;
                case I8, U8 -> 64 * element(seed, j);
                default -> element(seed, j);
            };
        }
        if (type == DType.U8 || type == DType.I8) {
            byte[] bytes = new byte[numbers.length];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) (int) numbers[j];
            }
            return Tensor.wrap(type, bytes, shape);
        }
        return Tensor.wrap(numbers, shape).to(type);
    }
}
