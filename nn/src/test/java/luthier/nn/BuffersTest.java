package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.distance;
import static luthier.tiny.Tiny.normal;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import luthier.autograd.Variable;
import luthier.nn.init.Initializer;
import luthier.nn.layers.BatchNorm;
import luthier.nn.layers.Linear;
import luthier.tensor.Pool;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters.LowRank;
import luthier.tiny.TinyNet;
import org.junit.jupiter.api.Test;

/** Buffers are saved and never trained; a training pass proposes their values, and a commit sets them. */
class BuffersTest {
    private final TinyNet net = new TinyNet();
    private final Variable x = Variable.constant(normal(2, 3, 2, 6, 6));

    BuffersTest() {
        net.initialize(Seed.of(1));
    }

    private static Tensor mean(Layer layer) {
        return layer.parameters().get("bn.running_mean").value();
    }

    private Context pass() {
        return Context.training(Rng.of(1));
    }

    @Test
    void aCommitSetsWhatAPassProposes() {
        Tensor before = mean(net).copy();
        Context c = pass();
        net.forward(x, c).sum().backward();
        assertBits(before, mean(net), "before the commit");
        c.commit();
        assertTrue(distance(before, mean(net)) > 1e-3);
        Tensor after = mean(net).copy();
        c.commit();
        assertBits(after, mean(net), "a commit sets once");
        Tiny.out(net, x);
        assertBits(after, mean(net), "inference proposes nothing");
    }

    @Test
    void proposalsOutliveThePoolOfTheirPass() {
        Context plain = pass();
        net.forward(x, plain);
        plain.commit();
        Tensor expected = mean(net).copy();
        TinyNet other = new TinyNet();
        other.initialize(Seed.of(1));
        Context pooled = pass();
        Pool pool = new Pool();
        pool.scope(() -> other.forward(x, pooled).value());
        pool.scope(() -> other.forward(x, Context.inference()).value());
        pooled.commit();
        assertBits(expected, mean(other), "statistics");
    }

    /** A norm that a pass meets twice, as it is or recomputed. */
    private static final class Twice extends Layer {
        private final boolean recomputing;
        private final Layer once = part(Role.MLP, new Once());

        private Twice(boolean recomputing) {
            this.recomputing = recomputing;
            initialize(Seed.of(1));
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            return recomputing
                    ? once.recomputed(x, c).add(once.recomputed(x.mul(2), c))
                    : once.forward(x, c).add(once.forward(x.mul(2), c));
        }
    }

    private static final class Once extends Layer {
        private final Linear f = child("f", new Linear(4, 4));
        private final BatchNorm norm = child("bn", new BatchNorm(4));

        @Override
        protected Variable compute(Variable x, Context c) {
            return norm.forward(f.forward(x, c), c);
        }
    }

    /** mean'' = 0.9 (0.9 m + 0.1 m1) + 0.1 m2. */
    @Test
    void aLayerCalledTwiceMovesTwiceAndARecomputationNotAtAll() {
        Variable in = Variable.parameter(normal(1, 6, 4));
        Twice plain = new Twice(false);
        Tensor once = Tiny.out(plain.layers().get("f"), in, Context.inference()).mean(0);
        Tensor twice = Tiny.out(
                        plain.layers().get("f"), Variable.constant(in.value().mul(2)), Context.inference())
                .mean(0);
        Context c = pass();
        plain.forward(in, c).square().sum().backward();
        c.commit();
        assertTrue(distance(once.mul(0.09).add(twice.mul(0.1)), mean(plain)) < 1e-6);
        Tensor gradient = in.grad().orElseThrow();
        in.zeroGrad();
        Twice again = new Twice(true);
        Context r = pass();
        again.forward(in, r).square().sum().backward();
        r.commit();
        assertBits(mean(plain), mean(again), "recomputed");
        assertTrue(distance(gradient, in.grad().orElseThrow()) < 1e-5);
    }

