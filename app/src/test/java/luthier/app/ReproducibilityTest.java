package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Twenty steps of the main job give the same adapter file, byte for byte, however they are computed. */
class ReproducibilityTest {
    private static String reference = "";

    @BeforeAll
    static void runOnce() throws Exception {
        reference = ChildJvm.run(List.of(), TwentySteps.class, "2");
        assertEquals(64, reference.strip().length(), reference);
    }

    @Test
    void repeatsItself() throws Exception {
        assertEquals(reference, ChildJvm.run(List.of(), TwentySteps.class, "2"));
    }

    @ParameterizedTest
    @CsvSource({"-Dluthier.kernels=simd, 1", "-Dluthier.kernels=scalar, 2", "-XX:UseAVX=2, 2"})
    void dependsOnNothingButTheSettings(String option, String threads) throws Exception {
        assertEquals(reference, ChildJvm.run(List.of(option), TwentySteps.class, threads), option);
    }
}
