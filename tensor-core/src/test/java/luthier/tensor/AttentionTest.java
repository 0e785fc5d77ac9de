package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import luthier.tensor.Attention.Gradients;
import luthier.tensor.Attention.Options;
import luthier.tensor.kernel.Parallel;
import org.junit.jupiter.api.Test;

/** Attention by hand, F32 blocks against F64, masks against one another, and the bits on any number of threads. */
class AttentionTest {
    private static final Optional<Tensor> NONE = Optional.empty();

    private static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F32, Shape.of(shape), 0, 1);
    }

    @Test
    void singlePrecisionFollowsDouble() {
        Tensor q = normal(1, 2, 4, 70, 5);
        Tensor k = normal(2, 2, 2, 90, 5);
        Tensor v = normal(3, 2, 2, 90, 3);
        Tensor bias = normal(4, 4, 1, 90);
        Tensor visible = Rng.of(5).bernoulli(Shape.of(2, 1, 70, 90), 0.7);
        Tensor dY = normal(6, 2, 4, 70, 3);
        for (Options options : new Options[] {
            Options.scaled(0.4),
            Options.scaled(0.4).causally(),
            Options.scaled(0.4).causally().seeing(visible)
        }) {
            Tensor y = Attention.attention(q, k, v, Optional.of(bias), options);
            Tensor exact = Attention.attention(wide(q), wide(k), wide(v), Optional.of(wide(bias)), options);
            assertArrayEquals(exact.toDoubleArray(), y.toDoubleArray(), 2e-6);
            Gradients d = Attention.attentionBackward(q, k, v, Optional.of(bias), options, true, dY);
            Gradients e = Attention.attentionBackward(
                    wide(q), wide(k), wide(v), Optional.of(wide(bias)), options, true, wide(dY));
            assertArrayEquals(e.dQ().toDoubleArray(), d.dQ().toDoubleArray(), 4e-6);
            assertArrayEquals(e.dK().toDoubleArray(), d.dK().toDoubleArray(), 2e-5);
            assertArrayEquals(e.dV().toDoubleArray(), d.dV().toDoubleArray(), 2e-5);
            assertArrayEquals(
                    e.dBias().orElseThrow().toDoubleArray(),
                    d.dBias().orElseThrow().toDoubleArray(),
                    4e-5);
            Gradients without = Attention.attentionBackward(q, k, v, Optional.of(bias), options, false, dY);
            assertTrue(without.dBias().isEmpty());
            assertTrue(without.dV().bitEquals(d.dV()));
        }
    }

    private static Tensor wide(Tensor x) {
        return x.to(DType.F64);
    }

    @Test
    void ordersAreMasksAlignedAtTheEnd() {
        for (int[] sizes : new int[][] {{40, 40}, {3, 40}, {40, 37}, {1, 5}}) {
            Tensor q = normal(1, 1, 2, sizes[0], 4);
            Tensor k = normal(2, 1, 2, sizes[1], 4);
            boolean[] seen = new boolean[sizes[0] * sizes[1]];
            for (int i = 0; i < seen.length; i++) {
                seen[i] = i % sizes[1] <= i / sizes[1] + sizes[1] - sizes[0];
            }
            Tensor mask = Tensor.of(seen, sizes[0], sizes[1]);
            Tensor causal =
                    Attention.attention(q, k, k, NONE, Options.scaled(0.5).causally());
            assertTrue(causal.bitEquals(
                    Attention.attention(q, k, k, NONE, Options.scaled(0.5).seeing(mask))));
        }
    }

    @Test
    void unseenQueriesGiveZeros() {
        Tensor q = normal(1, 1, 1, 3, 2);
        Tensor k = normal(2, 1, 1, 2, 2);
        Tensor mask = Tensor.of(new boolean[] {true, true, false, false, true, false}, 3, 2);
        Tensor hidden = Tensor.of(new float[] {0, 0, -1 / 0f, -1 / 0f, 0, -1 / 0f}, 3, 2);
        Tensor dY = Tensor.ones(DType.F32, 1, 1, 3, 2);
        Tensor y = Attention.attention(q, k, k, NONE, Options.scaled(1).seeing(mask));
        assertTrue(y.bitEquals(Attention.attention(q, k, k, Optional.of(hidden), Options.scaled(1))));
        assertArrayEquals(new float[2], y.select(2, 1).toFloatArray());
        Gradients d =
                Attention.attentionBackward(q, k, k, NONE, Options.scaled(1).seeing(mask), false, dY);
        assertArrayEquals(new float[2], d.dQ().select(2, 1).toFloatArray());
        assertTrue(Reduction.allFinite(d.dK()));
        Tensor before = Attention.attention(q, k, k, NONE, Options.scaled(1).causally());
        assertArrayEquals(new float[2], before.select(2, 0).toFloatArray(), "two keys end with three queries");
        Tensor exact = Attention.attention(
                wide(q), wide(k), wide(k), NONE, Options.scaled(1).seeing(mask));
        assertArrayEquals(new double[2], exact.select(2, 1).toDoubleArray());
    }

    @Test
    void sharedHeadsAreRepeatedHeads() {
        Tensor q = normal(1, 2, 6, 5, 4);
        Tensor k = normal(2, 2, 2, 7, 4);
        Tensor repeated = Movement.repeatInterleave(k, 1, 3);
        assertTrue(Attention.attention(q, k, k, NONE, Options.scaled(1))
                .bitEquals(Attention.attention(q, repeated, repeated, NONE, Options.scaled(1))));
    }

    @Test
    void threadsChangeNoBit() {
        Tensor q = normal(1, 2, 3, 65, 8);
        Tensor dY = normal(2, 2, 3, 65, 8);
        int threads = Parallel.threads();
        try {
            Parallel.setThreads(1);
            Gradients one =
                    Attention.attentionBackward(q, q, q, NONE, Options.scaled(1).causally(), false, dY);
            Parallel.setThreads(3);
            Gradients three =
                    Attention.attentionBackward(q, q, q, NONE, Options.scaled(1).causally(), false, dY);
            assertTrue(one.dQ().bitEquals(three.dQ()));
            assertTrue(one.dK().bitEquals(three.dK()));
            assertTrue(one.dV().bitEquals(three.dV()));
        } finally {
            Parallel.setThreads(threads);
        }
    }

    @Test
    void emptySequences() {
        Tensor q = normal(1, 1, 2, 3, 4);
        Tensor none = Tensor.zeros(DType.F32, 1, 2, 0, 4);
        Tensor y = Attention.attention(q, none, none, NONE, Options.scaled(1));
        assertArrayEquals(new float[24], y.toFloatArray());
        assertEquals(0, Attention.attention(none, q, q, NONE, Options.scaled(1)).elementCount());
        assertArrayEquals(
                new double[24],
                Attention.attention(wide(q), wide(none), wide(none), NONE, Options.scaled(1))
                        .toDoubleArray());
    }

    @Test
    void errorsNameTheShapes() {
        Tensor q = normal(1, 1, 4, 3, 2);
        Tensor k = normal(1, 1, 3, 3, 2);
        assertEquals(
                "attention: shapes must be q [B, H, T, d], k [B, G, S, d], v [B, G, S, e], G a divisor of H; got q"
                        + " [1, 4, 3, 2], k [1, 3, 3, 2], v [1, 3, 3, 2]"
                        + "\n  q [1, >4<, 3, 2] F32"
                        + "\n  k [1, >3<, 3, 2] F32"
                        + "\n  v [1, 3, 3, 2] F32"
                        + "\n  try q.transpose(1, 2): [1, 3, 4, 2] fits",
                assertThrows(ShapeException.class, () -> Attention.attention(q, k, k, NONE, Options.scaled(1)))
                        .getMessage());
        assertThrows(
                DTypeException.class,
                () -> Attention.attention(q, q, q, NONE, Options.scaled(1).seeing(normal(2, 3, 3))));
    }

    @Test
    void theGradientOfTheResultMustFit() {
        Tensor q = Tensor.ones(DType.F32, 1, 2, 3, 4);
        Options plain = Options.scaled(1);
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            Tensor x = q.to(dtype);
            assertEquals(
                    "attentionBackward: dY must have the shape of y, [1, 2, 3, 4]; got [3]\n  dY >[3]< " + dtype,
                    assertThrows(
                                    ShapeException.class,
                                    () -> Attention.attentionBackward(
                                            x, x, x, NONE, plain, false, Tensor.ones(dtype, 3)))
                            .getMessage());
        }
        assertThrows(
                DTypeException.class, () -> Attention.attentionBackward(q, q, q, NONE, plain, false, q.to(DType.F64)));
    }

    @Test
    void sequencesBeyondAnyArrayAreRefused() {
        Tensor q = Tensor.ones(DType.F32, 1, 1, 1, 2).expand(Shape.of(1, 1, 1L << 32, 2));
        assertEquals(
                "attention: a tensor may hold at most 2147483639 elements; got [1, 1, 4294967296] (4294967296); split it",
                assertThrows(ShapeException.class, () -> Attention.attention(q, q, q, NONE, Options.scaled(1)))
                        .getMessage());
    }
}
