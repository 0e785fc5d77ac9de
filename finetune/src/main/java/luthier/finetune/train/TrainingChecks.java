package luthier.finetune.train;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import luthier.finetune.method.Adaptation;
import luthier.nn.Layer;
import luthier.nn.Parameter;

/**
 * The loud checks of a run: something is trained, everything trainable received a gradient at the first step, and everything
 * frozen still has its bits.
 */
final class TrainingChecks {
    private final Map<String, Parameter> trainable = new LinkedHashMap<>();
    private final Map<String, Parameter> frozen = new LinkedHashMap<>();
    private final Map<String, Long> frozenBits = new LinkedHashMap<>();
    private final Map<String, Long> trainedBits = new LinkedHashMap<>();

    /**
     * Takes stock of a model before its first step.
     *
     * @throws TrainingException if nothing is trainable
     */
    TrainingChecks(Layer model, Adaptation adaptation) {
        trainable.putAll(adaptation.trained());
        Collection<Parameter> changing = adaptation.parameters().values();
        model.parameters().forEach((path, parameter) -> {
            if (!parameter.isStored() && !changing.contains(parameter)) {
                frozen.put(path, parameter);
            }
        });
        if (trainable.isEmpty()) {
            throw new TrainingException("train: at least one parameter must be trainable; got none of " + frozen.size()
                    + "; attach a method that trains some");
        }
        frozen.forEach((path, parameter) -> frozenBits.put(path, Fingerprint.of(parameter.value())));
    }

    /** Returns the trainable parameters by path. */
    Map<String, Parameter> trainable() {
        return trainable;
    }

    /**
     * After the first backward pass: every trainable parameter has a gradient.
     *
     * @throws TrainingException naming those without
     */
    void gradientsArrived() {
        List<String> without = new ArrayList<>();
        trainable.forEach((path, parameter) -> {
            if (parameter.grad().isEmpty()) {
                without.add(path);
            }
        });
        if (!without.isEmpty()) {
            throw new TrainingException(
                    "train: every trainable parameter must receive a gradient at the first step; got none" + " for "
                            + shorten(without) + "; the loss does not depend on it: freeze it or mend the model");
        }
    }

    /**
     * The frozen parameters have the bits they had at the start.
     *
     * @throws TrainingException naming those that changed
     */
    void frozenUnchanged() {
        List<String> changed = new ArrayList<>();
        frozen.forEach((path, parameter) -> {
            if (parameter.grad().isPresent()
                    || Fingerprint.of(parameter.value()) != Objects.requireNonNull(frozenBits.get(path), path)) {
                changed.add(path);
            }
        });
        if (!changed.isEmpty()) {
            throw new TrainingException("train: frozen parameters must not change; got a change of " + shorten(changed)
                    + "; something writes to them outside the optimizer");
        }
    }

    /** Remembers the trained values before the first step that can move them. */
    void rememberTrained() {
        trainable.forEach((path, parameter) -> trainedBits.put(path, Fingerprint.of(parameter.value())));
    }

    /**
     * Something moved in that step.
     *
     * @throws TrainingException if every trained value has the bits it had before
     */
    void somethingMoved(long step, double rate) {
        boolean still = trainable.entrySet().stream()
                .allMatch(entry -> Fingerprint.of(entry.getValue().value())
                        == Objects.requireNonNull(trainedBits.get(entry.getKey()), entry.getKey()));
        if (still) {
            throw new TrainingException(
                    "train: the first step whose rate is not 0 must move something; got no change at step " + step
                            + " with rate " + rate + "; the optimizer has other parameters, or every gradient is 0");
        }
    }

    private static String shorten(List<String> names) {
        return names.size() <= 5
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, 5)) + " and " + (names.size() - 5) + " more";
    }
}
