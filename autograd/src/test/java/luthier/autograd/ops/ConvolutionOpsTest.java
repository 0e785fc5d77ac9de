package luthier.autograd.ops;

import static luthier.autograd.ops.Comparing.assertClose;
import static luthier.autograd.ops.Comparing.gradient;
import static luthier.autograd.ops.Comparing.leaf;
import static luthier.autograd.ops.Comparing.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import luthier.autograd.Backward;
import luthier.autograd.Variable;
import luthier.tensor.Convolution.Options;
import luthier.tensor.DType;
import luthier.tensor.Pooling.Divisor;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.Window;
import org.junit.jupiter.api.Test;

class ConvolutionOpsTest {
    private static final Options OPTIONS =
            Options.DEFAULT.stride(2, 1).padding(1, 0, 2, 1).dilation(1, 2);

    /** The composed form: weight rows times unfolded columns. */
    private static Variable composed(Variable x, Variable weight) {
        Window window = Window.of(3, 2).stride(2, 1).padding(1, 0, 2, 1).dilation(1, 2);
        Variable columns = UnfoldOps.unfold2d(x, window);
        Variable rows = ShapeOps.reshape(weight, weight.size(0), -1);
        Variable y = MatmulOps.matmul(rows, columns);
        return ShapeOps.reshape(y, x.size(0), weight.size(0), 3, 6);
    }

    @Test
    void convolutionIsAProductWithUnfoldedWindows() {
        Variable x = leaf(31, 2, 3, 6, 5);
        Variable weight = leaf(32, 4, 3, 3, 2);
        Variable y = ConvolutionOps.conv2d(x, weight, OPTIONS);
        Tensor weights = normal(33, y.shape().toArray());
        assertClose(composed(x, weight).value(), y.value(), 1e-13);
        List<Variable> got = Backward.from(y, Variable.constant(weights)).gradients(x, weight);
        List<Variable> expected =
                Backward.from(composed(x, weight), Variable.constant(weights)).gradients(x, weight);
        assertClose(expected.get(0).value(), got.get(0).value(), 1e-13);
        assertClose(expected.get(1).value(), got.get(1).value(), 1e-12);
    }

    @Test
    void theTransposedConvolutionIsTheAdjoint() {
        Variable x = leaf(34, 1, 4, 3, 4);
        Variable weight = leaf(35, 2, 2, 2, 3);
        Options options = Options.DEFAULT.groups(2).padding(1);
        Variable y = ConvolutionOps.conv2d(x, weight, options);
        Variable g = leaf(36, y.shape().toArray());
        Tensor byRule = gradient(y, g.value(), x);
        assertClose(ConvolutionOps.convTranspose2d(g, weight, options).value(), byRule, 1e-13);
    }

    @Test
    void singlePrecisionFollowsDouble() {
        Variable x = leaf(37, 2, 2, 7);
        Variable weight = leaf(38, 3, 2, 3);
        Variable bias = leaf(39, 3);
        Variable x32 = Variable.parameter(x.value().to(DType.F32));
        Variable weight32 = Variable.parameter(weight.value().to(DType.F32));
        Variable bias32 = Variable.parameter(bias.value().to(DType.F32));
        Options options = Options.DEFAULT.padding(1).stride(2);
        Variable y = ConvolutionOps.conv1d(x, weight, bias, options);
        Variable y32 = ConvolutionOps.conv1d(x32, weight32, bias32, options);
        Tensor weights = normal(40, y.shape().toArray());
        y.backward(weights);
        y32.backward(weights.to(DType.F32));
        assertClose(x.grad().orElseThrow(), x32.grad().orElseThrow(), 1e-5);
        assertClose(weight.grad().orElseThrow(), weight32.grad().orElseThrow(), 1e-5);
        assertClose(bias.grad().orElseThrow(), bias32.grad().orElseThrow(), 1e-5);
    }

    @Test
    void anEmptyBatchGivesZeroGradients() {
        Variable x = leaf(41, 0, 1, 3, 3);
        Variable weight = leaf(42, 2, 1, 2, 2);
        Variable bias = leaf(43, 2);
        ConvolutionOps.conv2d(x, weight, bias, Options.DEFAULT).sum().backward();
        assertEquals(Shape.of(0, 1, 3, 3), x.grad().orElseThrow().shape());
        assertClose(Tensor.of(new double[8], 2, 1, 2, 2), weight.grad().orElseThrow(), 0);
        assertClose(Tensor.of(new double[2], 2), bias.grad().orElseThrow(), 0);
    }

    @Test
    void errorsNameTheOperation() {
        String message = assertThrows(
                        ShapeException.class,
                        () -> ConvolutionOps.conv2d(leaf(44, 1, 2, 3, 3), leaf(45, 1, 3, 2, 2), Options.DEFAULT))
                .getMessage();
        assertEquals(
                "conv2d: the weight must take in / groups = 2 channels; got x [1, 2, 3, 3], weight [1, 3, 2, 2] and 1"
                        + " groups\n  x [1, >2<, 3, 3] F64\n  weight [1, >3<, 2, 2] F64\n"
                        + "  try MovementOps.moveAxis(weight, -1, 1): [1, 2, 3, 2] fits",
                message);
    }

    // ---- pools
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void windowsOfPaddingAloneHaveNoGradient() {
        Variable x = leaf(Shape.of(1, 1), 5);
        Variable y = PoolingOps.maxPool2d(x, Window.of(1).padding(1));
        assertEquals(Double.NEGATIVE_INFINITY, y.value().get(0, 0));
        Variable seed = leaf(46, 3, 3);
        Variable dX = Backward.from(y, seed).createGraph().gradients(x).get(0);
        assertClose(Tensor.of(new double[] {seed.value().get(1, 1)}, 1, 1), dX.value(), 0);
        Variable dSeed = Backward.fromScalar(dX.sum()).gradients(seed).get(0);
        assertClose(Tensor.of(new double[] {0, 0, 0, 0, 1, 0, 0, 0, 0}, 3, 3), dSeed.value(), 0);
    }

    @Test
    void theFirstOfEqualsAndTheFirstNaNTakeAll() {
        Variable x = leaf(Shape.of(1, 4), 2, 2, 1, Double.NaN);
        Variable y = PoolingOps.maxPool1d(x, Window.of(2));
        y.sum().backward();
        assertClose(Tensor.of(new double[] {1, 0, 0, 1}, 1, 4), x.grad().orElseThrow(), 0);
    }

    @Test
    void meansByHand() {
        Variable x = leaf(Shape.of(1, 3), 1, 2, 3);
        Window window = Window.of(2).stride(2).padding(0, 0, 1, 0);
        PoolingOps.avgPool1d(x, window, Divisor.PADDED).sum().backward();
        assertClose(Tensor.of(new double[] {0.5, 0.5, 0.5}, 1, 3), x.grad().orElseThrow(), 0);
        x.zeroGrad();
        PoolingOps.avgPool1d(x, window, Divisor.INSIDE).sum().backward();
        assertClose(Tensor.of(new double[] {1, 0.5, 0.5}, 1, 3), x.grad().orElseThrow(), 0);
    }

    @Test
    void aLinearMapAndItsAdjointAreNamed() {
        Variable x = leaf(47, 1, 2, 2);
        Variable y = ResizeOps.nearest(x, 4, 4);
        assertEquals("Nearest", y.operation());
        Variable dX =
                Backward.from(y, leaf(48, 1, 4, 4)).createGraph().gradients(x).get(0);
        assertEquals("NearestAdjoint", dX.operation());
    }
}
