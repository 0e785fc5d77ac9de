package luthier.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.OptionException;
import luthier.finetune.method.TargetException;
import luthier.nn.Active;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.models.Pretrained;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.Safetensors;
import luthier.tensor.io.TorchZip;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Folders that PEFT wrote, with the logits that it gave: loaded, merged, taken off, and saved again with the same tensors under the same
 * keys. {@code -Dluthier.peft=DIR} names the set, or it is {@code ../shared/peft} beside the project. Methods and bases that are not here
 * yet are listed.
 */
class PeftFoldersTest {
    private static final double TOLERANCE = 1e-5;

    private static Path set() {
        String wish = System.getProperty("luthier.peft", "");
        if (!wish.isBlank()) {
            return Path.of(wish);
        }
        Path module = Path.of("").toAbsolutePath();
        Path project = Files.exists(module.resolve("tensor-core")) ? module : module.resolve("..");
        return project.resolve("../shared/peft").normalize();
    }

    @TestFactory
    Stream<DynamicTest> folders() throws IOException {
        Path summary = set().resolve("peft/summary.json");
        if (!Files.exists(summary)) {
            return Stream.of(DynamicTest.dynamicTest(
                    "absent", () -> abort("no " + summary + "; name its folder with -Dluthier.peft=DIR")));
        }
        JsonObject cases =
                Json.parse(Files.readAllBytes(summary), summary.toString()).asObject();
        return cases.members().entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> check(entry.getKey(), entry.getValue().asObject())));
    }

    private static void check(String name, JsonObject about) throws IOException {
        Path base = set().resolve("base_" + about.get("base").asString());
        Path folder = set().resolve("peft").resolve(name);
        Layer model = open(base);
        String kind = kind(folder);
        if (Methods.ALL.stream().noneMatch(method -> method.peftType().equals(Optional.of(kind)))) {
            abort("not covered: method " + kind);
        }
        Map<String, Tensor> expected = Safetensors.read(folder.resolve("expected.safetensors"));
        Variable ids = Variable.constant(expected.get("inputs"));
        Tensor before = logits(model, ids);
        close("logits_base", expected, before);
        Adaptation adaptation;
        try {
            adaptation = Tuning.load(model, "theirs", folder);
        } catch (OptionException | TargetException e) {
            abort("not covered: " + e.getMessage());
            return;
        }
        close("logits_adapter", expected, logits(model, ids));
        Map<String, Tensor> merged = model.merged(adaptation.active()).orElseThrow();
        expected.forEach((key, tensor) -> {
            if (key.startsWith("merged.")) {
                close(key, expected, merged.get(key.substring("merged.".length())));
            }
        });
        Layer folded = open(base);
        folded.load(merged);
        close("logits_merged", expected, logits(folded, ids));
        savesTheSame(adaptation, folder);
        adaptation.close();
        assertTrue(before.bitEquals(logits(model, ids)), "taken off, the base must answer as before");
    }

    private static Layer open(Path base) throws IOException {
        try {
            Pretrained opened = Pretrained.open(base);
            boolean causal = opened.design().causalLm().isPresent();
            Layer model =
                    (causal ? opened.causalLm() : opened.hasHead() ? opened.predictor() : opened.encoder()).model();
            model.use(Active.all());
            return model;
        } catch (ModelFormatException e) {
            return abort("not covered: " + e.getMessage());
        }
    }

    private static String kind(Path folder) throws IOException {
        Path config = folder.resolve("adapter_config.json");
        if (!Files.exists(config)) {
            return abort("not covered: the adapter lies in a folder of its name");
        }
        return Json.parse(Files.readAllBytes(config), config.toString())
                .asObject()
                .find("peft_type")
                .map(JsonValue::asString)
                .orElse("none");
    }

    private static Tensor logits(Layer model, Variable ids) {
        return Grad.disabled(() -> model.forward(ids, Context.inference()).value());
    }

    private static void close(String key, Map<String, Tensor> expected, Tensor got) {
        Tensor reference = expected.get(key);
        assertTrue(
                reference != null && Comparison.allClose(got, reference, 0, TOLERANCE),
                () -> key + ": " + got + " for " + reference);
    }

    /** Byte for byte the same tensors under the same keys, of the type in which they are used, and a configuration that PEFT reads. */
    private static void savesTheSame(Adaptation adaptation, Path theirs) throws IOException {
        Path ours = Files.createTempDirectory("peft-again");
        Tuning.save(adaptation, ours, Optional.of("SEQ_CLS"));
        Map<String, Tensor> again = Safetensors.read(ours.resolve("adapter_model.safetensors"));
        Path file = theirs.resolve("adapter_model.safetensors");
        Map<String, Tensor> first =
                Files.exists(file) ? Safetensors.read(file) : TorchZip.read(theirs.resolve("adapter_model.bin"));
        List<String> keys =
                first.keySet().stream().sorted(Comparator.naturalOrder()).toList();
        assertEquals(keys, again.keySet().stream().sorted().toList());
        keys.forEach(key -> assertTrue(first.get(key).to(DType.F32).bitEquals(again.get(key)), key));
        assertEquals(kind(theirs), kind(ours));
    }
}
