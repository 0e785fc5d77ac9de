package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A single row times a weight in fewer bits that comes back: kept in packed form, it gives the bits of the F32 product. */
class StoredVectorProductTest {
    private static final int USES = 4;

    @ParameterizedTest
    @CsvSource({"2, 4096", "63, 130", "64, 64", "65, 67", "129, 33", "1000, 41"})
    void aWeightThatComesBackGivesTheSameBits(int out, int in) {
        Tensor weight = Rng.of(1).normal(DType.F32, Shape.of(out, in), 0, 1);
        Tensor x = Rng.of(2).normal(DType.F32, Shape.of(1, in), 0, 1);
        Tensor bias = Rng.of(3).normal(DType.F32, Shape.of(out), 0, 1);
        Tensor brain = weight.to(DType.BF16);
        Quantized int8 = Quantized.int8(weight);
        Quantized blocks = Quantized.int8Blocks(weight, 16);
        repeat(Matmul.linear(x, brain.to(DType.F32)), () -> Matmul.linear(x, brain));
        repeat(Matmul.linear(x, brain.to(DType.F32), bias), () -> Matmul.linear(x, brain, bias));
        repeat(Matmul.linear(x, int8.dequantize()), () -> Matmul.linear(x, int8));
        repeat(Matmul.linear(x, int8.dequantize(), bias), () -> Matmul.linear(x, int8, bias));
        repeat(Matmul.linear(x, blocks.dequantize(), bias), () -> Matmul.linear(x, blocks, bias));
    }

    @ParameterizedTest
    @CsvSource({"4096, 2", "130, 63", "67, 65", "41, 1000"})
    void soDoesOneThatIsNotTransposed(int in, int out) {
        Tensor brain = Rng.of(1).normal(DType.F32, Shape.of(in, out), 0, 1).to(DType.BF16);
        Tensor column = Rng.of(2).normal(DType.F32, Shape.of(in, 1), 0, 1);
        Tensor x = column.transpose(0, 1);
        repeat(Matmul.matmul(x, brain.to(DType.F32)), () -> Matmul.matmul(x, brain));
    }

    @ParameterizedTest
    @CsvSource({"64, 80"})
    void aWeightThatIsWrittenIsReadAnew(int out, int in) {
        Tensor brain = Rng.of(1).normal(DType.F32, Shape.of(out, in), 0, 1).to(DType.BF16);
        Tensor x = Rng.of(2).normal(DType.F32, Shape.of(1, in), 0, 1);
        repeat(Matmul.linear(x, brain.to(DType.F32)), () -> Matmul.linear(x, brain));
        Layout.overwrite(
                brain, Rng.of(3).normal(DType.F32, Shape.of(out, in), 0, 1).to(DType.BF16));
        repeat(Matmul.linear(x, brain.to(DType.F32)), () -> Matmul.linear(x, brain));
    }

    private static void repeat(Tensor expected, Supplier<Tensor> product) {
        for (int use = 0; use < USES; use++) {
            assertArrayEquals(expected.toFloatArray(), product.get().toFloatArray());
        }
    }
}
