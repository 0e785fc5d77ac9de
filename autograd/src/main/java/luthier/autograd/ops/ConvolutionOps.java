package luthier.autograd.ops;

import java.util.stream.IntStream;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Convolution;
import luthier.tensor.Convolution.Options;
import luthier.tensor.DTypeException;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Differentiable convolutions and transposed convolutions. Dumoulin and Visin 2016, arXiv:1603.07285.
 *
 * <p>The sum of all y g for a y = x * w is linear in x, in w and in g. Its derivatives are the convolution itself, the input gradient and
 * the weight gradient, and the derivative of each of the three is made of the other two: so gradients of any order stay inside this family.
 * Saved are x and weight, nothing unfolded. The composed form is a product of the weight's rows with the columns of {@link
 * UnfoldOps#unfold2d}.
 *
 * <p>All throw {@link ShapeException} for shapes that do not fit one another or the options and {@link DTypeException} if types differ; see
 * {@link Convolution}.
 */
public final class ConvolutionOps {
    private ConvolutionOps() {}

    /**
     * Y = X * W; dX = W^T * dY (the transposed convolution), dW = X * dY. {@code x [n, in, length], weight [out, in / groups, taps] -> [n,
     * out, positions]}; reads the width's options.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4));
     * Variable weight = Variable.parameter(Tensor.of(new float[] {1, 1}, 1, 1, 2));
     * ConvolutionOps.conv1d(x, weight, Convolution.Options.DEFAULT).value(); // F32[1, 1, 3][3.0, 5.0, 7.0]
     * }
     */
    public static Variable conv1d(Variable x, Variable weight, Options options) {
        return convolve(new Lattice(Kind.CONV_1D, options, x.shape(), weight.shape()), x, weight);
    }

    /** Y = X * W + b; as above, db = sum of dY over all but axis 1. {@code bias [out]}. */
    public static Variable conv1d(Variable x, Variable weight, Variable bias, Options options) {
        return convolve(new Lattice(Kind.CONV_1D, options, x.shape(), weight.shape()), x, weight, bias);
    }

    /**
     * Y = X * W; dX = W^T * dY (the transposed convolution), dW = X * dY. {@code x [n, in, height, width], weight [out, in / groups, rows,
     * columns] -> [n, out, .., ..]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.ones(DType.F32, 1, 1, 2, 2));
     * Variable weight = Variable.constant(Tensor.of(new float[] {1, 10}, 1, 1, 1, 2));
     * ConvolutionOps.conv2d(x, weight, Convolution.Options.DEFAULT).sum().backward();
     * x.grad().get(); // F32[1, 1, 2, 2][1.0, 10.0, 1.0, 10.0]
     * }
     */
    public static Variable conv2d(Variable x, Variable weight, Options options) {
        return convolve(new Lattice(Kind.CONV_2D, options, x.shape(), weight.shape()), x, weight);
    }

    /** Y = X * W + b; as above, db = sum of dY over all but axis 1. {@code bias [out]}. */
    public static Variable conv2d(Variable x, Variable weight, Variable bias, Options options) {
        return convolve(new Lattice(Kind.CONV_2D, options, x.shape(), weight.shape()), x, weight, bias);
    }

    /**
     * Y = W^T * X, the transposed convolution; dX = W * dY (the convolution), dW = dY * X. {@code x [n, in, length], weight [in, out /
     * groups, taps] -> [n, out, ..]}; reads the width's options.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2}, 1, 1, 2));
     * Variable weight = Variable.constant(Tensor.of(new float[] {1, 10}, 1, 1, 2));
     * ConvolutionOps.convTranspose1d(x, weight, Convolution.Options.DEFAULT).value(); // F32[1, 1, 3][1.0, 12.0, 20.0]
     * }
     */
    public static Variable convTranspose1d(Variable x, Variable weight, Options options) {
        return convolve(new Lattice(Kind.TRANSPOSE_1D, options, x.shape(), weight.shape()), x, weight);
    }

