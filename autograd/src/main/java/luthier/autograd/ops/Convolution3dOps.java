package luthier.autograd.ops;

import luthier.autograd.Variable;
import luthier.tensor.Convolution3d;
import luthier.tensor.Convolution3d.Options;
import luthier.tensor.DTypeException;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Differentiable convolutions of volumes and their transposes, by the rules of {@link ConvolutionOps}. Saved are x and weight.
 *
 * <p>All throw {@link ShapeException} for shapes that do not fit one another or the options and {@link DTypeException} if types differ; see
 * {@link Convolution3d}.
 */
public final class Convolution3dOps {
    private Convolution3dOps() {}

    /**
     * Y = X * W; dX = W^T * dY (the transposed convolution), dW = X * dY. {@code x [n, in, depth, height, width], weight [out, in / groups,
     * slices, rows, columns] -> [n, out, .., .., ..]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.ones(DType.F32, 1, 1, 3, 1, 1));
     * Variable weight = Variable.constant(Tensor.of(new float[] {1, 10}, 1, 1, 2, 1, 1));
     * Convolution3dOps.conv3d(x, weight, Convolution3d.Options.DEFAULT).sum().backward();
     * x.grad().get(); // F32[1, 1, 3, 1, 1][1.0, 11.0, 10.0]
     * }
     */
    public static Variable conv3d(Variable x, Variable weight, Options options) {
        return ConvolutionOps.convolve(new Volumes(options, x.shape(), weight.shape()), x, weight);
    }

    /** Y = X * W + b; as above, db = sum of dY over all but axis 1. {@code bias [out]}. */
    public static Variable conv3d(Variable x, Variable weight, Variable bias, Options options) {
        return ConvolutionOps.convolve(new Volumes(options, x.shape(), weight.shape()), x, weight, bias);
    }

    private record Volumes(Options options, Shape x, Shape weight) implements ConvolutionOps.Form {
        @Override
        public String operation() {
            return "Conv3d";
        }

        @Override
        public boolean isTransposed() {
            return false;
        }

        @Override
        public Tensor convolution(Tensor x, Tensor weight) {
            return Convolution3d.conv3d(x, weight, options);
        }

        @Override
        public Tensor convolution(Tensor x, Tensor weight, Tensor bias) {
            return Convolution3d.conv3d(x, weight, bias, options);
        }

        @Override
        public Tensor inputGradient(Tensor dY, Tensor weight) {
            return Convolution3d.conv3dInputGradient(dY, weight, x, options);
        }

        @Override
        public Tensor weightGradient(Tensor x, Tensor dY) {
            return Convolution3d.conv3dWeightGradient(x, dY, weight, options);
        }
    }

    /**
     * Y = W^T * X, the transposed convolution; dX = W * dY (the convolution), dW = dY * X. {@code x [n, in, depth, height, width], weight [in, out
     * / groups, slices, rows, columns] -> [n, out, .., .., ..]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2}, 1, 1, 2, 1, 1));
     * Variable weight = Variable.constant(Tensor.of(new float[] {1, 10}, 1, 1, 2, 1, 1));
     * Convolution3dOps.convTranspose3d(x, weight, Convolution3d.Options.DEFAULT).value(); // F32[1, 1, 3, 1, 1][1.0, 12.0, 20.0]
     * }
     */
    public static Variable convTranspose3d(Variable x, Variable weight, Options options) {
        return ConvolutionOps.convolve(new TransposedVolumes(options, x.shape(), weight.shape()), x, weight);
    }

    /** Y = W^T * X + b; as above, db = sum of dY over all but axis 1. {@code bias [out]}. */
    public static Variable convTranspose3d(Variable x, Variable weight, Variable bias, Options options) {
        return ConvolutionOps.convolve(new TransposedVolumes(options, x.shape(), weight.shape()), x, weight, bias);
    }

    private record TransposedVolumes(Options options, Shape x, Shape weight) implements ConvolutionOps.Form {
        @Override
        public String operation() {
            return "ConvTranspose3d";
        }

        @Override
        public boolean isTransposed() {
            return true;
        }

        @Override
        public Tensor convolution(Tensor x, Tensor weight) {
            return Convolution3d.convTranspose3d(x, weight, options);
        }

        @Override
        public Tensor convolution(Tensor x, Tensor weight, Tensor bias) {
            return Convolution3d.convTranspose3d(x, weight, bias, options);
        }

        @Override
        public Tensor inputGradient(Tensor dY, Tensor weight) {
            return Convolution3d.convTranspose3dInputGradient(dY, weight, x, options);
        }

        @Override
        public Tensor weightGradient(Tensor x, Tensor dY) {
            return Convolution3d.convTranspose3dWeightGradient(x, dY, weight, options);
        }
    }
}
