package luthier.tensor;

import java.util.function.IntToDoubleFunction;
import luthier.tensor.kernel.Binary;
import luthier.tensor.kernel.LayerNormRows;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation (Ba et al. 2016, arXiv:1607.06450, eq. 4: mean and biased variance over the trailing axes), its form without
 * the mean (Zhang and Sennrich 2019, arXiv:1910.07467), and the running statistics of batch normalisation. For F32 and F64. All
 * throw {@link ShapeException} if shapes do not fit and {@link DTypeException} if types differ.
 */
public final class Normalization {
    private static final int ROW_BLOCK = 64;

    private Normalization() {}

    /** What backward needs beside x: {@code mean} and {@code rstd = 1 / sqrt(variance + eps)}, one value a row. */
    public record LayerNorm(Tensor y, Tensor mean, Tensor rstd) {}

    /** What backward needs beside x: {@code rstd = 1 / sqrt(mean(x^2) + eps)}, one value a row. */
    public record RmsNorm(Tensor y, Tensor rstd) {}

    /** The mean and the unbiased variance of each channel, {@code [C]}, over the batches seen so far. */
    public record RunningStatistics(Tensor mean, Tensor variance) {
        /**
         * Returns (1 - momentum) old + momentum (those of x), the channels along axis 1: {@code x [N, C, ..]}. Ioffe and Szegedy
         * 2015, arXiv:1502.03167, algorithm 2.
         *
         * {@snippet :
         * Normalization.RunningStatistics fresh =
         *         new Normalization.RunningStatistics(Tensor.zeros(DType.F32, 1), Tensor.ones(DType.F32, 1));
         * fresh.updated(Tensor.of(new float[] {1, 3}, 2, 1), 0.5).mean(); // F32[1][1.0]
         * }
         *
         * @throws ShapeException if x has no channels along axis 1 or not as many as the statistics, or fewer than two values of
         *     a channel
         */
        public RunningStatistics updated(Tensor x, double momentum) {
            ShapeRule.CHANNELS.require(
                    () -> "batchNorm: x must be [N, C, ..] and the running statistics [C]; got x " + x.shape()
                            + ", mean " + mean.shape() + " and variance " + variance.shape(),
                    "x, mean, variance",
                    x,
                    mean,
                    variance);
            if (x.elementCount() / Math.max(1, x.size(1)) < 2 && x.size(1) > 0) {
                throw Require.broken(
                        "batchNorm: the unbiased variance of a channel needs more than one value; got " + x.shape()
                                + "; use a larger batch or leave the statistics as they are",
                        x);
            }
            int[] others = new int[x.rank() - 1];
            for (int i = 1; i < others.length; i++) {
                others[i] = i + 1;
            }
            return new RunningStatistics(
                    Elementwise.lerp(mean, Reduction.mean(x, others), momentum),
                    Elementwise.lerp(variance, Reduction.variance(x, others, 1, false), momentum));
        }
    }

    /** Gradients of weight and bias. */
    public record ParameterGradients(Tensor dWeight, Tensor dBias) {}

    /**
     * Returns y = (x - mean) rstd w + b over the trailing axes that weight and bias cover: {@code x [.., n], w [n], b [n] -> [.., n]}. F32
     * and F64; a NaN or an infinity makes its row NaN. A weight that is null is 1, a bias 0. Rows of equal numbers give exactly b,
     * whatever their offset; neither huge nor tiny rows lose their scale.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new double[] {1, 3}, 1, 2);
     * Tensor one = Tensor.ones(DType.F64, 2);
     * Normalization.layerNorm(x, one, one, 0).y(); // F64[1, 2][0.0, 2.0]
     * Normalization.layerNorm(x, null, one, 0).y(); // F64[1, 2][0.0, 2.0]
     * }
     *
     * @throws IllegalArgumentException if both are null
     */
    public static LayerNorm layerNorm(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        Tensor given = weight != null ? weight : bias;
        if (given == null) {
            throw new IllegalArgumentException("layerNorm: weight or bias must say which axes are normalized; got"
                    + " neither; give the number of trailing axes instead");
        }
        try {
            return normalized(
                    x,
                    weight != null ? weight : Tensor.full(x.dtype(), 1, given.shape()),
                    bias != null ? bias : Tensor.zeros(x.dtype(), given.shape()),
                    eps);
        } catch (ShapeException e) {
            throw e.of("layerNorm", ShapeRule.TRAILING, "x, weight, bias", x, weight, bias);
        }
    }

