package luthier.finetune.reft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import luthier.golden.GoldenSet;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Which tokens {@code fF+lL} chooses, against pyreft's rule. */
class PositionsGoldenTest {
    @Test
    void choosesAsPyreftDoes() {
        GoldenSet set = GoldenSet.open();
        Assumptions.assumeTrue(set.find("finetune/reft_positions").isPresent(), "the golden set has no reft_positions");
        Tensor table =
                set.tensors(set.find("finetune/reft_positions").get().data()).get("table");
        for (int row = 0; row < table.size(0); row++) {
            long[] r = table.select(0, row).toLongArray();
            Positions.Ends ends = (Positions.Ends) Positions.parse("f" + r[0] + "+l" + r[1]);
            assertEquals(r[3], ends.firstOf((int) r[2]), () -> ends + " of " + r[2]);
            assertEquals(r[4], ends.lastOf((int) r[2]), () -> ends + " of " + r[2]);
        }
    }
}
