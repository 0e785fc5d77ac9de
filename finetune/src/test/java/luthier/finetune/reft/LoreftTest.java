package luthier.finetune.reft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.finetune.TargetException;
import luthier.finetune.TinyBert;
import luthier.finetune.io.LoreftFiles;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.models.BertClassifier;
import luthier.nn.optim.AdamW;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoreftTest {
    private static final int RANK = 3;

    private static Map<String, Loreft> attach(BertClassifier model, String positions, boolean identity) {
        Map<String, Layer> blocks = new LinkedHashMap<>();
        model.bert().encoder().blocks().forEach(block -> blocks.put(block.path(), block));
        LoreftConfig config = new LoreftConfig(RANK, Positions.parse(positions), identity);
        return Loreft.attach(model, blocks, 16, config, Seed.f64(3));
    }

    private static void train(BertClassifier model, int steps) {
        AdamW optimizer = new AdamW(model.allParameters(), 0);
        for (int step = 0; step < steps; step++) {
            optimizer.zeroGrad();
            TinyBert.loss(model, Context.inference()).backward();
            optimizer.step(0.02);
        }
    }

    private static double distance(Tensor a, Tensor b) {
        double[] u = a.toDoubleArray();
        double[] v = b.toDoubleArray();
        double worst = 0;
        for (int i = 0; i < u.length; i++) {
            worst = Math.max(worst, Math.abs(u[i] - v[i]));
        }
        return worst;
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "f1+l1"})
    void startsAtTheIdentityAndStaysOrthonormal(String positions) {
        BertClassifier model = TinyBert.model(DType.F64);
        Tensor before = TinyBert.evaluate(model);
        Map<String, Loreft> edits = attach(model, positions, true);
        assertTrue(distance(before, TinyBert.evaluate(model)) < 1e-12);
        double start = TinyBert.loss(model, Context.inference()).item();
        train(model, 40);
        assertTrue(TinyBert.loss(model, Context.inference()).item() < start / 2);
        for (Loreft edit : edits.values()) {
            Tensor gram = edit.rows().matmul(edit.rows().transpose(0, 1));
            for (int i = 0; i < RANK; i++) {
                for (int j = 0; j < RANK; j++) {
                    assertEquals(i == j ? 1 : 0, gram.get(i, j), 1e-12);
                }
            }
        }
    }

    @Test
    void editsAsTheFormulaSays() {
        BertClassifier model = TinyBert.model(DType.F64);
        Map<String, Loreft> edits = attach(model, "all", false);
        Loreft edit = edits.values().iterator().next();
        Tensor h = Rng.of(9).normal(DType.F64, Shape.of(1, 2, 16), 0, 1);
        Tensor r = edit.rows();
        // h + R^T (W h + b - R h), on rows
        Tensor inner = h.matmul(edit.weight().transpose(0, 1)).add(edit.bias()).sub(h.matmul(r.transpose(0, 1)));
        Tensor expected = h.add(inner.matmul(r));
        Variable x = Variable.constant(h);
        Tensor got = edit.adapt(model, x, x, Context.inference()).value();
        assertTrue(distance(expected, got) < 1e-12);
    }

    @Test
    void countsItsParameters() {
        BertClassifier model = TinyBert.model(DType.F32);
        attach(model, "all", true);
        long edits = model.adapterParameters().values().stream()
                .mapToLong(Parameter::elementCount)
                .sum();
        assertEquals(2 * (16 * RANK + RANK * 16 + RANK), edits);
        assertTrue(model.parameters().values().stream().noneMatch(Parameter::isTrainable));
    }

    @Test
    void savesAndLoads(@TempDir Path directory) throws IOException {
        BertClassifier model = TinyBert.model(DType.F64);
        Map<String, Loreft> edits = attach(model, "f1+l1", true);
        model.classifier().parameters().values().forEach(Parameter::unfreeze);
        train(model, 5);
        LoreftFiles.save(directory, model, edits, List.of("classifier"));
        BertClassifier again = TinyBert.model(DType.F64);
        LoreftFiles.load(directory, again);
        assertTrue(distance(TinyBert.evaluate(model), TinyBert.evaluate(again)) < 1e-9);
        Path weights;
        try (var files = Files.list(directory)) {
            weights = files.filter(f -> f.toString().endsWith(".safetensors"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(weights);
        LoreftFiles.save(
                directory, again, LoreftFiles.load(directory, TinyBert.model(DType.F64)), List.of("classifier"));
        assertEquals(bytes.length, Files.size(weights));
    }

    @Test
    void refusesWhatDoesNotFit() {
        TargetException e = assertThrows(
                TargetException.class,
                () -> Loreft.fresh(Seed.of(1), new LoreftConfig(17, new Positions.All(), true), 16));
        assertEquals("loreft: rank must not exceed the layer's size; got 17 for 16 features", e.getMessage());
        assertThrows(TargetException.class, () -> new LoreftConfig(0, new Positions.All(), true));
        assertThrows(TargetException.class, () -> Positions.parse("middle"));
        assertThrows(TargetException.class, () -> Positions.parse("f0+l0"));
    }
}
