package luthier.benchmarks.compare;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.tensor.BlockQuantized;
import luthier.tensor.DType;
import luthier.tensor.Matmul;
import luthier.tensor.Quantized;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Products with weights stored in 16, 8 and 4 bits, against the same products with F32 weights. */
final class StoredWeightRows {
    private static final int NF4_BLOCK = 64;

    private StoredWeightRows() {}

    /** All rows. */
    static List<Workload> rows() {
        String product = "matmul NT 512x1536x384";
        String vector = "gemv NT 1x4096x4096";
        return List.of(
                bf16(512, 1536, 384, List.of(new Goal.TimesRow(0.95, product))),
                int8(512, 1536, 384, List.of(new Goal.TimesRow(0.95, product))),
                nf4(512, 1536, 384),
                bf16(1, 4096, 4096, List.of(new Goal.TimesRow(1.8, vector))),
                int8(1, 4096, 4096, List.of(new Goal.TimesRow(3, vector))),
                nf4(1, 4096, 4096),
                blocks(BlockQuantized.Type.Q4_1, 512, 1536, 384, List.of(new Goal.TimesRow(0.95, product))),
                blocks(BlockQuantized.Type.Q4_1, 1, 4096, 4096, List.of(new Goal.TimesRow(3, vector))),
                blocks(BlockQuantized.Type.Q8_0, 1, 4096, 4096, List.of(new Goal.TimesRow(3, vector))));
    }

    private static Workload bf16(int m, int n, int k, List<Goal> goals) {
        return row("BF16", m, n, k, goals, weight -> {
            Tensor stored = weight.to(DType.BF16);
            return x -> Matmul.linear(x, stored);
        });
    }

    private static Workload int8(int m, int n, int k, List<Goal> goals) {
        return row("int8", m, n, k, goals, weight -> {
            Quantized stored = Quantized.int8(weight);
            return x -> Matmul.linear(x, stored);
        });
    }

    private static Workload nf4(int m, int n, int k) {
        return row("NF4", m, n, k, List.of(), weight -> {
            Quantized stored = Quantized.nf4(weight, NF4_BLOCK);
            return x -> Matmul.linear(x, stored);
        });
    }

    private static Workload blocks(BlockQuantized.Type type, int m, int n, int k, List<Goal> goals) {
        return row(type.name(), m, n, k, goals, weight -> {
            BlockQuantized stored = BlockQuantized.of(type, weight);
            return x -> Matmul.linear(x, stored);
        });
    }

    /** How a weight is stored, and the product that reads it. */
    private interface Storing {
        UnaryOperator<Tensor> product(Tensor weight);
    }

    private static Workload row(String type, int m, int n, int k, List<Goal> goals, Storing storing) {
        String name = (m == 1 ? "gemv " : "matmul ") + type + " weight " + m + "x" + n + "x" + k;
        return new Workload("stored", name, 2.0 * m * n * k, 0, goals, false, () -> {
            Tensor x = Rng.of(1).normal(DType.F32, Shape.of(m, k), 0, 1);
            UnaryOperator<Tensor> product = storing.product(Rng.of(2).normal(DType.F32, Shape.of(n, k), 0, 1));
            return Workload.Prepared.of(Task.of(() -> product.apply(x)));
        });
    }
}
