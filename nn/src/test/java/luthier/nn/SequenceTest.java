package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.distance;
import static luthier.tiny.Tiny.ids;
import static luthier.tiny.Tiny.out;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.nn.layers.Linear;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.Joining;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters.LowRank;
import luthier.tiny.TinyAdapters.Prefix;
import luthier.tiny.TinyAdapters.Prompt;
import luthier.tiny.TinyAdapters.Shift;
import luthier.tiny.TinyCache;
import luthier.tiny.TinyGpt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows in front of a sequence and caches: masks, types, spans and positions move along; whole = step by step. */
class SequenceTest {
    private static TinyGpt gpt() {
        TinyGpt model = new TinyGpt(true, 0, false);
        model.initialize(Seed.of(1));
        return model;
    }

    private static BertClassifier bert() {
        BertClassifier model =
                new BertClassifier(new BertConfig(20, 16, 32, 2, 4, 12, 2, 1e-12, 0), 3, BertClassifier.Pooling.MEAN);
        model.initialize(Seed.of(1));
        return model;
    }

    private static void attach(Layer model, String kind, String as) {
        switch (kind) {
            case "prompt" -> model.attach(as, Prompt.of(as.hashCode(), 3, 16));
            case "low" ->
                model.layers().values().stream()
                        .filter(layer -> layer.role() == Role.QKV)
                        .forEach(layer -> layer.attach(as + layer.place(), LowRank.of(5, 2, 16, 32)));
            default -> {
                Map<Layer, Adapter> on = new LinkedHashMap<>();
                on.put(model, new Shift(2));
                model.layers().values().stream()
                        .filter(layer -> layer.role() == Role.ATTENTION)
                        .forEach(layer -> on.put(layer, Prefix.of(as.hashCode() + on.size(), 2, 2, 4)));
                model.attach(as, on, Map.of());
            }
        }
    }

    private static Tensor slice(Tensor tensor, long begin, long end) {
        return tensor.slice(1, begin, end).contiguous();
    }

    /** The tokens in several passes, which end at these places, over one cache. */
    private static Tensor steps(Layer model, Tensor ids, Context c, long... ends) {
        TinyCache cache = new TinyCache();
        List<Tensor> parts = new ArrayList<>();
        long begin = 0;
        for (long end : ends) {
            Context pass = cache.next(
                    c.mask().map(mask -> c.withMask(slice(mask, 0, end))).orElse(c));
            parts.add(out(model, Variable.constant(slice(ids, begin, end)), pass));
            begin = end;
        }
        return Joining.concat(parts, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "low", "prompt", "prefix", "prompt prefix", "prompt prompt", "prefix prefix", "prefix low"})
    void wholeIsStepByStep(String kinds) {
        TinyGpt model = gpt();
        int next = 0;
        for (String kind : kinds.isEmpty() ? new String[0] : kinds.split(" ")) {
            attach(model, kind, kind + next++);
        }
        Tensor ids = ids(2, 6).value();
        Context c = Context.inference();
        Tensor whole = out(model, Variable.constant(ids), c);
        assertEquals(Shape.of(2, 6, 20), whole.shape());
        assertBits(whole, steps(model, ids, c, 3, 4, 5, 6), "in four passes");
        Context masked = c.withMask(Tensor.of(
                new boolean[] {true, true, true, true, true, true, false, false, true, true, true, true}, 2, 6));
        Tensor padded = out(model, Variable.constant(ids), masked);
        assertBits(slice(padded, 2, 6), slice(steps(model, ids, masked, 4, 5, 6), 2, 6), "padded on the left");
    }

    @Test
    void rowsInFrontChangeWhatIsComputedAndGetGradients() {
        TinyGpt model = gpt();
        Tensor before = out(model, ids(2, 6));
        Prompt prompt = Prompt.of(4, 3, 16);
        Prefix prefix = Prefix.of(6, 2, 2, 4);
        model.attach("prompt", prompt);
        model.layers().get("transformer.h.1.attn").attach("prefix", prefix);
        Variable y = model.forward(ids(2, 6), Context.inference());
        assertTrue(distance(before, y.value()) > 1e-4);
        y.square().sum().backward();
        assertTrue(prompt.rows().grad().isPresent());
        assertTrue(prefix.k().grad().isPresent() && prefix.v().grad().isPresent());
    }

    /** What a block of a pass sees. */
    private static Context seen(Layer model, String block, Variable x, Context c) {
        List<Context> seen = new ArrayList<>();
        Attachment eye = model.layers().get(block).attach("eye", new Adapter() {
            @Override
            public Variable forward(Inner inner, Variable h, Context now) {
                seen.add(now);
                return inner.forward(h, now);
            }

            @Override
            public List<Parameter> parameters() {
                return List.of();
            }
        });
        out(model, x, c);
        eye.close();
        return seen.getFirst();
    }

    @Test
    void maskTypesAndSpanMoveAlong() {
        BertClassifier model = bert();
        model.attach("prompt", Prompt.of(4, 2, 16));
        Tensor types = Tensor.of(new long[] {0, 0, 1, 1, 0, 1, 1, 0}, 2, 4);
        Context c = Context.inference().withMask(Tiny.mask(4, 4, 3)).with(Context.TOKEN_TYPES, types);
        Context seen = seen(model, "bert.encoder.layer.0", ids(2, 4), c);
        assertBits(Tiny.mask(6, 6, 5), seen.mask().orElseThrow(), "mask");
        assertBits(
                Tensor.of(new long[] {0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0}, 2, 6),
                seen.require(Context.TOKEN_TYPES),
                "types");
        assertBits(Tensor.of(new long[] {2, 6, 2, 5}, 2, 2), seen.require(Sequence.SPAN), "span from the mask");
        Context given = c.with(Sequence.SPAN, Tensor.of(new long[] {0, 2, 1, 3}, 2, 2));
        assertBits(
                Tensor.of(new long[] {2, 4, 3, 5}, 2, 2),
                seen(model, "bert.encoder.layer.0", ids(2, 4), given).require(Sequence.SPAN),
                "span as given");
    }

