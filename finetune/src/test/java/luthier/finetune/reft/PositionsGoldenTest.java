package luthier.finetune.reft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import luthier.golden.GoldenSet;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which tokens {@code fF+lL} chooses, against pyreft's rule. */
class PositionsGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final String ID = "finetune/reft_positions";

    @TestFactory
    Stream<DynamicTest> choosesAsPyreftDoes() {
        return SET.find(ID)
                .map(golden ->
                        rows(SET.tensors(golden.data()).values().iterator().next()))
                .orElseGet(() -> Stream.of(SET.absent(ID)));
    }

    /** The columns are F, L, the number of tokens, and how many of the first and of the last ones are chosen. */
    private static Stream<DynamicTest> rows(Tensor table) {
        return LongStream.range(0, table.size(0)).mapToObj(row -> {
            long[] r = table.select(0, row).toLongArray();
            String places = "f" + r[0] + "+l" + r[1];
            return SET.test(places, "of " + r[2], () -> {
                Positions.Ends ends = (Positions.Ends) Positions.parse(places);
                assertEquals(r[3], ends.firstOf((int) r[2]));
                assertEquals(r[4], ends.lastOf((int) r[2]));
            });
        });
    }
}
