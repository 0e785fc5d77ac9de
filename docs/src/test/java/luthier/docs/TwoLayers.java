package luthier.docs;

import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.layers.Linear;
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
        return head.forward(hidden.forward(x, context).tanh(), context);
    }
}
// end model