    /** A prompt of the encoder: the same as its rows before the embedded words, position by position. */
    @Test
    void anEncodersPromptIsCutAwayBeforeItsHead() {
        BertClassifier model = bert();
        Prompt prompt = Prompt.of(4, 2, 16);
        model.attach("prompt", prompt);
        Context c = Context.inference().withMask(Tiny.mask(4, 4, 3));
        Tensor y = out(model, ids(2, 4), c);
        assertEquals(Shape.of(2, 3), y.shape());
        Tensor padding = Tensor.of(new long[] {1, 1, 1, 1, 2, 2, 2, 7}, 2, 4);
        Tensor same = ids(2, 4).value().copy();
        same.slice(0, 1, 2).slice(1, 3, 4).copyInPlace(padding.slice(0, 1, 2).slice(1, 3, 4));
        assertBits(y, out(model, Variable.constant(same), c), "what lies under the mask");
        Context seen = seen(model, "bert.embeddings.LayerNorm", ids(2, 4), c);
        assertArrayEquals(
                new long[] {0, 1, 2, 3, 4, 5}, Sequence.positions(seen, 6).toLongArray());
    }

    @Test
    void spansComeFromTheMaskOrTheLength() {
        Context c = Context.inference();
        assertArrayEquals(new long[] {0, 5, 0, 5}, Sequence.span(c, 2, 5).toLongArray());
        Tensor holes =
                Tensor.of(new boolean[] {false, true, false, true, false, false, false, false, false, false}, 2, 5);
        assertArrayEquals(
                new long[] {1, 4, 0, 0}, Sequence.span(c.withMask(holes), 2, 5).toLongArray());
    }

    @Test
    void whatDoesNotFitIsNamed() {
        TinyGpt model = gpt();
        Context c = Context.inference();
        assertEquals(
                "sequence: the mask must be of all tokens, those in caches too; got [2, 5] for 6 tokens",
                assertThrows(ShapeException.class, () -> out(model, ids(2, 6), c.withMask(Tiny.mask(5, 5, 4))))
                        .getMessage());
        assertEquals(
                "sequence: a pass that continues a sequence must say which tokens were given; got none; give it"
                        + " with(Sequence.SPAN, ..)",
                assertThrows(IllegalStateException.class, () -> Sequence.span(c.with(Sequence.PAST, 3L), 1, 1))
                        .getMessage());
        model.attach("prompt", Prompt.of(4, 3, 16));
        assertEquals(
                "sequence: what is in the cache must begin with the rows in front; got 2 places for 3 rows in front;"
                        + " fill the cache with the same adaptations",
                assertThrows(IllegalStateException.class, () -> out(model, ids(2, 1), c.with(Sequence.PAST, 2L)))
                        .getMessage());
        BertClassifier bert = bert();
        bert.attach("prompt", Prompt.of(4, 3, 16));
        assertEquals(
                "bert: a sequence may have at most 12 tokens; got 13; truncate it when encoding",
                assertThrows(ShapeException.class, () -> out(bert, ids(1, 10))).getMessage());
        assertEquals(Shape.of(1, 3), out(bert, ids(1, 9)).shape());
    }

    @Test
    void aSequenceWithoutRowsInFrontIsThePassItself() {
        Variable x = Variable.constant(Tiny.normal(1, 2, 3, 4));
        Context c = Context.inference();
        Sequence in = Sequence.begin(x, c);
        assertEquals(new Sequence(x, c, 0), in);
        assertEquals(x, in.cut(x));
    }

    /** A model that begins no sequence would leave a prompt without effect. */
    @Test
    void rowsInFrontThatNobodyTakesAreRefused() {
        Layer model = new Linear(16, 2);
        model.initialize(Seed.of(1));
        model.attach("prompt", Prompt.of(4, 3, 16));
        assertEquals(
                "sequence: rows in front need a model that begins a sequence; got Linear(16 -> 2), which begins none; call"
                        + " Sequence.begin after its token embedding",
                assertThrows(IllegalStateException.class, () -> out(model, Variable.constant(Tiny.normal(1, 2, 16))))
                        .getMessage());
    }

    /** Keys in front of an encoder's attention are seen whatever the mask, and padding stays unseen. */
    @Test
    void anEncodersPrefixIsSeenByEveryRow() {
        BertClassifier model = bert();
        Tensor before = out(model, ids(2, 4));
        model.layers().get("bert.encoder.layer.0.attention.self").attach("prefix", Prefix.of(4, 2, 4, 4));
        model.attach("shift", new Shift(2));
        Context c = Context.inference().withMask(Tiny.mask(4, 4, 3));
        Tensor padded = out(model, ids(2, 4), c);
        assertTrue(distance(before, padded) > 1e-4);
        Tensor second = ids(2, 4).value().slice(0, 1, 2).slice(1, 0, 3).contiguous();
        Tensor alone = out(model, Variable.constant(second));
        assertTrue(distance(padded.slice(0, 1, 2).contiguous(), alone) < 1e-6);
    }
}
