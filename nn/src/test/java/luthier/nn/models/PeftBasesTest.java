package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.tensor.Comparison;
import luthier.tensor.Tensor;
import luthier.tensor.io.Safetensors;
import org.junit.jupiter.api.Test;

/**
 * The base models under the adapters that PEFT wrote, in the folder that {@code -Dluthier.peft=DIR} names, or {@code ../shared/peft} beside the
 * project.
 */
class PeftBasesTest {
    private static Path folder() {
        String wish = System.getProperty("luthier.peft", "");
        if (!wish.isBlank()) {
            return Path.of(wish);
        }
        Path module = Path.of("").toAbsolutePath();
        Path project = Files.exists(module.resolve("tensor-core")) ? module : module.resolve("..");
        return project.resolve("../shared/peft").normalize();
    }

    @Test
    void llamaGivesTheLogitsOfTransformers() throws IOException {
        Path base = folder().resolve("base_llama");
        assumeTrue(Files.isDirectory(base), "no " + base + "; name its folder with -Dluthier.peft=DIR");
        Map<String, Tensor> expected = Safetensors.read(base.resolve("io.safetensors"));
        Tensor logits = Pretrained.open(base)
                .causalLm()
                .model()
                .forward(Variable.constant(expected.get("inputs")), Context.inference())
                .value();
        Tensor reference = expected.get("logits_base");
        assertTrue(Comparison.allClose(logits, reference, 0, 1e-5), logits + " for " + reference);
    }

    @Test
    void robertaGivesTheLogitsOfTransformers() throws IOException {
        Path base = folder().resolve("base_roberta");
        assumeTrue(Files.isDirectory(base), "no " + base + "; name its folder with -Dluthier.peft=DIR");
        Map<String, Tensor> expected = Safetensors.read(base.resolve("io.safetensors"));
        LoadedModel loaded = Pretrained.open(base).predictor();
        assertEquals(LabelNames.numbered(3), loaded.labels());
        Tensor logits = loaded.model()
                .forward(Variable.constant(expected.get("inputs")), Context.inference())
                .value();
        Tensor reference = expected.get("logits_base");
        assertTrue(Comparison.allClose(logits, reference, 0, 1e-5), logits + " for " + reference);
    }
}
