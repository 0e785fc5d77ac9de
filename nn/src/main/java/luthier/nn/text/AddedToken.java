package luthier.nn.text;

/**
 * A token that is found in the text as it stands, before the text is cut into words.
 *
 * @param id its id, inside the vocabulary or beyond it
 * @param content its text
 * @param singleWord found only where no word character touches it
 * @param stripLeft swallows the white space before it
 * @param stripRight swallows the white space after it
 * @param normalized looked for in the normalized text instead of the text as given
 * @param special left out by {@code decode}
 */
record AddedToken(
        int id,
        String content,
        boolean singleWord,
        boolean stripLeft,
        boolean stripRight,
        boolean normalized,
        boolean special) {

    AddedToken withContent(String newContent) {
        return new AddedToken(id, newContent, singleWord, stripLeft, stripRight, normalized, special);
    }
}
