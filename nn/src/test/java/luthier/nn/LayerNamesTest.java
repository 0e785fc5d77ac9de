package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import luthier.autograd.Variable;
import luthier.nn.init.Initializer;
import luthier.nn.layers.Linear;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import org.junit.jupiter.api.Test;

/** Names: written once, told apart, those of public checkpoints. */
class LayerNamesTest {
    /** A layer that is built from outside. */
    private static final class Built extends Layer {
        private Built(Consumer<Built> build) {
            build.accept(this);
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            return x;
        }

        private void child(String name) {
            child(name, new Linear(1, 1));
        }

        private Parameter value(String name) {
            return parameter(name, Shape.of(1), Initializer.zeros());
        }
    }

    private static String refused(Consumer<Built> build) {
        return assertThrows(IllegalStateException.class, () -> new Built(build)).getMessage();
    }

    @Test
    void twoOfOneNameAreRefused() {
        assertEquals("child: names must differ; got a twice in Built", refused(built -> {
            built.child("a");
            built.child("a");
        }));
        assertEquals("parameter: names must differ; got w twice in Built", refused(built -> {
            built.value("w");
            built.value("w");
        }));
        assertEquals("child: names must differ; got @mlp twice in Built", refused(built -> {
            built.part(Role.MLP, new Linear(1, 1));
            built.part(Role.MLP, new Linear(1, 1));
        }));
        Linear one = new Linear(1, 1);
        assertEquals(
                "child: a layer needs a name and a parent of its own, and nothing attached; got b in Built",
                refused(built -> {
                    built.child("a", one);
                    built.child("b", one);
                }));
        assertThrows(IllegalStateException.class, () -> new Built(built -> built.child("self", built)));
    }

    /** A name may also be made of several parts: what matters is the whole path. */
    @Test
    void twoOfOnePathAreRefused() {
        Built parts = new Built(built -> {
            built.part(Role.MLP, new Linear(1, 1));
            built.part(Role.ATTENTION, new Linear(1, 1));
        });
        assertEquals(
                "names: every parameter needs a name of its own; got two named weight",
                assertThrows(IllegalStateException.class, parts::names).getMessage());
        Built dotted = new Built(built -> {
            built.child("a", new Built(inner -> inner.value("w")));
            built.value("a.w");
        });
        assertThrows(IllegalStateException.class, dotted::parameters);
        Built twice = new Built(built -> {
            built.child("a.b");
            built.child("a", new Built(inner -> inner.child("b")));
        });
        assertEquals(
                "layers: every layer needs a place of its own; got two at a.b",
                assertThrows(IllegalStateException.class, twice::layers).getMessage());
    }

    @Test
    void partsHaveAPlaceButNoNameInPaths() {
        Built model = new Built(built -> built.child(
                "layer.0",
                Role.BLOCK,
                new Built(block -> block.part(Role.MLP, new Built(mlp -> mlp.child("output.dense"))))));
        assertEquals(
                List.of("layer.0.output.dense.weight", "layer.0.output.dense.bias"),
                List.copyOf(model.parameters().keySet()));
        assertEquals(
                List.of("", "layer.0", "layer.0@mlp", "layer.0.output.dense"),
                List.copyOf(model.layers().keySet()));
        Layer mlp = model.layers().get("layer.0@mlp");
        assertEquals("layer.0", mlp.path());
        assertEquals(Role.MLP, mlp.role());
        assertEquals(
                List.of("output.dense.weight", "output.dense.bias"),
                List.copyOf(mlp.parameters().keySet()));
        assertEquals(model, mlp.root());
    }

    /** What one parameter starts with is a function of seed and path, whatever else is there. */
    @Test
    void firstValuesFollowFromThePathAlone() {
        Built small = new Built(built -> built.child("b"));
        Built large = new Built(built -> {
            built.child("a");
            built.child("b");
        });
        small.initialize(Seed.of(3));
        large.initialize(Seed.of(3));
        assertBits(
                small.parameters().get("b.weight").value(),
                large.parameters().get("b.weight").value(),
                "b.weight");
        Tensor first = large.parameters().get("a.weight").value().copy();
        large.initialize(Seed.of(4));
        assertBits(first, large.parameters().get("a.weight").value(), "what has values keeps them");
    }

    @Test
    void loadingTellsAllFaultsAtOnceAndLoadsNothing() {
        Built model = new Built(built -> {
            built.child("a");
            built.child("b");
        });
        model.initialize(Seed.of(1));
        Map<String, Tensor> before = Tiny.copies(model.weights());
        Map<String, Tensor> given = new LinkedHashMap<>(Tiny.copies(model.weights()));
        given.replaceAll((name, tensor) -> tensor.add(1));
        given.remove("a.bias");
        given.remove("b.weight");
        given.put("c.weight", Tensor.zeros(DType.F32, 1));
        given.put("b.bias", Tensor.zeros(DType.F32, 2));
        assertEquals(
                "load: the weights must be the model's, name by name; got from the given ones: 2 missing: a.bias, b.weight; 1 of"
                        + " another shape: b.bias [2] for [1]; 1 unknown: c.weight F32 [1]",
                assertThrows(WeightsException.class, () -> model.load(given)).getMessage());
        assertBits(before, model.weights(), "weights");
    }

    @Test
    void shapesAloneAreCountedWithoutMemory() {
        BertClassifier base = new BertClassifier(BertConfig.BASE, 2, BertClassifier.Pooling.POOLER);
        assertEquals(
                109_483_778,
                base.parameters().values().stream()
                        .mapToLong(Parameter::elementCount)
                        .sum());
        assertTrue(base.parameters().values().stream().noneMatch(Parameter::hasValues));
        Parameter huge = new Parameter("huge", Shape.of(1L << 20, 1L << 20), Initializer.zeros());
        assertEquals(1L << 42, huge.bytes());
        Linear linear = new Linear(2, 2);
        assertEquals(
                "parameter: values are needed; got none for weight; initialize the model or load them",
                assertThrows(
                                IllegalStateException.class,
                                () -> linear.forward(Variable.constant(Tiny.normal(1, 1, 2)), Context.inference()))
                        .getMessage());
    }
}
