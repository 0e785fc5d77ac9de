package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Single-precision functions against double precision over inputs spread across all floats, and at the edges. */
class FloatFunctionsAccuracyTest {
    private static final int INPUTS = 1 << 15;
    private static final float[] EDGES = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        1e-40f,
        Float.MIN_NORMAL,
        1f,
        -1f,
        0.99999994f,
        1.0000001f,
        88.72283f,
        88.72284f,
        -87.33655f,
        -103.97208f,
        -103.97209f,
        89.4159f,
        1e13f,
        1.0995116E12f,
        3e38f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        16367173e25f,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN
    };

    private interface Reference {
        double at(double x);
    }

    private static Arguments row(String name, double ulps, UnaryKernel kernel, Reference reference) {
        return Arguments.of(name, ulps, kernel, reference);
    }

    static Stream<Arguments> functionsAreAccurate() {
        return Stream.of(
                row("exp", 1, ElementaryKernels.EXP, StrictMath::exp),
                row("log", 1, ElementaryKernels.LOG, StrictMath::log),
                row("exp2", 0.52, ElementaryKernels.EXP2, DoubleFunctions::exp2),
                row("expm1", 0.52, ElementaryKernels.EXPM1, StrictMath::expm1),
                row("log2", 0.52, ElementaryKernels.LOG2, DoubleFunctions::log2),
                row("log1p", 0.52, ElementaryKernels.LOG1P, StrictMath::log1p),
                row("sin", 0.52, ElementaryKernels.SIN, StrictMath::sin),
                row("cos", 0.52, ElementaryKernels.COS, StrictMath::cos),
                row("tan", 0.52, ElementaryKernels.TAN, StrictMath::tan),
                row("asin", 0.52, ElementaryKernels.ASIN, StrictMath::asin),
                row("acos", 0.52, ElementaryKernels.ACOS, StrictMath::acos),
                row("atan", 0.52, ElementaryKernels.ATAN, StrictMath::atan),
                row("sinh", 0.52, ElementaryKernels.SINH, StrictMath::sinh),
                row("cosh", 0.52, ElementaryKernels.COSH, StrictMath::cosh),
                row("tanh", 0.52, ElementaryKernels.TANH, StrictMath::tanh),
                row("erf", 0.52, ElementaryKernels.ERF, DoubleFunctions::erf),
                row("sigmoid", 0.52, Activations.SIGMOID, DoubleFunctions::sigmoid),
                row("logSigmoid", 0.52, Activations.LOG_SIGMOID, DoubleFunctions::logSigmoid),
                row("gelu", 2.2, Activations.GELU, DoubleFunctions::gelu),
                row("geluTanh", 0.52, Activations.GELU_TANH, DoubleFunctions::geluTanh),
                row("silu", 0.52, Activations.SILU, DoubleFunctions::silu),
                row("mish", 0.52, Activations.MISH, DoubleFunctions::mish),
                row("softplus", 0.52, Activations.softplus(2, 20), x -> DoubleFunctions.softplus(x, 2, 20)),
                row("elu", 0.52, Activations.elu(1.5, 1), x -> DoubleFunctions.elu(x, 1.5, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void functionsAreAccurate(String name, double ulps, UnaryKernel kernel, Reference reference) {
        float[] x = new float[2 * INPUTS + EDGES.length];
        for (int i = 0; i < INPUTS; i++) {
            x[i] = Float.intBitsToFloat((int) (i * 131071L + 12345));
            x[INPUTS + i] = (float) ((Threefry.encrypt(31, i) >>> 11) * 0x1p-53 - 0.5) * 64;
        }
        System.arraycopy(EDGES, 0, x, 2 * INPUTS, EDGES.length);
        float[] y = new float[x.length];
        kernel.apply(x, 0, y, 0, x.length);
        for (int i = 0; i < x.length; i++) {
            double exact = reference.at(x[i]);
            float rounded = (float) exact;
            if (Float.compare(rounded, y[i]) == 0) {
                continue;
            }
            double error = Math.abs(y[i] - exact) / Math.ulp(rounded);
            if (!(error <= ulps)) {
                throw new AssertionError(
                        name + "(" + x[i] + ") must be " + exact + "; got " + y[i] + ", " + error + " ulp off");
            }
        }
    }

    @Test
    void powersAreAccurateWithTheSpecialCasesOfMath() {
        float[] special = {
            0f,
            -0f,
            1f,
            -1f,
            0.5f,
            -0.5f,
            2f,
            -2f,
            3f,
            -3f,
            1e30f,
            -1e30f,
            1e-30f,
            Float.MIN_VALUE,
            16777216f,
            16777217f,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN
        };
        for (float a : special) {
            for (float b : special) {
                checkPower(a, b);
            }
        }
        for (int i = 0; i < INPUTS; i++) {
            long bits = Threefry.encrypt(32, i);
            float a = Float.intBitsToFloat((int) (bits >>> 33));
            checkPower(a, (float) (((bits & 0xFFFFFF) - 0x800000) * 0x1p-23 * (1 << (bits >>> 24 & 7))));
            checkPower(1 + (float) (bits & 0xFFFF) * 0x1p-20f, (float) (bits >>> 40 & 1023) * 10);
        }
    }

    private static void checkPower(float a, float b) {
        float[] y = new float[1];
        ElementaryKernels.POW.apply(new float[] {a}, 0, new float[] {b}, 0, y, 0, 1);
        double exact = StrictMath.pow(a, b);
        float rounded = (float) exact;
        if (Float.compare(rounded, y[0]) != 0) {
            double error = Math.abs(y[0] - exact) / Math.ulp(rounded);
            if (!(error <= 0.52)) {
                throw new AssertionError("pow(" + a + ", " + b + ") must be " + exact + "; got " + y[0]);
            }
        }
    }

    @Test
    void anglesHaveTheSpecialCasesOfMath() {
        float[] special = {
            0f,
            -0f,
            1f,
            -1f,
            0.3f,
            -0.4f,
            5f,
            Float.MIN_VALUE,
            -1e-40f,
            Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN
        };
        for (float a : special) {
            for (float b : special) {
                float[] y = new float[1];
                ElementaryKernels.ATAN2.apply(new float[] {a}, 0, new float[] {b}, 0, y, 0, 1);
                assertEquals((float) StrictMath.atan2(a, b), y[0], () -> "atan2(" + a + ", " + b + ")");
            }
        }
    }

    @Test
    void hugeAnglesAreReducedExactly() {
        float[] x = {16367173e25f, 1e22f, 3.4028235e38f, 1.0995116e12f, -2e15f};
        float[] y = new float[x.length];
        ElementaryKernels.SIN.apply(x, 0, y, 0, x.length);
        for (int i = 0; i < x.length; i++) {
            assertEquals((float) StrictMath.sin(x[i]), y[i]);
        }
    }
}
