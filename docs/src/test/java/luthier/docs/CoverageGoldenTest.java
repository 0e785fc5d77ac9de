package luthier.docs;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Collections;
import java.util.Set;
import java.util.stream.Stream;
import luthier.golden.GoldenSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Lists the golden cases of groups that no test of this build compares with; the tests of a group list what they lack of it. */
class CoverageGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final Set<String> COMPARED =
            Set.of("ops", "modules", "optim", "quant", "models", "finetune", "weights");

    @TestFactory
    Stream<DynamicTest> groups() {
        DynamicTest some = DynamicTest.dynamicTest(
                "the set has a group that is compared",
                () -> assertFalse(Collections.disjoint(SET.groups(), COMPARED), () -> "got " + SET.groups()));
        Stream<DynamicTest> missing = SET.groups().stream()
                .filter(group -> !COMPARED.contains(group))
                .flatMap(group -> SET.cases(group).stream()
                        .map(golden -> SET.notCovered(golden.id(), "no test of the group " + group)));
        return Stream.concat(Stream.of(some), missing);
    }
}
