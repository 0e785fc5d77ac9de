package luthier.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import luthier.tensor.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sweep over fewer rows: no function is far off anywhere. */
class NormalizationSweepTest {
    private static final int[] LENGTHS = {1, 2, 17, 384, 4100};
    private static final double[] OFFSETS = {0, 3, 1e8};
    private static final double[] MAGNITUDES = {1e-38, 1e-20, 1, 1e38};

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void nothingIsFarOff(DType dtype) {
        Map<String, NormalizationSweep.Worst> found = NormalizationSweep.sweep(dtype, LENGTHS, OFFSETS, MAGNITUDES);
        assertEquals(12, found.size(), found.keySet().toString());
        found.forEach((name, worst) -> assertTrue(
                worst.error() <= 20, () -> dtype + " " + name + ": " + worst.error() + " at " + worst.where()));
        assertEquals(0, found.get("cosineSimilarity").error());
    }
}
