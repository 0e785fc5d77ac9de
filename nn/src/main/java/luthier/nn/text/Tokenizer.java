package luthier.nn.text;

import java.util.List;

/** Turns texts into what a model reads, and back. Implementations are immutable and safe for use by several threads. */
public interface Tokenizer {
    /**
     * Returns the ids of one text, or of a pair, with the special tokens that frame a sequence.
     *
     * @param texts one or two
     * @param maxLength the most ids; what is over is cut off the end, of a pair off the longer text, and counted
     * @throws IllegalArgumentException if there are not one or two texts, or {@code maxLength} leaves no room for the special tokens
     */
    Encoding encode(List<String> texts, int maxLength);

    /** As {@link #encode}, of a text that is already cut into words: each id knows its word. */
    Encoding encodeWords(List<String> words, int maxLength);

    /** Returns the id that fills a batch up. */
    int padId();

    /**
     * Returns the token of an id as the vocabulary writes it.
     *
     * @throws IllegalArgumentException if the id is not in the vocabulary
     */
    String token(int id);

    /** Returns the number of different tokens. */
    int vocabularySize();
}
