package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import luthier.golden.ModelFolders;
import luthier.nn.models.gguf.GgufModel;
import luthier.tensor.DType;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.WeightSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Real GGUF files, and tiny ones of every type of blocks, give what transformers and llama.cpp give. */
@Tag("slow")
class GgufModelsTest {
    /** A GGUF file of the set, and the table of its tensors as a public checkpoint has them. */
    record Found(Path file, JsonObject tensors) {
        String name() {
            return file.getParent().getFileName() + "/" + file.getFileName();
        }
    }

    static List<Found> files() {
        List<Found> found = new ArrayList<>();
        for (Path folder : ModelFolders.all("tiny-gguf")) {
            for (Path file : list(folder)) {
                String name = file.getFileName().toString();
                Path table = folder.resolve(name.substring(0, name.length() - ".gguf".length()) + ".json");
                found.add(new Found(file, json(table).get("tensors").asObject()));
            }
        }
        for (Path root : ModelFolders.all(".")) {
            for (Path folder : folders(root)) {
                Path table = folder.resolve("expected/tensors.json");
                if (Files.exists(table)) {
                    list(folder).forEach(file -> found.add(new Found(file, json(table))));
                }
            }
        }
        if (found.isEmpty()) {
            ModelFolders.get("tiny-gguf");
        }
        return found;
    }

    static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".gguf"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> folders(Path root) {
        try (Stream<Path> files = Files.list(root)) {
            return files.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonObject json(Path file) {
        try {
            return Json.read(file).asObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> unpackedValuesAreThoseOfThePublicCheckpoint() {
        return files().stream()
                .map(found -> DynamicTest.dynamicTest(found.name(), () -> {
                    try (WeightSource weights = GgufModel.open(found.file()).weights()) {
                        Set<String> absent =
                                new TreeSet<>(found.tensors().members().keySet());
                        absent.removeAll(weights.tensors().keySet());
                        for (String name : absent) {
                            // The head of a tied model is its embedding, and not in the file.
                            assertEquals("lm_head.weight", name);
                            assertEquals(hash(found, "model.embed_tokens.weight"), hash(found, name));
                        }
                        for (String name : weights.tensors().keySet()) {
                            JsonObject expected = found.tensors().get(name).asObject();
                            Tensor values = weights.read(name);
                            assertEquals(
                                    expected.get("shape").asList().stream()
                                            .map(JsonValue::asLong)
                                            .toList(),
                                    Arrays.stream(values.shape().toArray())
                                            .boxed()
                                            .toList(),
                                    name);
                            assertEquals(hash(found, name), sha256(values), name);
                            Optional<FrozenMatrix> stored = weights.frozen(name);
                            stored.ifPresent(
                                    blocks -> assertTrue(blocks.dequantize().bitEquals(values), name));
                            assertEquals(
                                    weights.tensors().get(name).type().elements() > 1,
                                    stored.isPresent(),
                                    name + " is kept");
                        }
                    }
                }));
    }

    private static String hash(Found found, String name) {
        return found.tensors().get(name).asObject().get("sha256_f32_le").asString();
    }

    static String sha256(Tensor values) {
        float[] numbers = values.to(DType.F32).contiguous().toFloatArray();
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("a JVM without SHA-256", e);
        }
    }
}
