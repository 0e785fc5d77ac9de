package luthier.tensor.kernel;

/** Functions of two numbers: {@link BinaryScalar} is the definition, {@link BinarySimd} its twin with the same bits. */
public final class Binary {
    /** a + b. */
    public static final BinaryKernel ADD = Kernels.simd() ? BinarySimd::add : BinaryScalar::add;

    /** a - b. */
    public static final BinaryKernel SUB = Kernels.simd() ? BinarySimd::sub : BinaryScalar::sub;

    /** a b. */
    public static final BinaryKernel MUL = Kernels.simd() ? BinarySimd::mul : BinaryScalar::mul;

    /** a / b. */
    public static final BinaryKernel DIV = Kernels.simd() ? BinarySimd::div : BinaryScalar::div;

    /** The larger; NaN if either is. */
    public static final BinaryKernel MAX = Kernels.simd() ? BinarySimd::max : BinaryScalar::max;

    /** The smaller; NaN if either is. */
    public static final BinaryKernel MIN = Kernels.simd() ? BinarySimd::min : BinaryScalar::min;

    /** b times the derivative of GELU at a. */
    public static final BinaryKernel GELU_BACKWARD =
            Kernels.simd() ? BinarySimd::geluBackward : BinaryScalar::geluBackward;

    /** b times the derivative of the tanh form of GELU at a. */
    public static final BinaryKernel GELU_TANH_BACKWARD =
            Kernels.simd() ? BinarySimd::geluTanhBackward : BinaryScalar::geluTanhBackward;

    private Binary() {}
}
