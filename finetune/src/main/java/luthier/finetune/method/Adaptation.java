package luthier.finetune.method;

import java.util.LinkedHashMap;
import java.util.Map;
import luthier.nn.Active;
import luthier.nn.Parameter;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Tensor;

/** A method in place on a model. Closing it takes it off, bit-exactly. */
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

    /** Returns those of its parameters that are trained. */
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
     */
    void load(Map<String, Tensor> state);

    /** Takes it off the model; a second call does nothing. */
    @Override
    void close();
}
