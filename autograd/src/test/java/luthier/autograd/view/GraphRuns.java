package luthier.autograd.view;

import java.util.List;
import luthier.autograd.Variable;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Computations to record and draw. */
final class GraphRuns {
    private GraphRuns() {}

    /** A loss with the parameters it depends on. */
    record Run(Variable loss, List<Variable> parameters) {}

    private static Variable parameter(long seed, String name, long... shape) {
        return Variable.parameter(Rng.of(seed).normal(DType.F32, Shape.of(shape), 0, 0.5))
                .named(name);
    }

    /** One attention head with a residual, a norm, a two-layer network, cross-entropy and weight decay. */
    static Run attention(long seed) {
        Variable tokens = parameter(seed, "tokens", 3, 4);
        Variable wq = parameter(seed + 10, "query.weight", 4, 4);
        Variable wk = parameter(seed + 20, "key.weight", 4, 4);
        Variable wv = parameter(seed + 30, "value.weight", 4, 4);
        Variable up = parameter(seed + 40, "up.weight", 24, 4);
        Variable down = parameter(seed + 50, "down.weight", 4, 24);
        Variable gain = parameter(seed + 60, "norm.weight", 4);
        Variable shift = parameter(seed + 70, "norm.bias", 4);
        Variable query = tokens.matmul(wq).named("query");
        Variable key = tokens.matmul(wk).named("key");
        Variable weights = SoftmaxOps.softmax(query.matmul(key.transpose(0, 1)).mul(0.5), -1)
                .named("weights");
        Variable mixed = weights.matmul(tokens.matmul(wv).named("value")).add(tokens);
        Variable normal = NormalizationOps.layerNorm(mixed, gain, shift, 1e-5);
        Variable hidden = ElementaryOps.tanh(MatmulOps.linear(normal, up)).named("hidden");
        Variable logits = MatmulOps.linear(hidden, down).add(normal).named("logits");
        Variable decay = ReductionOps.mean(ElementwiseOps.square(down)).mul(0.01);
        Variable loss = LossOps.crossEntropy(logits, Tensor.of(new long[] {0, 3, 1}, 3))
                .add(decay)
                .named("loss");
        return new Run(loss, List.of(tokens, wq, wk, wv, up, down, gain, shift));
    }

    /** Five numbers and one fan-out: (w x + b)^2 + w. */
    static Run neuron() {
        Variable x = Variable.constant(Tensor.scalar(2.0)).named("x");
        Variable w = Variable.parameter(Tensor.scalar(3.0)).named("w");
        Variable b = Variable.parameter(Tensor.scalar(-1.0)).named("b");
        Variable y = w.mul(x).add(b).named("y");
        return new Run(y.mul(y).add(w).named("loss"), List.of(w, b));
    }
}
