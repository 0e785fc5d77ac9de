package luthier.finetune.method;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import luthier.nn.Parameter;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Tensor;

/** A model's own weights and buffers while they are trained in place, without copies. */
final class OwnWeights {
    private final Map<String, Parameter> own;
    private final Set<Parameter> frozen = new LinkedHashSet<>();
    private final Map<String, Long> before = new LinkedHashMap<>();

    /** Remembers what they are, so that it can be told whether they have changed. */
    OwnWeights(Map<String, Parameter> own) {
        this.own = own;
        own.forEach((path, parameter) -> {
            if (!parameter.isTrainable() && !parameter.isLive()) {
                frozen.add(parameter);
            }
            if (parameter.hasValues()) {
                before.put(path, hash(parameter.value()));
            }
        });
    }

    /**
     * Refuses weights that cannot be trained in place.
     *
     * @throws DTypeException if one is stored in few bits
     * @throws IllegalStateException if something else is attached that trains
     */
    static void requireFree(String method, Map<String, Parameter> own) {
        own.values().forEach(TrainedCopy::requireTrainable);
        if (own.values().stream().anyMatch(Parameter::isResting)) {
            throw new IllegalStateException(
                    method + ": weights are trained in place where nothing else is attached that"
                            + " trains; got a model with attachments; merge them first, or train copies");
        }
    }

    void train() {
        own.values().forEach(Parameter::unfreeze);
    }

    /**
     * Ends the training of weights that it has not changed yet.
     *
     * @throws IllegalStateException if it has
     */
    void release(String name) {
        List<String> changed = own.entrySet().stream()
                .filter(entry -> entry.getValue().hasValues()
                        && !Objects.equals(
                                before.get(entry.getKey()),
                                hash(entry.getValue().value())))
                .map(Map.Entry::getKey)
                .toList();
        if (!changed.isEmpty()) {
            throw new IllegalStateException(
                    "close: weights that were trained in place cannot be taken off, as no copy is"
                            + " kept; got \"" + name + "\" with " + changed.size() + " changed, " + changed.getFirst()
                            + " first; merge() ends their training, a model loaded anew has the old ones");
        }
        own.values().forEach(Parameter::zeroGrad);
        frozen.forEach(Parameter::freeze);
    }

    /** A hash of numbers; -0 is 0, as a step at rate 0 may change its sign. */
    private static long hash(Tensor tensor) {
        long hash = 1;
        if (tensor.dtype() == DType.F32) {
            for (float value : tensor.toFloatArray()) {
                hash = mixed(hash, Float.floatToRawIntBits(value + 0f));
            }
        } else {
            for (double value : tensor.toDoubleArray()) {
                hash = mixed(hash, Double.doubleToRawLongBits(value + 0.0));
            }
        }
        return hash;
    }

    private static long mixed(long hash, long bits) {
        long product = (hash ^ bits) * 0x9E3779B97F4A7C15L;
        return product ^ product >>> 32;
    }
}
