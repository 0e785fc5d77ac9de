package luthier.benchmarks.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import luthier.tensor.Activation;
import luthier.tensor.DType;
import luthier.tensor.Elementary;
import luthier.tensor.Elementwise;
import luthier.tensor.Reduction;
import luthier.tensor.Rng;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;
import luthier.tensor.kernel.Activations;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.BinaryKernel;
import luthier.tensor.kernel.ElementaryKernels;
import luthier.tensor.kernel.UnaryKernel;

/**
 * Element by element, at three sizes and at 8 elements, results in {@link Memory} of both kinds. The rows named {@code into}
 * write into an array that lies ready, on both sides: Luthier's kernel over its blocks, libtorch's {@code out=}.
 */
final class ElementwiseRows {
    /** The sizes of all memory-bound rows: in the first cache, in the second, in main memory. */
    static final int[] SIZES = {1 << 12, 1 << 18, 1 << 22};

    static final List<Goal> GOALS = List.of(new Goal.TimesLibtorch(1));
    private static final int TINY = 8;
    private static final List<Goal> TINY_GOALS = List.of(new Goal.Nanoseconds(60));

    private ElementwiseRows() {}

    /** All rows. */
    static List<Workload> rows() {
        List<Workload> rows = new ArrayList<>();
        for (int n : SIZES) {
            for (Memory memory : Memory.of(n)) {
                rows.add(binary("add", n, memory, Elementwise::add));
                rows.add(binary("mul", n, memory, Elementwise::mul));
                rows.add(unary("exp", n, memory, Elementary::exp));
                rows.add(unary("tanh", n, memory, Elementary::tanh));
                rows.add(unary("gelu", n, memory, Activation::gelu));
            }
            rows.add(binaryInto("add", n, Binary.ADD));
            rows.add(binaryInto("mul", n, Binary.MUL));
            rows.add(unaryInto("exp", n, ElementaryKernels.EXP));
            rows.add(unaryInto("tanh", n, ElementaryKernels.TANH));
            rows.add(unaryInto("gelu", n, Activations.GELU));
            rows.add(sum(n));
            rows.add(adamW(n));
        }
        rows.add(binary("add", TINY, Memory.FRESH, Elementwise::add));
        rows.add(binary("mul", TINY, Memory.FRESH, Elementwise::mul));
        rows.add(binary("div", TINY, Memory.FRESH, Elementwise::div));
        rows.add(binary("maximum", TINY, Memory.FRESH, Selection::maximum));
        rows.add(unary("neg", TINY, Memory.FRESH, Elementwise::neg));
        rows.add(unary("sqrt", TINY, Memory.FRESH, Elementwise::sqrt));
        rows.add(unary("exp", TINY, Memory.FRESH, Elementary::exp));
        rows.add(unary("log", TINY, Memory.FRESH, Elementary::log));
        rows.add(unary("tanh", TINY, Memory.FRESH, Elementary::tanh));
        rows.add(unary("sigmoid", TINY, Memory.FRESH, Activation::sigmoid));
        rows.add(unary("relu", TINY, Memory.FRESH, Activation::relu));
        rows.add(unary("gelu", TINY, Memory.FRESH, Activation::gelu));
        return rows.stream()
                .map(row -> row.name().matches("(add|gelu) (8|256K).*") ? row.inQuick() : row)
                .toList();
    }

    /** {@code 4K}, {@code 256K}, {@code 4M}. */
    static String size(int n) {
        return n >= 1 << 20 ? (n >> 20) + "M" : n >= 1 << 10 ? (n >> 10) + "K" : Integer.toString(n);
    }

    /** Positive numbers, so that log and sqrt work on numbers; the time of no row depends on the values. */
    static Tensor operand(long seed, int n) {
        return Rng.of(seed).uniform(DType.F32, Shape.of(n), 0.1, 2);
    }

    private static Workload unary(String name, int n, Memory memory, UnaryOperator<Tensor> luthier) {
        return new Workload(family(n), name + " " + size(n) + memory.suffix(), 0, n, goals(n), false, () -> {
            Tensor x = operand(1, n);
            return Workload.Prepared.of(
                    memory.task(() -> luthier.apply(x)),
                    TorchScript.of("out = torch." + name + "(x)", Operand.of("x", x)));
        });
    }

