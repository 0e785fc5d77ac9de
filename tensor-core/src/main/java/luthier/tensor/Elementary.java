package luthier.tensor;

import luthier.tensor.kernel.DoubleFunctions;
import luthier.tensor.kernel.ElementaryKernels;

/**
 * The functions of school and statistics, element by element, for F32 and F64. F32 results are within 0.52 ulp of the true value
 * over all inputs unless said otherwise, F64 results within 2 ulp, both the same bits on every machine.
 * Denormal numbers are kept, NaN gives NaN, empty tensors stay empty.
 *
 * <p>All throw {@link DTypeException} for other types, those of two operands also where types differ, and {@link ShapeException}
 * where they do not broadcast.
 */
public final class Elementary {
    private Elementary() {}

    /**
     * Returns e^x. F32 within 1 ulp.
     *
     * {@snippet :
     * Elementary.exp(Tensor.of(new float[] {0, 1}, 2)); // F32[2][1.0, 2.7182817]
     * }
     */
    public static Tensor exp(Tensor x) {
        return ElementLoops.unary("exp", x, ElementaryKernels.EXP, StrictMath::exp);
    }

    /**
     * Returns 2^x.
     *
     * {@snippet :
     * Elementary.exp2(Tensor.of(new float[] {3, -1}, 2)); // F32[2][8.0, 0.5]
     * }
     */
    public static Tensor exp2(Tensor x) {
        return ElementLoops.unary("exp2", x, ElementaryKernels.EXP2, DoubleFunctions::exp2);
    }

    /**
     * Returns e^x - 1, without cancellation near 0.
     *
     * {@snippet :
     * Elementary.expm1(Tensor.of(new float[] {0f, 1e-10f}, 2)); // F32[2][0.0, 1.0E-10]
     * }
     */
    public static Tensor expm1(Tensor x) {
        return ElementLoops.unary("expm1", x, ElementaryKernels.EXPM1, StrictMath::expm1);
    }

    /**
     * Returns the natural logarithm; minus infinity for 0, NaN for negative x. F32 within 1 ulp.
     *
     * {@snippet :
     * Elementary.log(Tensor.of(new float[] {1, 0, -1}, 3)); // F32[3][0.0, -Infinity, NaN]
     * }
     */
    public static Tensor log(Tensor x) {
        return ElementLoops.unary("log", x, ElementaryKernels.LOG, StrictMath::log);
    }

    /**
     * Returns the logarithm to base 2; minus infinity for 0, NaN for negative x.
     *
     * {@snippet :
     * Elementary.log2(Tensor.of(new float[] {8, 0.5f}, 2)); // F32[2][3.0, -1.0]
     * }
     */
    public static Tensor log2(Tensor x) {
        return ElementLoops.unary("log2", x, ElementaryKernels.LOG2, DoubleFunctions::log2);
    }

    /**
     * Returns log(1 + x), without cancellation near 0; minus infinity for -1, NaN below.
     *
     * {@snippet :
     * Elementary.log1p(Tensor.of(new float[] {1e-10f, -1}, 2)); // F32[2][1.0E-10, -Infinity]
     * }
     */
    public static Tensor log1p(Tensor x) {
        return ElementLoops.unary("log1p", x, ElementaryKernels.LOG1P, StrictMath::log1p);
    }

    /**
     * Returns the sine of an angle in radians, exactly reduced whatever its size; NaN for infinite x.
     *
     * {@snippet :
     * Elementary.sin(Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.0, 0.84147096]
     * }
     */
    public static Tensor sin(Tensor x) {
        return ElementLoops.unary("sin", x, ElementaryKernels.SIN, StrictMath::sin);
    }

    /**
     * Returns the cosine of an angle in radians, exactly reduced whatever its size; NaN for infinite x.
     *
     * {@snippet :
     * Elementary.cos(Tensor.of(new float[] {0, 1}, 2)); // F32[2][1.0, 0.5403023]
     * }
     */
    public static Tensor cos(Tensor x) {
        return ElementLoops.unary("cos", x, ElementaryKernels.COS, StrictMath::cos);
    }

    /**
     * Returns the tangent of an angle in radians, exactly reduced whatever its size; NaN for infinite x.
     *
     * {@snippet :
     * Elementary.tan(Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.0, 1.5574077]
     * }
     */
    public static Tensor tan(Tensor x) {
        return ElementLoops.unary("tan", x, ElementaryKernels.TAN, StrictMath::tan);
    }

