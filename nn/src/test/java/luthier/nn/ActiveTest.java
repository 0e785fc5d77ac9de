package luthier.nn;

import static luthier.tiny.Tiny.assertBits;
import static luthier.tiny.Tiny.distance;
import static luthier.tiny.Tiny.ids;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import luthier.autograd.Variable;
import luthier.nn.layers.Linear;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import luthier.tiny.TinyAdapters.LowRank;
import luthier.tiny.TinyAdapters.Prompt;
import luthier.tiny.TinyGpt;
import org.junit.jupiter.api.Test;

/** Which adaptations a pass uses: all, none, some by name, one choice per row. */
class ActiveTest {
    private final TinyGpt model = new TinyGpt(true, 0, false);
    private final Variable x = ids(4, 6);
    private final Context c = Context.inference().withMask(Tiny.mask(6, 6, 4, 5, 6));

    ActiveTest() {
        model.initialize(Seed.of(1));
    }

    private Layer layer(String place) {
        return model.layers().get(place);
    }

    private Tensor out(Active active) {
        return Tiny.out(model, x, c.with(Context.ACTIVE, active));
    }

    private static Tensor row(Tensor y, long row) {
        return y.slice(0, row, row + 1).contiguous();
    }

    @Test
    void aPassChoosesByName() {
        Tensor base = Tiny.out(model, x, c);
        layer("transformer.h.0.attn.c_attn").attach("a", LowRank.of(1, 2, 16, 32));
        Tensor a = Tiny.out(model, x, c);
        layer("transformer.h.1.mlp.c_fc").attach("b", LowRank.of(3, 2, 16, 64));
        Tensor both = Tiny.out(model, x, c);
        assertBits(base, out(Active.none()), "none");
        assertBits(a, out(Active.of("a")), "a");
        assertBits(both, out(Active.all()), "all");
        assertBits(both, out(Active.of("b", "a")), "both by name");
        assertTrue(distance(a, both) > 1e-4);
    }

    @Test
    void namesMustBeAttached() {
        assertEquals(
                "active: names must be those of attached adaptations; got [z] where none is attached",
                assertThrows(IllegalStateException.class, () -> out(Active.of("z")))
                        .getMessage());
        Attachment a = model.head().attach("a", LowRank.of(1, 2, 16, 20));
        assertEquals(
                "active: names must be those of attached adaptations; got [z] where attached are [a]",
                assertThrows(IllegalStateException.class, () -> out(Active.of("z")))
                        .getMessage());
        a.close();
        assertThrows(IllegalStateException.class, () -> out(Active.of("a")));
        assertThrows(IllegalStateException.class, () -> model.use(Active.of("a")));
    }

    @Test
    void aRowHasTheBitsThatItHasAlone() {
        Tensor base = Tiny.out(model, x, c);
        layer("transformer.h.0.attn.c_attn").attach("a", LowRank.of(1, 2, 16, 32));
        model.attach("p", Prompt.of(5, 3, 16));
        Tensor mixed = out(Active.rows(List.of(Active.of("a"), Active.none(), Active.of("p"), Active.of("a", "p"))));
        List<Active> each = List.of(Active.of("a"), Active.none(), Active.of("p"), Active.all());
        for (int row = 0; row < 4; row++) {
            Tensor alone = Tiny.out(
                    model,
                    Variable.constant(row(x.value(), row)),
                    Context.inference()
                            .withMask(row(c.mask().orElseThrow(), row))
                            .with(Context.ACTIVE, each.get(row)));
            assertBits(alone, row(mixed, row), "row " + row);
        }
        assertBits(row(base, 1), row(mixed, 1), "the row of nobody");
    }

    @Test
    void gradientsOfRowsReachWhatTheyUse() {
        LowRank a = LowRank.of(1, 2, 16, 20);
        LowRank b = LowRank.of(3, 2, 16, 20);
        model.head().attach("a", a);
        model.head().attach("b", b);
        model.forward(
                        x,
                        c.with(
                                Context.ACTIVE,
                                Active.rows(List.of(Active.of("a"), Active.none(), Active.of("a"), Active.none()))))
                .square()
                .sum()
                .backward();
        assertTrue(a.a().grad().isPresent());
        assertTrue(b.a().grad().isEmpty());
    }

