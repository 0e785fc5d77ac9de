package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.ids;
import static luthier.tiny.Tiny.out;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.layers.Linear;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Pool;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters.Added;
import luthier.tiny.TinyAdapters.LowRank;
import luthier.tiny.TinyAdapters.Shift;
import luthier.tiny.TinyGpt;
import org.junit.jupiter.api.Test;

/** Attaching, switching and taking off: at once, under names, without a trace. */
class AttachingTest {
    private final TinyGpt model = new TinyGpt(true, 0, false);
    private final Variable x = ids(2, 6);

    AttachingTest() {
        model.initialize(Seed.of(1));
    }

    private Map<Layer, Adapter> onAllLinears(long seed) {
        Map<Layer, Adapter> on = new LinkedHashMap<>();
        model.layers().values().stream()
                .filter(layer -> layer instanceof Linear)
                .map(layer -> (Linear) layer)
                .forEach(layer ->
                        on.put(layer, LowRank.of(seed + on.size(), 2, layer.inFeatures(), layer.outFeatures())));
        return on;
    }

    @Test
    void detachingLeavesNoTrace() {
        Tensor before = out(model, x);
        Map<String, Tensor> weights = Tiny.copies(model.weights());
        Parameter table = model.tokens().weight();
        Attachment all = model.attach("all", onAllLinears(1), Map.of(table, Added.of(9, table)));
        assertEquals("all", all.name());
        assertTrue(all.isAttached());
        assertTrue(Tiny.distance(before, out(model, x)) > 1e-4);
        all.close();
        assertFalse(all.isAttached());
        assertBits(before, out(model, x), "output");
        assertBits(weights, model.weights(), "weights");
        assertSame(model.head().weight(), table);
    }

    @Test
    void everyAdaptationNeedsANameOfItsOwn() {
        Attachment a = model.head().attach("a", LowRank.of(1, 2, 16, 20));
        assertEquals(
                "attach: every adaptation needs a name of its own; got \"a\" again; attached are [a]",
                assertThrows(IllegalStateException.class, () -> model.attach("a", new Shift(1)))
                        .getMessage());
        for (String bad : new String[] {"", "a/b"}) {
            assertEquals(
                    "attach: an adaptation needs a name without a slash; got \"" + bad + "\"",
                    assertThrows(IllegalArgumentException.class, () -> model.attach(bad, new Shift(1)))
                            .getMessage());
        }
        a.close();
        Attachment again = model.head().attach("a", LowRank.of(3, 2, 16, 20));
        Tensor adapted = out(model, x);
        a.close();
        assertBits(adapted, out(model, x), "closing twice takes off nothing of the same name");
        again.close();
    }

