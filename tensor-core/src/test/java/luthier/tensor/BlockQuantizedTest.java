package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BlockQuantizedTest {
    /** 0, 1, .. 31: a block whose codes can be written down. */
    private static final Tensor RAMP = Creation.arange(DType.F32, 0, 32, 1).reshape(1, 32);

    @Test
    void q4_1ByHand() {
        BlockQuantized q = BlockQuantized.of(BlockQuantized.Type.Q4_1, Elementwise.div(RAMP, 31));
        // d = 1 / 15, m = 0, code = floor(i 15 / 31 + 0.5): 0, 0, 1, 1, 2, ..
        byte[] blocks = q.blocks();
        assertEquals(20, blocks.length);
        assertEquals(Float.floatToFloat16(1 / 15f), half(blocks, 0));
        assertEquals(0, half(blocks, 2));
        for (int i = 0; i < 32; i++) {
            assertEquals((int) (i * 15 / 31.0 + 0.5), blocks[4 + i % 16] >> i / 16 * 4 & 15);
            assertEquals((int) (i * 15 / 31.0 + 0.5) * Float.float16ToFloat(half(blocks, 0)), (float)
                    q.dequantize().get(0, i));
        }
    }

    @Test
    void q4_0ByHand() {
        BlockQuantized q = BlockQuantized.of(BlockQuantized.Type.Q4_0, Elementwise.sub(RAMP, 16));
        // The number of largest magnitude is -16: d = 2, code = min(15, floor((i - 16) / 2 + 8.5)).
        byte[] blocks = q.blocks();
        assertEquals(18, blocks.length);
        assertEquals(Float.floatToFloat16(2), half(blocks, 0));
        for (int i = 0; i < 32; i++) {
            int code = Math.min(15, (int) ((i - 16) / 2.0 + 8.5));
            assertEquals(code, blocks[2 + i % 16] >> i / 16 * 4 & 15);
            assertEquals(2 * (code - 8), q.dequantize().get(0, i));
        }
    }

    @Test
    void q8_0ByHand() {
        BlockQuantized q =
                BlockQuantized.of(BlockQuantized.Type.Q8_0, Elementwise.sub(Elementwise.mul(RAMP, 127 / 16.0), 127));
        byte[] blocks = q.blocks();
        assertEquals(34, blocks.length);
        assertEquals(Float.floatToFloat16(1), half(blocks, 0));
        for (int i = 0; i < 32; i++) {
            assertEquals(roundHalfAway(i * 127 / 16.0 - 127), blocks[2 + i]);
            assertEquals(blocks[2 + i], q.dequantize().get(0, i));
        }
    }

    private static int roundHalfAway(double x) {
        return (int) (Math.signum(x) * Math.floor(Math.abs(x) + 0.5));
    }

    static Stream<BlockQuantized.Type> made() {
        return Arrays.stream(BlockQuantized.Type.values()).filter(BlockQuantized.Type::isMadeHere);
    }

    @ParameterizedTest
    @MethodSource("made")
    void blocksOfAFileComeBackAsTheyWere(BlockQuantized.Type type) {
        BlockQuantized q = BlockQuantized.of(type, Rng.of(1).normal(DType.F32, Shape.of(67, 96), 0, 1));
        BlockQuantized read = BlockQuantized.ofBlocks(type, q.shape(), q.blocks());
        assertArrayEquals(q.blocks(), read.blocks());
        assertSame(q.dequantize(), read.dequantize());
        assertEquals(type, read.type());
        assertEquals(67 * 3 * type.blockBytes(), read.bytes());
        assertEquals("BlockQuantized(" + type + ", [67, 96], " + read.bytes() + " bytes)", read.toString());
    }

    @ParameterizedTest
    @MethodSource("made")
    void theErrorIsAtMostAStep(BlockQuantized.Type type) {
        Tensor w = Rng.of(2).normal(DType.F32, Shape.of(9, 64), 0, 1);
        Tensor back = BlockQuantized.of(type, w).dequantize();
        // Half a step of the codes (Q4_0 lacks its topmost code's other half), and half-precision scales.
        double step = switch (type) {
            case Q4_0 -> 1 / 8.0;
            case Q4_1 -> 1 / 15.0;
            case Q5_0 -> 1 / 16.0;
            case Q5_1 -> 1 / 31.0;
            default -> 0.5 / 127;
        };
        for (int row = 0; row < 9; row++) {
            for (int block = 0; block < 64; block += 32) {
                Tensor part = w.slice(0, row, row + 1).slice(1, block, block + 32);
                double largest = Reduction.max(Selection.abs(part), 0, 1).item();
                for (int i = block; i < block + 32; i++) {
                    assertEquals(w.get(row, i), back.get(row, i), largest * (step + 0x1p-10));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("made")
    void zerosAndTinyScalesStayExact(BlockQuantized.Type type) {
        Tensor zeros = Tensor.zeros(DType.F32, 2, 32);
        assertSame(zeros, BlockQuantized.of(type, zeros).dequantize());
        // Scales below the least normal half-precision number.
        Tensor tiny = Elementwise.mul(RAMP, 0x1p-20);
        BlockQuantized q = BlockQuantized.of(type, tiny.expand(Shape.of(64, 32)).contiguous());
        Tensor x = Rng.of(3).normal(DType.F32, Shape.of(1, 32), 0, 1);
        assertSame(Matmul.linear(x, q.dequantize()), Matmul.linear(x, q));
    }

    @ParameterizedTest
    @EnumSource(names = {"Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
    void blocksThatAreOnlyReadAreUnpackedByTheirFormula(BlockQuantized.Type type) {
        Random random = new Random(4);
        for (int i = 0; i < 100; i++) {
            GgufBlocks block = GgufBlocks.one(type, random);
            BlockQuantized q = BlockQuantized.ofBlocks(type, Shape.of(1, 256), block.block());
            Tensor numbers = q.dequantize();
            for (int j = 0; j < 256; j++) {
                assertEquals((float) block.number(j) + 0f, (float) numbers.get(0, j) + 0f, "number " + j);
            }
            assertEquals(type.blockBytes(), q.bytes());
            assertArrayEquals(block.block(), q.blocks());
        }
    }

    @Test
    void aScaleThatIsNotFiniteIsKeptAsItIs() {
        for (BlockQuantized.Type type : BlockQuantized.Type.values()) {
            byte[] blocks = new byte[type.blockBytes()];
            Arrays.fill(blocks, (byte) 0x7C);
            BlockQuantized q = BlockQuantized.ofBlocks(type, Shape.of(1, type.blockNumbers()), blocks.clone());
            assertArrayEquals(blocks, q.blocks());
            Tensor x = Tensor.ones(DType.F32, 1, type.blockNumbers());
            assertSame(Matmul.linear(x, q.dequantize()), Matmul.linear(x, q));
        }
    }

    @Test
    void emptyMatrices() {
        assertEquals(
                0,
                BlockQuantized.of(BlockQuantized.Type.Q4_0, Tensor.zeros(DType.F32, 0, 64))
                        .bytes());
        BlockQuantized none = BlockQuantized.of(BlockQuantized.Type.Q8_0, Tensor.zeros(DType.F32, 3, 0));
        assertSame(Tensor.zeros(DType.F32, 2, 3), Matmul.linear(Tensor.zeros(DType.F32, 2, 0), none));
        assertSame(Tensor.zeros(DType.F32, 3), Matmul.linear(Tensor.zeros(DType.F32, 0), none));
    }

    @Test
    void errors() {
        assertEquals(
                "Q4_0: the weight must be [rows, columns] with columns a multiple of 32; got [2, 33]; keep such a weight in"
                        + " another type",
                assertThrows(
                                ShapeException.class,
                                () -> BlockQuantized.of(BlockQuantized.Type.Q4_0, Tensor.zeros(DType.F32, 2, 33)))
                        .getMessage());
        assertEquals(
                "Q8_0: the weight must be F32; got F64; convert with to()",
                assertThrows(
                                DTypeException.class,
                                () -> BlockQuantized.of(BlockQuantized.Type.Q8_0, RAMP.to(DType.F64)))
                        .getMessage());
        assertEquals(
                "Q4_1: a matrix [1, 32] must have 20 bytes; got 18; give the blocks of this tensor alone",
                assertThrows(
                                ShapeException.class,
                                () -> BlockQuantized.ofBlocks(BlockQuantized.Type.Q4_1, Shape.of(1, 32), new byte[18]))
                        .getMessage());
        Tensor broken = Elementwise.div(RAMP, 0);
        assertEquals(
                "Q8_0: numbers must be finite; got NaN at flat index 0; find where the weight went wrong before it is"
                        + " frozen",
                assertThrows(IllegalArgumentException.class, () -> BlockQuantized.of(BlockQuantized.Type.Q8_0, broken))
                        .getMessage());
        assertEquals(
                "Q4_0: scales must be finite half-precision numbers; got d -Infinity and m 0.0 in row 0, block 0; find"
                        + " where the weight went wrong before it is frozen",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> BlockQuantized.of(
                                        BlockQuantized.Type.Q4_0, Tensor.full(DType.F32, 1e6, Shape.of(1, 32))))
                        .getMessage());
    }

    @Test
    void typesThatAreOnlyReadAreNotMade() {
        assertEquals(
                "Q4_K: is only read; got a weight [1, 256]; use Q4_0, Q4_1, Q5_0, Q5_1 or Q8_0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> BlockQuantized.of(BlockQuantized.Type.Q4_K, Tensor.zeros(DType.F32, 1, 256)))
                        .getMessage());
    }

    private static short half(byte[] from, int at) {
        return (short) (from[at] & 0xFF | from[at + 1] << 8);
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        assertTrue(expected.bitEquals(actual), "expected " + expected + " but got " + actual);
    }
}
