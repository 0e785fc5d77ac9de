package luthier.finetune.freeze;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import luthier.finetune.Targets;
import luthier.nn.Layer;
import luthier.nn.Parameter;

/** Chooses which parameters of a model are trained. */
public final class Freezing {
    private Freezing() {}

    /** Freezes every parameter of the model, adapters' included. */
    public static void freezeAll(Layer model) {
        model.allParameters().values().forEach(Parameter::freeze);
    }

    /** Trains every parameter at or below a layer again. */
    public static void unfreeze(Layer layer) {
        layer.allParameters().values().forEach(Parameter::unfreeze);
    }

    /**
     * Freezes what the patterns choose: parameters whose path, or one of whose layers' paths, matches.
     *
     * @param patterns names or regular expressions, {@code embeddings}, {@code encoder\.layer\.[0-3]}, {@code bias}
     * @return the paths of the frozen parameters
     * @throws luthier.finetune.TargetException if a pattern matches nothing
     */
    public static List<String> freeze(Layer model, List<String> patterns) {
        Map<String, Parameter> parameters = model.allParameters();
        Collection<String> names = new ArrayList<>(model.layers().keySet());
        names.addAll(parameters.keySet());
        Collection<String> chosen = Targets.match("freeze", patterns, names);
        List<String> frozen = new ArrayList<>();
        parameters.forEach((path, parameter) -> {
            if (chosen.stream().anyMatch(name -> path.equals(name) || path.startsWith(name + "."))) {
                parameter.freeze();
                frozen.add(path);
            }
        });
        return frozen;
    }
}