    /** A trained copy in a value's place. */
    private record Copy(Parameter copy) implements ParameterAdapter {
        static Copy of(Parameter own) {
            Parameter made = own.isBuffer()
                    ? Parameter.buffer(own.name(), own.shape(), Initializer.zeros())
                    : new Parameter(own.name(), own.shape(), Initializer.zeros());
            made.load(own.value());
            return new Copy(made);
        }

        @Override
        public Variable value(Supplier<Variable> own, Context c) {
            return copy.variable();
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(copy);
        }

        @Override
        public Optional<Parameter> target() {
            return copy.isBuffer() ? Optional.of(copy) : Optional.empty();
        }
    }

    @Test
    void underAnAdaptationTheStatisticsStayAndAreUsed() {
        Tensor evaluated = Tiny.out(net, x);
        Map<String, Tensor> before = Tiny.copies(net.weights());
        Attachment low = net.layers().get("fc").attach("low", LowRank.of(1, 2, 4, 3));
        Context c = pass();
        Tensor trained =
                net.forward(x, c.with(Context.ACTIVE, Active.none())).value().copy();
        net.forward(x, c).sum().backward();
        c.commit();
        assertBits(before, net.weights(), "statistics");
        assertBits(evaluated, trained, "evaluation mode");
        low.close();
        assertBits(evaluated, Tiny.out(net, x), "detached");
    }

    @Test
    void copiesOfAnAdaptationMoveInTheirPlace() {
        Map<String, Tensor> before = Tiny.copies(net.weights());
        Parameter running = net.parameters().get("bn.running_mean");
        Parameter variance = net.parameters().get("bn.running_var");
        Copy mean = Copy.of(running);
        Attachment copies = net.attach("full", Map.of(), Map.of(running, mean, variance, Copy.of(variance)));
        Context c = pass();
        net.forward(x, c);
        c.commit();
        assertBits(before, net.weights(), "the model's own");
        assertTrue(distance(before.get("bn.running_mean"), mean.copy().value()) > 1e-3);
        TinyNet merged = new TinyNet();
        merged.load(net.merged(Active.all()).orElseThrow());
        assertBits(Tiny.out(merged, x), Tiny.out(net, x), "merged with its statistics");
        Tensor moved = mean.copy().value().copy();
        mean.copy().freeze();
        Context frozen = pass();
        net.forward(x, frozen);
        frozen.commit();
        assertBits(moved, mean.copy().value(), "a frozen copy stays");
        Context without = pass();
        net.forward(x, without.with(Context.ACTIVE, Active.none()));
        without.commit();
        assertBits(before, net.weights(), "a pass without the adaptation moves nothing");
        copies.close();
        Context own = pass();
        net.forward(x, own);
        own.commit();
        assertTrue(distance(before.get("bn.running_mean"), mean(net)) > 1e-3, "own statistics are live again");
    }

    @Test
    void frozenStatisticsAreNotProposed() {
        net.parameters().get("bn.running_mean").freeze();
        Tensor evaluated = Tiny.out(net, x);
        Context c = pass();
        assertBits(evaluated, net.forward(x, c).value(), "evaluation mode");
        c.commit();
        assertBits(evaluated, Tiny.out(net, x), "nothing moved");
    }

    /** A layer that asks for a frozen buffer's proposal. */
    private static final class Asks extends Layer {
        private final Parameter count = buffer("count", Shape.of(1), Initializer.zeros());

        @Override
        protected Variable compute(Variable x, Context c) {
            return Variable.constant(c.proposed(count));
        }
    }

    @Test
    void buffersAreToldApart() {
        Asks asks = new Asks();
        asks.initialize(Seed.of(1));
        assertEquals(
                "proposed: the buffer must be live in this pass; got count; ask live(buffer) first",
                assertThrows(IllegalStateException.class, () -> Tiny.out(asks, x))
                        .getMessage());
        Parameter running = net.parameters().get("bn.running_mean");
        assertTrue(running.isBuffer() && running.isLive());
        assertFalse(running.isTrainable());
        assertEquals("running_mean F32[4] buffer", running.toString());
        assertArrayEquals(
                new String[] {"bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"},
                net.parameters().keySet().stream()
                        .filter(name -> name.startsWith("bn"))
                        .toArray());
    }
}
