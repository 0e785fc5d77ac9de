package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.ids;
import static luthier.tiny.Tiny.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Linear;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tiny.TinyAdapters.LowRank;
import luthier.tiny.TinyAdapters.Prompt;
import luthier.tiny.TinyGpt;
import org.junit.jupiter.api.Test;

/** What is computed again for its gradient has the same bits and leaves no trace. */
class RecomputedTest {
    private static TinyGpt gpt(boolean recomputing) {
        TinyGpt model = new TinyGpt(true, 0.3, recomputing);
        model.initialize(Seed.of(1));
        return model;
    }

    private static Map<String, Tensor> gradients(TinyGpt model, List<Parameter> trained) {
        model.forward(ids(2, 6), Context.training(Rng.of(4))).square().sum().backward();
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        trained.forEach(each -> gradients.put(each.path(), each.grad().orElseThrow()));
        return gradients;
    }

    @Test
    void dropoutAndAdaptersHaveTheSameBits() {
        List<Map<String, Tensor>> both = new ArrayList<>();
        for (boolean recomputing : new boolean[] {false, true}) {
            TinyGpt model = gpt(recomputing);
            LowRank low = LowRank.of(1, 2, 16, 32);
            Prompt prompt = Prompt.of(5, 3, 16);
            model.layers().get("transformer.h.0.attn.c_attn").attach("low", low);
            model.attach("prompt", prompt);
            List<Parameter> trained = new ArrayList<>(low.parameters());
            trained.addAll(prompt.parameters());
            both.add(gradients(model, trained));
        }
        assertBits(both.get(0), both.get(1), "gradients");
    }

    @Test
    void ownParametersHaveTheSameBits() {
        List<Map<String, Tensor>> both = new ArrayList<>();
        for (boolean recomputing : new boolean[] {false, true}) {
            TinyGpt model = gpt(recomputing);
            both.add(gradients(model, List.copyOf(model.parameters().values())));
        }
        assertBits(both.get(0), both.get(1), "gradients");
    }

    private static final Key<Variable> ENCODED = Key.variableRows("encoded");

    /** y = dropout(f(x)) + e, e from the pass. */
    private static final class Reads extends Layer {
        private final Linear f = child("f", new Linear(3, 3));
        private final Dropout dropout = child("dropout", new Dropout(0.5));
        private int computed;

        @Override
        protected Variable compute(Variable x, Context c) {
            computed++;
            return dropout.forward(f.forward(x, c), c).mul(c.require(ENCODED));
        }
    }

    @Test
    void variablesThatAPassCarriesGetTheirGradients() {
        List<Tensor> gradients = new ArrayList<>();
        for (boolean recomputing : new boolean[] {false, true}) {
            Reads model = new Reads();
            model.initialize(Seed.of(1));
            Variable leaf = Variable.parameter(normal(5, 2, 3));
            Context c = Context.training(Rng.of(4)).with(ENCODED, leaf.tanh());
            Variable x = Variable.parameter(normal(6, 2, 3));
            Variable y = recomputing ? model.recomputed(x, c) : model.forward(x, c);
            y.square().sum().backward();
            assertEquals(recomputing ? 2 : 1, model.computed);
            gradients.add(leaf.grad().orElseThrow());
            gradients.add(x.grad().orElseThrow());
        }
        assertBits(gradients.get(0), gradients.get(2), "what the pass carries");
        assertBits(gradients.get(1), gradients.get(3), "the input");
    }

    @Test
    void rowsGoTheirWaysInRecomputedPartsToo() {
        Linear model = new Linear(3, 3);
        model.initialize(Seed.of(1));
        model.attach("a", LowRank.of(1, 2, 3, 3));
        Variable x = Variable.constant(normal(5, 2, 3));
        Context c = Context.inference().with(Context.ACTIVE, Active.rows(List.of(Active.none(), Active.of("a"))));
        assertBits(model.forward(x, c).value(), model.recomputed(x, c).value(), "rows");
    }

    @Test
    void tapsSeeEachOutputOnceAndGiveNoGradient() {
        TinyGpt model = gpt(true);
        List<String> places = new ArrayList<>();
        List<Variable> blocks = new ArrayList<>();
        Context c = Context.training(Rng.of(4)).with(Context.TAPS, (layer, y) -> {
            places.add(layer.place());
            if (layer.role() == Role.MLP) {
                blocks.add(y);
            }
        });
        model.forward(ids(2, 6), c).sum().backward();
        assertEquals(places.stream().distinct().toList(), places);
        assertEquals(model.layers().size(), places.size());
        assertEquals(
                "taps: no gradient comes back through an output shown inside a recomputed part; got one at"
                        + " transformer.h.0.mlp; run that part with forward instead of recomputed",
                assertThrows(
                                IllegalStateException.class,
                                () -> blocks.getFirst().square().sum().backward())
                        .getMessage());
    }

    @Test
    void tapsOfAPlainPassGiveGradients() {
        TinyGpt model = gpt(false);
        List<Variable> blocks = new ArrayList<>();
        Context c = Context.training(Rng.of(4)).with(Context.TAPS, (layer, y) -> {
            if (layer.role() == Role.BLOCK) {
                blocks.add(y);
            }
        });
        model.forward(ids(2, 6), c);
        blocks.getFirst().square().sum().backward();
        assertTrue(model.tokens().weight().grad().isPresent());
    }
}
