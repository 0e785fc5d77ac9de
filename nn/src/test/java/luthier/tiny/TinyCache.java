package luthier.tiny;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.autograd.ops.JoiningOps;
import luthier.nn.Context;
import luthier.nn.Key;
import luthier.nn.Layer;
import luthier.nn.Sequence;
import luthier.tensor.Tensor;

/** The keys and values of each attention so far, {@code [B, S, G, d]}. */
public final class TinyCache {
    private static final Key<TinyCache> KEY = Key.of("cache");

    private final Map<Layer, Tensor> keys = new IdentityHashMap<>();
    private final Map<Layer, Tensor> values = new IdentityHashMap<>();

    /** Returns a pass that continues what is here. */
    public Context next(Context c) {
        return c.with(KEY, this)
                .with(
                        Sequence.PAST,
                        keys.isEmpty() ? 0 : keys.values().iterator().next().size(1));
    }

    /** Puts a layer's new keys behind the old ones and returns all, without a cache in the pass the new ones. */
    static Variable keys(Layer layer, Variable k, Context c) {
        return c.get(KEY).map(cache -> append(cache.keys, layer, k, c)).orElse(k);
    }

    /** The same for values. */
    static Variable values(Layer layer, Variable v, Context c) {
        return c.get(KEY).map(cache -> append(cache.values, layer, v, c)).orElse(v);
    }

    private static Variable append(Map<Layer, Tensor> all, Layer layer, Variable x, Context c) {
        Tensor before = all.get(layer);
        Variable now = before == null ? x : JoiningOps.concat(List.of(Variable.constant(before), x), 1);
        if (!c.isReplay()) {
            all.put(layer, c.keep(now.value().contiguous()));
        }
        return now;
    }
}
