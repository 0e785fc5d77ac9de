package luthier.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import luthier.finetune.io.Saved;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.tensor.Tensor;

/**
 * A tuning as a folder or file holds it, ours or PEFT's, before it is on a model.
 *
 * @param method that made it
 * @param options of the method
 * @param state what was learned, by the names of {@link Adaptation#state()}
 */
public record SavedTuning(Method method, Config options, Map<String, Tensor> state) {
    /** Copies the map. */
    public SavedTuning {
        state = new LinkedHashMap<>(state);
    }

    /**
     * Reads a folder or file.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file is malformed or of no known dialect
     * @throws OptionException if it says something that the method does not know
     */
    public static SavedTuning read(Path path) throws IOException {
        return read(path, Methods.ALL);
    }

    /**
     * As {@link #read(Path)}, of these methods: one's own, that have no name in {@link Methods#ALL}.
     *
     * @throws OptionException naming the methods if it is of none of them
     */
    public static SavedTuning read(Path path, List<Method> methods) throws IOException {
        Saved saved = Dialects.of(path).read(path);
        Optional<Method> known = methods.stream()
                .filter(method -> method.peftType().equals(Optional.of(saved.kind())))
                .findFirst();
        Method method = known.orElseGet(() -> Methods.named(saved.kind(), methods));
        Config config = known.isPresent()
                ? fromPeft(method, saved.fields())
                : method.options().parse(saved.fields());
        return new SavedTuning(method, config, saved.tensors());
    }

    /** Fields that are off may be unknown. Those that are known are meant, an empty list too. */
    private static Config fromPeft(Method method, Map<String, Object> fields) {
        Set<String> known = method.options().peft(method.options().usual()).keySet();
        Map<String, Object> meant = new LinkedHashMap<>(fields);
        meant.entrySet().removeIf(field -> Saved.isOff(field.getValue()) && !known.contains(field.getKey()));
        return method.options().fromPeft(meant);
    }

    /**
     * Puts it on a model. Every tensor must find its place and every place its tensor; the model stays as it was if not.
     *
     * @throws luthier.nn.WeightsException if it does not fit the model
     */
    public Adaptation attach(Layer model, String as) {
        Adaptation adaptation = method.attach(model, as, options, Seed.of(0).withType(model.dtype()));
        try {
            adaptation.load(state);
        } catch (RuntimeException e) {
            adaptation.close();
            throw e;
        }
        return adaptation;
    }
}
