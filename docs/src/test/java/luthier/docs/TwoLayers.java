package luthier.docs;

import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Linear;

// begin model
/** Two linear layers with a tanh between them. */
final class TwoLayers extends Layer {
    private final Linear hidden;
    private final Linear head;

    TwoLayers() {
        hidden = child("hidden", new Linear(2, 8));
        head = child("head", Role.HEAD, new Linear(8, 2));
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        return head.forward(hidden.forward(x, context).tanh(), context);
    }
}
// end model
