package luthier.tensor.kernel;

/**
 * The choice between the SIMD kernels and their scalar definitions, made once at start-up: SIMD if the module
 * {@code jdk.incubator.vector} is present, scalar otherwise. {@code -Dluthier.kernels=scalar|simd} overrides it. Both give the
 * same bits.
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
        String wish = System.getProperty("luthier.kernels", "");
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return switch (wish) {
            case "scalar" -> false;
            case "simd" -> {
                if (!present) {
                    throw new IllegalStateException(
                            "luthier.kernels=simd: the module jdk.incubator.vector must be present; start"
                                    + " java with --add-modules jdk.incubator.vector");
                }
                yield true;
            }
            case "" -> {
                if (!present) {
                    System.err.println(
                            "luthier: no jdk.incubator.vector module, using the scalar kernels (several times slower);"
                                    + " start java with --add-modules jdk.incubator.vector");
                }
                yield present;
            }
            default -> throw new IllegalArgumentException("luthier.kernels: must be scalar or simd; got " + wish);
        };
    }
}
