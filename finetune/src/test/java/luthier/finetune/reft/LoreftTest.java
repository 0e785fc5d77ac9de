package luthier.finetune.reft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.finetune.TinyBert;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.OptionException;
import luthier.finetune.method.TargetException;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoreftTest {
    private static final int RANK = 3;
    private static final Loreft METHOD = new Loreft();

    private static Adaptation attach(BertClassifier model, String positions, boolean identity) {
        return METHOD.attach(
                model,
                "edits",
                METHOD.options().parse(Map.of("rank", RANK, "positions", positions, "identity-start", identity)),
                Seed.f64(3));
    }

    private static void train(BertClassifier model, Adaptation edits, int steps) {
        Optimizer optimizer = new Optimizer(AdamW.USUAL, edits.trained(), 0);
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
        Adaptation edits = attach(model, positions, true);
        assertTrue(distance(before, TinyBert.evaluate(model)) < 1e-12);
        double start = TinyBert.loss(model, Context.inference()).item();
        train(model, edits, 40);
        assertTrue(TinyBert.loss(model, Context.inference()).item() < start / 2);
        edits.state().forEach((name, tensor) -> {
            if (name.endsWith(".rotate_layer")) {
                Tensor gram = tensor.transpose(0, 1).matmul(tensor);
                for (int i = 0; i < RANK; i++) {
                    for (int j = 0; j < RANK; j++) {
                        assertEquals(i == j ? 1 : 0, gram.get(i, j), 1e-12);
                    }
                }
            }
        });
    }

    /** A layer that gives its input. */
    private static final class Same extends Layer {
        @Override
        protected Variable compute(Variable x, Context context) {
            return x;
        }
    }

    @Test
    void editsAsTheFormulaSays() {
        LoreftEdit edit = new LoreftEdit(16, RANK, Positions.parse("all"), false, Seed.f64(3));
        Layer host = new Same();
        host.attach("edit", edit);
        Tensor h = Rng.of(9).normal(DType.F64, Shape.of(1, 2, 16), 0, 1);
        Tensor r = edit.columns().transpose(0, 1);
        Tensor w = value(edit, "weight");
        Tensor b = value(edit, "bias");
        // h + R^T (W h + b - R h), on rows
        Tensor inner = h.matmul(w.transpose(0, 1)).add(b).sub(h.matmul(r.transpose(0, 1)));
        Tensor expected = h.add(inner.matmul(r));
        Tensor got = host.forward(Variable.constant(h), Context.inference()).value();
        assertTrue(distance(expected, got) < 1e-12);
    }

    private static Tensor value(LoreftEdit edit, String name) {
        return edit.parameters().stream()
                .filter(parameter -> parameter.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void countsItsParameters() {
        BertClassifier model = TinyBert.model(DType.F32);
        Adaptation edits = attach(model, "all", true);
        long count = edits.trained().values().stream()
                .mapToLong(Parameter::elementCount)
                .sum();
        assertEquals(2 * (16 * RANK + RANK * 16 + RANK), count);
        assertTrue(model.parameters().values().stream().noneMatch(Parameter::isTrainable));
    }

    @Test
    void refusesWhatDoesNotFit() {
        BertClassifier model = TinyBert.model(DType.F32);
        TargetException e = assertThrows(
                TargetException.class,
                () -> METHOD.attach(model, "edits", METHOD.options().parse(Map.of("rank", 17)), Seed.of(1)));
        assertEquals(
                "loreft: rank must not exceed the layer's size; got 17 for 16 features of bert.encoder.layer.0",
                e.getMessage());
        for (Map<String, ?> bad :
                List.of(Map.of("rank", 0), Map.of("positions", "middle"), Map.of("positions", "f0+l0"))) {
            assertThrows(OptionException.class, () -> METHOD.options().parse(bad));
        }
    }

    @Test
    void refusesRowsThatAreNotOrthonormal() {
        BertClassifier model = TinyBert.model(DType.F64);
        Adaptation edits = attach(model, "all", true);
        Map<String, Tensor> state = edits.state();
        Tensor before = TinyBert.evaluate(model);
        state.computeIfPresent("bert.encoder.layer.1.rotate_layer", (name, rows) -> rows.mul(2));
        state.computeIfPresent("bert.encoder.layer.0.bias", (name, bias) -> bias.add(1));
        TargetException e = assertThrows(TargetException.class, () -> edits.load(state));
        assertTrue(e.getMessage().startsWith("loreft: the rows of R must be orthonormal; got 4"), e.getMessage());
        assertTrue(before.bitEquals(TinyBert.evaluate(model)), "nothing may be loaded then");
    }
}
