package luthier.nn.text;

import java.util.function.Consumer;

/**
 * SentencePiece's way with spaces: each is written as a visible mark, {@code ▁}, and words begin with it.
 *
 * <p>Source: Kudo and Richardson 2018, arXiv:1808.06226.
 *
 * @param mark the character for a space
 * @param prepend which texts get a mark before them
 * @param split whether the text is cut before every mark
 */
record Metaspace(String mark, Prepend prepend, boolean split) implements PreTokenizer {
    /** The mark of SentencePiece. */
    static final String USUAL = "\u2581";

    /** Which texts get a mark before them. */
    enum Prepend {
        ALWAYS,
        FIRST,
        NEVER
    }

    @Override
    public void cut(AlignedText text, Consumer<AlignedText> pieces) {
        boolean first = text.start(0) == 0;
        AlignedText marked = new Normalizer.Replace(new TextPattern.Literal(" "), mark).normalize(text);
        boolean wanted = prepend == Prepend.ALWAYS || prepend == Prepend.FIRST && first;
        if (wanted && !marked.text().startsWith(mark)) {
            marked = new Normalizer.Prepend(mark).normalize(marked);
        }
        if (split) {
            SplitBehavior.MERGED_WITH_NEXT.cut(
                    marked, new TextPattern.Literal(mark).matches(marked.text()), false, pieces);
        } else {
            pieces.accept(marked);
        }
    }
}
