package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.distance;
import static luthier.tiny.Tiny.normal;
import static luthier.tiny.Tiny.out;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Variable;
import luthier.nn.layers.Linear;
import luthier.tensor.Tensor;
import luthier.tiny.TinyAdapters.Added;
import luthier.tiny.TinyAdapters.LowRank;
import luthier.tiny.TinyAdapters.Scaled;
import luthier.tiny.TinyAdapters.Squashed;
import luthier.tiny.TinyAdapters.Turned;
import org.junit.jupiter.api.Test;

/** Adapters lie around each other: the one attached last outermost, and what is merged is what is computed. */
class AdapterNestingTest {
    private final Linear host = new Linear(8, 8);
    private final Variable x = Variable.constant(normal(3, 4, 8));

    AdapterNestingTest() {
        host.load(Map.of("weight", normal(1, 8, 8), "bias", normal(2, 8)));
    }

    private Tensor merged(Active active) {
        Linear plain = new Linear(8, 8);
        plain.load(host.merged(active).orElseThrow());
        return out(plain, x);
    }

    /** y = (W + B A) R x, and y = W R x + B A x. */
    @Test
    void whatIsAttachedLaterLiesOutside() {
        LowRank low = LowRank.of(4, 2, 8, 8);
        Turned turned = Turned.of(6, 8);
        Tensor w = host.weight().value();
        Tensor bias = host.bias().orElseThrow().value();
        Tensor r = turned.r().value();
        Tensor change = low.b().value().matmul(low.a().value());
        for (boolean lowFirst : new boolean[] {true, false}) {
            Attachment first = host.attach("first", lowFirst ? low : turned);
            Attachment second = host.attach("second", lowFirst ? turned : low);
            Tensor weight = lowFirst ? w.add(change).matmul(r) : w.matmul(r).add(change);
            Tensor expected = x.value().matmul(weight.transpose(0, 1)).add(bias);
            assertTrue(distance(expected, out(host, x)) < 1e-5);
            assertTrue(distance(merged(Active.all()), out(host, x)) < 1e-5);
            first.close();
            second.close();
        }
    }

    @Test
    void theOrderIsThatOfAttachingHoweverAPassNamesThem() {
        host.attach("low", LowRank.of(4, 2, 8, 8));
        host.attach("turned", Turned.of(6, 8));
        Context c = Context.inference();
        assertBits(
                out(host, x, c.with(Context.ACTIVE, Active.of("low", "turned"))),
                out(host, x, c.with(Context.ACTIVE, Active.of("turned", "low"))),
                "order of names");
    }

    /** W' = (W + D) * S, with the bits of the pass. */
    @Test
    void adaptersOfOneValueLieAroundEachOtherToo() {
        Added added = Added.of(4, host.weight());
        Scaled scaled = Scaled.of(5, host.weight());
        host.attach("added", Map.of(), Map.of(host.weight(), added));
        host.attach("scaled", Map.of(), Map.of(host.weight(), scaled));
        host.attach("low", LowRank.of(6, 2, 8, 8));
        Tensor expected =
                host.weight().value().add(added.d().value()).mul(scaled.s().value());
        Active values = Active.of("added", "scaled");
        assertBits(expected, host.merged(values).orElseThrow().get("weight"), "merged value");
        assertBits(merged(values), out(host, x, Context.inference().with(Context.ACTIVE, values)), "adapted");
        assertTrue(distance(merged(Active.all()), out(host, x)) < 1e-5);
    }

    /** Reads the weights that the adapters inside leave. */
    private static final class Reader implements Adapter {
        private final List<Tensor> read = new ArrayList<>();
        private final List<String> places = new ArrayList<>();

        @Override
        public Variable forward(Inner inner, Variable x, Context c) {
            places.add(inner.place());
            read.add(inner.weights(c).get("weight"));
            return inner.forward(x, c);
        }

        @Override
        public Optional<Map<String, Tensor>> merged(Layer layer, Map<String, Tensor> own) {
            return Optional.of(own);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of();
        }
    }

    @Test
    void anAdapterReadsTheWeightsAsThoseInsideLeaveThem() {
        LowRank low = LowRank.of(4, 2, 8, 8);
        Reader reader = new Reader();
        host.attach("low", low);
        host.attach("reader", reader);
        host.attach("outside", Turned.of(6, 8));
        out(host, x);
        assertBits(
                host.weight().value().add(low.b().value().matmul(low.a().value())),
                reader.read.getFirst(),
                "weights inside");
        out(host, x, Context.inference().with(Context.ACTIVE, Active.of("reader")));
        assertBits(host.weight().value(), reader.read.getLast(), "weights alone");
    }

    @Test
    void anAdapterInsideThatLeavesNoWeightsIsNamed() {
        host.attach("squashed", Squashed.of());
        host.attach("reader", new Reader());
        assertEquals(
                "weights: an adapter that reads its host's weights must lie around adapters that leave weights; got"
                        + " \"squashed\" inside \"reader\" at the root; attach them in the other order",
                assertThrows(IllegalStateException.class, () -> out(host, x)).getMessage());
        assertEquals(Optional.empty(), host.merged(Active.all()));
        assertBits(
                host.weight().value(), host.merged(Active.none()).orElseThrow().get("weight"), "nothing chosen");
    }

    @Test
    void everyAdapterHasAPlaceOfItsOwnForItsRandomness() {
        Reader a = new Reader();
        Reader b = new Reader();
        host.attach("a", a);
        host.attach("b", b);
        out(host, x);
        assertEquals(List.of("+a"), a.places);
        assertEquals(List.of("+b"), b.places);
    }

    @Test
    void gradientsReachAdaptersOfEveryKindAndNotTheHost() {
        LowRank low = LowRank.of(4, 2, 8, 8);
        Added added = Added.of(5, host.weight());
        host.attach("low", low);
        host.attach("added", Map.of(), Map.of(host.weight(), added));
        host.forward(x, Context.inference()).square().sum().backward();
        assertTrue(low.a().grad().isPresent() && low.b().grad().isPresent());
        assertTrue(added.d().grad().isPresent());
        assertEquals(Optional.empty(), host.weight().grad());
    }
}
