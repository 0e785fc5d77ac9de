package luthier.nn.text;

import luthier.tensor.io.ModelFormatException;

/** Every piece is a token; one that the vocabulary lacks is the unknown token. */
record WordLevel(Vocabulary vocabulary, String unknown) implements Model {
    @Override
    public void encode(String piece, Tokens tokens) {
        int id = vocabulary.id(piece);
        int found = id >= 0 ? id : vocabulary.id(unknown);
        if (found < 0) {
            throw new IllegalArgumentException("encode: the vocabulary must hold a text's words or the unknown token "
                    + ModelFormatException.escape(unknown) + "; got "
                    + ModelFormatException.escape(piece));
        }
        tokens.add(found, 0, piece.length());
    }
}