    @Test
    void nothingIsAttachedToAnotherTree() {
        TinyGpt other = new TinyGpt(true, 0, false);
        other.initialize(Seed.of(2));
        Tensor before = out(model, x);
        Map<Layer, Adapter> on = onAllLinears(1);
        on.put(other.head(), LowRank.of(1, 2, 16, 20));
        assertEquals(
                "attach: layers must be of this tree; got Linear(16 -> 20, no bias) at \"lm_head\" of another",
                assertThrows(IllegalArgumentException.class, () -> model.attach("a", on, Map.of()))
                        .getMessage());
        Parameter foreign = other.tokens().weight();
        assertEquals(
                "attach: parameters must be of this tree; got transformer.wte.weight of another",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> model.attach("a", Map.of(), Map.of(foreign, Added.of(1, foreign))))
                        .getMessage());
        assertBits(before, out(model, x), "nothing is attached then");
        assertTrue(model.tokens().weight().isTrainable());
    }

    /** A layer that could get a child at any time. */
    private static final class Open extends Layer {
        @Override
        protected Variable compute(Variable x, Context c) {
            return x;
        }

        private Linear add(Linear layer) {
            return child("added", layer);
        }
    }

    @Test
    void aTreeWithAttachmentsDoesNotGrow() {
        Linear adapted = new Linear(2, 2);
        adapted.attach("a", LowRank.of(1, 1, 2, 2));
        assertEquals(
                "child: a layer needs a name and a parent of its own, and nothing attached; got added in Open",
                assertThrows(IllegalStateException.class, () -> new Open().add(adapted))
                        .getMessage());
        Open open = new Open();
        open.attach("a", new Shift(1));
        assertThrows(IllegalStateException.class, () -> open.add(new Linear(2, 2)));
    }

    @Test
    void closingOneOfTwoLeavesTheOther() {
        Attachment a = model.attach("a", onAllLinears(1), Map.of());
        Tensor first = out(model, x);
        Attachment b = model.attach("b", onAllLinears(50), Map.of());
        a.close();
        Tensor second = out(model, x);
        b.close();
        Attachment alone = model.attach("b", onAllLinears(50), Map.of());
        assertBits(out(model, x), second, "the other alone");
        alone.close();
        model.attach("a", onAllLinears(1), Map.of());
        assertBits(first, out(model, x), "again");
    }

    @Test
    void ownParametersRestAndWake() {
        Parameter weight = model.head().weight();
        Parameter frozen = model.parameters().get("transformer.wpe.weight");
        frozen.freeze();
        model.forward(x, Context.inference()).sum().backward();
        assertTrue(weight.grad().isPresent());
        Attachment fixed = model.attach("fixed", new Shift(0));
        assertTrue(weight.isTrainable(), "what trains nothing lets nothing rest");
        Attachment a = model.head().attach("a", LowRank.of(1, 2, 16, 20));
        Attachment b = model.head().attach("b", LowRank.of(3, 2, 16, 20));
        assertFalse(weight.isTrainable());
        assertTrue(weight.grad().isEmpty());
        a.close();
        assertFalse(weight.isTrainable(), "the other still trains");
        b.close();
        assertTrue(weight.isTrainable());
        assertFalse(frozen.isTrainable(), "frozen before");
        fixed.close();
    }

    @Test
    void whatIsFrozenWhileItRestsStaysFrozen() {
        Attachment a = model.head().attach("a", LowRank.of(1, 2, 16, 20));
        Parameter stored = model.parameters().get("transformer.h.0.attn.c_attn.weight");
        stored.store(FrozenMatrix.of(stored.value()));
        Parameter norm = model.parameters().get("transformer.ln_f.weight");
        norm.freeze();
        Parameter position = model.parameters().get("transformer.wpe.weight");
        position.freeze();
        position.unfreeze();
        assertFalse(position.isTrainable());
        a.close();
        assertFalse(stored.isTrainable());
        assertFalse(norm.isTrainable());
        assertTrue(position.isTrainable());
        model.head().attach("b", LowRank.of(1, 2, 16, 20));
        model.load(Tiny.copies(model.weights()));
        model.use(Active.none());
        assertTrue(model.parameters().values().stream().noneMatch(Parameter::isTrainable));
    }

    @Test
    void useSetsWhatPassesUseThatDoNotSay() {
        Tensor base = out(model, x);
        assertEquals(Active.all(), model.used());
        model.use(Active.none());
        Attachment a = model.attach("a", onAllLinears(1), Map.of());
        assertBits(base, out(model, x), "nothing is used");
        model.head().use(Active.of("a"));
        assertEquals(Active.of("a"), model.used());
        Tensor adapted = out(model, x);
        assertBits(adapted, out(model, x, Context.inference().with(Context.ACTIVE, Active.all())), "used");
        a.close();
        assertEquals(Active.none(), model.used());
        assertBits(base, out(model, x), "after closing what was used");
    }

    /** Two answers at most: with all adapters, or with none. */
    @Test
    void predictingThreadsSeeAllOrNothing() throws InterruptedException {
        Set<Integer> answers = ConcurrentHashMap.newKeySet();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger passes = new AtomicInteger();
        Map<Layer, Adapter> on = onAllLinears(1);
        Set<Integer> expected = new java.util.HashSet<>();
        expected.add(Arrays.hashCode(out(model, x).toFloatArray()));
        Attachment once = model.attach("k", on, Map.of());
        expected.add(Arrays.hashCode(out(model, x).toFloatArray()));
        once.close();
        Thread predicting = new Thread(() -> {
            Pool pool = new Pool();
            while (!stop.get()) {
                float[] y = pool.scope(() -> Grad.disabled(
                        () -> model.forward(x, Context.inference()).value().toFloatArray()));
                answers.add(Arrays.hashCode(y));
                passes.incrementAndGet();
            }
        });
        predicting.start();
        while (passes.get() < 200) {
            Attachment attachment = model.attach("k", on, Map.of());
            model.use(Active.none());
            model.use(Active.all());
            attachment.close();
        }
        stop.set(true);
        predicting.join();
        assertTrue(expected.containsAll(answers), answers + " of " + expected);
    }
}
