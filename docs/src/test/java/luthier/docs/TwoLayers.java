package luthier.docs;

import luthier.autograd.Variable;
import luthier.autograd.ops.ElementaryOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Linear;
import luthier.nn.Seed;

// begin model
/** Two linear layers with a tanh between them. */
final class TwoLayers extends Layer {
    private final Linear hidden;
    private final Linear head;

    TwoLayers(Seed seed) {
        hidden = child("hidden", new Linear(seed.at("hidden"), 2, 8));
        head = child("head", new Linear(seed.at("head"), 8, 2));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        return head.forward(ElementaryOps.tanh(hidden.forward(x, context)), context);
    }
}
// end model
