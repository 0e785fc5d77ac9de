package luthier.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.nn.layers.Embedding;
import luthier.nn.layers.Linear;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.StoredTensor;
import luthier.tensor.io.WeightSource;
import org.junit.jupiter.api.Test;

class LayerLoadTest {
    /** A table of tokens, a layer, and a head tied to the table. */
    private static final class Small extends Layer {
        private final Embedding tokens = child("wte", new Embedding(3, 2));
        private final Linear inner = child("inner", new Linear(2, 2));
        private final Linear head = child("lm_head", new Linear(tokens.weight()));

        @Override
        protected Variable compute(Variable x, Context context) {
            return head.forward(inner.forward(tokens.forward(x, context), context), context);
        }
    }

    private static final Tensor TABLE = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    private static final Tensor WEIGHT = Tensor.of(new float[] {1, 0, 0, 1}, 2, 2);
    private static final Tensor BIAS = Tensor.of(new float[] {0, 1}, 2);

    private static WeightSource file(Map<String, Tensor> tensors) {
        return WeightSource.of(tensors, "model.bin");
    }

    @Test
    void loadsUnderTheNamesOfTheFileAndFreezes() {
        Small model = new Small();
        LoadReport report = model.load(
                file(Map.of("model.lm_head.weight", TABLE, "model.inner.weight", WEIGHT, "model.inner.bias", BIAS)),
                Names.same().prefix("model."));
        assertEquals(
                Map.of(
                        "wte.weight", "model.lm_head.weight",
                        "inner.weight", "model.inner.weight",
                        "inner.bias", "model.inner.bias"),
                report.loaded());
        model.parameters().values().forEach(parameter -> assertFalse(parameter.isTrainable(), parameter.toString()));
        assertTrue(model.weights().get("wte.weight").bitEquals(TABLE));
    }

    @Test
    void loadsNothingIfAnythingDoesNotFit() {
        Small model = new Small();
        model.initialize(Seed.of(1));
        Tensor before = model.weights().get("inner.bias").copy();
        WeightsException e = assertThrows(
                WeightsException.class,
                () -> model.load(
                        file(Map.of("inner.weight", Tensor.zeros(DType.F32, 3, 2), "inner.bias", BIAS)), Names.same()));
        assertEquals(
                "load: the weights must be the model's, name by name; got from model.bin: 1 missing: wte.weight;"
                        + " 1 of another shape: inner.weight [3, 2] for [2, 2]",
                e.getMessage());
        assertTrue(model.weights().get("inner.bias").bitEquals(before));
        assertTrue(model.parameters().get("inner.bias").isTrainable());
    }

    @Test
    void loadsNothingIfTheFileIsDamagedAtItsEnd() {
        WeightSource good = file(Map.of("weight", WEIGHT, "bias", BIAS));
        WeightSource damaged = new WeightSource() {
            @Override
            public Map<String, StoredTensor> tensors() {
                return good.tensors();
            }

            @Override
            public Tensor read(String name) {
                if (name.equals("bias")) {
                    throw new ModelFormatException(source(), 8, "the data are damaged");
                }
                return good.read(name);
            }

            @Override
            public String source() {
                return good.source();
            }
        };
        Linear layer = new Linear(2, 2);
        layer.initialize(Seed.of(1));
        Tensor before = layer.weights().get("weight").copy();
        assertThrows(ModelFormatException.class, () -> layer.load(damaged, Names.same()));
        assertTrue(layer.weights().get("weight").bitEquals(before));
        assertTrue(layer.parameters().get("weight").isTrainable());
    }

    @Test
    void refusesTwoValuesForOneTiedParameter() {
        WeightsException e = assertThrows(
                WeightsException.class,
                () -> new Small()
                        .load(Map.of(
                                "wte.weight",
                                TABLE,
                                "lm_head.weight",
                                TABLE.mul(2),
                                "inner.weight",
                                WEIGHT,
                                "inner.bias",
                                BIAS)));
        assertEquals(
                "load: the weights must be the model's, name by name; got from the given ones: 1 tied, with different"
                        + " values: wte.weight and lm_head.weight; build the model untied",
                e.getMessage());
    }

    @Test
    void whatIsMadeAnewStaysTrainable() {
        Small model = new Small();
        model.initialize(Seed.of(1));
        LoadReport report =
                model.load(file(Map.of("wte.weight", TABLE)), Names.same().anew("inner.{}", "inner: made anew"));
        assertEquals(List.of("inner.weight", "inner.bias"), report.anew());
        assertTrue(model.parameters().get("inner.weight").isTrainable());
        assertFalse(model.parameters().get("wte.weight").isTrainable());
    }

    @Test
    void convertsFractionsOfOtherWidths() {
        Linear layer = new Linear(2, 2);
        layer.load(Map.of("weight", WEIGHT.to(DType.BF16), "bias", BIAS.to(DType.F64)));
        assertEquals("F32[2][0.0, 1.0]", layer.weights().get("bias").toString());
    }
}
