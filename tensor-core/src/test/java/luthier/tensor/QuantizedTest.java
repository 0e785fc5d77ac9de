package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuantizedTest {
    private static final Tensor W = Tensor.of(new float[] {1, -2, 0.5f, 4, 0, 0}, 3, 2);

    @Test
    void int8ByHand() {
        Quantized q = Quantized.int8(W);
        assertSame(Tensor.of(new float[] {2, 4, 0}, 3), q.absmax());
        assertSame(Tensor.wrap(DType.I8, new byte[] {64, -127, 16, 127, 0, 0}, Shape.of(3, 2)), q.codes());
        assertEquals(6 + 12, q.bytes());
        assertEquals("Quantized(int8, [3, 2], 18 bytes)", q.toString());
        assertEquals(64 * (2f / 127), (float) q.dequantize().get(0, 0));
        assertEquals(0, q.dequantize().get(2, 1));
        assertEquals(2, Quantized.int8Blocks(W, 4).absmax().size(0));
    }

    @Test
    void nf4ByHand() {
        Quantized q = Quantized.nf4(W, 4);
        assertSame(Tensor.of(new float[] {4, 0}, 2), q.absmax());
        assertSame(Tensor.wrap(DType.U8, new byte[] {10, 2, 9, 15, 7, 7}, Shape.of(3, 2)), q.codes());
        assertSame(Tensor.wrap(DType.U8, new byte[] {(byte) 0xA2, (byte) 0x9F, 0x77}, Shape.of(3)), q.packed());
        assertEquals(3 + 8, q.bytes());
        assertEquals(16, Quantized.nf4Codebook().size(0));
    }

    /** Maxima 4, 0 and their mean 2: both lie as far from it as the largest, whose numbers 1 and -1 of the map keep but for -1's own. */
    @Test
    void doubleQuantisationRestoresTheMaxima() {
        Quantized q = Quantized.nf4Double(W, 4);
        assertSame(Quantized.nf4(W, 4).codes(), q.codes());
        assertEquals(4, q.absmax().get(0));
        assertEquals(2 - 2 * (0.1 + 0.9 * 63.5 / 64), q.absmax().get(1), 1e-6);
        assertEquals(3 + 2 + 4 + 4, q.bytes());
        Tensor even = Tensor.ones(DType.F32, 2, 64);
        assertSame(even, Quantized.nf4Double(even, 64).dequantize());
        assertEquals(
                0,
                Quantized.nf4Double(Tensor.zeros(DType.F32, 0, 4), 64).absmax().elementCount());
    }

    @Test
    void anOddCountLeavesTheLastHalfByteZero() {
        Quantized q = Quantized.nf4(Tensor.of(new float[] {1, 1, 1}, 1, 3), 2);
        assertSame(Tensor.wrap(DType.U8, new byte[] {(byte) 0xFF, (byte) 0xF0}, Shape.of(2)), q.packed());
        assertSame(Tensor.of(new float[] {1, 1, 1}, 1, 3), q.dequantize());
    }

    @Test
    void theErrorIsAtMostHalfAStep() {
        Tensor w = Rng.of(3).split("w").normal(DType.F32, Shape.of(17, 129), 0, 1);
        Tensor back = Quantized.int8(w).dequantize();
        for (int i = 0; i < 17; i++) {
            double step = Quantized.int8(w).absmax().get(i) / 127;
            for (int j = 0; j < 129; j++) {
                assertEquals(w.get(i, j), back.get(i, j), step * 0.5001);
            }
        }
    }

    @Test
    void aProductHasTheBitsOfTheDequantisedWeight() {
        Tensor w = Rng.of(4).split("w").normal(DType.F32, Shape.of(70, 130), 0, 1);
        Tensor bias = Rng.of(4).split("b").normal(DType.F32, Shape.of(70), 0, 1);
        for (Quantized q : List.of(Quantized.int8(w), Quantized.int8Blocks(w, 64), Quantized.nf4(w, 64))) {
            Tensor plain = q.dequantize();
            for (long rows : new long[] {0, 1, 3, 50}) {
                Tensor x = Rng.of(5).split("x").normal(DType.F32, Shape.of(rows, 130), 0, 1);
                assertSame(Matmul.linear(x, plain), Matmul.linear(x, q));
                assertSame(Matmul.linear(x, plain, bias), Matmul.linear(x, q, bias));
            }
        }
    }

    @Test
    void emptyMatrices() {
        assertEquals(0, Quantized.int8(Tensor.zeros(DType.F32, 0, 4)).bytes());
        assertEquals(
                Shape.of(3, 0),
                Quantized.int8(Tensor.zeros(DType.F32, 3, 0)).dequantize().shape());
        assertEquals(
                Shape.of(0, 4),
                Quantized.nf4(Tensor.zeros(DType.F32, 0, 4), 64).codes().shape());
    }

    @Test
    void errors() {
        assertEquals(
                "nf4: the weight must be [rows, columns]; got [6]; reshape it to a matrix" + "\n  weight >[6]< F32",
                assertThrows(ShapeException.class, () -> Quantized.nf4(W.reshape(6), 64))
                        .getMessage());
        assertEquals(
                "int8: the weight must be F32; got F64; convert with to()",
                assertThrows(DTypeException.class, () -> Quantized.int8(W.to(DType.F64)))
                        .getMessage());
        assertEquals(
                "int8Blocks: the block must be positive; got 0; use 64",
                assertThrows(IllegalArgumentException.class, () -> Quantized.int8Blocks(W, 0))
                        .getMessage());
        Tensor broken = Tensor.of(new float[] {1, Float.NaN}, 1, 2);
        assertEquals(
                "int8: numbers must be finite; got NaN at flat index 1; find where the weight went wrong before it is frozen",
                assertThrows(IllegalArgumentException.class, () -> Quantized.int8(broken))
                        .getMessage());
        assertEquals(
                "linear: x must be [.., in] and weight [out, in]; got x [3] and weight [3, 2]; transpose the weight"
                        + "\n  x [>3<] F32"
                        + "\n  weight [3, >2<]",
                assertThrows(ShapeException.class, () -> Matmul.linear(Tensor.zeros(DType.F32, 3), Quantized.int8(W)))
                        .getMessage());
        assertEquals(
                "linear: x must be F32 or F64 beside a quantised weight; got I32; convert with to()",
                assertThrows(DTypeException.class, () -> Matmul.linear(W.to(DType.I32), Quantized.int8(W)))
                        .getMessage());
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        assertTrue(expected.bitEquals(actual), "expected " + expected + " but got " + actual);
    }
}
