package luthier.nn;

import java.util.Map;
import java.util.function.Supplier;
import luthier.autograd.Variable;
import luthier.tensor.Tensor;

/** What an adapter lies around in one pass: its host and the adapters inside it. */
public final class Inner {
    private final Layer host;
    private final Attached.On[] on;
    private final int inside;

    Inner(Layer host, Attached.On[] on, int inside) {
        this.host = host;
        this.on = on;
        this.inside = inside;
    }

    /** Returns the adapted layer. */
    public Layer host() {
        return host;
    }

    /** Returns what tells this adapter from all others of the model, {@code encoder.layer.0.query+lora}: where its randomness comes from. */
    public String place() {
        return host.place() + "+" + on[inside].as();
    }

    /** Computes the host with the adapters inside this one. */
    public Variable forward(Variable x, Context c) {
        return host.through(on, inside, x, c);
    }

    /**
     * Returns the host's weights by local name as the adapters inside this one leave them, unpacked whatever their storage.
     *
     * @throws IllegalStateException if an adapter inside leaves no weights
     */
    public Map<String, Tensor> weights(Context c) {
        Map<String, Tensor> own = host.ownWeights(c);
        for (int i = 0; i < inside; i++) {
            Adapter adapter = on[i].adapter();
            String as = on[i].as();
            own = adapter.merged(host, own).orElseThrow(refusal(as));
        }
        return own;
    }

    private Supplier<IllegalStateException> refusal(String as) {
        return () -> new IllegalStateException(
                "weights: an adapter that reads its host's weights must lie around adapters that leave"
                        + " weights; got \"" + as + "\" inside \"" + on[inside].as() + "\" at " + host.place()
                        + "; attach them in the other order");
    }
}
