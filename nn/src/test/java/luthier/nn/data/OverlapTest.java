package luthier.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class OverlapTest {
    private static SplitRow row(String... texts) {
        return new SplitRow(List.of(texts), List.of());
    }

    @Test
    void sharedTextsAreCountedAndSaid() {
        Overlap overlap = Overlap.of(List.of(row("a"), row("A "), row("b")), List.of(row("c"), row("B")));
        assertEquals(new Overlap(List.of(1), 1), overlap);
        assertEquals(
                List.of(
                        "rows of valid.csv whose texts are trained on: 1; its numbers flatter",
                        "rows of training whose texts repeat those of others: 1"),
                overlap.says("valid.csv"));
    }

    @Test
    void pairsAreEqualByBothTexts() {
        assertEquals(
                new Overlap(List.of(), 0), Overlap.of(List.of(row("a", "b")), List.of(row("a", "c"), row("b", "a"))));
        assertEquals(List.of(), new Overlap(List.of(), 0).says("x"));
    }
}
