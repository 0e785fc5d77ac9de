package luthier.tensor.kernel;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * The choice between the SIMD kernels and their scalar definitions, made once at start-up. Both give the same bits. SIMD needs the module
 * {@code jdk.incubator.vector} and vectors of 4, 8 or 16 floats, of which the sixteen lanes of {@link LaneSum} are made; and it is chosen
 * where the JVM compiles vectors to instructions, since as objects they are a hundred times slower than the scalar kernels.
 * {@code -Dluthier.kernels=scalar|simd} overrides the choice.
 */
public final class Kernels {
    /** Below it the scalar kernels work: vector code is thousands of times slower before it is compiled, and gains little here. */
    static final int FEW = 32;
    /** What an element costs where memory is the limit. */
    static final int MEMORY_PICOSECONDS = 250;

    private static final boolean SIMD = choose();

    private Kernels() {}

    /** Returns whether the SIMD kernels are in use. */
    public static boolean simd() {
        return SIMD;
    }

    private static boolean choose() {
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        int floats = present ? FloatVector.SPECIES_PREFERRED.length() : 0;
        String machine = System.getProperty("java.vm.name") + ", " + System.getProperty("java.vm.info");
        String wish = System.getProperty("luthier.kernels", "");
        boolean simd = simd(wish, floats, machine);
        String why = obstacle(floats, machine);
        if (wish.isEmpty() && why != null) {
            System.err.println("luthier: using the scalar kernels (several times slower): " + why);
        }
        return simd;
    }

    /**
     * Returns whether to use the SIMD kernels.
     *
     * @param floats how many floats a vector of the machine holds, 0 without the module
     * @param machine the JVM's name and how it compiles
     */
    static boolean simd(String wish, int floats, String machine) {
        return switch (wish) {
            case "scalar" -> false;
            case "simd" -> {
                String why = impossible(floats);
                if (why != null) {
                    throw new IllegalStateException("luthier.kernels=simd: " + why);
                }
                yield true;
            }
            case "" -> obstacle(floats, machine) == null;
            default -> throw new IllegalArgumentException("luthier.kernels: must be scalar or simd; got " + wish);
        };
    }

    /** Returns why the SIMD kernels would be wrong or slow here, or null. */
    static @Nullable String obstacle(int floats, String machine) {
        String why = impossible(floats);
        boolean objects = machine.contains("OpenJ9")
                || machine.contains("interpreted mode")
                // HotSpot's words for the quick compiler alone.
                || machine.contains("emulated-client");
        return why == null && objects ? "this JVM does not compile vectors; got " + machine : why;
    }

    private static @Nullable String impossible(int floats) {
        if (floats == 0) {
            return "the module jdk.incubator.vector must be present; start java with --add-modules jdk.incubator.vector";
        }
        boolean fit = floats >= 4 && LaneSum.LANES % floats == 0;
        return fit ? null : "vectors must hold 4, 8 or 16 floats; got " + floats;
    }
}
