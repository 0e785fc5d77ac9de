package luthier.nn.data;

import java.util.Arrays;
import java.util.List;

/**
 * Rows of tokens one after another in a single sequence. They do not see one another: positions begin again with each, and a token
 * attends to those of its own row. The first token of a row is nobody's target, as the one before it belongs to another.
 *
 * @param ids the tokens
 * @param labels what is learned, {@link LabelledTokens#NOT_TRAINED} elsewhere
 * @param positions the place of each token in its row
 * @param rows the row of each token, from 0
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by convention, as everywhere in this library
public record LabelledPack(int[] ids, int[] labels, int[] positions, int[] rows) {
    /** Returns the pack of rows in order. */
    public static LabelledPack of(List<LabelledTokens> rows) {
        int length = rows.stream().mapToInt(LabelledTokens::length).reduce(0, Math::addExact);
        int[] ids = new int[length];
        int[] labels = new int[length];
        int[] positions = new int[length];
        int[] owners = new int[length];
        int at = 0;
        for (int row = 0; row < rows.size(); row++) {
            LabelledTokens tokens = rows.get(row);
            for (int i = 0; i < tokens.length(); i++, at++) {
                ids[at] = tokens.ids()[i];
                labels[at] = i == 0 ? LabelledTokens.NOT_TRAINED : tokens.labels()[i];
                positions[at] = i;
                owners[at] = row;
            }
        }
        return new LabelledPack(ids, labels, positions, owners);
    }

    /** Returns how many tokens are learned. */
    public int trained() {
        return (int) Arrays.stream(labels)
                .filter(label -> label != LabelledTokens.NOT_TRAINED)
                .count();
    }
}
