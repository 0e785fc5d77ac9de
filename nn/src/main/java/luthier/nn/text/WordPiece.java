package luthier.nn.text;

/**
 * The WordPiece model: a word is cut, from the left, into the longest pieces that are in the vocabulary; every piece but the
 * first is looked up with a prefix. A word that cannot be cut to its end, or that is too long, is one unknown token.
 *
 * <p>Source: Wu et al. 2016, arXiv:1609.08144, as implemented in google-research/bert.
 */
final class WordPiece implements Model {
    /** The prefix of pieces that continue a word, where a file does not say. */
    static final String CONTINUES = "##";
    /** The longest word that is cut, in code points, where a file does not say. */
    static final int LONGEST = 100;

    private final Vocabulary vocabulary;
    private final int unknownId;
    private final int maxCharsPerWord;
    private final PrefixTree tree = new PrefixTree();
    /** Where pieces that continue a word begin in the tree; -1 if there are none. */
    private final int continued;

    /** The unknown token must be in the vocabulary. */
    WordPiece(Vocabulary vocabulary, String unknownToken, String continuingPrefix, int maxCharsPerWord) {
        this.vocabulary = vocabulary;
        this.maxCharsPerWord = maxCharsPerWord;
        unknownId = vocabulary.id(unknownToken);
        vocabulary.ids().forEach((token, id) -> {
            if (!token.isEmpty()) {
                tree.add(token, id);
            }
        });
        int node = 0;
        for (int i = 0; i < continuingPrefix.length() && node >= 0; i++) {
            node = tree.next(node, continuingPrefix.charAt(i));
        }
        continued = node;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void encode(String word, Tokens tokens) {
        int[] ids = new int[word.length()];
        int[] ends = new int[word.length()];
        int count = 0;
        int start = word.codePointCount(0, word.length()) > maxCharsPerWord ? -1 : 0;
        while (start >= 0 && start < word.length()) {
            start = longest(word, start, ids, ends, count++);
        }
        if (start < 0) {
            tokens.add(unknownId, 0, word.length());
            return;
        }
        for (int i = 0; i < count; i++) {
            tokens.add(ids[i], i == 0 ? 0 : ends[i - 1], ends[i]);
        }
    }

    /** Finds the longest piece that begins at a place and returns where it ends, or -1. */
    private int longest(String word, int start, int[] ids, int[] ends, int count) {
        int node = start == 0 ? 0 : continued;
        int end = -1;
        for (int at = start; at < word.length() && node >= 0; at++) {
            node = tree.next(node, word.charAt(at));
            if (node >= 0 && tree.value(node) != PrefixTree.NONE) {
                ids[count] = tree.value(node);
                end = at + 1;
            }
        }
        ends[count] = end;
        return end;
    }
}
