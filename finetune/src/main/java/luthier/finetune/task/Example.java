package luthier.finetune.task;

import java.util.List;
import luthier.nn.text.Encoding;

/**
 * A row as a model learns from it.
 *
 * @param row where it comes from
 * @param sequences what the model reads: one sequence, or one for each text of an embedding's row
 * @param target what it should answer: the class; 1 or 0 for each label; the label of each token, {@link Task#UNTRAINED} where none is
 *     asked; a number
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record Example(TypedRow row, List<Encoding> sequences, double[] target) {
    /** Copies the list. */
    public Example {
        sequences = List.copyOf(sequences);
    }

    /** Returns the length of its longest sequence. */
    public int length() {
        return sequences.stream().mapToInt(Encoding::length).max().orElse(0);
    }

    /** Returns how many tokens were cut off. */
    public int cut() {
        return sequences.stream().mapToInt(Encoding::cut).sum();
    }
}
