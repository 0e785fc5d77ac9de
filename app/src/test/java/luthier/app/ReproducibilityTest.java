package luthier.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import luthier.golden.ChildJvm;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Twenty steps of the main job give the same adapter file, byte for byte, however they are computed: in a JVM that starts and in
 * one whose code is compiled, on one thread and on two, on vectors of another width, and without vectors. Scalar kernels, which
 * are slow, take six steps.
 */
@Tag("slow")
class ReproducibilityTest {
    private static String twentySteps = "";
    private static String sixSteps = "";

    @BeforeAll
    static void runThreeTimesInOneJvm() throws Exception {
        List<String> hashes = ChildJvm.run(List.of(), TwentySteps.class, "2:20", "1:20", "2:6")
                .lines()
                .toList();
        assertEquals(3, hashes.size());
        twentySteps = hashes.get(0);
        sixSteps = hashes.get(2);
        assertEquals(64, twentySteps.length(), twentySteps);
        assertEquals(twentySteps, hashes.get(1), "on one thread");
        assertNotEquals(twentySteps, sixSteps);
    }

    @Test
    void vectorsOfAnotherWidthChangeNothing() throws Exception {
        List<String> options = List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:UseAVX=2");
        assertEquals(
                twentySteps, ChildJvm.run(options, TwentySteps.class, "2:20").strip());
    }

    @Test
    void scalarKernelsChangeNothing() throws Exception {
        assertEquals(
                sixSteps,
                ChildJvm.run(List.of("-Dluthier.kernels=scalar"), TwentySteps.class, "2:6")
                        .strip());
    }
}