    private static LayerNorm normalized(Tensor x, Tensor weight, Tensor bias, double eps) {
        Require.sameType("layerNorm", x, weight);
        Require.sameType("layerNorm", x, bias);
        Shape trailing = trailing("layerNorm", x, weight.rank());
        if (!trailing.equals(weight.shape()) || !trailing.equals(bias.shape())) {
            throw new ShapeException("layerNorm: weight and bias must have the trailing shape of x; got x " + x.shape()
                    + ", weight " + weight.shape() + " and bias " + bias.shape());
        }
        Require.floating("layerNorm", x);
        Tensor from = x.contiguous();
        Tensor w = weight.contiguous();
        Tensor b = bias.contiguous();
        int n = (int) trailing.elementCount();
        int count = n == 0 ? 0 : (int) (x.elementCount() / n);
        Tensor y = Creation.blank(x.dtype(), x.shape(), "layerNorm");
        Tensor mean = Tensor.zeros(x.dtype(), count);
        Tensor rstd = Tensor.zeros(x.dtype(), count);
        int o = from.offset();
        Reduction.forRows(count, n, row -> {
            int at = o + row * n;
            if (x.dtype() == DType.F32) {
                StandardRow done = StandardRow.centered(from.floats(), at, n, eps);
                mean.floats()[row] = done.mean();
                rstd.floats()[row] = done.rstd();
                LayerNormRows.normalize(
                        done.x(),
                        done.at(),
                        done.center(),
                        done.factor(),
                        w.floats(),
                        w.offset(),
                        b.floats(),
                        b.offset(),
                        y.floats(),
                        row * n,
                        n);
                return;
            }
            StandardRowDouble done = StandardRowDouble.centered(from.doubles(), at, n, eps);
            mean.doubles()[row] = done.mean();
            rstd.doubles()[row] = done.rstd();
            for (int i = 0; i < n; i++) {
                y.doubles()[row * n + i] = done.z(i) * w.doubles()[w.offset() + i] + b.doubles()[b.offset() + i];
            }
        });
        return new LayerNorm(y, mean, rstd);
    }

    /**
     * Returns (x - mean) rstd over the last axes, without weight and bias.
     *
     * {@snippet :
     * Normalization.layerNorm(Tensor.of(new double[] {1, 3}, 1, 2), 1, 0).y(); // F64[1, 2][-1.0, 1.0]
     * }
     */
    public static LayerNorm layerNorm(Tensor x, int normalizedAxes, double eps) {
        Shape trailing = trailing("layerNorm", x, normalizedAxes);
        return layerNorm(x, Tensor.full(x.dtype(), 1, trailing), Tensor.zeros(x.dtype(), trailing), eps);
    }

    /**
     * Returns x rstd w, rstd = 1 / sqrt(mean(x^2) + eps), over the trailing axes that the weight covers.
     *
     * {@snippet :
     * Normalization.rmsNorm(Tensor.of(new float[] {3, 3}, 2), Tensor.ones(DType.F32, 2), 0).y(); // F32[2][1.0, 1.0]
     * }
     */
    public static RmsNorm rmsNorm(Tensor x, Tensor weight, double eps) {
        Require.floating("rmsNorm", x);
        Require.sameType("rmsNorm", x, weight);
        Shape trailing = trailing("rmsNorm", x, weight);
        Tensor from = x.contiguous();
        Tensor w = weight.contiguous();
        int n = (int) trailing.elementCount();
        int count = n == 0 ? 0 : (int) (x.elementCount() / n);
        Tensor y = Tensor.zeros(x.dtype(), x.shape());
        Tensor rstd = Tensor.zeros(x.dtype(), count);
        float[] noBias = new float[x.dtype() == DType.F32 ? n : 0];
        Reduction.forRows(count, n, row -> {
            int at = from.offset() + row * n;
            if (x.dtype() == DType.F32) {
                StandardRow done = StandardRow.uncentered(from.floats(), at, n, eps);
                rstd.floats()[row] = done.rstd();
                LayerNormRows.normalize(
                        done.x(),
                        done.at(),
                        0,
                        done.factor(),
                        w.floats(),
                        w.offset(),
                        noBias,
                        0,
                        y.floats(),
                        row * n,
                        n);
                return;
            }
            StandardRowDouble done = StandardRowDouble.uncentered(from.doubles(), at, n, eps);
            rstd.doubles()[row] = done.rstd();
            for (int i = 0; i < n; i++) {
                y.doubles()[row * n + i] = done.z(i) * w.doubles()[w.offset() + i];
            }
        });
        return new RmsNorm(y, rstd);
    }