    /**
     * Returns the angle in [-pi/2, pi/2] whose sine is x; NaN for |x| > 1.
     *
     * {@snippet :
     * Elementary.asin(Tensor.of(new float[] {1, 2}, 2)); // F32[2][1.5707964, NaN]
     * }
     */
    public static Tensor asin(Tensor x) {
        return ElementLoops.unary("asin", x, ElementaryKernels.ASIN, StrictMath::asin);
    }

    /**
     * Returns the angle in [0, pi] whose cosine is x; NaN for |x| > 1.
     *
     * {@snippet :
     * Elementary.acos(Tensor.of(new float[] {1, -1}, 2)); // F32[2][0.0, 3.1415927]
     * }
     */
    public static Tensor acos(Tensor x) {
        return ElementLoops.unary("acos", x, ElementaryKernels.ACOS, StrictMath::acos);
    }

    /**
     * Returns the angle in [-pi/2, pi/2] whose tangent is x.
     *
     * {@snippet :
     * Elementary.atan(Tensor.of(new float[] {1, Float.POSITIVE_INFINITY}, 2)); // F32[2][0.7853982, 1.5707964]
     * }
     */
    public static Tensor atan(Tensor x) {
        return ElementLoops.unary("atan", x, ElementaryKernels.ATAN, StrictMath::atan);
    }

    /**
     * Returns the hyperbolic sine.
     *
     * {@snippet :
     * Elementary.sinh(Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.0, 1.1752012]
     * }
     */
    public static Tensor sinh(Tensor x) {
        return ElementLoops.unary("sinh", x, ElementaryKernels.SINH, StrictMath::sinh);
    }

    /**
     * Returns the hyperbolic cosine.
     *
     * {@snippet :
     * Elementary.cosh(Tensor.of(new float[] {0, 1}, 2)); // F32[2][1.0, 1.5430807]
     * }
     */
    public static Tensor cosh(Tensor x) {
        return ElementLoops.unary("cosh", x, ElementaryKernels.COSH, StrictMath::cosh);
    }

    /**
     * Returns the hyperbolic tangent.
     *
     * {@snippet :
     * Elementary.tanh(Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.0, 0.7615942]
     * }
     */
    public static Tensor tanh(Tensor x) {
        return ElementLoops.unary("tanh", x, ElementaryKernels.TANH, DoubleFunctions::tanh);
    }

    /**
     * Returns the error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
     *
     * {@snippet :
     * Elementary.erf(Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.0, 0.8427008]
     * }
     */
    public static Tensor erf(Tensor x) {
        return ElementLoops.unary("erf", x, ElementaryKernels.ERF, DoubleFunctions::erf);
    }

    /**
     * Returns the angle in [-pi, pi] of the point (x = b, y = a), with the special cases of {@link Math#atan2}.
     *
     * {@snippet :
     * Elementary.atan2(Tensor.of(new float[] {1, -1}, 2), Tensor.of(new float[] {0, -1}, 2)); // F32[2][1.5707964, -2.3561945]
     * }
     */
    public static Tensor atan2(Tensor a, Tensor b) {
        return ElementLoops.binary("atan2", a, b, ElementaryKernels.ATAN2, StrictMath::atan2, null);
    }

    /**
     * Returns log(e^a + e^b) without overflow; minus infinity where both are. The relative error grows where the sum of the parts cancels to
     * a result near 0.
     *
     * {@snippet :
     * Elementary.logaddexp(Tensor.of(new float[] {1000, Float.NEGATIVE_INFINITY}, 2), Tensor.of(new float[] {1000, Float.NEGATIVE_INFINITY}, 2)); // F32[2][1000.6932, -Infinity]
     * }
     */
    public static Tensor logaddexp(Tensor a, Tensor b) {
        return ElementLoops.binary("logaddexp", a, b, ElementaryKernels.LOG_ADD_EXP, DoubleFunctions::logAddExp, null);
    }

    /**
     * Returns a log b, and 0 where a is 0 and b a number.
     *
     * {@snippet :
     * Elementary.xlogy(Tensor.of(new float[] {0, 2}, 2), Tensor.of(new float[] {0, 1}, 2)); // F32[2][0.0, 0.0]
     * }
     */
    public static Tensor xlogy(Tensor a, Tensor b) {
        return ElementLoops.binary("xlogy", a, b, ElementaryKernels.XLOGY, DoubleFunctions::xlogy, null);
    }
}
