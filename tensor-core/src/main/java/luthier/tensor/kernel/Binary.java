package luthier.tensor.kernel;

/** Arithmetic of two numbers: {@link BinaryScalar} is the definition, {@link BinarySimd} its twin with the same bits. */
public final class Binary {
    /** a + b. */
    public static final BinaryKernel ADD = new BinaryTwins(
            BinaryScalar::add, Kernels.simd() ? BinarySimd::add : BinaryScalar::add, Kernels.MEMORY_PICOSECONDS);

    /** a - b. */
    public static final BinaryKernel SUB = new BinaryTwins(
            BinaryScalar::sub, Kernels.simd() ? BinarySimd::sub : BinaryScalar::sub, Kernels.MEMORY_PICOSECONDS);

    /** a b. */
    public static final BinaryKernel MUL = new BinaryTwins(
            BinaryScalar::mul, Kernels.simd() ? BinarySimd::mul : BinaryScalar::mul, Kernels.MEMORY_PICOSECONDS);

    /** a / b. */
    public static final BinaryKernel DIV = new BinaryTwins(
            BinaryScalar::div, Kernels.simd() ? BinarySimd::div : BinaryScalar::div, Kernels.MEMORY_PICOSECONDS);

    /** The larger; NaN if either is. */
    public static final BinaryKernel MAX = new BinaryTwins(
            BinaryScalar::max, Kernels.simd() ? BinarySimd::max : BinaryScalar::max, Kernels.MEMORY_PICOSECONDS);

    /** The smaller; NaN if either is. */
    public static final BinaryKernel MIN = new BinaryTwins(
            BinaryScalar::min, Kernels.simd() ? BinarySimd::min : BinaryScalar::min, Kernels.MEMORY_PICOSECONDS);

    /** a - b floor(a / b), exact but for one last rounding, with the sign of b. */
    public static final BinaryKernel REMAINDER = new BinaryTwins(
            BinaryScalar::remainder, Kernels.simd() ? BinarySimd::remainder : BinaryScalar::remainder, 1_000);

    /** floor(a / b), of the exact quotient. */
    public static final BinaryKernel FLOOR_DIVIDE =
            new BinaryTwins(BinaryScalar::floorDivide, BinaryScalar::floorDivide, 3_000);

    /** a / b without its fraction, of the exact quotient. */
    public static final BinaryKernel TRUNC_DIVIDE =
            new BinaryTwins(BinaryScalar::truncDivide, BinaryScalar::truncDivide, 3_000);

    private Binary() {}

    /** a + weight (b - a), taken from b's side for weights of a half and more, so that weight 1 gives b. */
    public static BinaryKernel lerp(float weight) {
        return (a, ao, b, bo, y, yo, n) -> {
            if (n < Kernels.FEW || !Kernels.simd()) {
                BinaryScalar.lerp(a, ao, b, bo, y, yo, n, weight);
            } else {
                BinarySimd.lerp(a, ao, b, bo, y, yo, n, weight);
            }
        };
    }
}
