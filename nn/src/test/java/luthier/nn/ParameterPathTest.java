package luthier.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import luthier.autograd.Variable;
import luthier.nn.init.Initializer;
import luthier.nn.layers.MultiHeadAttention;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ParameterPathTest {
    /** A tree of two storeys, so that a path has three parts. */
    private static final class Block extends Layer {
        private final MultiHeadAttention attention;

        private Block() {
            attention = child("attention.self", new MultiHeadAttention(4, 2));
            initialize(Seed.of(1));
        }

        @Override
        protected Variable compute(Variable x, Context context) {
            return attention.forward(x, context);
        }
    }

    @Test
    void anErrorInsideALayerShowsTheParametersPath() {
        Variable x = Variable.constant(Tensor.zeros(DType.F32, 2, 3, 6)).named("hidden");
        String message = assertThrows(ShapeException.class, () -> new Block().forward(x, Context.inference()))
                .getMessage();
        assertEquals("""
                linear: x must be [.., in] and weight [out, in]; got x [2, 3, 6] and weight [4, 4]
                  x [2, 3, >6<] F32, hidden
                  weight [4, >4<] F32, attention.self.query.weight
                  bias [4] F32, attention.self.query.bias""", message);
    }

    /** The values may be asked for before the layer hangs in its tree. */
    @Test
    void thePathIsThatOfTheFinishedTree() {
        Block block = new Block();
        Parameter weight = block.parameters().get("attention.self.key.weight");
        assertEquals("attention.self.key.weight", weight.path());
        assertEquals("attention.self.key.weight", weight.variable().name().orElseThrow());
        weight.load(Tensor.ones(DType.F32, 4, 4));
        assertEquals("attention.self.key.weight", weight.variable().name().orElseThrow());
    }

    @Test
    void anAdaptersParametersHangBelowItsHost() {
        Block block = new Block();
        Parameter scale = new Parameter("scale", Shape.of(4), Initializer.ones());
        assertEquals("scale", scale.path());
        Adapter adapter = new Adapter() {
            @Override
            public Variable forward(Inner inner, Variable x, Context c) {
                return inner.forward(x, c).mul(scale.variable());
            }

            @Override
            public List<Parameter> parameters() {
                return List.of(scale);
            }
        };
        Attachment attachment = block.layers().get("attention.self.query").attach("scaled", adapter);
        assertEquals("scaled/attention.self.query.scale", scale.path());
        attachment.close();
    }
}