    /** Y = W^T * X + b; as above, db = sum of dY over all but axis 1. {@code bias [out]}. */
    public static Variable convTranspose1d(Variable x, Variable weight, Variable bias, Options options) {
        return convolve(new Lattice(Kind.TRANSPOSE_1D, options, x.shape(), weight.shape()), x, weight, bias);
    }

    /**
     * Y = W^T * X, the transposed convolution; dX = W * dY (the convolution), dW = dY * X. {@code x [n, in, height, width], weight [in, out
     * / groups, rows, columns] -> [n, out, .., ..]}.
     *
     * {@snippet :
     * Variable x = Variable.parameter(Tensor.of(new float[] {1, 2}, 1, 1, 1, 2));
     * Variable weight = Variable.constant(Tensor.ones(DType.F32, 1, 1, 1, 2));
     * ConvolutionOps.convTranspose2d(x, weight, Convolution.Options.DEFAULT).value(); // F32[1, 1, 1, 3][1.0, 3.0, 2.0]
     * }
     */
    public static Variable convTranspose2d(Variable x, Variable weight, Options options) {
        return convolve(new Lattice(Kind.TRANSPOSE_2D, options, x.shape(), weight.shape()), x, weight);
    }

    /** Y = W^T * X + b; as above, db = sum of dY over all but axis 1. {@code bias [out]}. */
    public static Variable convTranspose2d(Variable x, Variable weight, Variable bias, Options options) {
        return convolve(new Lattice(Kind.TRANSPOSE_2D, options, x.shape(), weight.shape()), x, weight, bias);
    }

    // ---- the three faces of one trilinear form

    private enum Kind {
        CONV_1D("Conv1d"),
        CONV_2D("Conv2d"),
        TRANSPOSE_1D("ConvTranspose1d"),
        TRANSPOSE_2D("ConvTranspose2d");

        private final String operation;

        Kind(String operation) {
            this.operation = operation;
        }
    }

    /** A convolution between fixed shapes, with its gradients. */
    interface Form {
        /** Returns the name of the operation. */
        String operation();

        boolean isTransposed();

        Tensor convolution(Tensor x, Tensor weight);

        Tensor convolution(Tensor x, Tensor weight, Tensor bias);

        Tensor inputGradient(Tensor dY, Tensor weight);

        Tensor weightGradient(Tensor x, Tensor dY);
    }

    private record Lattice(Kind kind, Options options, Shape x, Shape weight) implements Form {
        @Override
        public String operation() {
            return kind.operation;
        }

        @Override
        public boolean isTransposed() {
            return kind == Kind.TRANSPOSE_1D || kind == Kind.TRANSPOSE_2D;
        }

        @Override
        public Tensor convolution(Tensor x, Tensor weight) {
            return switch (kind) {
                case CONV_1D -> Convolution.conv1d(x, weight, options);
                case CONV_2D -> Convolution.conv2d(x, weight, options);
                case TRANSPOSE_1D -> Convolution.convTranspose1d(x, weight, options);
                case TRANSPOSE_2D -> Convolution.convTranspose2d(x, weight, options);
            };
        }

        @Override
        public Tensor convolution(Tensor x, Tensor weight, Tensor bias) {
            return switch (kind) {
                case CONV_1D -> Convolution.conv1d(x, weight, bias, options);
                case CONV_2D -> Convolution.conv2d(x, weight, bias, options);
                case TRANSPOSE_1D -> Convolution.convTranspose1d(x, weight, bias, options);
                case TRANSPOSE_2D -> Convolution.convTranspose2d(x, weight, bias, options);
            };
        }

        @Override
        public Tensor inputGradient(Tensor dY, Tensor weight) {
            return switch (kind) {
                case CONV_1D -> Convolution.conv1dInputGradient(dY, weight, x, options);
                case CONV_2D -> Convolution.conv2dInputGradient(dY, weight, x, options);
                case TRANSPOSE_1D -> Convolution.convTranspose1dInputGradient(dY, weight, x, options);
                case TRANSPOSE_2D -> Convolution.convTranspose2dInputGradient(dY, weight, x, options);
            };
        }

