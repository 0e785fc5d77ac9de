package luthier.nn.layers;

import static luthier.tiny.Tiny.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Seed;
import luthier.nn.models.HiddenActivation;
import luthier.nn.models.llama.LlamaConfig;
import luthier.nn.models.llama.LlamaModel;
import luthier.tensor.Comparison;
import luthier.tensor.Joining;
import luthier.tensor.Rng;
import luthier.tensor.Rotary;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tiny.TinyAdapters.Prefix;
import luthier.tiny.TinyAdapters.Prompt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A text in pieces, cut back, branched and beside longer ones: always the bits of the whole text alone. */
class KeyValueCacheTest {
    private static final long WIDTH = 24;

    private static LlamaModel model(RotaryScaling scaling, long window, double cap) {
        RotaryEmbedding rotary = new RotaryEmbedding(Rotary.Layout.HALF, 6, 100, scaling);
        AttentionDesign attention = AttentionDesign.of(new AttentionDesign.Heads(WIDTH, 4, 2, 8))
                .windowed(window == 0 ? OptionalLong.empty() : OptionalLong.of(window))
                .capped(cap)
                .turning(Optional.of(rotary));
        LlamaModel model = new LlamaModel(new LlamaConfig(
                20, WIDTH, 32, Collections.nCopies(2, attention), 1e-5, HiddenActivation.SILU, false, true, 64));
        model.initialize(Seed.of(4));
        model.freeze();
        return model;
    }

    private static LlamaModel model() {
        return model(new RotaryScaling.None(), 0, 0);
    }

    private static Tensor ids(long seed, long rows, long length) {
        return Rng.of(seed).integers(Shape.of(rows, length), 0, 20);
    }

    private static Tensor run(Layer model, Tensor ids, Context c) {
        return Grad.disabled(
                () -> model.forward(Variable.constant(ids), c).value().copy());
    }

    private static Tensor run(Layer model, Tensor ids) {
        return run(model, ids, Context.inference());
    }

    private static Tensor last(Tensor hidden) {
        return hidden.select(1, hidden.size(1) - 1).contiguous();
    }

