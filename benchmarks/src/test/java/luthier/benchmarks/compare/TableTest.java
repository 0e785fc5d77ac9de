package luthier.benchmarks.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void aRowShowsTimeShareOfThePeakAndRatio() {
        List<String> lines = Table.of(Outcomes.known()).lines().toList();
        assertTrue(
                lines.contains(
                        "matmul NN 100x100x100                  20 us                  100      50     0.80 ±0.00"),
                String.join("\n", lines));
        assertTrue(lines.contains("add 8" + " ".repeat(34) + "40 ns" + " ".repeat(11) + "5" + " ".repeat(31) + "-"));
    }

    @Test
    void whatWasMissedAndNotMeasuredIsSaid() {
        String text = Table.of(Outcomes.known());
        assertTrue(text.contains("missed 2 of 3 goals\n"), text);
        assertTrue(text.contains("  matmul NN 100x100x100: 0.8x, wanted 1.05x libtorch\n"), text);
        assertTrue(text.contains("  matmul NN 100x100x100: 50 %, wanted 85 % of peak\n"), text);
        assertTrue(text.contains("  openblas: not on the class path\n"), text);
    }

    @Test
    void aContenderFasterThanThePeakIsNotBelieved() {
        RowResult row = Outcomes.known().rows().getFirst();
        assertEquals(List.of(), row.impossible(200));
        assertEquals(List.of("libtorch"), row.impossible(100));
    }
}
