package luthier.finetune.task;

import java.util.List;
import java.util.OptionalDouble;
import luthier.nn.data.DataException;
import luthier.nn.data.Row;

/**
 * A row that fits its shape. What it has depends on {@link DataShape.Kind}:
 *
 * <ul>
 *   <li>classification, several labels: one text, its labels; pairs: two texts and a label;
 *   <li>regression: one text or two, and a number;
 *   <li>tagging: tokens as texts, a tag for each as labels;
 *   <li>embedding: anchor, positive and perhaps negative; language modelling: one text;
 *   <li>completion: prompt, input if there is one, completion; feedback: prompt, completion and the label true or false;
 *   <li>preference: prompt if there is one, chosen, rejected; chat: the contents as texts, their roles as labels.
 * </ul>
 *
 * <p>A list of messages in the place of a prompt, completion, chosen or rejected text counts as its contents, a line each.
 *
 * @param row where it comes from, for errors
 * @param texts its texts, none empty
 * @param labels its label names; tags; roles
 * @param number its number, if the shape has one
 */
public record TypedRow(Row row, List<String> texts, List<String> labels, OptionalDouble number) {
    /** Copies the lists. */
    public TypedRow {
        texts = List.copyOf(texts);
        labels = List.copyOf(labels);
    }

    /** Returns its only label. Throws {@link IllegalStateException} if it has none or several. */
    public String label() {
        if (labels.size() != 1) {
            throw new IllegalStateException("row: must have one label; got " + labels);
        }
        return labels.getFirst();
    }

    /** Returns the error of this row: file, line, rule. */
    public DataException error(String rule) {
        return new DataException(row.file(), row.line(), 0, rule);
    }
}
