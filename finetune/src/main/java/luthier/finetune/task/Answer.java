package luthier.finetune.task;

import java.util.List;
import java.util.Optional;

/**
 * What a model says of a text.
 *
 * @param labels all labels, the most probable first; empty if the answer is a number or a vector
 * @param chosen those that hold: the most probable class, every label from a probability of one half on, a tag for each word
 * @param number the number, if that is what was asked
 */
public record Answer(List<Scored> labels, List<String> chosen, Optional<Double> number) {
    /** A label with its probability. */
    public record Scored(String label, double probability) {}

    /** Copies the lists. */
    public Answer {
        labels = List.copyOf(labels);
        chosen = List.copyOf(chosen);
    }

    /**
     * Returns the label.
     *
     * @throws IllegalStateException if the answer has none or several
     */
    public String label() {
        if (chosen.size() != 1) {
            throw new IllegalStateException("answer: must have one label; got " + chosen + "; ask for chosen()");
        }
        return chosen.getFirst();
    }

    /** Returns the probability of the most probable label; NaN if there is none. */
    public double probability() {
        return labels.isEmpty() ? Double.NaN : labels.getFirst().probability();
    }
}
