package luthier.nn.text;

import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Merges of vocabularies that list none: any two tokens that together are a token may merge, and that token's rank says how early.
 */
final class RankedMerges {
    private RankedMerges() {}

    /**
     * Returns the table.
     *
     * @param made whether a token may be the result of a merge
     * @param rank a token's rank
     */
    static PairTable of(Vocabulary vocabulary, IntPredicate made, IntUnaryOperator rank) {
        PairTable table = new PairTable(4 * vocabulary.size());
        vocabulary.ids().forEach((token, id) -> {
            if (!made.test(id)) {
                return;
            }
            for (int i = 1; i < token.length(); i++) {
                if (Character.isLowSurrogate(token.charAt(i))) {
                    continue;
                }
                int left = vocabulary.id(token.substring(0, i));
                int right = left < 0 ? -1 : vocabulary.id(token.substring(i));
                if (right >= 0) {
                    table.put(left, right, rank.applyAsInt(id), id);
                }
            }
        });
        return table;
    }
}
