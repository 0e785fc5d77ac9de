package luthier.finetune.io;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import luthier.tensor.Tensor;

/**
 * An adaptation as files hold it, whatever their dialect.
 *
 * @param kind PEFT's name of the method, {@code LORA}, or this library's where PEFT has none, {@code freeze}
 * @param fields the configuration: by PEFT's names if the kind is PEFT's, else by the options' names
 * @param tensors what was learned, by the names of {@code Adaptation.state()}
 * @param task PEFT's name of the task, {@code SEQ_CLS}
 */
public record Saved(String kind, Map<String, Object> fields, Map<String, Tensor> tensors, Optional<String> task) {
    /** Copies the maps. */
    public Saved {
        fields = new LinkedHashMap<>(fields);
        tensors = new LinkedHashMap<>(tensors);
    }
}
