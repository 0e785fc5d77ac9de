package luthier.autograd.ops;

import static luthier.autograd.ops.Comparing.assertClose;
import static luthier.autograd.ops.Comparing.gradient;
import static luthier.autograd.ops.Comparing.leaf;
import static luthier.autograd.ops.Comparing.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import luthier.autograd.Variable;
import luthier.tensor.Convolution;
import luthier.tensor.Convolution3d.Options;
import luthier.tensor.DType;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class Convolution3dOpsTest {
    private static final Options DEFAULT = Options.DEFAULT;

    /** The composed form: for each slice of the weight a convolution of planes, summed. */
    private static Variable composed(Variable x, Variable weight) {
        Variable sum = Variable.constant(Tensor.zeros(DType.F64, 1));
        for (int slice = 0; slice < weight.size(2); slice++) {
            Variable part = ShapeOps.slice(x, 2, slice, slice + 3);
            Variable planes = ShapeOps.reshape(ShapeOps.permute(part, 0, 2, 1, 3, 4), 6, 3, 5, 4);
            Variable kernel = ShapeOps.select(weight, 2, slice);
            sum = sum.add(ConvolutionOps.conv2d(planes, kernel, Convolution.Options.DEFAULT));
        }
        return ShapeOps.permute(ShapeOps.reshape(sum, 2, 3, 4, 4, 3), 0, 2, 1, 3, 4);
    }

    @Test
    void aVolumeIsTheSumOfItsSlices() {
        Variable x = leaf(51, 2, 3, 4, 5, 4);
        Variable weight = leaf(52, 4, 3, 2, 2, 2);
        Variable y = Convolution3dOps.conv3d(x, weight, DEFAULT);
        Tensor weights = normal(53, y.shape().toArray());
        assertClose(composed(x, weight).value(), y.value(), 1e-13);
        assertClose(gradient(composed(x, weight), weights, x), gradient(y, weights, x), 1e-13);
        Variable again = Convolution3dOps.conv3d(x, weight, DEFAULT);
        assertClose(gradient(composed(x, weight), weights, weight), gradient(again, weights, weight), 1e-12);
    }

    @Test
    void singlePrecisionFollowsDouble() {
        Variable x = leaf(54, 2, 4, 4, 3, 5);
        Variable weight = leaf(55, 6, 2, 2, 3, 2);
        Variable bias = leaf(56, 6);
        Variable x32 = Variable.parameter(x.value().to(DType.F32));
        Variable weight32 = Variable.parameter(weight.value().to(DType.F32));
        Variable bias32 = Variable.parameter(bias.value().to(DType.F32));
        Options options = DEFAULT.padding(1).stride(2, 1, 2).groups(2);
        Variable y = Convolution3dOps.conv3d(x, weight, bias, options);
        Variable y32 = Convolution3dOps.conv3d(x32, weight32, bias32, options);
        Tensor weights = normal(57, y.shape().toArray());
        assertClose(y.value(), y32.value(), 1e-5);
        y.backward(weights);
        y32.backward(weights.to(DType.F32));
        assertClose(x.grad().orElseThrow(), x32.grad().orElseThrow(), 1e-5);
        assertClose(weight.grad().orElseThrow(), weight32.grad().orElseThrow(), 1e-4);
        assertClose(bias.grad().orElseThrow(), bias32.grad().orElseThrow(), 1e-4);
    }

    @Test
    void theTransposedConvolutionIsTheAdjoint() {
        Variable x = leaf(58, 1, 4, 3, 4, 3);
        Variable weight = leaf(59, 2, 2, 2, 3, 2);
        Options options = DEFAULT.groups(2).padding(1);
        Variable y = Convolution3dOps.conv3d(x, weight, options);
        assertEquals("Conv3d", y.operation());
        Variable g = leaf(60, y.shape().toArray());
        assertClose(Convolution3dOps.convTranspose3d(g, weight, options).value(), gradient(y, g.value(), x), 1e-13);
    }

    @Test
    void errorsMarkTheAxes() {
        Variable x = leaf(61, 2, 4, 4, 3, 5).named("x");
        Variable weight = leaf(62, 6, 3, 2, 3, 2).named("kernel");
        assertEquals(
                """
                conv3d: the weight must take in / groups = 4 channels; got x [2, 4, 4, 3, 5], weight [6, 3, 2, 3, 2] and 1 groups
                  x [2, >4<, 4, 3, 5] F64, x
                  weight [6, >3<, 2, 3, 2] F64, kernel
                  try x.transpose(1, 3): [2, 3, 4, 4, 5] fits
                """.strip(),
                assertThrows(ShapeException.class, () -> Convolution3dOps.conv3d(x, weight, DEFAULT))
                        .getMessage());
    }
}
