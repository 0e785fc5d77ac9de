package luthier.nn.models;

import java.util.List;
import luthier.nn.Layer;
import luthier.nn.LoadReport;

/**
 * A model with its weights. What was loaded is frozen.
 *
 * @param model takes {@code ids I64 [B, T]}
 * @param report what was loaded, made anew and left alone
 * @param labels the names of the outputs by index; empty for an encoder or a single number
 * @param decision what the outputs mean
 */
public record LoadedModel(Layer model, LoadReport report, List<String> labels, Decision decision) {
    /** Copies the labels. */
    public LoadedModel {
        labels = List.copyOf(labels);
    }
}
