package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.nn.Layer;
import luthier.nn.models.gguf.GgufModel;
import luthier.nn.text.Encoding;
import luthier.nn.text.EncodingOptions;
import luthier.nn.text.Tokenizer;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** GGUF files made from bug reports. A file that may be refused and is not, is listed by name. */
class GgufCasesTest {
    @TestFactory
    Stream<DynamicTest> cases() {
        return CaseFile.tests("gguf.json", GgufCasesTest::check);
    }

    private static void check(JsonObject c) {
        Path file = CaseFile.folder().orElseThrow().resolve(c.get("file").asString());
        try {
            switch (c.get("expect").asString()) {
                case "logits" -> logits(c, file);
                case "refused" -> refused(c, file);
                case "tokens" -> tokens(c, file);
                case "chat" -> chat(c, file);
                case String other -> throw new NotCovered("expect " + other);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void logits(JsonObject c, Path file) throws IOException {
        Layer model;
        try {
            model = Pretrained.open(file).causalLm().model();
        } catch (ModelFormatException e) {
            if (c.find("or_refused_by").isEmpty()) {
                throw e;
            }
            assertNames(e, List.of(c.get("or_refused_by").asString()));
            System.out.println(c.get("id").asString() + ": refused, as it may be: " + e.rule());
            return;
        }
        long[] ids = c.get("ids").asList().stream().mapToLong(JsonValue::asLong).toArray();
        Tensor logits = GgufModelsTest.logits(model, Tensor.of(ids, ids.length));
        Tensor last = logits.select(0, ids.length - 1);
        Tensor expected = Tensor.of(
                        c.get("last_logits").asList().stream()
                                .mapToDouble(JsonValue::asDouble)
                                .toArray(),
                        last.size(0))
                .to(DType.F32);
        GgufModelsTest.assertClose(expected, last);
    }

    private static void refused(JsonObject c, Path file) throws IOException {
        List<String> names = CaseFile.texts(c.get("message_names"));
        try {
            switch (c.find("part").map(JsonValue::asString).orElse("model")) {
                case "model" -> Pretrained.open(file).causalLm();
                case "tokenizer" -> GgufModel.open(file).tokenizer();
                case String other -> throw new NotCovered("part " + other);
            }
        } catch (ModelFormatException e) {
            assertEquals(1, e.getMessage().lines().count());
            assertTrue(e.getMessage().startsWith(file.getParent().toString()), e.getMessage());
            assertNames(e, names);
            return;
        }
        if (names.stream().anyMatch(name -> name.contains("rope.scaling") || name.endsWith("head_count_kv"))) {
            System.out.println(c.get("id").asString() + ": honoured: " + String.join(", ", names));
            return;
        }
        fail("must be refused by " + names);
    }

    private static void tokens(JsonObject c, Path file) throws IOException {
        Tokenizer tokenizer = GgufModel.open(file).tokenizer();
        List<String> text = List.of(c.get("text").asString());
        EncodingOptions usual = EncodingOptions.USUAL;
        assertIds(c.get("ids_add_special"), tokenizer.encode(text, usual));
        assertIds(c.get("ids"), tokenizer.encode(text, usual.unframed()));
        assertIds(
                c.get("ids_special_as_text"),
                tokenizer.encode(text, usual.unframed().allAsText()));
    }

    private static void assertIds(JsonValue expected, Encoding actual) {
        assertEquals(
                expected.asList().stream().map(JsonValue::asInt).toList(),
                Arrays.stream(actual.ids()).boxed().toList());
    }

    private static void chat(JsonObject c, Path file) throws IOException {
        GgufModel model = GgufModel.open(file);
        assertEquals(
                c.get("stop_ids").asList().stream().map(JsonValue::asInt).toList(),
                model.stopIds().stream().sorted().toList());
        Map<String, String> templates = new LinkedHashMap<>();
        c.get("templates").asObject().members().forEach((name, text) -> templates.put(name, text.asString()));
        assertEquals(templates, model.templates());
    }

    private static void assertNames(ModelFormatException e, List<String> names) {
        names.forEach(name -> assertTrue(e.getMessage().contains(name), e.getMessage() + " must name " + name));
    }
}
