package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionTableTest {
    private static final OptionTable.Rule RULE = OptionTable.Rule.of(OptionKind.WORD);
    private static final OptionTable TABLE = new OptionTable(
            Map.of("method", RULE, "batch-size", RULE), Map.of("lora", Map.of("rank", RULE), "full", Map.of()), "full");

    @Test
    void anUnderscoreStandsForAHyphen() {
        assertSame(RULE, TABLE.rule("here", "batch_size", "full"));
        assertSame(RULE, TABLE.rule("here", "rank", "lora"));
    }

    @Test
    void refusesWithTheNearestName() {
        assertEquals(
                "here: must be the name of an option; got bach\\u000asize; nearest: batch-size, method",
                assertThrows(UsageException.class, () -> TABLE.rule("here", "bach\nsize", "full"))
                        .getMessage());
        assertEquals(
                "here: rank is an option of lora; got method full; leave it away or choose another method",
                assertThrows(UsageException.class, () -> TABLE.rule("here", "rank", "full"))
                        .getMessage());
    }

    @Test
    void theNearestNeedsTheFewestChanges() {
        assertEquals(
                "epochs, steps, epoch-size", OptionTable.nearest("epoch", List.of("steps", "epoch-size", "epochs")));
    }
}