    /** A layer that gives what a key carries. */
    private static final class Reads extends Layer {
        private final Key<?> key;
        private final Linear any = child("any", new Linear(1, 1));

        private Reads(Key<?> key) {
            this.key = key;
            initialize(Seed.of(1));
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            return c.require(key) instanceof Tensor tensor ? Variable.constant(tensor) : (Variable) c.require(key);
        }
    }

    @Test
    void whatAPassCarriesByRowIsSliced() {
        Key<Tensor> tensors = Key.rows("tensors");
        Key<Variable> variables = Key.variableRows("variables");
        Tensor values = Tiny.normal(7, 3, 2);
        Variable encoded = Variable.parameter(values);
        Active rows = Active.rows(List.of(Active.none(), Active.all(), Active.none()));
        Variable in = Variable.constant(Tiny.normal(8, 3, 1));
        Context by = Context.inference().with(Context.ACTIVE, rows);
        assertBits(values, Tiny.out(new Reads(tensors), in, by.with(tensors, values)), "tensors");
        assertBits(values, Tiny.out(new Reads(variables), in, by.with(variables, encoded)), "variables");
        new Reads(variables).forward(in, by.with(variables, encoded)).sum().backward();
        assertBits(Tensor.ones(values.dtype(), 3, 2), encoded.grad().orElseThrow(), "gradient");
        assertEquals(
                "tensors: must have a row for each row of the batch; got [2, 2] for 3 rows",
                assertThrows(
                                ShapeException.class,
                                () -> Tiny.out(new Reads(tensors), in, by.with(tensors, Tiny.normal(1, 2, 2))))
                        .getMessage());
    }

    @Test
    void choicesByRowAreChecked() {
        assertEquals(
                "active: every row of the batch needs one choice; got 1 choices for an input [4, 6]",
                assertThrows(IllegalArgumentException.class, () -> out(Active.rows(List.of(Active.none()))))
                        .getMessage());
        Active rows = Active.rows(List.of(Active.none()));
        assertThrows(IllegalArgumentException.class, () -> Active.rows(List.of()));
        assertThrows(IllegalArgumentException.class, () -> Active.rows(List.of(rows)));
        assertEquals(
                "use: a choice by rows belongs to one batch; got rows[none]; give it with(Context.ACTIVE, ..) to the pass",
                assertThrows(IllegalArgumentException.class, () -> model.use(rows))
                        .getMessage());
        assertEquals(
                "active: a choice by rows belongs to the forward of a batch; got rows[none]; ask for one choice",
                assertThrows(IllegalArgumentException.class, () -> model.merged(rows))
                        .getMessage());
    }

    /** y = f(x) - f(x) without adaptations: a layer that chooses anew inside its pass. */
    private static final class Twice extends Layer {
        private final Linear f = child("f", new Linear(3, 3));
        private boolean closeInside;
        private Attachment attachment;

        private Twice() {
            initialize(Seed.of(1));
            attachment = f.attach("a", LowRank.of(1, 2, 3, 3));
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            Variable plain = f.forward(x, c.with(Context.ACTIVE, Active.none()));
            if (closeInside) {
                attachment.close();
            }
            return f.forward(x, c.with(Context.ACTIVE, Active.of("a"))).sub(plain);
        }
    }

    @Test
    void aLayerMayChooseAnewAmongWhatThePassFound() {
        Twice model = new Twice();
        Variable in = Variable.constant(Tiny.normal(2, 2, 3));
        Tensor difference = Tiny.out(model, in);
        assertTrue(distance(difference, Tensor.zeros(difference.dtype(), 2, 3)) > 1e-3);
        model.closeInside = true;
        assertBits(difference, Tiny.out(model, in), "a pass keeps to what it found at its beginning");
    }
}
