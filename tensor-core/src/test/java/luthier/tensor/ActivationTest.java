package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ActivationTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    private static void both(UnaryOperator<Tensor> operation, float[] x, float... expected) {
        Tensor t = Tensor.of(x, x.length);
        Tensor y = Tensor.of(expected, expected.length);
        assertEquals(y.toString(), operation.apply(t).toString());
        assertEquals(
                y.toString(), operation.apply(t.to(DType.F64)).to(DType.F32).toString());
    }

    @Test
    void limits() {
        float[] ends = {-INF, INF, Float.NaN};
        both(Activation::relu, ends, 0, INF, Float.NaN);
        both(Activation::relu6, ends, 0, 6, Float.NaN);
        both(Activation::hardSigmoid, ends, 0, 1, Float.NaN);
        both(Activation::hardSwish, ends, -0f, INF, Float.NaN);
        both(Activation::softsign, ends, -1, 1, Float.NaN);
        both(Activation::sigmoid, ends, 0, 1, Float.NaN);
        both(Activation::logSigmoid, ends, -INF, -0f, Float.NaN);
        both(Activation::softplus, ends, 0, INF, Float.NaN);
        both(Activation::silu, ends, -0f, INF, Float.NaN);
        both(Activation::mish, ends, -0f, INF, Float.NaN);
        both(Activation::gelu, ends, -0f, INF, Float.NaN);
        both(Activation::geluTanh, ends, -0f, INF, Float.NaN);
        both(x -> Activation.elu(x, 1), ends, -1, INF, Float.NaN);
        both(x -> Activation.leakyRelu(x, 0.5), ends, -INF, INF, Float.NaN);
    }

    @Test
    void kinksAndStableForms() {
        both(Activation::relu, new float[] {-0f, 0, -1, 2}, 0, 0, 0, 2);
        both(x -> Activation.softplus(x, 1, 20), new float[] {1000, 20.5f}, 1000, 20.5f);
        both(Activation::logSigmoid, new float[] {-1000, 1000}, -1000, -0f);
        both(x -> Activation.softplus(x, 2, 20), new float[] {11, 0}, 11, (float) (StrictMath.log(2) / 2));
    }

    @Test
    void derivativesOfGelu() {
        for (float at : new float[] {-12, -5, -0.75f, 0, 1, 8}) {
            Tensor x = Tensor.scalar((double) at);
            double h = 1e-6;
            for (boolean byTanh : new boolean[] {false, true}) {
                UnaryOperator<Tensor> gelu = byTanh ? Activation::geluTanh : Activation::gelu;
                double slope = (gelu.apply(Elementwise.add(x, h)).item()
                                - gelu.apply(Elementwise.sub(x, h)).item())
                        / (2 * h);
                Tensor one = Tensor.scalar(1.0);
                double wide = (byTanh ? Activation.geluTanhBackward(x, one) : Activation.geluBackward(x, one)).item();
                Tensor x32 = x.to(DType.F32);
                Tensor one32 = Tensor.scalar(1f);
                double narrow =
                        (byTanh ? Activation.geluTanhBackward(x32, one32) : Activation.geluBackward(x32, one32)).item();
                assertEquals(slope, wide, 1e-9);
                // Near the minimum two terms of 0.2 cancel, and what is left is as exact as they are.
                double scale = at == -0.75f ? 0.2 : Math.abs(wide);
                assertEquals(wide, narrow, scale * 1e-6 + Float.MIN_VALUE);
            }
        }
    }

    @Test
    void preluHasOneWeightOrOneForEachChannel() {
        Tensor x = Tensor.of(new float[] {-1, -2, 3, -4}, 1, 2, 2);
        assertEquals(
                "F32[1, 2, 2][-0.5, -1.0, 3.0, -8.0]",
                Activation.prelu(x, Tensor.of(new float[] {0.5f, 2}, 2)).toString());
        assertEquals(
                "F32[1, 2, 2][-0.5, -1.0, 3.0, -2.0]",
                Activation.prelu(x, Tensor.of(new float[] {0.5f}, 1)).toString());
        assertEquals(
                "prelu: the weight must have one element or one for each of 2 channels of [1, 2, 2]; got [3]"
                        + "\n  x [1, 2, 2] F32" + "\n  weight >[3]< F32",
                assertThrows(ShapeException.class, () -> Activation.prelu(x, Tensor.zeros(DType.F32, 3)))
                        .getMessage());
    }
}
