package luthier.docs;

import luthier.autograd.Variable;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.LossOps;
import luthier.nn.Context;
import luthier.nn.Linear;
import luthier.nn.Seed;
import luthier.nn.optim.AdamW;
import luthier.tensor.Reduction;
import luthier.tensor.Tensor;

/** The README's program: a network learns exclusive or. */
final class Xor {
    private Xor() {}

    static void main() {
        // begin readme
        Tensor x = Tensor.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
        Tensor y = Tensor.of(new long[] {0, 1, 1, 0}, 4);
        Linear hidden = new Linear(Seed.of(1), 2, 8);
        Linear head = new Linear(Seed.of(2), 8, 2);
        AdamW weights = new AdamW(hidden.parameters(), 0);
        AdamW more = new AdamW(head.parameters(), 0);
        for (int step = 1; step <= 200; step++) {
            Variable h = ElementwiseOps.tanh(hidden.forward(Variable.constant(x), Context.inference()));
            Variable logits = head.forward(h, Context.inference());
            Variable loss = LossOps.crossEntropy(logits, y);
            loss.backward();
            weights.step(0.05);
            more.step(0.05);
            weights.zeroGrad();
            more.zeroGrad();
            if (step % 100 == 0) {
                System.out.println(loss.item() + " " + Reduction.argmax(logits.value(), 1, false));
            }
        }
        // end readme
    }
}
