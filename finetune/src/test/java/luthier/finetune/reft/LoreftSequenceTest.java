package luthier.finetune.reft;

import static luthier.tiny.Tiny.assertBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.finetune.method.Adaptation;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.Sequence;
import luthier.tensor.Joining;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters.Prompt;
import luthier.tiny.TinyCache;
import luthier.tiny.TinyGpt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rows are edited is told by the span of the given tokens, whatever comes before, after or in parts. */
class LoreftSequenceTest {
    private static final Loreft METHOD = new Loreft();

    private final TinyGpt model = new TinyGpt(true, 0, false);
    private final Tensor ids = Tiny.ids(2, 6).value();

    LoreftSequenceTest() {
        model.initialize(Seed.of(1));
    }

    private void edit() {
        Adaptation edits = METHOD.attach(
                model, "edits", METHOD.options().parse(Map.of("rank", 2, "positions", "f2+l1")), Seed.of(3));
        Tiny.noise(edits.trained(), 4);
    }

    private Tensor slice(long begin, long end) {
        return ids.slice(1, begin, end).contiguous();
    }

    /** Five tokens are given, the sixth is generated: it is not edited, and the fifth stays the last one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wholeIsStepByStep(boolean withPrompt) {
        edit();
        if (withPrompt) {
            model.attach("prompt", Prompt.of(5, 3, 16));
        }
        Context given = Context.inference().with(Sequence.SPAN, Tensor.of(new long[] {0, 5, 1, 5}, 2, 2));
        Tensor whole = Tiny.out(model, Variable.constant(ids), given);
        TinyCache cache = new TinyCache();
        List<Tensor> parts = new ArrayList<>();
        for (long[] part : new long[][] {{0, 3}, {3, 5}, {5, 6}}) {
            parts.add(Tiny.out(model, Variable.constant(slice(part[0], part[1])), cache.next(given)));
        }
        assertBits(whole, Joining.concat(parts, 1), "in three passes");
        Tensor unsaid = Tiny.out(model, Variable.constant(ids));
        assertTrue(Tiny.distance(whole, unsaid) > 1e-5, "the sixth token is not the last given one");
    }

    @Test
    void aPassThatGoesOnMustSayWhatWasGiven() {
        edit();
        TinyCache cache = new TinyCache();
        Tiny.out(model, Variable.constant(slice(0, 5)), cache.next(Context.inference()));
        Context next = cache.next(Context.inference());
        assertThrows(IllegalStateException.class, () -> Tiny.out(model, Variable.constant(slice(5, 6)), next));
    }

    @Test
    void countsFromTheBeginAndTheEndOfTheSpan() {
        Positions.Ends ends = new Positions.Ends(2, 1);
        Tensor span = Tensor.of(new long[] {3, 8, 4, 4, 5, 7}, 3, 2);
        assertArrayEquals(
                new float[] {
                    0, 1, 1, 0, 0, 1, 0,
                    0, 0, 0, 0, 0, 0, 0,
                    0, 0, 0, 1, 1, 0, 0
                },
                ends.indicator(span, 2, 7).toFloatArray());
    }
}
