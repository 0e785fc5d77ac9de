package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Rotary positions by hand, their inverse, and what they are made for. */
class RotaryTest {
    @Test
    void pairsTurn() {
        Tensor x = Tensor.of(new double[] {1, 2, 3, 4}, 1, 4);
        Rotary quick = new Rotary(Rotary.Layout.HALF, 4, 1);
        double c = StrictMath.cos(3);
        double s = StrictMath.sin(3);
        double c2 = StrictMath.cos(1.5);
        double s2 = StrictMath.sin(1.5);
        assertArrayEquals(
                new double[] {c - 3 * s, 2 * c2 - 4 * s2, s + 3 * c, 2 * s2 + 4 * c2},
                quick.rotate(x, Rotary.positions(3, 1)).toDoubleArray());
        assertArrayEquals(
                new double[] {c - 2 * s, s + 2 * c, 3 * c2 - 4 * s2, 3 * s2 + 4 * c2},
                new Rotary(Rotary.Layout.INTERLEAVED, 4, 2)
                        .rotate(x, Rotary.positions(6, 1))
                        .toDoubleArray(),
                1e-15);
    }

    @Test
    void backIsTheInverse() {
        Tensor x = Rng.of(1).normal(DType.F32, Shape.of(2, 3, 5, 6), 0, 1).transpose(1, 2);
        Tensor positions = Tensor.of(new long[] {7, 0, 1000}, 3);
        for (Rotary rotary : new Rotary[] {Rotary.half(), Rotary.interleaved()}) {
            Tensor back = rotary.rotateBack(rotary.rotate(x, positions), positions);
            assertArrayEquals(x.toFloatArray(), back.toFloatArray(), 1e-6f);
        }
        assertTrue(Rotary.half().rotate(x, Tensor.of(new long[3], 3)).bitEquals(x));
        assertEquals(
                0,
                Rotary.half()
                        .rotate(Tensor.zeros(DType.F32, 2, 0, 4), Rotary.positions(0, 0))
                        .elementCount());
    }

    @Test
    void productsDependOnDistanceAlone() {
        Tensor q = Rng.of(2).normal(DType.F64, Shape.of(1, 8), 0, 1);
        Tensor k = Rng.of(3).normal(DType.F64, Shape.of(1, 8), 0, 1);
        double[] products = new double[2];
        for (int i = 0; i < 2; i++) {
            Tensor a = Rotary.half().rotate(q, Rotary.positions(3 + 100L * i, 1));
            Tensor b = Rotary.half().rotate(k, Rotary.positions(1 + 100L * i, 1));
            products[i] = a.mul(b).sum().item();
        }
        assertEquals(products[0], products[1], 1e-12);
    }

    @Test
    void errorsNameTheShapes() {
        assertEquals(
                "rotary: x must be [.., T, d] with an even d and positions [T]; got x [2, 3] and positions [2]"
                        + "\n  x [2, >3<] F32"
                        + "\n  positions [2] I64",
                assertThrows(
                                ShapeException.class,
                                () -> Rotary.half().rotate(Tensor.zeros(DType.F32, 2, 3), Rotary.positions(0, 2)))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Rotary(Rotary.Layout.HALF, 0, 1));
    }

    @Test
    void countsAreNotNegative() {
        assertEquals(
                "positions: the count must not be negative; got -1",
                assertThrows(ShapeException.class, () -> Rotary.positions(0, -1))
                        .getMessage());
    }
}
