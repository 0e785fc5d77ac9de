package luthier.benchmarks.compare;

import java.util.List;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.Elementwise;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * What a node of the tape costs: a chain of {@value #NODES} products of {@value #SIZE} numbers without, with, and there and back.
 * libtorch runs the bare chain every time, since DJL's native library switches autograd off inside TorchScript: its taped
 * times are longer than those it is given here.
 */
final class NodeRows {
    private static final int NODES = 100;
    private static final int SIZE = 16;
    private static final String CHAIN = "chain of " + NODES + " mul of " + SIZE;
    private static final String VALUES = CHAIN + ", values";
    private static final String UNTAPED = " (libtorch: untaped)";
    private static final String FORWARD = CHAIN + ", taped" + UNTAPED;

    private NodeRows() {}

    /** All rows. */
    static List<Workload> rows() {
        return List.of(
                row(VALUES, List.of(), NodeRows::values, script("x")),
                row(
                        FORWARD,
                        List.of(new Goal.Beyond(40, List.of(VALUES))),
                        (x, w) -> forward(Variable.parameter(x), w).value(),
                        script("x")),
                row(
                        CHAIN + ", taped and backward" + UNTAPED,
                        List.of(new Goal.Beyond(60, List.of(FORWARD, VALUES))),
                        NodeRows::gradient,
                        script("torch.ones_like(x)")));
    }

    private interface Chain {
        Tensor apply(Tensor x, Tensor w);
    }

    private static Workload row(String name, List<Goal> goals, Chain chain, TorchScript script) {
        return new Workload("tape", name, 0, NODES, goals, false, () -> {
            Tensor x = x();
            Tensor w = w();
            return Workload.Prepared.of(Task.of(() -> chain.apply(x, w)), script);
        });
    }

    private static Tensor x() {
        return Rng.of(1).uniform(DType.F32, Shape.of(SIZE), 0.5, 1);
    }

    private static Tensor w() {
        return Rng.of(2).uniform(DType.F32, Shape.of(SIZE), 0.99, 1.01);
    }

    private static Tensor values(Tensor x, Tensor w) {
        Tensor y = x;
        for (int i = 0; i < NODES; i++) {
            y = Elementwise.mul(y, w);
        }
        return y;
    }

    private static Variable forward(Variable x, Tensor w) {
        Variable factor = Variable.constant(w);
        Variable y = x;
        for (int i = 0; i < NODES; i++) {
            y = y.mul(factor);
        }
        return y;
    }

    private static Tensor gradient(Tensor x, Tensor w) {
        Variable leaf = Variable.parameter(x);
        forward(leaf, w).sum().backward();
        return leaf.grad().orElseThrow();
    }

    /** The same chain for libtorch, from some number on; from 1 it gives the gradient. */
    private static TorchScript script(String start) {
        String body = "out = " + start + "\nfor j in range(" + NODES + "):\n  out = torch.mul(out, w)";
        return TorchScript.of(body, Operand.of("x", x()), Operand.of("w", w()));
    }
}
