package luthier.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.finetune.io.Saved;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Config;
import luthier.finetune.method.HostMethod;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.tensor.Tensor;

/** Puts methods on models, fresh or from files, and writes what they have learned. */
public final class Tuning {
    private Tuning() {}

    /** Attaches a fresh adaptation under the method's own name. */
    public static Adaptation fresh(Layer model, Method method, Config config, Seed seed) {
        return method.attach(model, method.name(), config, seed);
    }

    /**
     * Attaches the adaptation of a folder or file. Every tensor must find its place and every place its tensor; the model stays as
     * it was if not.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file is malformed or of no known dialect
     * @throws OptionException if it says something that the method does not know
     * @throws luthier.nn.WeightsException if the adaptation does not fit the model
     */
    public static Adaptation load(Layer model, String as, Path path) throws IOException {
        return load(model, as, path, Methods.ALL);
    }

    /**
     * As {@link #load(Layer, String, Path)}, of these methods: one's own, that have no name in {@link Methods#ALL}.
     *
     * @throws OptionException naming the methods if it is of none of them
     */
    public static Adaptation load(Layer model, String as, Path path, List<Method> methods) throws IOException {
        return SavedTuning.read(path, methods).attach(model, as);
    }

    /**
     * Writes an adaptation in the first dialect that can say it: PEFT's where PEFT knows the method.
     *
     * @param task PEFT's name of the task, {@code SEQ_CLS}; left out if PEFT would look for a trained head under it that there is not
     * @throws IOException if a file cannot be written; what was there before is kept
     */
    public static void save(Adaptation adaptation, Path folder, Optional<String> task) throws IOException {
        Method method = adaptation.method();
        Config config = adaptation.config();
        Saved saved = method.peftType()
                .map(kind -> inPeft(kind, method.options().peft(config), adaptation.state(), task))
                .orElseGet(() -> new Saved(method.name(), config.fields(), adaptation.state(), task));
        Dialects.saying(saved.kind()).write(folder, saved);
    }

    private static Saved inPeft(
            String kind, Map<String, Object> fields, Map<String, Tensor> tensors, Optional<String> task) {
        boolean headless = !PeftFields.hasHead(fields.get(HostMethod.SAVE.peft().orElseThrow()));
        return new Saved(kind, fields, tensors, task.filter(name -> !headless || !PeftFields.expectsHead(name)));
    }
}