        @Override
        public Tensor weightGradient(Tensor x, Tensor dY) {
            return switch (kind) {
                case CONV_1D -> Convolution.conv1dWeightGradient(x, dY, weight, options);
                case CONV_2D -> Convolution.conv2dWeightGradient(x, dY, weight, options);
                case TRANSPOSE_1D -> Convolution.convTranspose1dWeightGradient(x, dY, weight, options);
                case TRANSPOSE_2D -> Convolution.convTranspose2dWeightGradient(x, dY, weight, options);
            };
        }
    }

    static Variable convolve(Form form, Variable x, Variable weight) {
        try {
            Tensor y = form.convolution(x.value(), weight.value());
            return Variable.record(y, new Convolve(form, x, weight), x, weight);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).with("weight", weight).by();
        }
    }

    static Variable convolve(Form form, Variable x, Variable weight, Variable bias) {
        try {
            Tensor y = form.convolution(x.value(), weight.value(), bias.value());
            return Variable.record(y, new Convolve(form, x, weight), x, weight, bias);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .with("x", x)
                    .with("weight", weight)
                    .with("bias", bias)
                    .by();
        }
    }

    private record Convolve(Form form, Variable x, Variable weight) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> inputGradient(form, dY, weight));
            gradients.set(1, () -> weightGradient(form, x, dY));
            if (gradients.count() > 2 && gradients.wants(2)) {
                gradients.set(2, biasGradient(dY));
            }
        }

        @Override
        public Formula formula() {
            String sum = "sum({ndY}), a number for each channel";
            return form.isTransposed()
                    ? Formula.of("{n1}^T * {n0}{+n2}", "{n1} * {ndY}", "{ndY} * {n0}", sum)
                    : Formula.of("{n0} * {n1}{+n2}", "{n1}^T * {ndY}", "{n0} * {ndY}", sum);
        }

        @Override
        public String operation() {
            return form.operation();
        }
    }

    private static Variable biasGradient(Variable dY) {
        if (!Grad.isEnabled()) {
            return Variable.constant(Convolution.biasGradient(dY.value()));
        }
        int[] axes = IntStream.range(0, dY.rank()).filter(axis -> axis != 1).toArray();
        return ReductionOps.sum(dY, axes);
    }

    /** dX of (dY, weight); with dZ in the shape of x, d(dY) = dZ * W and dWeight = dZ * dY. */
    private static Variable inputGradient(Form form, Variable dY, Variable weight) {
        Tensor dX = form.inputGradient(dY.value(), weight.value());
        return Variable.record(dX, new InputGradient(form, dY, weight), dY, weight);
    }

    private record InputGradient(Form form, Variable dY, Variable weight) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dZ, Gradients gradients) {
            gradients.set(0, () -> convolve(form, dZ, weight));
            gradients.set(1, () -> weightGradient(form, dZ, dY));
        }

        @Override
        public Formula formula() {
            String name = form.operation();
            return Formula.of(
                    "the gradient of " + name + "'s input, from {n0} by {n1}",
                    "{ndY} * {n1}, as in " + name,
                    "the gradient of the weight, {ndY} * {n0}");
        }

        @Override
        public String operation() {
            return form.operation() + "InputGradient";
        }
    }

    /** dWeight of (x, dY); with dZ in the shape of the weight, dX = dZ^T * dY and d(dY) = x * dZ. */
    private static Variable weightGradient(Form form, Variable x, Variable dY) {
        Tensor dW = form.weightGradient(x.value(), dY.value());
        return Variable.record(dW, new WeightGradient(form, x, dY), x, dY);
    }

    private record WeightGradient(Form form, Variable x, Variable dY) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dZ, Gradients gradients) {
            gradients.set(0, () -> inputGradient(form, dY, dZ));
            gradients.set(1, () -> convolve(form, x, dZ));
        }

        @Override
        public Formula formula() {
            String name = form.operation();
            return Formula.of(
                    "the gradient of " + name + "'s weight, {n0} * {n1}",
                    "the gradient of the input, from {n1} by {ndY}",
                    "{n0} * {ndY}, as in " + name);
        }

        @Override
        public String operation() {
            return form.operation() + "WeightGradient";
        }
    }
}
