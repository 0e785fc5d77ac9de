package luthier.nn;

import luthier.tensor.Tensor;

/** The second capability of adapters whose whole effect is a change of the host's weight. */
public interface Mergeable extends Adapter {
    /** Returns what to add to the host's weight, of the weight's shape and type. */
    Tensor weightDelta(Layer host);
}
