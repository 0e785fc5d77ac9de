package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import luthier.autograd.Backward;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.Norms;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Normalisations of rows that hardly differ, are huge or tiny, and without weight or bias. */
class NormalizationOpsTest {
    private static double largest(Tensor x) {
        return Norms.norm(x, new int[0], Double.POSITIVE_INFINITY, false).item();
    }

    private static Variable weighed(UnaryOperator<Variable> f, Variable x) {
        Tensor w = Rng.of(3).normal(x.dtype(), x.shape(), 0, 1);
        return f.apply(x).mul(Variable.constant(w)).sum();
    }

    private static Tensor gradient(UnaryOperator<Variable> f, Tensor value, boolean recorded) {
        Variable x = Variable.parameter(value);
        Backward pass = Backward.fromScalar(weighed(f, x));
        return (recorded ? pass.createGraph() : pass).gradients(x).getFirst().value();
    }

    /** Every normalisation of equal numbers is exactly 0, and its gradients agree with those about 0 in double precision. */
    @Test
    void equalNumbersAreTheirOwnMean() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            for (double offset : new double[] {0.1, 1234.567, 10000.3, -1e8, 3e25}) {
                Tensor x = Tensor.full(dtype, offset, Shape.of(4, 6, 128));
                for (double eps : new double[] {1e-5, 1e-12}) {
                    equalNumbers("layerNorm", v -> NormalizationOps.layerNorm(v, 2, eps), x, offset);
                    equalNumbers("groupNorm", v -> NormalizationOps.groupNorm(v, 2, eps), x, offset);
                    equalNumbers("instanceNorm", v -> NormalizationOps.instanceNorm(v, eps), x, offset);
                    equalNumbers("batchNorm", v -> NormalizationOps.batchNorm(v, eps), x, offset);
                }
            }
        }
    }

    private static void equalNumbers(String name, UnaryOperator<Variable> f, Tensor x, double offset) {
        assertEquals(0, largest(f.apply(Variable.constant(x)).value()), name + " of " + offset);
        // With z = 0 a gradient is rstd (g - mean(g)), whatever the offset.
        Tensor right = gradient(f, Tensor.zeros(DType.F64, x.shape()), false);
        for (boolean recorded : new boolean[] {false, true}) {
            Tensor got = gradient(f, x, recorded);
            assertArrayEquals(
                    right.to(x.dtype()).toDoubleArray(),
                    got.toDoubleArray(),
                    1e-5 * largest(right),
                    name + " of " + offset + (recorded ? ", recorded" : ""));
        }
    }

    /** A power of two changes neither y nor, over it, the gradient: in its range and far out of it. */
    @Test
    void scaleTakesNothingAway() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            Tensor x = Rng.of(1).normal(dtype, Shape.of(3, 4, 50), 5, 1);
            int[] exponents = dtype == DType.F32 ? new int[] {-60, 60, 100} : new int[] {-900, -500, 500, 900};
            for (int exponent : exponents) {
                double scale = Math.scalb(1.0, exponent);
                for (UnaryOperator<Variable> f : java.util.List.<UnaryOperator<Variable>>of(
                        v -> NormalizationOps.layerNorm(v, 1, 0),
                        v -> NormalizationOps.rmsNorm(v, 1, 0),
                        v -> NormalizationOps.groupNorm(v, 2, 0),
                        v -> NormalizationOps.batchNorm(v, 0))) {
                    Tensor scaled = x.mul(scale);
                    double unit = dtype == DType.F32 ? 4e-6 : 1e-13;
                    assertArrayEquals(
                            f.apply(Variable.constant(x)).value().toDoubleArray(),
                            f.apply(Variable.constant(scaled)).value().toDoubleArray(),
                            unit);
                    for (boolean recorded : new boolean[] {false, true}) {
                        assertArrayEquals(
                                gradient(f, x, recorded).toDoubleArray(),
                                gradient(f, scaled, recorded).mul(scale).toDoubleArray(),
                                10 * unit);
                    }
                }
            }
        }
    }

    @Test
    void aRootMeanSquareThatOverflowed() {
        Variable x = Variable.constant(Tensor.of(new float[] {3e25f, 4e25f}, 2));
        assertArrayEquals(
                new float[] {0.84852815f, 1.1313709f},
                NormalizationOps.rmsNorm(x, 1, 1e-6).value().toFloatArray(),
                2e-7f);
    }

    @Test
    void weightAndBiasAreOptional() {
        Variable x = Variable.parameter(Rng.of(4).normal(DType.F64, Shape.of(5, 4, 3), 0, 1));
        Variable w = Variable.parameter(Rng.of(5).normal(DType.F64, Shape.of(4), 0, 1));
        Variable b = Variable.parameter(Rng.of(6).normal(DType.F64, Shape.of(4), 0, 1));
        Variable one = Variable.constant(Tensor.ones(DType.F64, 4));
        Variable none = Variable.constant(Tensor.zeros(DType.F64, 4));
        var statistics = new luthier.tensor.Normalization.RunningStatistics(none.value(), one.value());
        assertSame(NormalizationOps.groupNorm(x, 2, w, null, 1e-5), NormalizationOps.groupNorm(x, 2, w, none, 1e-5));
        assertSame(NormalizationOps.groupNorm(x, 2, null, b, 1e-5), NormalizationOps.groupNorm(x, 2, one, b, 1e-5));
        assertSame(NormalizationOps.groupNorm(x, 2, null, null, 1e-5), NormalizationOps.groupNorm(x, 2, 1e-5));
        assertSame(NormalizationOps.instanceNorm(x, w, null, 1e-5), NormalizationOps.instanceNorm(x, w, none, 1e-5));
        assertSame(NormalizationOps.instanceNorm(x, null, b, 1e-5), NormalizationOps.instanceNorm(x, one, b, 1e-5));
        assertSame(NormalizationOps.batchNorm(x, w, null, 1e-5), NormalizationOps.batchNorm(x, w, none, 1e-5));
        assertSame(NormalizationOps.batchNorm(x, null, b, 1e-5), NormalizationOps.batchNorm(x, one, b, 1e-5));
        assertSame(
                NormalizationOps.batchNorm(x, statistics, w, null, 1e-5),
                NormalizationOps.batchNorm(x, statistics, w, none, 1e-5));
        assertSame(
                NormalizationOps.batchNorm(x, statistics, null, b, 1e-5),
                NormalizationOps.batchNorm(x, statistics, one, b, 1e-5));
        Variable rows = ShapeOps.transpose(x, 1, 2);
        assertSame(NormalizationOps.layerNorm(rows, w, null, 1e-5), NormalizationOps.layerNorm(rows, w, none, 1e-5));
        assertSame(NormalizationOps.layerNorm(rows, null, b, 1e-5), NormalizationOps.layerNorm(rows, one, b, 1e-5));
        Variable y = NormalizationOps.layerNorm(rows, null, b, 1e-5);
        y.sum().backward();
        assertArrayEquals(new double[] {15, 15, 15, 15}, b.grad().orElseThrow().toDoubleArray());
    }

    private static void assertSame(Variable a, Variable b) {
        assertArrayEquals(b.value().toDoubleArray(), a.value().toDoubleArray());
    }

    @Test
    void refusesWhatDoesNotFit() {
        Variable x = Variable.constant(Tensor.zeros(DType.F32, 5, 4));
        Variable w = Variable.constant(Tensor.zeros(DType.F32, 3));
        assertEquals(
                "layerNorm: weight or bias must say which axes are normalized; got neither; give the number of trailing"
                        + " axes instead",
                assertThrows(IllegalArgumentException.class, () -> NormalizationOps.layerNorm(x, null, null, 1e-5))
                        .getMessage());
        assertTrue(assertThrows(ShapeException.class, () -> NormalizationOps.batchNorm(x, null, w, 1e-5))
                .getMessage()
                .startsWith("batchNorm: x must be [N, C, ..] and what belongs to channels [C]; got x [5, 4], none and"
                        + " [3]"));
    }
}
