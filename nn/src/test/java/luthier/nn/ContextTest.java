package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import luthier.autograd.Variable;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Linear;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters.LowRank;
import org.junit.jupiter.api.Test;

/** What a pass carries. */
class ContextTest {
    @Test
    void aMissingKeyIsNamed() {
        Key<String> key = Key.of("the encoder's output");
        Context c = Context.inference();
        assertEquals(
                "context: this pass needs \"the encoder's output\"; got none; give it with(key, value)",
                assertThrows(IllegalStateException.class, () -> c.require(key)).getMessage());
        Context more = c.with(key, "x");
        assertEquals("x", more.require(key));
        assertEquals(Optional.empty(), c.get(key));
        assertEquals(Optional.empty(), more.get(Key.of("the encoder's output")), "keys are objects");
    }

    @Test
    void typesOfMasksAndTokenTypesAreChecked() {
        assertEquals(
                "mask: must be BOOL with true = real token; got F32; convert with to(DType.BOOL)",
                assertThrows(DTypeException.class, () -> Context.inference().withMask(Tensor.ones(DType.F32, 1, 1)))
                        .getMessage());
        assertThrows(
                DTypeException.class,
                () -> Context.inference().with(Context.TOKEN_TYPES, Tensor.ones(DType.F32, 1, 1)));
    }

    @Test
    void aLayerCalledTwiceMayDrawTwice() {
        Dropout dropout = new Dropout(0.5);
        Variable x = Variable.constant(Tensor.ones(DType.F32, 4, 4));
        Context c = Context.training(Rng.of(1));
        Tensor once = dropout.forward(x, c).value();
        assertBits(once, dropout.forward(x, c).value(), "the same call");
        assertFalse(once.bitEquals(dropout.forward(x, c.at("second")).value()));
        Context inference = Context.inference();
        assertSame(inference, inference.at("second"));
    }

    @Test
    void valuesOfAPassNeedAPass() {
        Linear layer = new Linear(2, 2);
        layer.initialize(Seed.of(1));
        assertEquals(
                "context: a pass begins, and chooses anew, with a layer's forward; got a context that no layer has had"
                        + " since",
                assertThrows(IllegalStateException.class, () -> layer.weight().in(Context.inference()))
                        .getMessage());
    }

    /** A layer that asks a model of its own, which is none of its children. */
    private static final class Pupil extends Layer {
        private final Linear own = child("own", new Linear(3, 3));
        private final Linear teacher;

        private Pupil(Linear teacher) {
            this.teacher = teacher;
            initialize(Seed.of(1));
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            return teacher.forward(own.forward(x, c), c);
        }
    }

    @Test
    void aTreeInsideAnothersPassHasItsOwnAdapters() {
        Linear teacher = new Linear(3, 3);
        teacher.initialize(Seed.of(2));
        Pupil pupil = new Pupil(teacher);
        Variable x = Variable.constant(normal(1, 2, 3));
        Tensor plain = Tiny.out(pupil, x);
        pupil.attach("a", new LowRank(Tiny.parameter("a", normal(3, 1, 3)), Tiny.parameter("b", normal(4, 3, 1))));
        Context a = Context.inference().with(Context.ACTIVE, Active.of("a"));
        Tensor adapted = Tiny.out(pupil, x, a);
        assertFalse(plain.bitEquals(adapted), "the teacher has nothing that the choice could name");
        assertBits(plain, Tiny.out(pupil, x, Context.inference().with(Context.ACTIVE, Active.none())), "none");
    }
}
