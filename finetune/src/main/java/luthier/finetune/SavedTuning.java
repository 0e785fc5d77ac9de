package luthier.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import luthier.finetune.io.Saved;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
import luthier.nn.Layer;
import luthier.nn.Seed;

/**
 * A tuning as a folder or file holds it, ours or PEFT's, before it is on a model.
 *
 * @param method that made it
 * @param saved the file's contents
 */
public record SavedTuning(Method method, Saved saved) {
    /**
     * Reads a folder or file.
     *
     * @throws IOException if a file cannot be read
     * @throws luthier.tensor.io.ModelFormatException if a file is malformed or of no known dialect
     * @throws OptionException if it is of no known method
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
        return new SavedTuning(ofPeft(saved, methods).orElseGet(() -> Methods.named(saved.kind(), methods)), saved);
    }

    private static Optional<Method> ofPeft(Saved saved, List<Method> methods) {
        return methods.stream()
                .filter(method -> method.peftType().equals(Optional.of(saved.kind())))
                .findFirst();
    }

    /**
     * Puts it on a model. Every tensor must find its place and every place its tensor; the model stays as it was if not.
     *
     * @throws OptionException if it says something that the method does not know
     * @throws luthier.nn.WeightsException if it does not fit the model
     */
    public Adaptation attach(Layer model, String as) {
        Config config = ofPeft(saved, List.of(method)).isPresent()
                ? PeftFields.read(model, method, saved)
                : method.options().parse(saved.fields());
        Adaptation adaptation = method.attach(model, as, config, Seed.of(0).withType(model.dtype()));
        try {
            adaptation.load(saved.tensors());
        } catch (RuntimeException e) {
            adaptation.close();
            throw e;
        }
        return adaptation;
    }
}
