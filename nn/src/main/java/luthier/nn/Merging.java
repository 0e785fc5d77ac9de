package luthier.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import luthier.autograd.Grad;
import luthier.tensor.Tensor;

/** Collects the weights with which a pass computes, adapters folded in. */
final class Merging {
    private final Context pass;
    private final Map<String, Tensor> weights = new LinkedHashMap<>();

    private Merging(Context pass) {
        this.pass = pass;
    }

    /** Returns them by path from the layer; empty if an adapter is not a change of weights. */
    static Optional<Map<String, Tensor>> of(Layer layer, Active active) {
        Merging merging =
                new Merging(Context.inference().with(Context.ACTIVE, active).inTreeOf(layer));
        return Grad.disabled(() -> merging.add("", layer)) ? Optional.of(merging.weights) : Optional.empty();
    }

    private boolean add(String prefix, Layer layer) {
        Map<String, Tensor> own = layer.ownWeights(pass);
        for (Attached.On on : pass.adapters().at(layer)) {
            Optional<Map<String, Tensor>> changed = on.adapter().merged(layer, own);
            if (changed.isEmpty()) {
                return false;
            }
            own = changed.get();
        }
        own.forEach((local, tensor) -> weights.put(Layer.join(prefix, local), tensor));
        for (Layer child : layer.children()) {
            if (!add(child.pathBelow(prefix), child)) {
                return false;
            }
        }
        return true;
    }
}
