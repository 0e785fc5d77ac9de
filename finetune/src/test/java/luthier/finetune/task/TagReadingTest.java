package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import luthier.finetune.task.TagReading.Entity;
import org.junit.jupiter.api.Test;

class TagReadingTest {
    private static List<Entity> read(TagReading reading, String tags) {
        return reading.entities(List.of(tags.split(" ")), 0);
    }

    @Test
    void everyStrictSchemeByHand() {
        Entity a = new Entity("a", 0, 1);
        Entity b = new Entity("b", 2, 2);
        assertEquals(List.of(a, b), read(TagReading.IOB2, "B-a I-a B-b O I-a"));
        assertEquals(List.of(a, b), read(TagReading.IOE2, "I-a E-a E-b O I-a"));
        assertEquals(List.of(a, b), read(TagReading.IOBES, "B-a E-a S-b B-a I-a O E-a"));
        assertEquals(List.of(a, b), read(TagReading.BILOU, "B-a L-a U-b B-a I-a O L-a"));
        assertEquals(List.of(), read(TagReading.IOBES, "B-a I-b E-b"));
        assertEquals(List.of(new Entity("_", 1, 2)), read(TagReading.IOB2, "O B I"));
    }

    /** conlleval's reading: what nothing began or ended is an entity all the same. */
    @Test
    void theForgivingReadingByHand() {
        assertEquals(
                List.of(new Entity("a", 0, 1), new Entity("b", 2, 2), new Entity("a", 4, 5)),
                read(TagReading.FORGIVING, "I-a I-a I-b O E-a E-a".replace("E-a E-a", "B-a E-a")));
        assertEquals(List.of(new Entity("a", 0, 0), new Entity("a", 1, 1)), read(TagReading.FORGIVING, "E-a E-a"));
        assertEquals(List.of(new Entity("a", 0, 1)), read(TagReading.FORGIVING, "U-a U-a"));
    }

    @Test
    void refusesATagOfAnotherScheme() {
        refused(
                "entities: a tag read as strict IOB2 must be O or one of B, I, with -TYPE or alone; got \"E-a\" in row 3,"
                        + " token 2",
                TagReading.IOB2,
                "O E-a");
        for (String tag : List.of("NOUN", "B_PER", "o", "", "B-", "O-PER", "-PER")) {
            refused(
                    "entities: a tag read as forgiving must be O or one of B, I, E, L, S, U, with -TYPE or alone; got \""
                            + tag + "\" in row 3, token 2",
                    TagReading.FORGIVING,
                    "O " + tag);
        }
    }

    private static void refused(String message, TagReading reading, String tags) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> reading.entities(List.of(tags.split(" ", -1)), 2))
                        .getMessage());
    }

    @Test
    void theTagsOfADataSetSayTheirScheme() {
        assertEquals(Optional.of(TagReading.IOB2), TagReading.strict(List.of("O", "B-a", "I-a")));
        assertEquals(Optional.of(TagReading.IOE2), TagReading.strict(List.of("I-a", "E-a")));
        assertEquals(Optional.of(TagReading.IOBES), TagReading.strict(List.of("B-a", "E-a")));
        assertEquals(Optional.of(TagReading.IOBES), TagReading.strict(List.of("S-a")));
        assertEquals(Optional.of(TagReading.BILOU), TagReading.strict(List.of("U-a", "O")));
        assertEquals(Optional.empty(), TagReading.strict(List.of("U-a", "S-a")));
        assertEquals(Optional.empty(), TagReading.strict(List.of("NOUN", "VERB")));
    }
}
