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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.golden.ModelFolders;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.layers.KeyValueCache;
import luthier.nn.models.gguf.GgufModel;
import luthier.tensor.DType;
import luthier.tensor.Elementwise;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.Softmax;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.Safetensors;
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

    @TestFactory
    Stream<DynamicTest> logitsAndGreedyTokensAreThoseOfTransformers() {
        return files().stream()
                .map(found -> DynamicTest.dynamicTest(found.name(), () -> {
                    Pretrained pretrained = Pretrained.open(found.file());
                    Layer model = pretrained.causalLm().model();
                    assertTrue(model.parameters().values().stream().anyMatch(Parameter::isStored), "blocks are kept");
                    String name = found.file().getFileName().toString();
                    String stem = name.substring(0, name.length() - ".gguf".length());
                    Path tiny = found.file().resolveSibling(stem + ".safetensors");
                    if (Files.exists(tiny)) {
                        Map<String, Tensor> expected = Safetensors.read(tiny);
                        assertClose(expected.get("logits"), logits(model, expected.get("ids")));
                        JsonObject table = json(found.file().resolveSibling(stem + ".json"));
                        assertGreedy(model, table.get("ids"), table.get("greedy"));
                    } else {
                        real(model, found.file().resolveSibling("expected"));
                    }
                }));
    }

    private static void real(Layer model, Path expected) throws IOException {
        Map<String, Tensor> tensors = Safetensors.read(expected.resolve("logits.safetensors"));
        for (int i = 0; tensors.containsKey(i + ".ids"); i++) {
            Tensor logits = logits(model, tensors.get(i + ".ids"));
            Tensor last = logits.select(0, logits.size(0) - 1);
            assertClose(tensors.get(i + ".last_logits"), last);
            Tensor sums = tensors.get(i + ".log_sum_exp");
            Tensor top = tensors.get(i + ".top5_values");
            Tensor topIds = tensors.get(i + ".top5_ids");
            double largest = Reduction.max(Selection.abs(last), 0).item();
            for (long place = 0; place < logits.size(0); place++) {
                Tensor row = logits.select(0, place);
                assertEquals(sums.get(place), Softmax.logSumExp(row, 0).item(), 1e-5 * largest);
                for (int k = 0; k < topIds.size(1); k++) {
                    assertEquals(top.get(place, k), row.get((long) topIds.get(place, k)), 1e-5 * largest);
                }
            }
        }
        for (JsonValue prompt : Json.read(expected.resolve("greedy.json")).asList()) {
            assertGreedy(model, prompt.asObject().get("ids"), prompt.asObject().get("new_ids"));
        }
    }

    static Tensor logits(Layer model, Tensor ids) {
        return Grad.disabled(() -> model.forward(Variable.constant(ids.reshape(1, -1)), Context.inference())
                .value()
                .select(0, 0));
    }

    static void assertClose(Tensor expected, Tensor actual) {
        double largest = Reduction.max(Selection.abs(expected.reshape(-1)), 0).item();
        Tensor difference = Selection.abs(Elementwise.sub(expected.reshape(-1), actual.reshape(-1)));
        double furthest = Reduction.max(difference, 0).item();
        assertTrue(furthest <= 1e-5 * largest, "differ by " + furthest + " of " + largest);
    }

    /** Token by token from the cache. */
    private static void assertGreedy(Layer model, JsonValue prompt, JsonValue expected) {
        List<Long> wanted = longs(expected);
        KeyValueCache cache = new KeyValueCache();
        List<Long> got = new ArrayList<>();
        Tensor next = Tensor.of(
                longs(prompt).stream().mapToLong(id -> id).toArray(),
                1,
                longs(prompt).size());
        for (int i = 0; i < wanted.size(); i++) {
            Tensor ids = next;
            Tensor logits = Grad.disabled(() -> model.forward(Variable.constant(ids), cache.next(Context.inference()))
                    .value());
            long id = Reduction.argmax(logits.select(0, 0).select(0, logits.size(1) - 1))
                    .longItem();
            got.add(id);
            next = Tensor.of(new long[] {id}, 1, 1);
        }
        assertEquals(wanted, got);
    }

    private static List<Long> longs(JsonValue list) {
        return list.asList().stream().map(JsonValue::asLong).toList();
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
