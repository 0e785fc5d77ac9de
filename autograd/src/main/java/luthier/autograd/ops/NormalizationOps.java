package luthier.autograd.ops;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Normalization;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Differentiable normalisation. {@link #layerNorm} and {@link #rmsNorm} are fused; the others see their groups as rows of a layer
 * norm. The second derivatives go through forms composed of the normalized rows themselves and their scale. Variances are biased.
 * A weight or a bias that is null is left out: y is then not multiplied, or nothing is added.
 */
public final class NormalizationOps {
    private NormalizationOps() {}

    /**
     * y = (x - mean) rstd w + b, rstd = 1 / sqrt(variance + eps), mean and biased variance over the trailing axes that w
     * covers. With n = (x - mean) rstd and g = dY w: dX = rstd (g - mean(g) - n mean(g n)), dw = sum(dY n), db = sum(dY).
     * {@code x [.., d], weight [d], bias [d] -> [.., d]}. Ba et al. 2016, arXiv:1607.06450, eq. 4.
     *
     * {@snippet :
     * Variable one = Variable.constant(Tensor.ones(DType.F32, 2));
     * NormalizationOps.layerNorm(Variable.constant(Tensor.of(new float[] {1, 3}, 2)), one, one, 0).value(); // F32[2][0.0, 2.0]
     * }
     *
     * @throws ShapeException if weight and bias are not of the trailing shape of x
     * @throws IllegalArgumentException if both are null
     */
    public static Variable layerNorm(Variable x, @Nullable Variable weight, @Nullable Variable bias, double eps) {
        Variable given = weight != null ? weight : bias;
        if (given == null) {
            throw new IllegalArgumentException("layerNorm: weight or bias must say which axes are normalized; got"
                    + " neither; give the number of trailing axes instead");
        }
        Variable w = weight != null ? weight : Variable.constant(Tensor.full(x.dtype(), 1, given.shape()));
        Variable b = bias != null ? bias : Variable.constant(Tensor.zeros(x.dtype(), given.shape()));
        try {
            Normalization.LayerNorm done = Normalization.layerNorm(x.value(), value(weight), value(bias), eps);
            return Variable.record(done.y(), new LayerNorm(x, w, done.mean(), done.rstd(), eps), x, w, b);
        } catch (ShapeException | DTypeException e) {
            throw with(Misfit.of(e).with("x", x), weight, bias).by();
        }
    }

    private static @Nullable Tensor value(@Nullable Variable x) {
        return x == null ? null : x.value();
    }

    private static Misfit with(Misfit misfit, @Nullable Variable weight, @Nullable Variable bias) {
        Misfit result = weight == null ? misfit : misfit.with("weight", weight);
        return bias == null ? result : result.with("bias", bias);
    }

    /** The same without weight and bias, over the last {@code normalizedAxes} axes. */
    public static Variable layerNorm(Variable x, int normalizedAxes, double eps) {
        Normalization.LayerNorm done = Misfit.explained(x, t -> Normalization.layerNorm(t, normalizedAxes, eps));
        return Variable.record(done.y(), new PlainLayerNorm(x, normalizedAxes, done.mean(), done.rstd(), eps), x);
    }

    private record LayerNorm(Variable x, Variable weight, Tensor mean, Tensor rstd, double eps)
            implements BackwardRule.ReadsOperands, Traps.Normalization {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            int axes = weight.rank();
            if (Grad.isEnabled()) {
                composed(dY, axes, gradients);
                return;
            }
            if (gradients.wants(0)) {
                Tensor dX = Normalization.layerNormBackward(x.value(), weight.value(), mean, rstd, dY.value());
                gradients.set(0, Variable.constant(dX));
            }
            if (gradients.wants(1) || gradients.wants(2)) {
                Normalization.ParameterGradients d =
                        Normalization.layerNormParameterGradients(x.value(), axes, mean, rstd, dY.value());
                gradients.set(1, Variable.constant(d.dWeight()));
                gradients.set(2, Variable.constant(d.dBias()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "({0} - mean) * rstd * {1} + {2}",
                            "rstd * (g - mean(g) - n * mean(g * n)), g = {dY} * {1}, n = ({n0} - mean) * rstd",
                            "sum({dY} * n), n = ({n0} - mean) * rstd",
                            "sumTo({dY}, {s2})")
                    .with("eps", eps);
        }

        private void composed(Variable dY, int axes, Gradients gradients) {
            Variable n = layerNorm(x, axes, eps);
            Variable r = reciprocalDeviation(x, axes, eps);
            gradients.set(0, () -> inputGradient(ElementwiseOps.mul(dY, weight), n, r, axes));
            gradients.set(1, () -> ReductionOps.sumTo(ElementwiseOps.mul(dY, n), weight.shape()));
            gradients.set(2, () -> ReductionOps.sumTo(dY, weight.shape()));
        }

        @Override
        public boolean reads(int operand, Gradients gradients) {
            return operand == 0 || operand == 1 && gradients.wants(0);
        }
    }

    private record PlainLayerNorm(Variable x, int normalizedAxes, Tensor mean, Tensor rstd, double eps)
            implements BackwardRule.ReadsOperands, Traps.Normalization {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                Tensor dX = Normalization.layerNormBackward(x.value(), normalizedAxes, mean, rstd, dY.value());
                gradients.set(0, Variable.constant(dX));
                return;
            }
            Variable r = reciprocalDeviation(x, normalizedAxes, eps);
            gradients.set(0, inputGradient(dY, layerNorm(x, normalizedAxes, eps), r, normalizedAxes));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "({0} - mean) * rstd",
                            "rstd * ({dY} - mean({dY}) - n * mean({dY} * n)), n = ({n0} - mean) * rstd")
                    .with("normalizedAxes", normalizedAxes)
                    .with("eps", eps);
        }

        @Override
        public String operation() {
            return "LayerNorm";
        }
    }

    /**
     * y = x rstd w, rstd = 1 / sqrt(mean(x^2) + eps) over the trailing axes that w covers. With z = x rstd and g = dY w: dX = rstd
     * (g - z mean(g z)), dw = sum(dY z). {@code x [.., d], weight [d] -> [.., d]}. Saves x and rstd. Zhang and Sennrich 2019,
     * arXiv:1910.07467, eq. 4.
     *
     * {@snippet :
     * Variable one = Variable.constant(Tensor.ones(DType.F32, 2));
     * NormalizationOps.rmsNorm(Variable.constant(Tensor.of(new float[] {3, 3}, 2)), one, 0).value(); // F32[2][1.0, 1.0]
     * }
     *
     * @throws ShapeException if the weight is not of the trailing shape of x
     */
    public static Variable rmsNorm(Variable x, Variable weight, double eps) {
        try {
            Normalization.RmsNorm done = Normalization.rmsNorm(x.value(), weight.value(), eps);
            return Variable.record(done.y(), new RmsNorm(x, weight, done.rstd(), eps), x, weight);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).with("weight", weight).by();
        }
    }

    /** The same without weight, over the last {@code normalizedAxes} axes. */
    public static Variable rmsNorm(Variable x, int normalizedAxes, double eps) {
        return Misfit.composed("rmsNorm", m -> m.with("x", x), ShapeRule.ANY, () -> {
            if (normalizedAxes < 1 || normalizedAxes > x.rank()) {
                throw new ShapeException("rmsNorm: must cover 1 to all trailing axes of x; got " + normalizedAxes
                        + " for shape " + x.shape());
            }
            return rmsNorm(x, Variable.constant(Tensor.ones(x.dtype(), trailingSizes(x, normalizedAxes))), eps);
        });
    }

    private record RmsNorm(Variable x, Variable weight, Tensor rstd, double eps)
            implements BackwardRule.ReadsOperands, Traps.Normalization {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            int axes = weight.rank();
            if (Grad.isEnabled()) {
                composed(dY, trailing(axes), gradients);
                return;
            }
            if (gradients.wants(0)) {
                Tensor dX = Normalization.rmsNormBackward(x.value(), weight.value(), rstd, dY.value());
                gradients.set(0, Variable.constant(dX));
            }
            if (gradients.wants(1)) {
                Tensor center = Tensor.zeros(x.dtype(), rstd.shape());
                Normalization.ParameterGradients d =
                        Normalization.layerNormParameterGradients(x.value(), axes, center, rstd, dY.value());
                gradients.set(1, Variable.constant(d.dWeight()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "{0} / rms({0}) * {1}",
                            "(g - z * mean(g * z)) / rms, g = {dY} * {1}, z = {n0} / rms",
                            "sum({dY} * z), z = {n0} / rms")
                    .with("eps", eps);
        }

        private void composed(Variable dY, int[] axes, Gradients gradients) {
            Variable z = rmsNorm(x, axes.length, eps);
            if (gradients.wants(0)) {
                Variable r = reciprocalRootMeanSquare(x, axes.length, eps);
                Variable g = ElementwiseOps.mul(dY, weight);
                Variable mean = ReductionOps.mean(ElementwiseOps.mul(g, z), axes, true);
                gradients.set(0, ElementwiseOps.mul(ElementwiseOps.sub(g, ElementwiseOps.mul(z, mean)), r));
            }
            gradients.set(1, () -> ReductionOps.sumTo(ElementwiseOps.mul(dY, z), weight.shape()));
        }

        @Override
        public boolean reads(int operand, Gradients gradients) {
            return operand == 0 || operand == 1 && gradients.wants(0);
        }
    }

    /**
     * y = (x - mean) rstd, mean and variance over each of {@code groups} groups of channels and all positions of one example: a
     * {@link #layerNorm} over rows {@code [N, groups, C / groups ..]}. {@code x [N, C, ..] -> [N, C, ..]}. Wu and He 2018,
     * arXiv:1803.08494, eq. 7.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 3, 5, 5}, 1, 4));
     * NormalizationOps.groupNorm(x, 2, 1e-12).value(); // F32[1, 4][-1.0, 1.0, 0.0, 0.0]
     * }
     *
     * @throws ShapeException if the groups do not divide the channels
     */
    public static Variable groupNorm(Variable x, int groups, double eps) {
        try {
            if (x.rank() < 2 || groups < 1 || x.size(1) % groups != 0) {
                throw new ShapeException("groupNorm: x must be [N, C, ..] and the groups divide C; got x " + x.shape()
                        + " and " + groups + " groups");
            }
            if (x.value().elementCount() == 0) {
                return x;
            }
            long width = x.value().elementCount() / x.size(0) / groups;
            Variable rows = ShapeOps.reshape(x, x.size(0), groups, width);
            return ShapeOps.reshape(layerNorm(rows, 1, eps), x.shape().toArray());
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).named("groupNorm").with("x", x).by();
        }
    }

    /** The same times weight plus bias, {@code [C]} each. */
    public static Variable groupNorm(
            Variable x, int groups, @Nullable Variable weight, @Nullable Variable bias, double eps) {
        return affine("groupNorm", x, weight, bias, () -> groupNorm(x, groups, eps));
    }

    /**
     * y = (x - mean) rstd over the positions of each channel of each example: {@link #groupNorm} with as many groups as channels.
     * {@code x [N, C, ..] -> [N, C, ..]}. Ulyanov et al. 2016, arXiv:1607.08022.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 3, 5, 5}, 1, 2, 2));
     * NormalizationOps.instanceNorm(x, 1e-12).value(); // F32[1, 2, 2][-1.0, 1.0, 0.0, 0.0]
     * }
     */
    public static Variable instanceNorm(Variable x, double eps) {
        return Misfit.composed("instanceNorm", m -> m.with("x", x), ShapeRule.planes(2), () -> {
            requireSamples(
                    "instanceNorm",
                    x,
                    x.rank() < 3 ? 1 : x.value().elementCount() / Math.max(1, x.size(0) * x.size(1)));
            return groupNorm(x, Math.max(1, (int) x.size(1)), eps);
        });
    }

    /** The same times weight plus bias, {@code [C]} each. */
    public static Variable instanceNorm(Variable x, @Nullable Variable weight, @Nullable Variable bias, double eps) {
        return affine("instanceNorm", x, weight, bias, () -> instanceNorm(x, eps));
    }

    /**
     * y = (x - mean) rstd, mean and variance of each channel over the batch and all positions, as in training: a {@link #layerNorm} over
     * rows {@code [C, N ..]}. {@code x [N, C, ..] -> [N, C, ..]}. The running statistics lie outside the tape: {@link
     * Normalization.RunningStatistics#updated}. Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 3}, 2, 1));
     * NormalizationOps.batchNorm(x, 1e-12).value(); // F32[2, 1][-1.0, 1.0]
     * }
     *
     * @throws ShapeException if a channel has a single value, whose deviation is no scale
     */
    public static Variable batchNorm(Variable x, double eps) {
        try {
            requireSamples("batchNorm", x, x.rank() < 2 ? 1 : x.value().elementCount() / Math.max(1, x.size(1)));
            if (x.value().elementCount() == 0) {
                return x;
            }
            Variable channels = ShapeOps.transpose(x, 0, 1);
            Variable rows = ShapeOps.reshape(channels, x.size(1), -1);
            Variable y =
                    ShapeOps.reshape(layerNorm(rows, 1, eps), channels.shape().toArray());
            return ShapeOps.transpose(y, 0, 1);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).named("batchNorm").with("x", x).by();
        }
    }

    /** The same times weight plus bias, {@code [C]} each. */
    public static Variable batchNorm(Variable x, @Nullable Variable weight, @Nullable Variable bias, double eps) {
        return affine("batchNorm", x, weight, bias, () -> batchNorm(x, eps));
    }

    /**
     * y = (x - mean) / sqrt(variance + eps) with given statistics, as in evaluation; dX = dY / sqrt(variance + eps). Composed.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 3}, 2, 1));
     * Tensor one = Tensor.ones(DType.F32, 1);
     * NormalizationOps.batchNorm(x, new Normalization.RunningStatistics(one, one), 0).value(); // F32[2, 1][0.0, 2.0]
     * }
     */
    public static Variable batchNorm(Variable x, Normalization.RunningStatistics statistics, double eps) {
        UnaryOperator<Misfit> operands = m -> m.with("x", x)
                .with("mean", statistics.mean(), x.dtype())
                .with("variance", statistics.variance(), x.dtype());
        return Misfit.composed("batchNorm", operands, ShapeRule.CHANNELS, () -> {
            Variable mean = Variable.constant(statistics.mean());
            Tensor rstd = Elementwise.rsqrt(Elementwise.add(statistics.variance(), eps));
            requirePerChannel("batchNorm", x, Variable.constant(rstd), mean);
            Variable centered = ElementwiseOps.sub(x, perChannel(mean, x));
            return ElementwiseOps.mul(centered, perChannel(Variable.constant(rstd), x));
        });
    }

    /** The same times weight plus bias, {@code [C]} each. */
    public static Variable batchNorm(
            Variable x,
            Normalization.RunningStatistics statistics,
            @Nullable Variable weight,
            @Nullable Variable bias,
            double eps) {
        return affine("batchNorm", x, weight, bias, () -> batchNorm(x, statistics, eps));
    }

    private static void requireSamples(String name, Variable x, long samples) {
        if (samples == 1) {
            throw new ShapeException(name + ": a channel needs more than one value to be normalized; got " + x.shape()
                    + "; use running statistics or a larger batch");
        }
    }

    private static void requirePerChannel(String name, Variable x, @Nullable Variable weight, @Nullable Variable bias) {
        ShapeRule.CHANNELS.require(
                () -> name + ": x must be [N, C, ..] and what belongs to channels [C]; got x " + x.shape() + ", "
                        + shape(weight) + " and " + shape(bias),
                "x, weight, bias",
                x.value(),
                value(weight),
                value(bias));
    }

    private static String shape(@Nullable Variable values) {
        return values == null ? "none" : values.shape().toString();
    }

    /** What is normalized times weight plus bias, {@code [C]} each. */
    private static Variable affine(
            String name,
            Variable x,
            @Nullable Variable weight,
            @Nullable Variable bias,
            Supplier<Variable> normalized) {
        return Misfit.composed(name, m -> with(m.with("x", x), weight, bias), ShapeRule.CHANNELS, () -> {
            requirePerChannel(name, x, weight, bias);
            Variable z = normalized.get();
            Variable scaled = weight == null ? z : ElementwiseOps.mul(z, perChannel(weight, z));
            return bias == null ? scaled : ElementwiseOps.add(scaled, perChannel(bias, z));
        });
    }

    private static Variable perChannel(Variable w, Variable x) {
        long[] sizes = new long[x.rank() - 1];
        Arrays.fill(sizes, 1);
        sizes[0] = w.size(0);
        return ShapeOps.reshape(w, sizes);
    }

    private static int[] trailing(int axes) {
        int[] result = new int[axes];
        Arrays.setAll(result, i -> i - axes);
        return result;
    }

    private static Variable reciprocalDeviation(Variable x, int axes, double eps) {
        Tensor r = Normalization.layerNorm(x.value(), axes, eps).rstd();
        return Variable.record(perRow(r, x, axes), new ReciprocalDeviation(x, r, axes, eps, true), x);
    }

    private static Variable reciprocalRootMeanSquare(Variable x, int axes, double eps) {
        Tensor one = Tensor.ones(x.dtype(), trailingSizes(x, axes));
        Tensor r = Normalization.rmsNorm(x.value(), one, eps).rstd();
        return Variable.record(perRow(r, x, axes), new ReciprocalDeviation(x, r, axes, eps, false), x);
    }

    /** r = 1 / sqrt(variance + eps), about the mean or about 0; dX = -dR r^2 z / n, z the row that r normalizes. */
    private record ReciprocalDeviation(Variable x, Tensor r, int axes, double eps, boolean centered)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dR, Gradients gradients) {
            Variable z = centered ? layerNorm(x, axes, eps) : rmsNorm(x, axes, eps);
            Variable factor = Variable.constant(perRow(r, x, axes));
            if (Grad.isEnabled()) {
                factor = centered ? reciprocalDeviation(x, axes, eps) : reciprocalRootMeanSquare(x, axes, eps);
            }
            long n = Shape.of(trailingSizes(x, axes)).elementCount();
            Variable slope = ElementwiseOps.mul(ElementwiseOps.mul(z, factor), -1.0 / n);
            gradients.set(0, ElementwiseOps.mul(ElementwiseOps.mul(dR, slope), factor));
        }

        @Override
        public Formula formula() {
            return Formula.of("rstd({0})", "-{dY} * {y}^2 * z / n, z = {n0} normalized, n = its row's length");
        }
    }

    /** Gives one number a row the rank of x. */
    private static Tensor perRow(Tensor values, Variable x, int axes) {
        long[] sizes = x.shape().toArray();
        Arrays.fill(sizes, sizes.length - axes, sizes.length, 1);
        return values.reshape(sizes);
    }

    private static long[] trailingSizes(Variable x, int axes) {
        long[] sizes = x.shape().toArray();
        return Arrays.copyOfRange(sizes, sizes.length - axes, sizes.length);
    }

    private static Variable inputGradient(Variable g, Variable n, Variable rstd, int axes) {
        Variable meanG = ReductionOps.mean(g, trailing(axes), true);
        Variable meanGN = ReductionOps.mean(ElementwiseOps.mul(g, n), trailing(axes), true);
        return ElementwiseOps.mul(
                ElementwiseOps.sub(ElementwiseOps.sub(g, meanG), ElementwiseOps.mul(n, meanGN)), rstd);
    }
}