    private static Workload unaryInto(String name, int n, UnaryKernel kernel) {
        return new Workload(family(n), name + " " + size(n) + " into", 0, n, GOALS, false, () -> {
            Tensor x = operand(1, n);
            float[] from = x.toFloatArray();
            float[] y = new float[n];
            return Workload.Prepared.of(
                    Task.into(y, () -> Blocks.run(n, (start, length) -> kernel.apply(from, start, y, start, length))),
                    TorchScript.of("out = torch." + name + "(x, out=out)", Operand.of("x", x), out(n)));
        });
    }

    private static Workload binary(String name, int n, Memory memory, BinaryOperator<Tensor> luthier) {
        return new Workload(family(n), name + " " + size(n) + memory.suffix(), 0, n, goals(n), false, () -> {
            Tensor a = operand(1, n);
            Tensor b = operand(2, n);
            return Workload.Prepared.of(
                    memory.task(() -> luthier.apply(a, b)),
                    TorchScript.of("out = torch." + name + "(a, b)", Operand.of("a", a), Operand.of("b", b)));
        });
    }

    private static Workload binaryInto(String name, int n, BinaryKernel kernel) {
        return new Workload(family(n), name + " " + size(n) + " into", 0, n, GOALS, false, () -> {
            Tensor a = operand(1, n);
            Tensor b = operand(2, n);
            float[] left = a.toFloatArray();
            float[] right = b.toFloatArray();
            float[] y = new float[n];
            Runnable luthier =
                    () -> Blocks.run(n, (start, length) -> kernel.apply(left, start, right, start, y, start, length));
            return Workload.Prepared.of(
                    Task.into(y, luthier),
                    TorchScript.of(
                            "out = torch." + name + "(a, b, out=out)", Operand.of("a", a), Operand.of("b", b), out(n)));
        });
    }

    private static Workload sum(int n) {
        return new Workload("reduction", "sum " + size(n), 0, n, GOALS, n == 1 << 18, () -> {
            Tensor x = operand(1, n);
            return Workload.Prepared.of(
                    Task.of(() -> Reduction.sum(x)), TorchScript.of("out = torch.sum(x)", Operand.of("x", x)));
        });
    }

    /**
     * Step 1 of one parameter tensor. libtorch runs what {@code torch.optim.AdamW} does by default on a CPU, operation by operation:
     * TorchScript drops its fused kernel as dead code, so that one is not measured, and the row's name says so.
     */
    private static Workload adamW(int n) {
        return new Workload("optimizer", "adamW " + size(n) + " (libtorch: unfused)", 0, n, GOALS, n == 1 << 18, () -> {
            Tensor parameter = operand(1, n);
            Tensor gradient = operand(2, n);
            Tensor m = Tensor.zeros(DType.F32, n);
            Tensor v = Tensor.zeros(DType.F32, n);
            TorchScript libtorch = TorchScript.of(
                    """
                    torch.mul_(out, 0.99999)
                    torch.lerp_(m, g, 0.1)
                    torch.addcmul_(torch.mul_(v, 0.999), g, g, value=0.001)
                    root = torch.add_(torch.div(torch.sqrt(v), 0.0316227766), 1.0e-08)
                    torch.addcdiv_(out, m, root, value=-0.01)""",
                    Operand.of("out", parameter),
                    Operand.of("g", gradient),
                    Operand.of("m", m),
                    Operand.of("v", v));
            Runnable step = () -> Updates.adamWInPlace(parameter, gradient, m, v, 0.001, 0.9, 0.999, 1e-8, 0.01, 1);
            Task luthier = new Task() {
                @Override
                public void run(int times) {
                    for (int i = 0; i < times; i++) {
                        step.run();
                    }
                }

                @Override
                public float[] result() {
                    step.run();
                    return parameter.toFloatArray();
                }
            };
            return Workload.Prepared.of(luthier, libtorch);
        });
    }

    static Operand out(int... sizes) {
        long[] shape = Arrays.stream(sizes).asLongStream().toArray();
        return new Operand("out", new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)], shape);
    }

    private static List<Goal> goals(int n) {
        return n == TINY ? TINY_GOALS : GOALS;
    }

    private static String family(int n) {
        return n == TINY ? "tiny" : "elementwise";
    }
}
