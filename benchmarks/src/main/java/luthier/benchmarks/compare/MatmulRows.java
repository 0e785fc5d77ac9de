package luthier.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import luthier.tensor.DType;
import luthier.tensor.Matmul;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Matrix products. A size is {@code rows x columns x inner} of the result: {@code m x n x k}. Every result is freshly allocated. */
final class MatmulRows {
    private static final Goal TRANSFORMER = new Goal.TimesLibtorch(1.05);
    private static final Goal EQUAL = new Goal.TimesLibtorch(1);
    private static final Goal PEAK = new Goal.PercentOfPeak(85);

    private MatmulRows() {}

    /** All rows. */
    static List<Workload> rows() {
        List<Workload> rows = new ArrayList<>();
        rows.add(product("NT", 512, 384, 384, List.of(TRANSFORMER)).inQuick());
        rows.add(product("NT", 512, 1536, 384, List.of(TRANSFORMER)));
        rows.add(product("NT", 1024, 1536, 384, List.of(TRANSFORMER)));
        rows.add(product("NT", 128, 3072, 768, List.of(TRANSFORMER)));
        // Backward of the four: dX = dY W and dW = dY^T X.
        for (int[] forward : new int[][] {{512, 384, 384}, {512, 1536, 384}, {1024, 1536, 384}, {128, 3072, 768}}) {
            rows.add(product("NN", forward[0], forward[2], forward[1], List.of(TRANSFORMER)));
            rows.add(product("TN", forward[1], forward[2], forward[0], List.of(TRANSFORMER)));
        }
        rows.add(batched("QK^T", 12, 128, 128, 32, true));
        rows.add(batched("PV", 12, 128, 32, 128, false));
        rows.add(product("NN", 64, 64, 64, List.of()));
        rows.add(product("NN", 128, 128, 128, List.of()));
        rows.add(product("NN", 256, 256, 256, List.of()));
        rows.add(product("NN", 512, 512, 512, List.of(PEAK)).inQuick());
        rows.add(product("NN", 1024, 1024, 1024, List.of(EQUAL, PEAK)));
        rows.add(product("NN", 2048, 2048, 2048, List.of(EQUAL)));
        rows.add(product("NT", 1, 768, 768, List.of()).inQuick());
        rows.add(product("NT", 1, 4096, 4096, List.of()));
        return rows;
    }

    private static Workload product(String kind, int m, int n, int k, List<Goal> goals) {
        Supplier<Workload.Prepared> prepare = () -> {
            boolean transposeA = kind.charAt(0) == 'T';
            boolean transposeB = kind.charAt(1) == 'T';
            Tensor a = normal(1, transposeA ? Shape.of(k, m) : Shape.of(m, k));
            Tensor b = normal(2, transposeB ? Shape.of(n, k) : Shape.of(k, n));
            Task luthier = Task.of(() -> {
                if (transposeB) {
                    return Matmul.linear(a, b);
                }
                return Matmul.matmul(transposeA ? a.transpose(0, 1) : a, b);
            });
            String body = transposeB
                    ? "out = torch.linear(a, b)"
                    : transposeA ? "out = torch.matmul(torch.t(a), b)" : "out = torch.matmul(a, b)";
            TorchScript libtorch = TorchScript.of(body, Operand.of("a", a), Operand.of("b", b));
            Product product = new Product(m, n, k, transposeA, transposeB, 1, a.toFloatArray(), b.toFloatArray());
            return new Workload.Prepared(luthier, Optional.of(libtorch), Optional.of(product));
        };
        String family = m == 1 ? "gemv" : "matmul";
        return new Workload(
                family, family + " " + kind + " " + m + "x" + n + "x" + k, 2.0 * m * n * k, 0, goals, false, prepare);
    }

    private static Workload batched(String name, int batch, int m, int n, int k, boolean transposeB) {
        Supplier<Workload.Prepared> prepare = () -> {
            Tensor a = normal(1, Shape.of(batch, m, k));
            Tensor b = normal(2, transposeB ? Shape.of(batch, n, k) : Shape.of(batch, k, n));
            Task luthier = Task.of(() -> Matmul.matmul(a, transposeB ? b.transpose(1, 2) : b));
            String right = transposeB ? "torch.transpose(b, 1, 2)" : "b";
            TorchScript libtorch =
                    TorchScript.of("out = torch.matmul(a, " + right + ")", Operand.of("a", a), Operand.of("b", b));
            Product product = new Product(m, n, k, false, transposeB, batch, a.toFloatArray(), b.toFloatArray());
            return new Workload.Prepared(luthier, Optional.of(libtorch), Optional.of(product));
        };
        String row = "attention " + name + " " + batch + " of " + m + "x" + n + "x" + k;
        return new Workload("attention", row, 2.0 * batch * m * n * k, 0, List.of(TRANSFORMER), false, prepare);
    }

    private static Tensor normal(long seed, Shape shape) {
        return Rng.of(seed).normal(DType.F32, shape, 0, 1);
    }
}
