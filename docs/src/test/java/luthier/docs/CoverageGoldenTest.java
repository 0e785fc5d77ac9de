package luthier.docs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import luthier.golden.GoldenSet;
import org.junit.jupiter.api.Test;

/** Lists the golden cases, operations apart, that no test of this build compares with. */
class CoverageGoldenTest {
    private static final Set<String> COMPARED = Set.of(
            "models/tiny_bert/golden",
            "finetune/lora_bert",
            "finetune/reft_positions",
            "optim/gradient_stream",
            "optim/given_adamw",
            "optim/clip",
            "optim/schedules",
            "weights/wise_ft",
            "quant/nf4",
            "quant/int8_absmax");

    @Test
    void listsWhatDoesNotExistYet() {
        GoldenSet set = GoldenSet.open();
        List<String> missing = Stream.of(
                        "modules", "models", "finetune", "optim", "weights", "alignment", "weak", "quant")
                .flatMap(group -> set.cases(group).stream())
                .map(GoldenSet.Case::id)
                .filter(id -> !COMPARED.contains(id))
                .toList();
        if (!missing.isEmpty()) {
            System.out.println("golden cases of what does not exist yet: " + String.join(" ", missing));
        }
        assertTrue(
                COMPARED.stream().anyMatch(id -> set.find(id).isPresent()), "the golden set has none of " + COMPARED);
    }
}
