package luthier.tiny;

import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.BatchNorm;
import luthier.nn.layers.Linear;

/** Two blocks over a sequence, and a head over the batch norm of its mean. {@code [N, T, 4] -> [N, 3]}. */
public final class TinySequenceNet extends Layer {
    private final Block first = child("blocks.0", Role.BLOCK, new Block());
    private final Block second = child("blocks.1", Role.BLOCK, new Block());
    private final BatchNorm norm = child("bn", Role.NORM, new BatchNorm(4));
    private final Linear head = child("fc", Role.HEAD, new Linear(4, 3));

    public TinySequenceNet() {}

    @Override
    protected Variable compute(Variable x, Context c) {
        Variable h = second.forward(first.forward(x, c), c);
        return head.forward(norm.forward(h.mean(1), c), c);
    }

    /** h + tanh(W h + b). */
    private static final class Block extends Layer {
        private final Linear mix = child("mix", Role.MLP_OUT, new Linear(4, 4));

        @Override
        protected Variable compute(Variable x, Context c) {
            return x.add(mix.forward(x, c).tanh());
        }
    }
}
