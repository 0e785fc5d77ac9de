package luthier.nn.data;

import java.util.List;

/**
 * What a split has to know of a row.
 *
 * @param texts its texts: one, two of a pair, or more; rows with equal texts lie on one side
 * @param labels its labels: one, several, or none for rows that are not divided by class
 */
public record SplitRow(List<String> texts, List<String> labels) {
    /** Copies the lists. */
    public SplitRow {
        texts = List.copyOf(texts);
        labels = List.copyOf(labels);
    }
}
