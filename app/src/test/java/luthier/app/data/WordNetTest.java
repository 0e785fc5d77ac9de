package luthier.app.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import luthier.app.data.WordNet.PartOfSpeech;
import luthier.tensor.io.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordNetTest {
    private static final String LINE =
            "00000000 29 v 02 breathe 0 take_a_breath 0 001 * 00005041 v 0000 02 + 02 00 + 08 02 "
                    + "| draw air into, and expel out of, the lungs; \"I can breathe better\"; \"He is respiring\"  \n";

    private static List<Synset> parseVerbs(String text) {
        return WordNet.parse(text.getBytes(StandardCharsets.UTF_8), PartOfSpeech.VERB, "data.verb");
    }

    @Test
    void readsEveryFieldOfALine() {
        Synset expected = new Synset(
                "00000000-v",
                29,
                List.of("breathe", "take a breath"),
                "draw air into, and expel out of, the lungs",
                List.of("I can breathe better", "He is respiring"));
        assertEquals(List.of(expected), parseVerbs(LINE));
    }

    @Test
    void skipsTheLicenceAndCountsItsBytes() {
        String licence = "  1 This software and database is being provided to you, the LICENSEE, by  \n";
        String line = LINE.replaceFirst("00000000", "%08d".formatted(licence.length()));
        assertEquals("00000076-v", parseVerbs(licence + line).getFirst().id());
    }

    @Test
    void dropsAdjectiveMarkersAndOtherSeparatorsThanSemicolons() {
        String line = "00000000 00 s 02 ready(p) 0 up-to(ip) b 000 | made ready: \"all is ready\"  \n";
        Synset synset = WordNet.parse(line.getBytes(StandardCharsets.UTF_8), PartOfSpeech.ADJECTIVE, "data.adj")
                .getFirst();
        assertEquals(List.of("ready", "up-to"), synset.lemmas());
        assertEquals("made ready", synset.definition());
        assertEquals("00000000-s", synset.id());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
        00000000 ~ 00000007 ~ the synset offset must be the byte where the line starts; got 00000007
        00000000 ~ 0000000x ~ the synset offset must have 8 digits; got 0000000x
        ' 29 '   ~ ' 9 '    ~ the lexicographer file must have 2 digits; got 9
        ' v 02 ' ~ ' n 02 ' ~ the synset type must be one of the letters v; got n
        ' 02 b'  ~ ' zz b'  ~ the word count must have 2 hexadecimal digits; got zz
        ' 02 b'  ~ ' 00 b'  ~ the word count must be at least 1; got 00
        ' 02 b'  ~ ' 01 b'  ~ the pointer count must have 3 digits; got take_a_breath
        ' 02 b'  ~ ' 09 b'  ~ the lexical id must have 1 hexadecimal digits; got *
        '001 *'  ~ '001 ***' ~ a pointer symbol must have one or two characters; got ***
        'v 0000' ~ 'q 0000' ~ the synset type must be one of the letters nvasr; got q
        '+ 08'   ~ '- 08'   ~ a frame must start with +; got -
        '08 02'  ~ '08 03'  ~ a frame must belong to one of the 2 words; got 03
        '08 02'  ~ '08'     ~ the line must have a frame word before its gloss; got the end of the fields
        '08 02'  ~ '08 02 7' ~ the line must go on with its gloss; got 7
        ' | '    ~ ' / '    ~ 'a synset line must have a gloss after " | "; got 00000000 29 v 02 breathe 0 take_a_breath 0 001 * 00005041 v ...'
        'draw air into, and expel out of, the lungs' ~ '' ~ 'the gloss must start with a definition; got ; "I can breathe better"; "He is respiring"'
        """)
    void refusesDamagedLines(String good, String bad, String message) {
        String damaged = LINE.replaceFirst(Pattern.quote(good), bad);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> parseVerbs(damaged));
        assertEquals("data.verb: " + message + " (at byte 0)", e.getMessage());
    }

    @Test
    void refusesBytesThatAreNotText() {
        byte[] content = LINE.getBytes(StandardCharsets.UTF_8);
        content[60] = (byte) 0xff;
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> WordNet.parse(content, PartOfSpeech.VERB, "data.verb"));
        assertEquals("data.verb: the line must be UTF-8; got bytes that are not (at byte 0)", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"NOUN, 82192", "VERB, 13789", "ADJECTIVE, 18185", "ADVERB, 3625"})
    void readsEverySynsetOfTheRealFiles(PartOfSpeech partOfSpeech, int count) {
        List<Synset> synsets = WordNet.read(partOfSpeech);
        assertEquals(count, synsets.size());
        for (Synset synset : synsets) {
            assertTrue(
                    synset.definition().indexOf('"') < 0 && !synset.definition().isBlank(), synset.toString());
            assertTrue(synset.lemmas().stream().noneMatch(lemma -> lemma.contains("_")), synset.toString());
        }
    }

    @Test
    void findsKnownSynsets() {
        Map<String, Synset> nouns =
                WordNet.read(PartOfSpeech.NOUN).stream().collect(Collectors.toMap(Synset::id, Function.identity()));
        Synset entity = nouns.get("00001740-n");
        assertEquals(List.of("entity"), entity.lemmas());
        assertEquals(3, entity.lexFile());
        assertEquals(
                "that which is perceived or known or inferred to have its own distinct existence (living or nonliving)",
                entity.definition());
        assertEquals(List.of(), entity.examples());
    }
}
