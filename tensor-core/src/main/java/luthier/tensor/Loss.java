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
        int n = (int) logits.size(1);
        Tensor x = logits.contiguous();
        Tensor rows = Tensor.zeros(x.dtype(), targets.length);
        Tensor largest = Tensor.zeros(x.dtype(), targets.length);
        Tensor sums = Tensor.ones(x.dtype(), targets.length);
        Reduction.forRows(targets.length, n, x.dtype() == DType.F32 ? 0.5 : 30, row -> {
            if (targets[row] == ignoreIndex) {
                return;
            }
            int at = x.offset() + row * n;
            int hit = (int) targets[row];
            if (x.dtype() == DType.F32) {
                rows.floats()[row] = CrossEntropyRows.loss(
                        x.floats(), at, n, hit, (float) labelSmoothing, largest.floats(), sums.floats(), row);
            } else {
                double shift = Softmax.max(x.doubles(), at, n);
                double sum = Softmax.sumExp(x.doubles(), at, shift, n);
                largest.doubles()[row] = shift;
                sums.doubles()[row] = sum;
                rows.doubles()[row] = loss(x.doubles(), at, n, hit, labelSmoothing, shift, StrictMath.log(sum));
            }
        });
        return new CrossEntropy(rows, largest, sums);
    }

    private static double loss(double[] x, int at, int n, int target, double smoothing, double shift, double log) {
        double hard = shift - x[at + target] + log;
        if (smoothing == 0) {
            return hard;
        }
        double distance = 0;
        for (int i = 0; i < n; i++) {
            distance += x[at + i] - shift;
        }
        return (1 - smoothing) * hard + smoothing * (log - distance / n);
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
        Operands.requireSameType("crossEntropyBackward", logits, dRows);
        int n = (int) logits.size(1);
        Tensor x = logits.contiguous();
        Tensor d = dRows.contiguous();
        Tensor dX = Tensor.zeros(x.dtype(), x.shape());
        Reduction.forRows(targets.length, n, x.dtype() == DType.F32 ? 0.5 : 30, row -> {
            if (targets[row] == ignoreIndex) {
                return;
            }
            int at = x.offset() + row * n;
            int hit = row * n + (int) targets[row];
            if (x.dtype() == DType.F32) {
                float dRow = d.floats()[d.offset() + row];
                float e = (float) labelSmoothing;
                float shift = done.largest().floats()[row];
                float factor = dRow / done.sums().floats()[row];
                CrossEntropyRows.gradient(x.floats(), at, shift, factor, dRow * e / n, dX.floats(), row * n, n);
                dX.floats()[hit] -= dRow * (1 - e);
                return;
            }
            double dRow = d.doubles()[d.offset() + row];
            double shift = done.largest().doubles()[row];
            double factor = dRow / done.sums().doubles()[row];
            for (int i = 0; i < n; i++) {
                double p = factor * StrictMath.exp(x.doubles()[at + i] - shift);
                dX.doubles()[row * n + i] = p - dRow * labelSmoothing / n;
            }
            dX.doubles()[hit] -= dRow * (1 - labelSmoothing);
        });
        return dX;
    }

    private static long[] targets(Tensor logits, Tensor target, long ignoreIndex) {
        Operands.requireFloating("crossEntropy", logits);
        if (target.dtype() != DType.I64) {
            throw new DTypeException("crossEntropy: targets must be class numbers of type I64; got " + target.dtype());
        }
        if (logits.rank() != 2 || target.rank() != 1 || logits.size(0) != target.size(0)) {
            throw new ShapeException("crossEntropy: logits must be [n, classes] and target [n]; got " + logits.shape()
                    + " and " + target.shape());
        }
        long[] targets = target.toLongArray();
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] != ignoreIndex && (targets[i] < 0 || targets[i] >= logits.size(1))) {
                throw new ShapeException("crossEntropy: targets must be in [0, " + logits.size(1)
                        + ") or the ignore index " + ignoreIndex + "; got " + targets[i] + " in row " + i);
            }
        }
        return targets;
    }
}
