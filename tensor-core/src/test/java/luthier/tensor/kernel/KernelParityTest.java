package luthier.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every SIMD kernel gives the bits of its scalar definition. */
class KernelParityTest {
    private static final int[] SIZES = {0, 1, 7, 8, 15, 16, 17, 31, 97, 4098};
    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        1e-40f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        88.8f,
        -103.9f,
        0.55f,
        0.9f,
        4f,
        1f,
        -1f,
        0.5f,
        2.5f,
        8388609f,
        1e13f,
        -1e30f
    };

    /** Numbers of all magnitudes; every seventh is a special one if asked for. */
    private static float[] numbers(int n, long key, boolean special) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            long bits = Threefry.encrypt(key, i);
            double unit = (bits >>> 40) * 0x1p-24 - 0.5;
            x[i] = (float) (unit * StrictMath.exp((bits & 31) - 12.0));
            if (special && i % 7 == 3) {
                x[i] = SPECIAL[(int) (bits >>> 8 & 0xFFFF) % SPECIAL.length];
            }
        }
        return x;
    }

    private static void assertSame(float[] expected, float[] actual, String what) {
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            // floatToIntBits makes all NaN one.
            assertEquals(
                    Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]), () -> what + " element " + at);
        }
    }

    static Stream<Arguments> unary() {
        Map<String, UnaryKernel[]> pairs = new TreeMap<>();
        pairs.put("neg", new UnaryKernel[] {UnaryScalar::neg, UnarySimd::neg});
        pairs.put("abs", new UnaryKernel[] {UnaryScalar::abs, UnarySimd::abs});
        pairs.put("square", new UnaryKernel[] {UnaryScalar::square, UnarySimd::square});
        pairs.put("sqrt", new UnaryKernel[] {UnaryScalar::sqrt, UnarySimd::sqrt});
        pairs.put("rsqrt", new UnaryKernel[] {UnaryScalar::rsqrt, UnarySimd::rsqrt});
        pairs.put("reciprocal", new UnaryKernel[] {UnaryScalar::reciprocal, UnarySimd::reciprocal});
        pairs.put("sign", new UnaryKernel[] {UnaryScalar::sign, UnarySimd::sign});
        pairs.put("floor", new UnaryKernel[] {UnaryScalar::floor, UnarySimd::floor});
        pairs.put("ceil", new UnaryKernel[] {UnaryScalar::ceil, UnarySimd::ceil});
        pairs.put("round", new UnaryKernel[] {UnaryScalar::round, UnarySimd::round});
        pairs.put("trunc", new UnaryKernel[] {UnaryScalar::trunc, UnarySimd::trunc});
        pairs.put("exp", new UnaryKernel[] {ElementaryKernelsScalar::exp, ElementaryKernelsSimd::exp});
        for (int exponent : new int[] {-64, -5, -1, 0, 1, 3, 4, 63}) {
            pairs.put("power " + exponent, new UnaryKernel[] {
                (x, xo, y, yo, n) -> ElementaryKernelsScalar.power(x, xo, y, yo, n, exponent),
                (x, xo, y, yo, n) -> ElementaryKernelsSimd.power(x, xo, y, yo, n, exponent)
            });
        }
        for (int sign : new int[] {-1, 1}) {
            pairs.put("root " + sign, new UnaryKernel[] {
                (x, xo, y, yo, n) -> ElementaryKernelsScalar.root(x, xo, y, yo, n, sign),
                (x, xo, y, yo, n) -> ElementaryKernelsSimd.root(x, xo, y, yo, n, sign)
            });
        }
        pairs.put("log", new UnaryKernel[] {ElementaryKernelsScalar::log, ElementaryKernelsSimd::log});
        pairs.put("exp2", new UnaryKernel[] {ElementaryKernelsScalar::exp2, ElementaryKernelsSimd::exp2});
        pairs.put("expm1", new UnaryKernel[] {ElementaryKernelsScalar::expm1, ElementaryKernelsSimd::expm1});
        pairs.put("log2", new UnaryKernel[] {ElementaryKernelsScalar::log2, ElementaryKernelsSimd::log2});
        pairs.put("log1p", new UnaryKernel[] {ElementaryKernelsScalar::log1p, ElementaryKernelsSimd::log1p});
        pairs.put("sin", new UnaryKernel[] {ElementaryKernelsScalar::sin, ElementaryKernelsSimd::sin});
        pairs.put("cos", new UnaryKernel[] {ElementaryKernelsScalar::cos, ElementaryKernelsSimd::cos});
        pairs.put("tan", new UnaryKernel[] {ElementaryKernelsScalar::tan, ElementaryKernelsSimd::tan});
        pairs.put("asin", new UnaryKernel[] {ElementaryKernelsScalar::asin, ElementaryKernelsSimd::asin});
        pairs.put("acos", new UnaryKernel[] {ElementaryKernelsScalar::acos, ElementaryKernelsSimd::acos});
        pairs.put("atan", new UnaryKernel[] {ElementaryKernelsScalar::atan, ElementaryKernelsSimd::atan});
        pairs.put("sinh", new UnaryKernel[] {ElementaryKernelsScalar::sinh, ElementaryKernelsSimd::sinh});
        pairs.put("cosh", new UnaryKernel[] {ElementaryKernelsScalar::cosh, ElementaryKernelsSimd::cosh});
        pairs.put("tanh", new UnaryKernel[] {ElementaryKernelsScalar::tanh, ElementaryKernelsSimd::tanh});
        pairs.put("erf", new UnaryKernel[] {ElementaryKernelsScalar::erf, ElementaryKernelsSimd::erf});
        pairs.put("relu", new UnaryKernel[] {ActivationsScalar::relu, ActivationsSimd::relu});
        pairs.put("relu6", new UnaryKernel[] {ActivationsScalar::relu6, ActivationsSimd::relu6});
        pairs.put("hardSigmoid", new UnaryKernel[] {ActivationsScalar::hardSigmoid, ActivationsSimd::hardSigmoid});
        pairs.put("hardSwish", new UnaryKernel[] {ActivationsScalar::hardSwish, ActivationsSimd::hardSwish});
        pairs.put("softsign", new UnaryKernel[] {ActivationsScalar::softsign, ActivationsSimd::softsign});
        pairs.put("sigmoid", new UnaryKernel[] {ActivationsScalar::sigmoid, ActivationsSimd::sigmoid});
        pairs.put("logSigmoid", new UnaryKernel[] {ActivationsScalar::logSigmoid, ActivationsSimd::logSigmoid});
        pairs.put("gelu", new UnaryKernel[] {GeluScalar::gelu, GeluSimd::gelu});
        pairs.put("geluTanh", new UnaryKernel[] {ActivationsScalar::geluTanh, ActivationsSimd::geluTanh});
        pairs.put("silu", new UnaryKernel[] {ActivationsScalar::silu, ActivationsSimd::silu});
        pairs.put("mish", new UnaryKernel[] {ActivationsScalar::mish, ActivationsSimd::mish});
        pairs.put("clamp", new UnaryKernel[] {
            (x, xo, y, yo, m) -> ActivationsScalar.clamp(x, xo, y, yo, m, -1.5f, 2f),
            (x, xo, y, yo, m) -> ActivationsSimd.clamp(x, xo, y, yo, m, -1.5f, 2f)
        });
        pairs.put("leakyRelu", new UnaryKernel[] {
            (x, xo, y, yo, m) -> ActivationsScalar.leakyRelu(x, xo, y, yo, m, 0.01f),
            (x, xo, y, yo, m) -> ActivationsSimd.leakyRelu(x, xo, y, yo, m, 0.01f)
        });
        pairs.put("elu", new UnaryKernel[] {
            (x, xo, y, yo, m) -> ActivationsScalar.elu(x, xo, y, yo, m, 0.7, 1.3),
            (x, xo, y, yo, m) -> ActivationsSimd.elu(x, xo, y, yo, m, 0.7, 1.3)
        });
        pairs.put("softplus", new UnaryKernel[] {
            (x, xo, y, yo, m) -> ActivationsScalar.softplus(x, xo, y, yo, m, 0.5, 20),
            (x, xo, y, yo, m) -> ActivationsSimd.softplus(x, xo, y, yo, m, 0.5, 20)
        });
        return pairs.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void unary(String name, UnaryKernel[] pair) {
        for (int n : SIZES) {
            float[] x = numbers(n + 3, 1, true);
            float[] expected = new float[n + 5];
            float[] actual = new float[n + 5];
            pair[0].apply(x, 3, expected, 5, n);
            pair[1].apply(x, 3, actual, 5, n);
            assertSame(expected, actual, name + " of " + n);
        }
    }

    static Stream<Arguments> binary() {
        Map<String, BinaryKernel[]> pairs = new TreeMap<>();
        pairs.put("add", new BinaryKernel[] {BinaryScalar::add, BinarySimd::add});
        pairs.put("sub", new BinaryKernel[] {BinaryScalar::sub, BinarySimd::sub});
        pairs.put("mul", new BinaryKernel[] {BinaryScalar::mul, BinarySimd::mul});
        pairs.put("div", new BinaryKernel[] {BinaryScalar::div, BinarySimd::div});
        pairs.put("max", new BinaryKernel[] {BinaryScalar::max, BinarySimd::max});
        pairs.put("min", new BinaryKernel[] {BinaryScalar::min, BinarySimd::min});
        pairs.put("pow", new BinaryKernel[] {ElementaryKernelsScalar::pow, ElementaryKernelsSimd::pow});
        pairs.put("remainder", new BinaryKernel[] {BinaryScalar::remainder, BinarySimd::remainder});
        pairs.put("atan2", new BinaryKernel[] {ElementaryKernelsScalar::atan2, ElementaryKernelsSimd::atan2});
        pairs.put(
                "logAddExp", new BinaryKernel[] {ElementaryKernelsScalar::logAddExp, ElementaryKernelsSimd::logAddExp});
        pairs.put("xlogy", new BinaryKernel[] {ElementaryKernelsScalar::xlogy, ElementaryKernelsSimd::xlogy});
        pairs.put("prelu", new BinaryKernel[] {ActivationsScalar::prelu, ActivationsSimd::prelu});
        pairs.put("geluBackward", new BinaryKernel[] {GeluScalar::geluBackward, GeluSimd::geluBackward});
        pairs.put(
                "sigmoidBackward",
                new BinaryKernel[] {ActivationsScalar::sigmoidBackward, ActivationsSimd::sigmoidBackward});
        pairs.put(
                "geluTanhBackward",
                new BinaryKernel[] {ActivationsScalar::geluTanhBackward, ActivationsSimd::geluTanhBackward});
        pairs.put("lerp 0.3f", new BinaryKernel[] {
            (a, ao, b, bo, y, yo, m) -> BinaryScalar.lerp(a, ao, b, bo, y, yo, m, 0.3f),
            (a, ao, b, bo, y, yo, m) -> BinarySimd.lerp(a, ao, b, bo, y, yo, m, 0.3f)
        });
        pairs.put("lerp 0.5f", new BinaryKernel[] {
            (a, ao, b, bo, y, yo, m) -> BinaryScalar.lerp(a, ao, b, bo, y, yo, m, 0.5f),
            (a, ao, b, bo, y, yo, m) -> BinarySimd.lerp(a, ao, b, bo, y, yo, m, 0.5f)
        });
        pairs.put("lerp 1f", new BinaryKernel[] {
            (a, ao, b, bo, y, yo, m) -> BinaryScalar.lerp(a, ao, b, bo, y, yo, m, 1f),
            (a, ao, b, bo, y, yo, m) -> BinarySimd.lerp(a, ao, b, bo, y, yo, m, 1f)
        });
        return pairs.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void binary(String name, BinaryKernel[] pair) {
        for (int n : SIZES) {
            float[] a = numbers(n + 3, 2, true);
            float[] b = numbers(n + 1, 3, true);
            float[] expected = new float[n + 5];
            float[] actual = new float[n + 5];
            pair[0].apply(a, 3, b, 1, expected, 5, n);
            pair[1].apply(a, 3, b, 1, actual, 5, n);
            assertSame(expected, actual, name + " of " + n);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 31, 97, 384, 4098})
    void rows(int n) {
        float[] a = numbers(n + 3, 4, false);
        float[] b = numbers(n + 1, 5, false);
        float[] expected = {
            RowsScalar.sum(a, 3, n), RowsScalar.dot(a, 3, b, 1, n), RowsScalar.squaredDistance(a, 3, 0.7f, n),
            RowsScalar.sumExp(b, 1, RowsScalar.max(b, 1, n) - 30, n), RowsScalar.max(a, 3, n), RowsScalar.min(a, 3, n)
        };
        float[] actual = {
            RowsSimd.sum(a, 3, n), RowsSimd.dot(a, 3, b, 1, n), RowsSimd.squaredDistance(a, 3, 0.7f, n),
            RowsSimd.sumExp(b, 1, RowsScalar.max(b, 1, n) - 30, n), RowsSimd.max(a, 3, n), RowsSimd.min(a, 3, n)
        };
        assertSame(expected, actual, "rows of " + n);
        assertSame(
                new float[] {RowsScalar.max(numbers(n, 6, true), 0, n), RowsScalar.min(numbers(n, 6, true), 0, n)},
                new float[] {RowsSimd.max(numbers(n, 6, true), 0, n), RowsSimd.min(numbers(n, 6, true), 0, n)},
                "extremes with special values of " + n);
        assertSame(
                new float[] {RowsScalar.distance(a, 3, 0.7f, n)},
                new float[] {RowsSimd.distance(a, 3, 0.7f, n)},
                "distance of " + n);
        int quarter = n / 64 * 16;
        assertEquals(RowsScalar.sumOfQuarters(a, 3, quarter), RowsSimd.sumOfQuarters(a, 3, quarter));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 21})
    void extremesOfSpecialValues(int n) {
        for (float special : SPECIAL) {
            for (float nan : new float[] {1f, Float.intBitsToFloat(0xffc00000), Float.intBitsToFloat(0x7f800001)}) {
                float[] x = new float[n];
                java.util.Arrays.fill(x, special);
                x[n - 1] = nan;
                assertSame(
                        new float[] {RowsScalar.max(x, 0, n), RowsScalar.min(x, 0, n)},
                        new float[] {RowsSimd.max(x, 0, n), RowsSimd.min(x, 0, n)},
                        "extremes of " + special + " and " + nan);
            }
        }
    }

    @Test
    void exponentialsFromNothingToE40() {
        for (float x = -160; x <= 40; x += 0.0078125f) {
            float[] one = {x};
            assertSame(
                    new float[] {RowsScalar.sumExp(one, 0, 0, 1)},
                    new float[] {RowsSimd.sumExp(one, 0, 0, 1)},
                    "e^" + x);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 17, 31, 97, 384, 4098})
    void softmaxRows(int n) {
        float[] x = numbers(n + 3, 7, false);
        float[] d = numbers(n + 1, 8, false);
        float[] expected = new float[n + 2];
        float[] actual = new float[n + 2];
        SoftmaxRowsScalar.softmax(x, 3, expected, 2, n);
        SoftmaxRowsSimd.softmax(x, 3, actual, 2, n);
        assertSame(expected, actual, "softmax of " + n);
        SoftmaxRowsScalar.scale(expected, 2, 0.3f, n);
        SoftmaxRowsSimd.scale(actual, 2, 0.3f, n);
        assertSame(expected, actual, "scale of " + n);
        SoftmaxRowsScalar.softmaxBackward(x, 3, d, 1, 0.2f, 0.5f, expected, 2, n);
        SoftmaxRowsSimd.softmaxBackward(x, 3, d, 1, 0.2f, 0.5f, actual, 2, n);
        assertSame(expected, actual, "softmaxBackward of " + n);
        SoftmaxRowsScalar.logSoftmaxBackward(x, 3, d, 1, 0.2f, expected, 2, n);
        SoftmaxRowsSimd.logSoftmaxBackward(x, 3, d, 1, 0.2f, actual, 2, n);
        assertSame(expected, actual, "logSoftmaxBackward of " + n);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 17, 31, 97, 384, 4098})
    void layerNormRows(int n) {
        float[] x = numbers(n + 3, 9, false);
        float[] w = numbers(n + 1, 10, false);
        float[] d = numbers(n + 2, 11, false);
        float[] expected = new float[n + 1];
        float[] actual = new float[n + 1];
        LayerNormRowsScalar.normalize(x, 3, 0.1f, 1.5f, w, 1, d, 2, expected, 1, n);
        LayerNormRowsSimd.normalize(x, 3, 0.1f, 1.5f, w, 1, d, 2, actual, 1, n);
        assertSame(expected, actual, "normalize of " + n);
        LayerNormRowsScalar.backward(x, 3, 0.1f, 1.5f, w, 1, d, 2, expected, 1, n);
        LayerNormRowsSimd.backward(x, 3, 0.1f, 1.5f, w, 1, d, 2, actual, 1, n);
        assertSame(expected, actual, "backward of " + n);
        float[] otherExpected = expected.clone();
        float[] otherActual = actual.clone();
        LayerNormRowsScalar.addParameterGradients(x, 3, 0.1f, 1.5f, d, 2, expected, otherExpected, 1, n);
        LayerNormRowsSimd.addParameterGradients(x, 3, 0.1f, 1.5f, d, 2, actual, otherActual, 1, n);
        assertSame(expected, actual, "weight gradient of " + n);
        assertSame(otherExpected, otherActual, "bias gradient of " + n);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 17, 97, 4098})
    void adamW(int n) {
        float[][] expected = {numbers(n + 1, 12, false), numbers(n + 2, 13, false), absolute(numbers(n + 3, 14, false))
        };
        float[][] actual = {expected[0].clone(), expected[1].clone(), expected[2].clone()};
        float[] g = numbers(n + 4, 15, false);
        AdamWRates rates = new AdamWRates(0.99f, 0.1f, 0.999f, 0.001f, 0.03f, 1e-8f, 0.02f);
        AdamWScalar.step(expected[0], 1, g, 4, expected[1], 2, expected[2], 3, rates, n);
        AdamWSimd.step(actual[0], 1, g, 4, actual[1], 2, actual[2], 3, rates, n);
        for (int i = 0; i < 3; i++) {
            assertSame(expected[i], actual[i], "adamW of " + n);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 16, 17, 97, 4098})
    void accumulate(int n) {
        float[] a = numbers(n + 3, 16, true);
        float[] b = numbers(n + 2, 17, true);
        accumulate(
                "scaled",
                n,
                p -> AccumulateScalar.scaled(p, 1, a, 3, -0.3f, n),
                p -> AccumulateSimd.scaled(p, 1, a, 3, -0.3f, n));
        accumulate(
                "product",
                n,
                p -> AccumulateScalar.product(p, 1, a, 3, b, 2, -0.3f, n),
                p -> AccumulateSimd.product(p, 1, a, 3, b, 2, -0.3f, n));
        accumulate(
                "ratio",
                n,
                p -> AccumulateScalar.ratio(p, 1, a, 3, b, 2, -0.3f, n),
                p -> AccumulateSimd.ratio(p, 1, a, 3, b, 2, -0.3f, n));
        accumulate(
                "rootRatio",
                n,
                p -> AccumulateScalar.rootRatio(p, 1, a, 3, b, 2, -0.3f, 0.7f, 1e-8f, n),
                p -> AccumulateSimd.rootRatio(p, 1, a, 3, b, 2, -0.3f, 0.7f, 1e-8f, n));
    }

    private static void accumulate(String name, int n, Consumer<float[]> scalar, Consumer<float[]> simd) {
        float[] expected = numbers(n + 4, 18, true);
        float[] actual = expected.clone();
        scalar.accept(expected);
        simd.accept(actual);
        assertSame(expected, actual, name + " of " + n);
    }

    private static float[] absolute(float[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.abs(x[i]);
        }
        return x;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "3, 5, 2",
        "12, 32, 16",
        "13, 33, 17",
        "31, 31, 31",
        "1, 97, 64",
        "67, 1, 300",
        "16, 16, 32",
        "67, 45, 301",
        "257, 67, 513",
        "130, 300, 257",
        "5, 40, 0"
    })
    void gemm(int m, int n, int k) {
        for (int variant = 0; variant < 8; variant++) {
            boolean transposeA = (variant & 1) != 0;
            boolean transposeB = (variant & 2) != 0;
            boolean accumulate = (variant & 4) != 0;
            Gemm.Matrix a = matrix(m, k, 16, transposeA);
            Gemm.Matrix b = matrix(k, n, 17, transposeB);
            int ldc = n + 3;
            float[] expected = numbers(2 + m * ldc, 18, false);
            float[] actual = expected.clone();
            GemmScalar.multiply(m, n, k, a, b, Gemm.Target.of(expected, 2, ldc, accumulate));
            GemmSimd.multiply(m, n, k, a, b, Gemm.Target.of(actual, 2, ldc, accumulate));
            assertSame(expected, actual, m + "x" + n + "x" + k + " variant " + variant);
        }
    }

    private static Gemm.Matrix matrix(int rows, int columns, long key, boolean transposed) {
        float[] data = numbers(5 + rows * columns, key, false);
        return transposed ? new Gemm.Matrix(data, 5, columns, 1) : new Gemm.Matrix(data, 5, 1, Math.max(rows, 1));
    }

    @Test
    void gemmIsOneChainOfFusedMultiplyAdds() {
        float[] a = numbers(300, 20, false);
        float[] b = numbers(300, 21, false);
        float chain = 0;
        for (int p = 0; p < 300; p++) {
            chain = Math.fma(a[p], b[p], chain);
        }
        float[] c = new float[1];
        GemmSimd.multiply(
                1, 1, 300, new Gemm.Matrix(a, 0, 300, 1), new Gemm.Matrix(b, 0, 1, 1), Gemm.Target.of(c, 0, 1, false));
        assertEquals(chain, c[0]);
    }

    @Test
    void threefryGivesItsAuthorsVectors() {

        assertEquals(word("99ba4efe 6b200159"), Threefry.encrypt(0, 0));
        assertEquals(word("bb002be7 1cb996fc"), Threefry.encrypt(-1, -1));
        assertEquals(word("483df7a0 c4923a9c"), Threefry.encrypt(word("03707344 13198a2e"), word("85a308d3 243f6a88")));
    }

    private static long word(String hexadecimal) {
        return Long.parseUnsignedLong(hexadecimal.replace(" ", ""), 16);
    }
}
