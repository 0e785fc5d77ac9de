package luthier.tensor;

/** Fused losses. All throw {@link ShapeException} if shapes do not fit or a target is outside the classes. */
public final class Losses {
    private Losses() {}

    /** Per-row losses {@code [n]} and the softmax {@code [n, classes]} that backward needs. */
    public record CrossEntropy(Tensor rows, Tensor probabilities) {}

    /**
     * Returns y_i = (1 - e) (-log p_i[target_i]) + e mean_c(-log p_i[c]) with p = softmax(logits), 0 for rows whose target is
     * {@code ignoreIndex}. {@code logits [n, classes], target I64 [n]}.
     *
     * {@snippet :
     * Tensor logits = Tensor.of(new double[] {0, 0, 0, 0}, 2, 2);
     * Losses.crossEntropy(logits, Tensor.of(new long[] {1, -100}, 2), 0, -100).rows(); // F64[2][0.6931471805599453, 0.0]
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
        int classes = (int) logits.size(1);
        double[] logP = Softmax.logSoftmax(logits, 1).toDoubleArray();
        double[] rows = new double[targets.length];
        for (int i = 0; i < rows.length; i++) {
            if (targets[i] == ignoreIndex) {
                continue;
            }
            double hard = -logP[i * classes + (int) targets[i]];
            double even = 0;
            for (int c = 0; labelSmoothing > 0 && c < classes; c++) {
                even -= logP[i * classes + c] / classes;
            }
            rows[i] = labelSmoothing > 0 ? (1 - labelSmoothing) * hard + labelSmoothing * even : hard;
        }
        Tensor losses = Tensor.wrap(rows, Shape.of(rows.length)).to(logits.dtype());
        return new CrossEntropy(losses, Softmax.softmax(logits, 1));
    }

    /**
     * Returns dLogits = dRows_i (p_i - (1 - e) onehot(target_i) - e / classes), 0 for ignored rows.
     *
     * {@snippet :
     * Tensor p = Tensor.of(new double[] {0.5, 0.5}, 1, 2);
     * Losses.crossEntropyBackward(p, Tensor.of(new long[] {1}, 1), 0, -100, Tensor.ones(DType.F64, 1)); // F64[1, 2][0.5, -0.5]
     * }
     */
    public static Tensor crossEntropyBackward(
            Tensor probabilities, Tensor target, double labelSmoothing, long ignoreIndex, Tensor dRows) {
        long[] targets = targets(probabilities, target, ignoreIndex);
        int classes = (int) probabilities.size(1);
        double[] p = probabilities.toDoubleArray();
        double[] d = dRows.toDoubleArray();
        for (int i = 0; i < targets.length; i++) {
            boolean ignored = targets[i] == ignoreIndex;
            for (int c = 0; c < classes; c++) {
                double share = (c == targets[i] ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
                int at = i * classes + c;
                p[at] = ignored ? 0 : d[i] * (p[at] - share);
            }
        }
        return Tensor.wrap(p, probabilities.shape()).to(probabilities.dtype());
    }

    private static long[] targets(Tensor logits, Tensor target, long ignoreIndex) {
        Elementwise.requireFloating("crossEntropy", logits);
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
