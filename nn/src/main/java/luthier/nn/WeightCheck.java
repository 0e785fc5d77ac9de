package luthier.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import luthier.tensor.Tensor;

/** Finds the values of every parameter among named weights, or every fault at once. */
final class WeightCheck {
    private WeightCheck() {}

    /**
     * Returns the values of each parameter.
     *
     * @param names the parameters under all their names
     * @throws WeightsException naming all that is missing, unknown, of another shape, or different under two names of one parameter
     */
    static Map<Parameter, Tensor> of(Map<String, Parameter> names, Map<String, Tensor> weights) {
        Map<Parameter, Tensor> found = new LinkedHashMap<>();
        Map<Parameter, String> under = new LinkedHashMap<>();
        List<String> faults = new ArrayList<>();
        names.forEach((name, parameter) -> {
            Tensor tensor = weights.get(name);
            if (tensor == null) {
                return;
            }
            if (!tensor.shape().equals(parameter.shape())) {
                faults.add(name + " has the shape " + tensor.shape() + ", not " + parameter.shape());
            }
            Tensor before = found.putIfAbsent(parameter, tensor);
            if (before != null && !before.bitEquals(tensor)) {
                faults.add(name + " and " + Objects.requireNonNull(under.get(parameter))
                        + " are one parameter but have different values; build the model untied");
            }
            under.putIfAbsent(parameter, name);
        });
        List<String> missing = names.entrySet().stream()
                .filter(entry -> !found.containsKey(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        List<String> unknown = weights.keySet().stream()
                .filter(name -> !names.containsKey(name))
                .toList();
        if (!missing.isEmpty() || !unknown.isEmpty() || !faults.isEmpty()) {
            throw new WeightsException("load: the weights must be the model's, name by name; missing " + missing
                    + ", unknown " + unknown + (faults.isEmpty() ? "" : "; " + String.join("; ", faults)));
        }
        return found;
    }
}
