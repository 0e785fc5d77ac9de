package luthier.finetune.method;

import java.util.LinkedHashMap;
import java.util.Map;
import luthier.nn.Active;
import luthier.nn.Parameter;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Tensor;

/** A method on a model. Closing it takes it off, bit-exactly, unless it trains {@linkplain #isInPlace in place}. */
public interface Adaptation extends TrainingHook, AutoCloseable {
    /** Returns the name it is attached under. */
    String name();

    /** Returns the method that made it. */
    Method method();

    /** Returns its configuration: roles resolved to the names of this model, and what training has changed. */
    Config config();

    /** Returns the choice of this adaptation alone for a pass. */
    default Active active() {
        return Active.of(name());
    }

    /**
     * Returns its parameters and fixed buffers by name, all that a resumed run needs: copies of the model's own under the names of
     * what they replace, in the model's order, then adapters' by host, {@code encoder.layer.0.query.lora_A.weight}.
     */
    Map<String, Parameter> parameters();

    /**
     * Returns those of its parameters that are trained.
     *
     * @throws IllegalStateException if it is closed
     */
    default Map<String, Parameter> trained() {
        Map<String, Parameter> trained = new LinkedHashMap<>(parameters());
        trained.values().removeIf(parameter -> !parameter.isTrainable());
        return trained;
    }

    /** Returns how a parameter is trained beside the others. */
    Optimizer.Group group(String parameter);

    /** Returns copies of what it has learned, by the names of exchange with other tools. */
    Map<String, Tensor> state();

    /**
     * Sets what it has learned.
     *
     * @throws luthier.nn.WeightsException naming all that is missing, unknown or of another shape; nothing is loaded then
     * @throws IllegalStateException if it is closed
     */
    void load(Map<String, Tensor> state);

    /** Returns whether it trains the model's own weights, without copies: passes without it have what it has learned too. */
    default boolean isInPlace() {
        return false;
    }

    /**
     * Puts what it has learned into the model's own weights and takes it off: every pass then computes what passes with it did, up to
     * rounding, and nothing can be taken off any more. The model's weights are frozen then, as loaded ones are, and F32 where they were in
     * few bits. No pass may run meanwhile.
     *
     * @throws IllegalStateException if it is closed, or leaves no weights
     * @throws luthier.nn.WeightsException if it tears tied weights apart; nothing is changed then
     */
    void merge();

    /**
     * Takes it off the model; a second call does nothing.
     *
     * @throws IllegalStateException if it is {@linkplain #isInPlace in place} and has changed a weight: {@link #merge} ends it
     */
    @Override
    void close();
}
