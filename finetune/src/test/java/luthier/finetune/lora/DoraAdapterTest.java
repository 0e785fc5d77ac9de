package luthier.finetune.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.finetune.freeze.BitFit;
import luthier.finetune.method.Adaptation;
import luthier.nn.Active;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.layers.Linear;
import luthier.tensor.DType;
import luthier.tensor.Norms;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.Test;

class DoraAdapterTest {
    private static final Lora METHOD = new Lora();

    /** A linear layer below a root. */
    private static final class Root extends Layer {
        private final Linear f = child("f", new Linear(4, 3));

        @Override
        protected Variable compute(Variable x, Context c) {
            return f.forward(x, c);
        }
    }

    private final Root model = new Root();
    private final Variable x = Variable.constant(Rng.of(2).normal(DType.F64, Shape.of(5, 4), 0, 1));

    private Adaptation attach(Map<String, ?> more) {
        model.initialize(Seed.f64(1));
        Map<String, Object> options = new java.util.HashMap<>(Map.of("dora", true, "rank", 2, "targets", "f"));
        options.putAll(more);
        Adaptation adaptation = METHOD.attach(model, "dora", METHOD.options().parse(options), Seed.of(3));
        Tiny.noise(adaptation.trained(), 4);
        return adaptation;
    }

    /** y = m (W + 2 B A) x / |W + 2 B A| + b, by hand. */
    @Test
    void computesAsTheFormulaSays() {
        Adaptation dora = attach(Map.of());
        Map<String, Tensor> s = dora.state();
        Tensor w = model.f
                .weight()
                .value()
                .add(s.get("f.lora_B.weight").matmul(s.get("f.lora_A.weight")).mul(2));
        Tensor ratio = s.get("f.lora_magnitude_vector").div(Norms.norm(w, new int[] {1}, 2, false));
        Tensor expected = x.value()
                .matmul(w.mul(ratio.unsqueeze(1)).transpose(0, 1))
                .add(model.f.bias().orElseThrow().value());
        assertTrue(Tiny.distance(expected, Tiny.out(model, x)) < 1e-12);
    }

    /** A bias that is trained beside: dL/db by central differences. */
    @Test
    void theBiasKeepsItsGradient() {
        attach(Map.of());
        Adaptation biases =
                new BitFit().attach(model, "biases", new BitFit().options().usual(), Seed.of(3));
        Context all = Context.inference().with(Context.ACTIVE, Active.all());
        model.forward(x, all).square().sum().backward();
        Parameter bias = biases.trained().get("f.bias");
        Tensor gradient = bias.grad().orElseThrow();
        for (int i = 0; i < 3; i++) {
            double[] loss = new double[2];
            for (int side = 0; side < 2; side++) {
                double[] moved = bias.value().toDoubleArray();
                double was = moved[i];
                moved[i] += side == 0 ? -1e-5 : 1e-5;
                bias.value().copyInPlace(Tensor.of(moved, 3));
                loss[side] =
                        Grad.disabled(() -> model.forward(x, all).square().sum().item());
                moved[i] = was;
                bias.value().copyInPlace(Tensor.of(moved, 3));
            }
            assertEquals((loss[1] - loss[0]) / 2e-5, gradient.get(i), 1e-6);
        }
    }

    @Test
    void theLengthStartsAsThatOfTheModelsOwnWeight() {
        model.initialize(Seed.f64(1));
        Adaptation first =
                METHOD.attach(model, "first", METHOD.options().parse(Map.of("rank", 2, "targets", "f")), Seed.of(3));
        Tiny.noise(first.trained(), 4);
        Tensor base = Tiny.out(model, x, Context.inference().with(Context.ACTIVE, Active.none()));
        Adaptation dora = METHOD.attach(
                model, "dora", METHOD.options().parse(Map.of("dora", true, "rank", 2, "targets", "f")), Seed.of(5));
        Tensor alone = Tiny.out(model, x, Context.inference().with(Context.ACTIVE, dora.active()));
        assertTrue(Tiny.distance(base, alone) < 1e-12);
    }
}