    private static Tensor inPieces(Layer model, Tensor ids, KeyValueCache cache, long... lengths) {
        Tensor out = null;
        long at = cache.length();
        for (long length : lengths) {
            Tensor piece = ids.slice(1, at, at + length).contiguous();
            Tensor y = run(model, piece, cache.next(Context.inference()));
            out = out == null ? y : Joining.concat(List.of(out, y), 1);
            at += length;
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 0", "1, 0", "0, 3", "4, 3"})
    void inPiecesAsTheWhole(long window, double cap) {
        LlamaModel model = model(new RotaryScaling.None(), window, cap);
        Tensor ids = ids(1, 2, 40);
        Tensor whole = run(model, ids);
        assertBits(whole, inPieces(model, ids, new KeyValueCache(), 40), "at once");
        assertBits(whole, inPieces(model, ids, new KeyValueCache(), 7, 1, 1, 30, 1), "in pieces");
    }

    /** Frequencies that follow the length turn all keys anew: what is in the cache is not turned yet. */
    @Test
    void frequenciesThatFollowTheLength() {
        LlamaModel model = model(new RotaryScaling.Dynamic(2, 8), 0, 0);
        Tensor ids = ids(1, 1, 20);
        Tensor whole = last(run(model, ids));
        Tensor pieces = last(inPieces(model, ids, new KeyValueCache(), 20));
        assertBits(whole, pieces, "at once");
        assertTrue(Comparison.allClose(
                last(run(model, ids.slice(1, 0, 8).contiguous())),
                last(run(
                        model(new RotaryScaling.None(), 0, 0),
                        ids.slice(1, 0, 8).contiguous())),
                0,
                0));
    }

    @Test
    void cutBackAndContinuedDifferently() {
        LlamaModel model = model();
        Tensor ids = ids(1, 1, 12);
        KeyValueCache cache = new KeyValueCache();
        inPieces(model, ids, cache, 12);
        cache.keep(5);
        assertEquals(5, cache.length());
        Tensor other = Joining.concat(List.of(ids.slice(1, 0, 5), ids(2, 1, 3)), 1);
        assertBits(last(run(model, other)), last(inPieces(model, other, cache, 3)), "continued differently");
    }

    /** Rows of unlike length beside each other, one of which ends early and one branches. */
    @ParameterizedTest
    @CsvSource({"0", "4"})
    void rowsHaveTheBitsThatTheyHaveAlone(long window) {
        LlamaModel model = model(new RotaryScaling.None(), window, 0);
        Tensor ids = ids(3, 3, 20);
        long[] lengths = {9, 4, 12};
        KeyValueCache cache = new KeyValueCache();
        run(model, ids.slice(1, 0, 12).contiguous(), cache.next(Context.inference()));
        cache.keep(lengths);
        long[] given = lengths.clone();
        int[] rows = {0, 1, 2};
        for (int step = 0; step < 6; step++) {
            long[] next = new long[rows.length];
            for (int i = 0; i < rows.length; i++) {
                next[i] = ids.select(0, rows[i]).toLongArray()[(int) given[i]++];
            }
            Tensor y = last(run(model, Tensor.of(next, rows.length, 1), cache.next(Context.inference())));
            for (int i = 0; i < rows.length; i++) {
                Tensor alone =
                        ids.slice(0, rows[i], rows[i] + 1).slice(1, 0, given[i]).contiguous();
                assertBits(
                        last(run(model, alone)), y.slice(0, i, i + 1).contiguous(), "row " + rows[i] + " step " + step);
            }
            if (step == 2) {
                cache.select(2, 1, 1);
                rows = new int[] {2, 1, 1};
                given = new long[] {given[2], given[1], given[1]};
            }
        }
    }

    @Test
    void rowsAndKeysInFrontComeOnce() {
        LlamaModel model = model();
        model.attach("prompt", Prompt.of(5, 3, WIDTH));
        model.layers().values().stream()
                .filter(layer -> layer.role() == Role.ATTENTION)
                .forEach(layer -> layer.attach("prefix" + layer.place(), Prefix.of(6, 2, 2, 8)));
        Tensor ids = ids(1, 2, 10);
        Tensor whole = run(model, ids);
        KeyValueCache cache = new KeyValueCache();
        Tensor first = run(model, ids.slice(1, 0, 6).contiguous(), cache.next(Context.inference()));
        assertEquals(9, cache.length());
        Tensor second = run(model, ids.slice(1, 6, 10).contiguous(), cache.next(Context.inference()));
        assertBits(whole, Joining.concat(List.of(first, second), 1), "in front");
    }

    @Test
    void gradientsOfNewRowsFlowThroughTheCache() {
        LlamaModel model = model();
        model.unfreeze();
        Tensor ids = ids(1, 1, 6);
        KeyValueCache cache = new KeyValueCache();
        run(model, ids.slice(1, 0, 4).contiguous(), cache.next(Context.inference()));
        Variable y = model.forward(Variable.constant(ids.slice(1, 4, 6).contiguous()), cache.next(Context.inference()));
        y.sum().backward();
        assertTrue(model.parameters().values().stream()
                .allMatch(each -> each.grad().isPresent()));
    }

    @Test
    void refusesWhatIsNotOneText() {
        LlamaModel model = model();
        KeyValueCache cache = new KeyValueCache();
        run(model, ids(1, 2, 3), cache.next(Context.inference()));
        assertEquals(
                "cache: a pass must have the rows of the cache; got 1 for 2; a cache belongs to one choice of adapters",
                message(() -> run(model, ids(1, 1, 1), cache.next(Context.inference()))));
        Context twice = cache.next(Context.inference());
        run(model, ids(1, 2, 1), twice);
        assertEquals(
                "cache: an attention runs once in a pass, and a cache belongs to one choice of adapters; got a second run",
                message(() -> run(model, ids(1, 2, 1), twice)));
        assertEquals(
                "cache: places to keep must be 0 to those that each row has; got [5, 1] of [4, 4]",
                assertThrows(IllegalArgumentException.class, () -> cache.keep(5, 1))
                        .getMessage());
    }

    private static String message(Runnable run) {
        return assertThrows(IllegalStateException.class, run::run).getMessage();
    }

    @Test
    void doublesWhatIsFull() {
        LlamaModel model = model();
        Tensor ids = ids(1, 1, 70);
        long[] ones = new long[70];
        Arrays.fill(ones, 1);
        assertBits(run(model, ids), inPieces(model, ids, new KeyValueCache(), ones), "one by one");
    }
}
