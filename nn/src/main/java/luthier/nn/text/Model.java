package luthier.nn.text;

/** Makes tokens of a piece of text: the model of a tokenizer. Safe for use by several threads. */
interface Model {
    /** Takes tokens. */
    interface Tokens {
        /** Takes a token that stands for the characters from one place of the piece up to another, in UTF-16 units. */
        void add(int id, int from, int to);
    }

    /** Passes on the tokens of a piece, which is not empty. */
    void encode(String piece, Tokens tokens);

    Vocabulary vocabulary();
}
