package luthier.finetune.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import luthier.tensor.Tensor;

/**
 * All that a run needs to go on as if it had never been stopped.
 *
 * @param identity what decides the numbers of the run
 * @param state where it stands
 * @param weights what is trained, by name, and what training changes otherwise
 * @param optimizer the numbers that the optimizer keeps, by name
 */
public record Checkpoint(
        RunIdentity identity, RunState state, Map<String, Tensor> weights, Map<String, Tensor> optimizer) {
    /** Copies the maps. */
    public Checkpoint {
        weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        optimizer = Collections.unmodifiableMap(new LinkedHashMap<>(optimizer));
    }
}
