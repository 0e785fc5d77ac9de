package luthier.nn.text;

import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * The WordPiece model: a word is cut, from the left, into the longest pieces that are in the vocabulary; every piece but the
 * first is looked up with a prefix. A word that cannot be cut to its end, or that is too long, is one unknown token.
 *
 * <p>Source: Wu et al. 2016, arXiv:1609.08144, as implemented in google-research/bert.
 */
final class WordPiece {
    /** The prefix of pieces that continue a word, where a file does not say. */
    static final String CONTINUES = "##";
    /** The longest word that is cut, in code points, where a file does not say. */
    static final int LONGEST = 100;

    private final Map<String, Integer> vocabulary;
    private final int unknownId;
    private final String continuingPrefix;
    private final int maxCharsPerWord;
    private final int longestPiece;

    /** The unknown token must be in the vocabulary. */
    WordPiece(Map<String, Integer> vocabulary, String unknownToken, String continuingPrefix, int maxCharsPerWord) {
        this.vocabulary = Map.copyOf(vocabulary);
        this.unknownId = Objects.requireNonNull(this.vocabulary.get(unknownToken), unknownToken);
        this.continuingPrefix = continuingPrefix;
        this.maxCharsPerWord = maxCharsPerWord;
        this.longestPiece =
                vocabulary.keySet().stream().mapToInt(String::length).max().orElse(0);
    }

    Map<String, Integer> vocabulary() {
        return vocabulary;
    }

    String continuingPrefix() {
        return continuingPrefix;
    }

    /** Passes the ids of a word's pieces on, in order. */
    void encode(String word, IntConsumer ids) {
        int[] pieces = new int[word.length()];
        int count = 0;
        int start = word.codePointCount(0, word.length()) > maxCharsPerWord ? -1 : 0;
        while (start >= 0 && start < word.length()) {
            int end = longestMatch(word, start);
            if (end > 0) {
                pieces[count++] = vocabulary.getOrDefault(piece(word, start, end), unknownId);
            }
            start = end;
        }
        if (start < 0) {
            ids.accept(unknownId);
            return;
        }
        for (int i = 0; i < count; i++) {
            ids.accept(pieces[i]);
        }
    }

    /** Returns where the longest piece that starts at {@code start} ends, or -1 if there is none. */
    private int longestMatch(String word, int start) {
        for (int end = Math.min(word.length(), start + longestPiece); end > start; end--) {
            if (vocabulary.containsKey(piece(word, start, end))) {
                return end;
            }
        }
        return -1;
    }

    private String piece(String word, int start, int end) {
        String part = word.substring(start, end);
        return start == 0 ? part : continuingPrefix + part;
    }
}
