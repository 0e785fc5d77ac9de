package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which machines get the SIMD kernels. */
class KernelsTest {
    private static final String HOTSPOT = "OpenJDK 64-Bit Server VM, mixed mode, sharing";

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void vectorsThatMakeSixteenLanesAreUsed(int floats) {
        assertTrue(Kernels.simd("", floats, HOTSPOT));
        assertTrue(Kernels.simd("simd", floats, HOTSPOT));
        assertFalse(Kernels.simd("scalar", floats, HOTSPOT));
    }

    /** Of two floats on machines without vector support; of 12, 32 or 64 with scalable vectors. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 12, 32, 64})
    void otherVectorsAreNot(int floats) {
        assertFalse(Kernels.simd("", floats, HOTSPOT));
        assertEquals("vectors must hold 4, 8 or 16 floats; got " + floats, Kernels.obstacle(floats, HOTSPOT));
        assertEquals(
                "luthier.kernels=simd: vectors must hold 4, 8 or 16 floats; got " + floats,
                assertThrows(IllegalStateException.class, () -> Kernels.simd("simd", floats, HOTSPOT))
                        .getMessage());
    }

    @Test
    void theModuleMustBePresent() {
        assertFalse(Kernels.simd("", 0, HOTSPOT));
        assertEquals(
                "luthier.kernels=simd: the module jdk.incubator.vector must be present; start java with"
                        + " --add-modules jdk.incubator.vector",
                assertThrows(IllegalStateException.class, () -> Kernels.simd("simd", 0, HOTSPOT))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OpenJDK 64-Bit Server VM, interpreted mode, sharing",
                "OpenJDK 64-Bit Server VM, mixed mode, emulated-client, sharing",
                "Eclipse OpenJ9 VM, JRE 25 Linux amd64-64-Bit"
            })
    void machinesThatDoNotCompileVectorsUseThemOnlyIfTold(String machine) {
        assertFalse(Kernels.simd("", 16, machine));
        assertTrue(Kernels.simd("simd", 16, machine));
        assertEquals("this JVM does not compile vectors; got " + machine, Kernels.obstacle(16, machine));
    }

    @Test
    void otherWishesAreErrors() {
        assertEquals(
                "luthier.kernels: must be scalar or simd; got avx",
                assertThrows(IllegalArgumentException.class, () -> Kernels.simd("avx", 16, HOTSPOT))
                        .getMessage());
    }
}
