package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import luthier.tensor.kernel.Parallel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However a weight is stored, one row, a batch and the product with the weight unpacked have the same bits, in both directions. */
class FrozenMatrixTest {
    private static final int USES = 3;

    private final int threads = Parallel.threads();

    @AfterEach
    void restore() {
        Parallel.setThreads(threads);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 32",
        "2, 96",
        "63, 64",
        "65, 128",
        "129, 544",
        "330, 416",
        "3, 256",
        "70, 768",
        "1, 1",
        "5, 3",
        "70, 33",
        "67, 130",
        "20, 2144"
    })
    void oneRowABatchAndTheNumbersAgree(int rows, int columns) {
        Tensor w = Rng.of(1).normal(DType.F32, Shape.of(rows, columns), 0, 1);
        Tensor bias = Rng.of(2).normal(DType.F32, Shape.of(rows), 0, 1);
        Tensor right = Rng.of(3).normal(DType.F32, Shape.of(40, columns), 0, 1);
        Tensor left = Rng.of(4).normal(DType.F32, Shape.of(40, rows), 0, 1);
        for (int count : new int[] {1, 2, 3}) {
            Parallel.setThreads(count);
            for (FrozenMatrix stored : storages(w)) {
                Tensor numbers = stored.dequantize();
                assertEquals(w.shape(), stored.shape());
                Tensor index = Tensor.of(new long[] {rows - 1, 0, rows / 2, 0}, 2, 2);
                assertBits(stored, Indexing.embedding(numbers, index), Indexing.embedding(stored, index));
                for (int use = 0; use < USES; use++) {
                    for (int m : new int[] {0, 1, 3, 40}) {
                        Tensor x = right.slice(0, 0, m);
                        Tensor y = left.slice(0, 0, m);
                        assertBits(stored, Matmul.linear(x, numbers), Matmul.linear(x, stored));
                        assertBits(stored, Matmul.linear(x, numbers, bias), Matmul.linear(x, stored, bias));
                        assertBits(stored, Matmul.matmul(y, numbers), Matmul.matmul(y, stored));
                    }
                }
                Tensor all = Matmul.linear(right, stored, bias);
                Tensor back = Matmul.matmul(left, stored);
                for (int i : new int[] {0, 39}) {
                    assertBits(stored, all.select(0, i), Matmul.linear(right.select(0, i), stored, bias));
                    assertBits(stored, back.select(0, i), Matmul.matmul(left.select(0, i), stored));
                }
            }
        }
    }

    /** All storages that a shape allows. */
    private static List<FrozenMatrix> storages(Tensor w) {
        List<FrozenMatrix> result = new ArrayList<>(List.of(
                FrozenMatrix.of(w),
                FrozenMatrix.of(w.to(DType.BF16)),
                FrozenMatrix.of(w.to(DType.F16)),
                FrozenMatrix.of(w.transpose(0, 1).to(DType.BF16).transpose(0, 1)),
                Quantized.int8(w),
                Quantized.int8Blocks(w, 48),
                Quantized.int8Blocks(w, 16),
                Quantized.nf4(w, 64),
                Quantized.nf4(w, 20)));
        if (w.size(1) % 32 == 0) {
            for (BlockQuantized.Type type : BlockQuantized.Type.values()) {
                if (type.isMadeHere()) {
                    result.add(BlockQuantized.of(type, w));
                } else if (w.size(1) % type.blockNumbers() == 0) {
                    result.add(GgufBlocks.random(type, (int) w.size(0), (int) w.size(1), 9));
                }
            }
        }
        return result;
    }

    @Test
    void aStridedRowAndSeveralLeadingAxes() {
        Tensor w = Rng.of(1).normal(DType.F32, Shape.of(70, 64), 0, 1);
        Tensor x = Rng.of(2).normal(DType.F32, Shape.of(64, 6), 0, 1).transpose(0, 1);
        for (FrozenMatrix stored : storages(w)) {
            Tensor numbers = stored.dequantize();
            assertBits(stored, Matmul.linear(x.slice(0, 2, 3), numbers), Matmul.linear(x.slice(0, 2, 3), stored));
            Tensor batch = x.reshape(2, 3, 64);
            assertBits(stored, Matmul.linear(batch, numbers), Matmul.linear(batch, stored));
            Tensor other = Rng.of(3).normal(DType.F32, Shape.of(2, 1, 3, 70), 0, 1);
            assertBits(stored, Matmul.matmul(other, numbers), Matmul.matmul(other, stored));
        }
    }

    @Test
    void infinitiesAndNaNOfXGoOn() {
        Tensor x = Tensor.of(new float[] {Float.POSITIVE_INFINITY, 1, Float.NaN, 2}, 1, 4);
        Tensor w = Tensor.of(new float[] {1, 2, 0, 4, 0, 1, 0, 1}, 2, 4);
        Tensor y =
                Matmul.linear(x.slice(1, 0, 2), Quantized.int8(w.slice(1, 0, 2).contiguous()));
        assertEquals(Double.POSITIVE_INFINITY, y.get(0, 0));
        assertEquals(Double.NaN, y.get(0, 1));
        assertEquals(Double.NaN, Matmul.linear(x, Quantized.int8(w)).get(0, 0));
    }

    @Test
    void doublePrecisionMultipliesTheNumbers() {
        Tensor w = Rng.of(1).normal(DType.F32, Shape.of(5, 32), 0, 1);
        Tensor x = Rng.of(2).normal(DType.F64, Shape.of(3, 32), 0, 1);
        Tensor y = Rng.of(3).normal(DType.F64, Shape.of(3, 5), 0, 1);
        Tensor bias = Rng.of(4).normal(DType.F64, Shape.of(5), 0, 1);
        for (FrozenMatrix stored : storages(w)) {
            Tensor numbers = stored.dequantize().to(DType.F64);
            assertBits(stored, Matmul.linear(x, numbers, bias), Matmul.linear(x, stored, bias));
            assertBits(stored, Matmul.matmul(y, numbers), Matmul.matmul(y, stored));
        }
        Tensor wide = w.to(DType.F64);
        assertSame(wide, FrozenMatrix.of(wide).dequantize());
    }

    @Test
    void bytesAreThoseOfFiles() {
        Tensor w = Tensor.ones(DType.F32, 4, 64);
        assertEquals(1024, FrozenMatrix.of(w).bytes());
        assertEquals(512, FrozenMatrix.of(w.to(DType.BF16)).bytes());
        assertEquals(256 + 16, Quantized.int8(w).bytes());
        assertEquals(128 + 16, Quantized.nf4(w, 64).bytes());
        assertEquals(8 * 18, BlockQuantized.of(BlockQuantized.Type.Q4_0, w).bytes());
    }

    @Test
    void aTensorThatIsWrittenIsRefused() {
        Tensor w = Tensor.ones(DType.F32, 2, 2);
        w.copyInPlace(Tensor.zeros(DType.F32, 2, 2));
        FrozenMatrix stored = FrozenMatrix.of(w);
        Matmul.linear(w, stored);
        w.copyInPlace(Tensor.ones(DType.F32, 2, 2));
        assertEquals(
                "frozenMatrix: the tensor of a frozen weight must not be written; got version 2 of F32[2, 2], frozen in"
                        + " version 1; make the frozen weight after the writing",
                assertThrows(IllegalStateException.class, () -> Matmul.matmul(w, stored))
                        .getMessage());
    }

    @Test
    void errors() {
        FrozenMatrix q = Quantized.int8(Tensor.ones(DType.F32, 3, 2));
        assertEquals(
                "frozenMatrix: the weight must be [rows, columns]; got [6]; reshape it to a matrix"
                        + "\n  weight >[6]< F32",
                assertThrows(ShapeException.class, () -> FrozenMatrix.of(Tensor.ones(DType.F32, 6)))
                        .getMessage());
        assertEquals(
                "frozenMatrix: the weight must be F32, F64, BF16 or F16; got I32; convert with to()",
                assertThrows(DTypeException.class, () -> FrozenMatrix.of(Tensor.ones(DType.I32, 2, 2)))
                        .getMessage());
        assertEquals(
                "matmul: inner sizes must agree ([.., k] x [k, n]); got [2] and [3, 2]; use linear, which multiplies with"
                        + " the transpose"
                        + "\n  x [>2<] F32"
                        + "\n  weight [>3<, 2]",
                assertThrows(ShapeException.class, () -> Matmul.matmul(Tensor.ones(DType.F32, 2), q))
                        .getMessage());
        assertEquals(
                "matmul: inner sizes must agree ([.., k] x [k, n]); got [] and [3, 2]"
                        + "\n  x >[]< F32"
                        + "\n  weight [3, 2]",
                assertThrows(ShapeException.class, () -> Matmul.matmul(Tensor.scalar(1f), q))
                        .getMessage());
        assertEquals(
                "matmul: x must be F32 or F64 beside a quantised weight; got I32; convert with to()",
                assertThrows(DTypeException.class, () -> Matmul.matmul(Tensor.ones(DType.I32, 3), q))
                        .getMessage());
        assertEquals(
                "linear: the bias must be [out] for a weight [out, in]; got bias [2] and weight [3, 2]"
                        + "\n  x [2] F32"
                        + "\n  weight [>3<, 2]"
                        + "\n  bias [>2<] F32",
                assertThrows(
                                ShapeException.class,
                                () -> Matmul.linear(Tensor.ones(DType.F32, 2), q, Tensor.ones(DType.F32, 2)))
                        .getMessage());
    }

    private static void assertBits(FrozenMatrix stored, Tensor expected, Tensor actual) {
        assertTrue(expected.bitEquals(actual), () -> stored + ": expected " + expected + " but got " + actual);
    }

    @Test
    void refusesRowsThatItDoesNotHave() {
        FrozenMatrix stored = Quantized.int8(Tensor.ones(DType.F32, 3, 2));
        assertEquals(
                "embedding: indices must be in [0, 3); got 3 at place 1",
                assertThrows(ShapeException.class, () -> Indexing.embedding(stored, Tensor.of(new long[] {0, 3}, 2)))
                        .getMessage()
                        .lines()
                        .findFirst()
                        .orElseThrow());
    }
}
