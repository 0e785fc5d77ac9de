package luthier.tensor;

import luthier.tensor.kernel.CrossEntropyRows;

/** Fused losses. All throw {@link ShapeException} if shapes do not fit or a target is outside the classes. */
public final class Loss {
    private Loss() {}

    /**
     * Per-row losses {@code [n]} and what backward needs beside the logits, one number a row each: the largest logit and the sum
     * of e^(logit - largest). The probabilities {@code [n, classes]} are never stored.
     */
    public record CrossEntropy(Tensor rows, Tensor largest, Tensor sums) {}

    /**
     * Returns y_i = (1 - e) (-log p_i[target_i]) + e mean_c(-log p_i[c]) with p = softmax(logits), 0 for rows whose target is
     * {@code ignoreIndex}, for F32 and F64. {@code logits [n, classes], target I64 [n]}. A row with NaN or nothing but minus
     * infinities gives NaN.
     *
     * {@snippet :
     * Tensor logits = Tensor.of(new double[] {0, 0, 0, 0}, 2, 2);
     * Loss.crossEntropy(logits, Tensor.of(new long[] {1, -100}, 2), 0, -100).rows(); // F64[2][0.6931471805599453, 0.0]
     * }
     *
     * @param labelSmoothing the share e of the target spread evenly over all classes, in [0, 1]
     */
    public static CrossEntropy crossEntropy(Tensor logits, Tensor target, double labelSmoothing, long ignoreIndex) {
        long[] targets = targets(logits, target, ignoreIndex);
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException(
                    "crossEntropy: label smoothing must be in [0, 1]; got " + labelSmoothing);
        }
        if (logits.dtype() == DType.F64) {
            return composed(logits, target, labelSmoothing, ignoreIndex);
        }
        int n = (int) logits.size(1);
        Tensor x = logits.contiguous();
        Tensor rows = Tensor.zeros(DType.F32, targets.length);
        Tensor largest = Tensor.zeros(DType.F32, targets.length);
        Tensor sums = Tensor.ones(DType.F32, targets.length);
        Reduction.forRows(targets.length, n, 0.5, row -> {
            if (targets[row] != ignoreIndex) {
                rows.floats()[row] = CrossEntropyRows.loss(
                        x.floats(),
                        x.offset() + row * n,
                        n,
                        (int) targets[row],
                        (float) labelSmoothing,
                        largest.floats(),
                        sums.floats(),
                        row);
            }
        });
        return new CrossEntropy(rows, largest, sums);
    }

    /** The loss from general operations: log p = x - largest - log sum e^(x - largest). */
    private static CrossEntropy composed(Tensor x, Tensor target, double labelSmoothing, long ignoreIndex) {
        if (x.elementCount() == 0) {
            Tensor nothing = Tensor.zeros(DType.F64, target.size(0));
            return new CrossEntropy(nothing, nothing, nothing);
        }
        Tensor ignored = Comparison.equal(target, Tensor.scalar(ignoreIndex));
        Tensor largest = Reduction.max(x, new int[] {1}, true);
        Tensor shifted = x.sub(largest);
        Tensor sums = Reduction.sum(shifted.exp(), new int[] {1}, true);
        Tensor logP = shifted.sub(sums.log());
        Tensor hit = Selection.maskedFill(target, ignored, 0).unsqueeze(1);
        Tensor loss = Indexing.gather(logP, 1, hit).squeeze(1).mul(labelSmoothing - 1);
        if (labelSmoothing == 1) {
            // The target itself counts for nothing, even where it is impossible.
            loss = Tensor.zeros(DType.F64, loss.shape());
        }
        if (labelSmoothing > 0) {
            loss = loss.sub(logP.mean(1).mul(labelSmoothing));
        }
        return new CrossEntropy(Selection.maskedFill(loss, ignored, 0), largest.squeeze(1), sums.squeeze(1));
    }

    /**
     * Returns dLogits = dRows_i (p_i - (1 - e) onehot(target_i) - e / classes), 0 for ignored rows; p is computed again from the
     * logits and the two numbers of each row.
     *
     * {@snippet :
     * Tensor logits = Tensor.of(new double[] {7, 7}, 1, 2);
     * Tensor target = Tensor.of(new long[] {1}, 1);
     * Loss.CrossEntropy done = Loss.crossEntropy(logits, target, 0, -100);
     * Loss.crossEntropyBackward(logits, target, 0, -100, done, Tensor.ones(DType.F64, 1)); // F64[1, 2][0.5, -0.5]
     * }
     */
    public static Tensor crossEntropyBackward(
            Tensor logits, Tensor target, double labelSmoothing, long ignoreIndex, CrossEntropy done, Tensor dRows) {
        long[] targets = targets(logits, target, ignoreIndex);
        Require.sameType("crossEntropyBackward", logits, dRows);
        Require.gradient("crossEntropyBackward", dRows, target.shape());
        if (logits.dtype() == DType.F64) {
            return composed(logits, target, labelSmoothing, ignoreIndex, done, dRows);
        }
        int n = (int) logits.size(1);
        Tensor x = logits.contiguous();
        Tensor d = dRows.contiguous();
        Tensor dX = Tensor.zeros(DType.F32, x.shape());
        float e = (float) labelSmoothing;
        Reduction.forRows(targets.length, n, 0.5, row -> {
            // A row that nobody asks for has no gradient, whatever its logits are.
            if (targets[row] == ignoreIndex || d.floats()[d.offset() + row] == 0) {
                return;
            }
            float dRow = d.floats()[d.offset() + row];
            float shift = done.largest().floats()[row];
            float factor = dRow / done.sums().floats()[row];
            CrossEntropyRows.gradient(
                    x.floats(), x.offset() + row * n, shift, factor, dRow * e / n, dX.floats(), row * n, n);
            dX.floats()[row * n + (int) targets[row]] -= dRow * (1 - e);
        });
        return dX;
    }

    /** The gradient from general operations. */
    private static Tensor composed(
            Tensor x, Tensor target, double labelSmoothing, long ignoreIndex, CrossEntropy done, Tensor dRows) {
        if (x.elementCount() == 0) {
            return Tensor.zeros(DType.F64, x.shape());
        }
        Tensor ignored = Comparison.equal(target, Tensor.scalar(ignoreIndex));
        Tensor p = x.sub(done.largest().unsqueeze(1)).exp().div(done.sums().unsqueeze(1));
        Tensor oneHot = Indexing.oneHot(Selection.maskedFill(target, ignored, 0), x.size(1), DType.F64);
        Tensor wanted = oneHot.mul(1 - labelSmoothing).add(labelSmoothing / x.size(1));
        Tensor unasked = Comparison.logicalOr(ignored, Comparison.equal(dRows, 0));
        return Selection.maskedFill(p.sub(wanted).mul(dRows.unsqueeze(1)), unasked.unsqueeze(1), 0);
    }

    private static long[] targets(Tensor logits, Tensor target, long ignoreIndex) {
        Require.floating("crossEntropy", logits);
        if (target.dtype() != DType.I64) {
            throw new DTypeException("crossEntropy: targets must be class numbers of type I64; got " + target.dtype());
        }
        if (logits.rank() != 2 || target.rank() != 1 || logits.size(0) != target.size(0)) {
            throw ShapeRule.classes(1)
                    .broken(
                            "crossEntropy: logits must be [n, classes] and target [n]; got " + logits.shape() + " and "
                                    + target.shape(),
                            "logits, target",
                            logits,
                            target);
        }
        long[] targets = target.toLongArray();
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] != ignoreIndex && (targets[i] < 0 || targets[i] >= logits.size(1))) {
                throw new ShapeException(
                        "crossEntropy: targets must be in [0, " + logits.size(1) + ") or the ignore index "
                                + ignoreIndex + "; got " + targets[i] + " in row " + i,
                        ShapeRule.overrun(1),
                        Operand.of("logits, target", logits, target),
                        Operand.fromOne("target", target, logits.size(1)));
            }
        }
        return targets;
    }
}
