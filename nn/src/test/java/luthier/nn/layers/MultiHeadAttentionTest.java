package luthier.nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MultiHeadAttentionTest {
    private static final Variable X = Variable.constant(Rng.of(7).normal(DType.F64, Shape.of(2, 5, 8), 0, 1));
    private static final Tensor MASK =
            Tensor.of(new boolean[] {true, true, true, true, true, true, true, true, false, false}, 2, 5);

    private static MultiHeadAttention attention(double dropout) {
        MultiHeadAttention attention = new MultiHeadAttention(8, 2, dropout, List.of("q_lin", "k_lin", "v_lin"));
        attention.initialize(Seed.f64(1));
        return attention;
    }

    @Test
    void itsProjectionsHaveTheNamesOfTheCheckpoint() {
        assertEquals(
                List.of("q_lin.weight", "q_lin.bias", "k_lin.weight", "k_lin.bias", "v_lin.weight", "v_lin.bias"),
                List.copyOf(attention(0).names().keySet()));
    }

    /** A dropout that drops nothing takes the composed form; without one, and in inference, attention is fused. */
    @Test
    void composedAndFusedAgree() {
        for (Context training :
                List.of(Context.training(Rng.of(3)), Context.training(Rng.of(3)).withMask(MASK))) {
            Tensor composed = attention(1e-15).forward(X, training).value();
            Tensor fused = attention(0).forward(X, training).value();
            assertFalse(composed.bitEquals(Tensor.zeros(DType.F64, 2, 5, 8)));
            assertTrue(Comparison.allClose(composed, fused, 1e-12, 1e-12));
        }
    }

    @Test
    void dropsKeysWhileTrainingAlone() {
        MultiHeadAttention attention = attention(0.5);
        Tensor inference = attention.forward(X, Context.inference()).value();
        assertTrue(
                inference.bitEquals(attention(0).forward(X, Context.inference()).value()));
        Tensor once = attention.forward(X, Context.training(Rng.of(3))).value();
        assertFalse(Comparison.allClose(once, inference, 1e-3, 1e-3));
        assertTrue(
                once.bitEquals(attention.forward(X, Context.training(Rng.of(3))).value()));
    }
}
