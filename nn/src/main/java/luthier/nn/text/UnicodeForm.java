package luthier.nn.text;

import java.text.Normalizer.Form;

/**
 * The normal forms of Unicode: decomposed or composed, canonically or compatibly (the K forms). What each character decomposes into and
 * composes to is the JDK's; the walk is here, since it must keep track of places and stay linear however many marks follow one another.
 *
 * <p>Source: Unicode Standard Annex #15.
 */
enum UnicodeForm implements Normalizer {
    NFC(Form.NFD, true, 0x300),
    NFD(Form.NFD, false, 0xc0),
    NFKC(Form.NFKD, true, 0xa0),
    NFKD(Form.NFKD, false, 0xa0);

    private final Form decomposition;
    private final boolean composes;
    /** Characters below it are what they are in this form, and begin anew. */
    private final int plain;

    UnicodeForm(Form decomposition, boolean composes, int plain) {
        this.decomposition = decomposition;
        this.composes = composes;
        this.plain = plain;
    }

    @Override
    public AlignedText normalize(AlignedText text) {
        String given = text.text();
        int special = 0;
        while (special < given.length() && given.charAt(special) < plain) {
            special++;
        }
        if (special == given.length()) {
            return text;
        }
        Walk walk = new Walk(given.length());
        for (int i = 0; i < given.length(); ) {
            int c = given.codePointAt(i);
            walk.decompose(c);
            i += Character.charCount(c);
        }
        walk.sortRest();
        if (composes) {
            walk.compose();
        }
        return text.changed(walk.characters, walk.changes, walk.count);
    }

    /** The characters so far, and for each what changed: see {@link AlignedText#changed}. */
    private final class Walk {
        private int[] characters;
        private int[] changes;
        private int count;
        /** From here on all characters are marks that may still be put in order. */
        private int unsorted;

        private Walk(int size) {
            characters = new int[size + 16];
            changes = new int[size + 16];
        }

        private void add(int c, int change) {
            if (count == characters.length) {
                characters = java.util.Arrays.copyOf(characters, 2 * count);
                changes = java.util.Arrays.copyOf(changes, 2 * count);
            }
            if (CombiningOrder.of(c) == 0) {
                sortRest();
                unsorted = count + 1;
            }
            characters[count] = c;
            changes[count++] = change;
        }

        private void decompose(int c) {
            if (c < 0xa0 || c < plain && !composes || c >= 0x3400 && c <= 0x9fff) {
                add(c, 0);
                return;
            }
            String parts = java.text.Normalizer.normalize(Character.toString(c), decomposition);
            int first = parts.codePointAt(0);
            add(first, 0);
            for (int i = Character.charCount(first); i < parts.length(); ) {
                int next = parts.codePointAt(i);
                add(next, 1);
                i += Character.charCount(next);
            }
        }

        private void sortRest() {
            if (count - unsorted > 1) {
                CombiningOrder.sort(characters, changes, unsorted, count);
            }
            unsorted = count;
        }

        /**
         * Joins each mark to the last character that begins anew, unless a mark between them has the same order or a higher one.
         */
        private void compose() {
            int starter = -1;
            int order = 0;
            int kept = 0;
            for (int i = 0; i < count; i++) {
                int c = characters[i];
                int own = CombiningOrder.of(c);
                boolean adjacent = starter == kept - 1;
                if (starter >= 0 && (adjacent || order < own)) {
                    int joined = CombiningOrder.composed(characters[starter], c);
                    if (joined >= 0) {
                        characters[starter] = joined;
                        changes[starter] += changes[i] - 1;
                        continue;
                    }
                }
                if (own == 0) {
                    starter = kept;
                }
                order = own;
                characters[kept] = c;
                changes[kept++] = changes[i];
            }
            count = kept;
        }
    }
}