    /**
     * Returns dX = rstd (g - z mean(g z)) with g = dY w and z = x rstd.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {3, 3}, 2);
     * Tensor one = Tensor.ones(DType.F32, 2);
     * Normalization.rmsNormBackward(x, one, Normalization.rmsNorm(x, one, 0).rstd(), one); // F32[2][0.0, 0.0]
     * }
     */
    public static Tensor rmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dY) {
        requireBackward("rmsNormBackward", x, weight, dY);
        Tensor from = x.contiguous();
        Tensor w = weight.contiguous();
        Tensor d = dY.contiguous();
        int n = (int) weight.elementCount();
        int count = n == 0 ? 0 : (int) (x.elementCount() / n);
        Tensor rs = ofRows("rmsNormBackward", "rstd", x, rstd, count);
        Tensor dX = Tensor.zeros(x.dtype(), x.shape());
        Reduction.forRows(count, n, row -> {
            int at = from.offset() + row * n;
            int dAt = d.offset() + row * n;
            if (x.dtype() == DType.F32) {
                StandardRow known = StandardRow.known(from.floats(), at, n, 0, rs.floats()[row]);
                LayerNormRows.backwardUncentered(
                        known.x(),
                        known.at(),
                        known.factor(),
                        w.floats(),
                        w.offset(),
                        d.floats(),
                        dAt,
                        dX.floats(),
                        row * n,
                        n);
                known.scaleBack(dX.floats(), row * n);
                return;
            }
            StandardRowDouble known = StandardRowDouble.known(from.doubles(), at, n, 0, rs.doubles()[row]);
            inputGradient(known, false, w, d, dAt, dX.doubles(), row * n, n);
        });
        return dX;
    }

    /**
     * Returns dX = rstd (g - mean(g) - z mean(g z)) with g = dY w and z = (x - mean) rstd, {@code dY [.., n] -> [.., n]}; mean and rstd as
     * the forward returned them.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new double[] {1, 1, 3, 3}, 1, 4);
     * Tensor one = Tensor.ones(DType.F64, 1);
     * Tensor dY = Tensor.of(new double[] {4, 0, 0, 0}, 1, 4);
     * Normalization.layerNormBackward(x, Tensor.ones(DType.F64, 4), one.mul(2), one, dY); // F64[1, 4][2.0, -2.0, 0.0, 0.0]
     * }
     */
    public static Tensor layerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dY) {
        requireBackward("layerNormBackward", x, weight, dY);
        Tensor from = x.contiguous();
        Tensor w = weight.contiguous();
        Tensor d = dY.contiguous();
        int n = (int) weight.elementCount();
        int count = n == 0 ? 0 : (int) (x.elementCount() / n);
        Tensor ms = ofRows("layerNormBackward", "mean", x, mean, count);
        Tensor rs = ofRows("layerNormBackward", "rstd", x, rstd, count);
        Tensor dX = Creation.blank(x.dtype(), x.shape(), "layerNorm");
        Reduction.forRows(count, n, row -> {
            int at = from.offset() + row * n;
            int dAt = d.offset() + row * n;
            if (x.dtype() == DType.F32) {
                StandardRow known = StandardRow.known(from.floats(), at, n, ms.floats()[row], rs.floats()[row]);
                LayerNormRows.backward(
                        known.x(),
                        known.at(),
                        known.center(),
                        known.factor(),
                        w.floats(),
                        w.offset(),
                        d.floats(),
                        dAt,
                        dX.floats(),
                        row * n,
                        n);
                known.scaleBack(dX.floats(), row * n);
                return;
            }
            StandardRowDouble known =
                    StandardRowDouble.known(from.doubles(), at, n, ms.doubles()[row], rs.doubles()[row]);
            inputGradient(known, true, w, d, dAt, dX.doubles(), row * n, n);
        });
        return dX;
    }

    /** Returns the same for a layer norm without weight. */
    public static Tensor layerNormBackward(Tensor x, int normalizedAxes, Tensor mean, Tensor rstd, Tensor dY) {
        Shape trailing = trailing("layerNormBackward", x, normalizedAxes);
        return layerNormBackward(x, Tensor.full(x.dtype(), 1, trailing), mean, rstd, dY);
    }

    /**
     * Returns dW = sum of dY z and dB = sum of dY over all rows, {@code [.., n] -> [n]}, blocks of 64 rows added in order.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new double[] {1, 1, 3, 3}, 1, 4);
     * Tensor one = Tensor.ones(DType.F64, 1);
     * Tensor dY = Tensor.of(new double[] {4, 0, 0, 0}, 1, 4);
     * Normalization.layerNormParameterGradients(x, 1, one.mul(2), one, dY).dBias(); // F64[4][4.0, 0.0, 0.0, 0.0]
     * }
     */
    public static ParameterGradients layerNormParameterGradients(
            Tensor x, int normalizedAxes, Tensor mean, Tensor rstd, Tensor dY) {
        Shape trailing = trailing("layerNormParameterGradients", x, normalizedAxes);
        requireBackward("layerNormParameterGradients", x, x, dY);
        Tensor from = x.contiguous();
        Tensor d = dY.contiguous();
        int n = (int) trailing.elementCount();
        int count = n == 0 ? 0 : (int) (x.elementCount() / n);
        Tensor ms = ofRows("layerNormParameterGradients", "mean", x, mean, count);
        Tensor rs = ofRows("layerNormParameterGradients", "rstd", x, rstd, count);
        Tensor dW = Tensor.zeros(x.dtype(), trailing);
        Tensor dB = Tensor.zeros(x.dtype(), trailing);
        if (x.dtype() == DType.F64) {
            for (int row = 0; row < count; row++) {
                StandardRowDouble known = StandardRowDouble.known(
                        from.doubles(), from.offset() + row * n, n, ms.doubles()[row], rs.doubles()[row]);
                for (int i = 0; i < n; i++) {
                    double g = d.doubles()[d.offset() + row * n + i];
                    dW.doubles()[i] += g * known.z(i);
                    dB.doubles()[i] += g;
                }
            }
            return new ParameterGradients(dW, dB);
        }
        int blocks = (count + ROW_BLOCK - 1) / ROW_BLOCK;
        float[][] partW = new float[blocks][n];
        float[][] partB = new float[blocks][n];
        Reduction.forRows(blocks, ROW_BLOCK * n, block -> {
            int end = Math.min(count, (block + 1) * ROW_BLOCK);
            for (int row = block * ROW_BLOCK; row < end; row++) {
                StandardRow known = StandardRow.known(
                        from.floats(), from.offset() + row * n, n, ms.floats()[row], rs.floats()[row]);
                LayerNormRows.addParameterGradients(
                        known.x(),
                        known.at(),
                        known.center(),
                        known.factor(),
                        d.floats(),
                        d.offset() + row * n,
                        partW[block],
                        partB[block],
                        0,
                        n);
            }
        });
        for (int block = 0; block < blocks; block++) {
            Binary.ADD.apply(dW.floats(), 0, partW[block], 0, dW.floats(), 0, n);
            Binary.ADD.apply(dB.floats(), 0, partB[block], 0, dB.floats(), 0, n);
        }
        return new ParameterGradients(dW, dB);
    }

    /** dX = rstd (g - mean(g) - z mean(g z)) of one row with g = dY w, and without mean(g) if the row was not centered. */
    private static void inputGradient(
            StandardRowDouble row, boolean centered, Tensor w, Tensor dY, int dYo, double[] dX, int dXo, int n) {
        IntToDoubleFunction g = i -> dY.doubles()[dYo + i] * w.doubles()[w.offset() + i];
        double meanG = centered ? Sums.ofTree(n, g) / n : 0;
        double meanGZ = Sums.ofTree(n, i -> g.applyAsDouble(i) * row.z(i)) / n;
        for (int i = 0; i < n; i++) {
            dX[dXo + i] = row.rstd() * (g.applyAsDouble(i) - meanG - row.z(i) * meanGZ);
        }
    }

    /** Checks a backward's operands; the weight covers trailing axes of x. */
    private static void requireBackward(String name, Tensor x, Tensor weight, Tensor dY) {
        Require.floating(name, x);
        Require.sameType(name, x, weight);
        Require.sameType(name, x, dY);
        if (!dY.shape().equals(x.shape())) {
            throw ShapeRule.SAME.broken(
                    name + ": dY must have the shape of x; got " + dY.shape() + " and " + x.shape(), "dY, x", dY, x);
        }
        trailing(name, x, weight);
    }

    /** Returns one number for every row, from the start of an array. */
    private static Tensor ofRows(String name, String what, Tensor x, Tensor values, int count) {
        Require.sameType(name, x, values);
        if (values.elementCount() != count) {
            throw ShapeRule.ANY.broken(
                    name + ": " + what + " must hold one number for each of the " + count + " rows of x; got "
                            + values.shape() + " for x " + x.shape(),
                    "x, " + what,
                    x,
                    values);
        }
        return values.isContiguous() && values.offset() == 0 ? values : values.copy();
    }

    /** Returns the shape of the weight, which must be that of trailing axes of x. */
    private static Shape trailing(String name, Tensor x, Tensor weight) {
        try {
            Shape trailing = trailing(name, x, weight.rank());
            if (!trailing.equals(weight.shape())) {
                throw new ShapeException(name + ": the weight must have the trailing shape of x; got x " + x.shape()
                        + " and weight " + weight.shape());
            }
            return trailing;
        } catch (ShapeException e) {
            throw e.of(name, ShapeRule.TRAILING, "x, weight", x, weight);
        }
    }

    private static Shape trailing(String name, Tensor x, int axes) {
        if (axes < 1 || axes > x.rank()) {
            throw Require.broken(
                    name + ": must cover 1 to all trailing axes of x; got " + axes + " for shape " + x.shape(), x);
        }
        long[] sizes = new long[axes];
        for (int i = 0; i < axes; i++) {
            sizes[i] = x.size(i - axes);
        }
        return Shape.of(sizes);
    }
}
