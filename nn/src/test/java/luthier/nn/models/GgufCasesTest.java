package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import luthier.golden.CaseFile;
import luthier.golden.NotCovered;
import luthier.nn.Layer;
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
        String part = c.find("part").map(JsonValue::asString).orElse("");
        if (!part.isEmpty()) {
            throw new NotCovered("part " + part);
        }
        try {
            switch (c.get("expect").asString()) {
                case "logits" -> logits(c, file);
                case "refused" -> refused(c, file);
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
            Pretrained.open(file).causalLm();
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

    private static void assertNames(ModelFormatException e, List<String> names) {
        names.forEach(name -> assertTrue(e.getMessage().contains(name), e.getMessage() + " must name " + name));
    }
}
