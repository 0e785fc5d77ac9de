package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import luthier.finetune.Methods;
import luthier.finetune.method.Method;
import org.junit.jupiter.api.Test;

class OptionTableTest {
    private static final OptionTable TABLE = SettingsCasesTest.OPTIONS;
    private static final Method LORA = Methods.named("lora");

    @Test
    void anUnderscoreStandsForAHyphen() {
        assertTrue(TABLE.requireFits("here", "batch_size", "8", LORA));
        assertFalse(TABLE.requireFits("here", "rank_pattern", "query=4", LORA));
    }

    @Test
    void refusesWithTheNearestName() {
        assertEquals(
                "here: must be the name of an option; got bach\\u000asize; nearest: batch-size, epochs, clip",
                assertThrows(UsageException.class, () -> TABLE.requireFits("here", "bach\nsize", "8", LORA))
                        .getMessage());
    }

    @Test
    void theNearestNeedsTheFewestChanges() {
        assertEquals(
                "epochs, steps, epoch-size", OptionTable.nearest("epoch", List.of("steps", "epoch-size", "epochs")));
    }
}
