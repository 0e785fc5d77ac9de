package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * JVMs whose vectors are narrower than the processor's, too narrow for the SIMD kernels, or not compiled: the bits of every operation are
 * those of the scalar kernels.
 */
class VectorWidthTest {
    private static String reference = "";

    @BeforeAll
    static void runScalar() throws Exception {
        reference = run("-Dluthier.kernels=scalar");
        assertTrue(reference.lines().count() > 500, "the program must print its lines; got " + reference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:MaxVectorSize=4",
                "-XX:MaxVectorSize=8",
                "-XX:MaxVectorSize=16",
                "-XX:UseAVX=0 -XX:UseSSE=2",
                "-XX:TieredStopAtLevel=1 -Dluthier.kernels=simd",
                "-Xint -Dluthier.kernels=simd"
            })
    void changesNoBit(String options) throws Exception {
        assertEquals(reference, run(options));
    }

    /** Returns the lines of hashes of {@link ExactnessProgram} for tiny operands. */
    private static String run(String options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules=jdk.incubator.vector", "-Xmx512m", "-XX:+UseSerialGC"));
        command.add("-XX:+IgnoreUnrecognizedVMOptions");
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of(
                "-cp",
                PublicOperations.root(Tensor.class)
                        + File.pathSeparator
                        + PublicOperations.root(ExactnessProgram.class),
                ExactnessProgram.class.getName(),
                "TINY"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> options + " must run; got " + output);
        return output;
    }
}
