package luthier.tensor.kernel;

/** Arithmetic of two numbers: {@link BinaryScalar} is the definition, {@link BinarySimd} its twin with the same bits. */
public final class Binary {
    /** a + b. */
    public static final BinaryKernel ADD =
            BinaryTwins.of(BinaryScalar::add, () -> BinarySimd::add, Kernels.MEMORY_PICOSECONDS);

    /** a - b. */
    public static final BinaryKernel SUB =
            BinaryTwins.of(BinaryScalar::sub, () -> BinarySimd::sub, Kernels.MEMORY_PICOSECONDS);

    /** a b. */
    public static final BinaryKernel MUL =
            BinaryTwins.of(BinaryScalar::mul, () -> BinarySimd::mul, Kernels.MEMORY_PICOSECONDS);

    /** a / b. */
    public static final BinaryKernel DIV =
            BinaryTwins.of(BinaryScalar::div, () -> BinarySimd::div, Kernels.MEMORY_PICOSECONDS);

    /** The larger; NaN if either is. */
    public static final BinaryKernel MAX =
            BinaryTwins.of(BinaryScalar::max, () -> BinarySimd::max, Kernels.MEMORY_PICOSECONDS);

    /** The smaller; NaN if either is. */
    public static final BinaryKernel MIN =
            BinaryTwins.of(BinaryScalar::min, () -> BinarySimd::min, Kernels.MEMORY_PICOSECONDS);

    /** a - b floor(a / b), exact but for one last rounding, with the sign of b. */
    public static final BinaryKernel REMAINDER =
            BinaryTwins.of(BinaryScalar::remainder, () -> BinarySimd::remainder, 1_000);

    /** floor(a / b), of the exact quotient. */
    public static final BinaryKernel FLOOR_DIVIDE =
            new BinaryTwins(BinaryScalar::floorDivide, BinaryScalar::floorDivide, 3_000);

    /** a / b without its fraction, of the exact quotient. */
    public static final BinaryKernel TRUNC_DIVIDE =
            new BinaryTwins(BinaryScalar::truncDivide, BinaryScalar::truncDivide, 3_000);

    private Binary() {}

    /** a + weight (b - a), taken from b's side for weights of a half and more, so that weight 1 gives b. */
    public static BinaryKernel lerp(float weight) {
        return BinaryTwins.of(
                (a, ao, b, bo, y, yo, n) -> BinaryScalar.lerp(a, ao, b, bo, y, yo, n, weight),
                () -> (a, ao, b, bo, y, yo, n) -> BinarySimd.lerp(a, ao, b, bo, y, yo, n, weight),
                Kernels.MEMORY_PICOSECONDS);
    }
}
