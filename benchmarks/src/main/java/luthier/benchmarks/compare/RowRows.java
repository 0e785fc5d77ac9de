package luthier.benchmarks.compare;

import static luthier.benchmarks.compare.ElementwiseRows.GOALS;
import static luthier.benchmarks.compare.ElementwiseRows.SIZES;
import static luthier.benchmarks.compare.ElementwiseRows.size;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import luthier.tensor.DType;
import luthier.tensor.Indexing;
import luthier.tensor.Loss;
import luthier.tensor.Normalization;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Softmax;
import luthier.tensor.Tensor;
import luthier.tensor.kernel.LayerNormRows;
import luthier.tensor.kernel.SoftmaxRows;

/** Operations on rows of {@value #WIDTH} elements: softmax, layer norm, cross-entropy; and embedding in rows of 256. */
final class RowRows {
    private static final int WIDTH = 1024;
    private static final int EMBEDDING = 256;
    private static final int VOCABULARY = 8192;
    private static final double EPS = 1e-5;

    private RowRows() {}

    /** All rows of the table. */
    static List<Workload> rows() {
        List<Workload> rows = new ArrayList<>();
        for (int n : SIZES) {
            for (Memory memory : Memory.of(n)) {
                rows.add(softmax(n, memory));
                rows.add(layerNorm(n, memory));
                rows.add(embedding(n, memory));
            }
            rows.add(softmaxInto(n));
            rows.add(layerNormInto(n));
            rows.add(crossEntropy(n));
        }
        return rows.stream()
                .map(row -> row.name().matches("(softmax|layerNorm|crossEntropy) 256K") ? row.inQuick() : row)
                .toList();
    }

    private static Workload softmax(int n, Memory memory) {
        return row("softmax" + memory.suffix(), n, () -> {
            Tensor x = normal(1, n / WIDTH, WIDTH);
            return Workload.Prepared.of(
                    memory.task(() -> Softmax.softmax(x, -1)),
                    TorchScript.of("out = torch.softmax(x, -1)", Operand.of("x", x)));
        });
    }

    private static Workload softmaxInto(int n) {
        return row("softmax into", n, () -> {
            Tensor x = normal(1, n / WIDTH, WIDTH);
            float[] from = x.toFloatArray();
            float[] y = new float[n];
            Runnable luthier = () -> Blocks.run(n, (start, length) -> {
                for (int row = start; row < start + length; row += WIDTH) {
                    SoftmaxRows.softmax(from, row, y, row, WIDTH);
                }
            });
            return Workload.Prepared.of(
                    Task.into(y, luthier),
                    TorchScript.of(
                            "out = torch._softmax(x, -1, False, out=out)",
                            Operand.of("x", x),
                            ElementwiseRows.out(n / WIDTH, WIDTH)));
        });
    }

    private static Workload layerNorm(int n, Memory memory) {
        return row("layerNorm" + memory.suffix(), n, () -> {
            Tensor x = normal(1, n / WIDTH, WIDTH);
            Tensor w = normal(2, WIDTH);
            Tensor b = normal(3, WIDTH);
            return Workload.Prepared.of(
                    memory.task(() -> Normalization.layerNorm(x, w, b, EPS).y()),
                    TorchScript.of(
                            "out = torch.layer_norm(x, [" + WIDTH + "], w, b, " + EPS + ")",
                            Operand.of("x", x),
                            Operand.of("w", w),
                            Operand.of("b", b)));
        });
    }

    /** libtorch's {@code native_layer_norm.out} allocates and copies, so it has nothing to set beside this one. */
    private static Workload layerNormInto(int n) {
        return row("layerNorm into", n, () -> {
            float[] x = normal(1, n / WIDTH, WIDTH).toFloatArray();
            float[] w = normal(2, WIDTH).toFloatArray();
            float[] b = normal(3, WIDTH).toFloatArray();
            float[] y = new float[n];
            Runnable luthier = () -> Blocks.run(n, (start, length) -> {
                for (int row = start; row < start + length; row += WIDTH) {
                    float mean = LayerNormRows.mean(x, row, WIDTH);
                    float rstd = LayerNormRows.reciprocalDeviation(x, row, mean, (float) EPS, WIDTH);
                    LayerNormRows.normalize(x, row, mean, rstd, w, 0, b, 0, y, row, WIDTH);
                }
            });
            return Workload.Prepared.of(Task.into(y, luthier));
        });
    }

    /** The loss of every row; both sides keep what backward needs (libtorch the logarithms, Luthier the probabilities). */
    private static Workload crossEntropy(int n) {
        return row("crossEntropy", n, () -> {
            Tensor logits = normal(1, n / WIDTH, WIDTH);
            Tensor target = classes(n / WIDTH, WIDTH);
            return Workload.Prepared.of(
                    Task.of(() -> Loss.crossEntropy(logits, target, 0, -100).rows()),
                    TorchScript.of(
                            "out = torch.cross_entropy_loss(x, target, None, 0, -100, 0.)",
                            Operand.of("x", logits),
                            Operand.of("target", target)));
        });
    }

    private static Workload embedding(int n, Memory memory) {
        return row("embedding" + memory.suffix(), n, () -> {
            Tensor weight = normal(1, VOCABULARY, EMBEDDING);
            Tensor index = classes(n / EMBEDDING, VOCABULARY);
            return Workload.Prepared.of(
                    memory.task(() -> Indexing.embedding(weight, index)),
                    TorchScript.of(
                            "out = torch.embedding(w, index)", Operand.of("w", weight), Operand.of("index", index)));
        });
    }

    private static Workload row(String name, int n, Supplier<Workload.Prepared> prepare) {
        String[] words = name.split(" ", 2);
        String full = words[0] + " " + size(n) + (words.length > 1 ? " " + words[1] : "");
        return new Workload("rows", full, 0, n, GOALS, false, prepare);
    }

    private static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F32, Shape.of(shape), 0, 1);
    }

    private static Tensor classes(int n, int below) {
        long[] drawn = new long[n];
        Arrays.setAll(drawn, i -> Rng.of(4).below(i, below));
        return Tensor.of(drawn, n);
    }
}
