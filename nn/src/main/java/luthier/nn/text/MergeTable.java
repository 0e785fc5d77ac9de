package luthier.nn.text;

import luthier.tensor.io.ModelFormatException;
import org.jspecify.annotations.Nullable;

/** Merges as files list them, from the first to the last. */
final class MergeTable {
    private final Vocabulary vocabulary;
    private final String continuingPrefix;
    private final PairTable table = new PairTable(1024);
    private int rank;

    /** The right part of a merge loses the prefix of pieces that continue a word. */
    MergeTable(Vocabulary vocabulary, String continuingPrefix) {
        this.vocabulary = vocabulary;
        this.continuingPrefix = continuingPrefix;
    }

    /** Adds the next merge; returns what is wrong with it, or null. */
    @Nullable
    String add(String left, String right) {
        if (vocabulary.id(left) < 0 || vocabulary.id(right) < 0) {
            return "the parts of a merge must be in the vocabulary; got "
                    + ModelFormatException.escape(vocabulary.id(left) < 0 ? left : right);
        }
        String merged = left + right.substring(Math.min(continuingPrefix.length(), right.length()));
        if (vocabulary.id(merged) < 0) {
            return "what a merge makes must be in the vocabulary; got " + ModelFormatException.escape(merged);
        }
        table.put(vocabulary.id(left), vocabulary.id(right), rank++, vocabulary.id(merged));
        return null;
    }

    PairTable table() {
        return table;
    }
}
