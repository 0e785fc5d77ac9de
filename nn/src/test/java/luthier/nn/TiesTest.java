package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.distance;
import static luthier.tiny.Tiny.ids;
import static luthier.tiny.Tiny.out;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters.Added;
import luthier.tiny.TinyAdapters.LowRank;
import luthier.tiny.TinyGpt;
import org.junit.jupiter.api.Test;

/** A tied weight is one parameter under two names. */
class TiesTest {
    private static final String TABLE = "transformer.wte.weight";
    private static final String HEAD = "lm_head.weight";

    private final TinyGpt model = gpt(true);
    private final Variable x = ids(2, 6);

    private static TinyGpt gpt(boolean tied) {
        TinyGpt made = new TinyGpt(tied, 0, false);
        made.initialize(Seed.of(1));
        return made;
    }

    @Test
    void isCountedOnceAndNamedTwice() {
        assertSame(model.names().get(TABLE), model.names().get(HEAD));
        assertTrue(model.parameters().containsKey(TABLE));
        assertFalse(model.parameters().containsKey(HEAD));
        assertEquals(TABLE, model.head().weight().path());
    }

    @Test
    void itsGradientIsTheSumOfBothUses() {
        TinyGpt untied = gpt(false);
        untied.load(model.weights());
        untied.unfreeze();
        model.forward(x, Context.inference()).square().sum().backward();
        untied.forward(x, Context.inference()).square().sum().backward();
        Tensor both = untied.tokens()
                .weight()
                .grad()
                .orElseThrow()
                .add(untied.head().weight().grad().orElseThrow());
        Tensor tied = model.tokens().weight().grad().orElseThrow();
        assertTrue(distance(both, tied) < 1e-4 * distance(tied, tied.mul(0)));
    }

    @Test
    void oneOfTwoNamesIsEnoughAndTwoValuesAreRefused() {
        Map<String, Tensor> weights = Tiny.copies(model.weights());
        Tensor expected = out(model, x);
        for (String left : new String[] {TABLE, HEAD}) {
            Map<String, Tensor> one = new LinkedHashMap<>(weights);
            one.remove(left);
            TinyGpt loaded = new TinyGpt(true, 0, false);
            loaded.load(one);
            assertBits(expected, out(loaded, x), "without " + left);
        }
        Map<String, Tensor> neither = new LinkedHashMap<>(weights);
        neither.remove(TABLE);
        neither.remove(HEAD);
        assertTrue(assertThrows(WeightsException.class, () -> model.load(neither))
                .getMessage()
                .contains("1 missing: " + TABLE));
        weights.put(HEAD, weights.get(HEAD).add(1));
        String message =
                assertThrows(WeightsException.class, () -> model.load(weights)).getMessage();
        assertTrue(
                message.endsWith(
                        "1 tied, with different values: " + TABLE + " and " + HEAD + "; build the model untied"),
                message);
        assertBits(expected, out(model, x), "nothing is loaded then");
    }

    @Test
    void anAdapterOnTheHeadLeavesTheEmbeddingAlone() {
        Layer tokens = model.tokens();
        Tensor embedded = out(tokens, x);
        model.head().attach("low", LowRank.of(1, 2, 16, 20));
        assertBits(embedded, out(tokens, x), "embedding");
        Map<String, Tensor> merged = model.merged(Active.all()).orElseThrow();
        assertBits(model.tokens().weight().value(), merged.get(TABLE), "table");
        assertThrows(WeightsException.class, () -> gpt(true).load(merged));
        TinyGpt untied = gpt(false);
        untied.load(merged);
        assertTrue(distance(out(model, x), out(untied, x)) < 1e-5);
    }

    @Test
    void anAdapterOnTheValueActsUnderBothNames() {
        Parameter table = model.tokens().weight();
        Tensor embedded = out(model.tokens(), x);
        model.attach("added", Map.of(), Map.of(table, Added.of(4, table)));
        assertTrue(distance(embedded, out(model.tokens(), x)) > 1e-4);
        Map<String, Tensor> merged = model.merged(Active.all()).orElseThrow();
        assertBits(merged.get(TABLE), merged.get(HEAD), "both names");
        TinyGpt same = gpt(true);
        same.load(merged);
        assertBits(out(model, x), out(same, x), "merged");
    }
}
