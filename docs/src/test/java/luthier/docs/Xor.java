package luthier.docs;

import java.util.List;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/** The README's program: two layers learn exclusive or. The third input is always one. */
final class Xor {
    private Xor() {}

    static void main() {
        // begin readme
        Variable x = Variable.constant(Tensor.of(new float[] {0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1}, 4, 3));
        Tensor xor = Tensor.of(new long[] {0, 1, 1, 0}, 4);
        Variable v = Variable.parameter(Rng.of(1).normal(DType.F32, Shape.of(3, 8), 0, 1));
        Variable w = Variable.parameter(Rng.of(2).normal(DType.F32, Shape.of(8, 2), 0, 1));
        for (int step = 0; step < 200; step++) {
            Variable logits = x.matmul(v).tanh().matmul(w);
            LossOps.crossEntropy(logits, xor).backward();
            for (Variable parameter : List.of(v, w)) {
                Tensor change = parameter.grad().orElseThrow().mul(-0.5);
                Updates.addInPlace(parameter.value(), change);
                parameter.zeroGrad();
            }
        }
        Variable logits = x.matmul(v).tanh().matmul(w);
        System.out.println(logits.softmax(1).value());
        // end readme
    }
}
