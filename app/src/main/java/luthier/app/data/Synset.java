package luthier.app.data;

import java.util.List;

/**
 * A set of synonyms with one meaning.
 *
 * @param id the offset of its line in the data file and its part of speech, such as {@code 00001740-n}
 * @param lexFile the number of the lexicographer file it was written in; nouns and verbs have one per supersense
 * @param lemmas the synonyms as written, with spaces for underscores; at least one
 * @param definition the gloss up to the first quoted example
 * @param examples the quoted examples of the gloss; often none
 */
public record Synset(String id, int lexFile, List<String> lemmas, String definition, List<String> examples) {
    /** Copies the lists. */
    public Synset {
        lemmas = List.copyOf(lemmas);
        examples = List.copyOf(examples);
    }
}
