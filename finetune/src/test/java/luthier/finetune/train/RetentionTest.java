package luthier.finetune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RetentionTest {
    @Test
    void theNewestAndTheBestStay() {
        List<Long> saved = List.of(1000L, 900L, 1100L, 10000L);
        Retention two = new Retention(2);
        assertEquals(new TreeSet<>(List.of(900L)), two.expendable(saved, OptionalLong.of(1000)));
        assertEquals(new TreeSet<>(List.of(900L, 1000L)), two.expendable(saved, OptionalLong.empty()));
        assertEquals(new TreeSet<>(List.of(900L, 1000L)), two.expendable(saved, OptionalLong.of(10000)));
        assertEquals(new TreeSet<>(), new Retention(9).expendable(saved, OptionalLong.empty()));
    }

    @Test
    void refusesToKeepNone() {
        assertEquals(
                "checkpoints: keep must be at least 1, the newest is needed to resume; got 0",
                assertThrows(IllegalArgumentException.class, () -> new Retention(0))
                        .getMessage());
    }
}
