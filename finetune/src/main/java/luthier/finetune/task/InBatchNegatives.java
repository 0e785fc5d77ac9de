package luthier.finetune.task;

import java.util.List;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * The loss of embeddings in which the documents of the other rows of a batch are the negatives. The batch is the set of negatives:
 * accumulating micro batches makes a larger mean, not a larger set, see {@link #announcement}.
 */
public final class InBatchNegatives {
    private static final double SHORTEST = 1e-8;

    private InBatchNegatives() {}

    /**
     * y = the mean over i of -log(e^(scale s_i,p(i)) / sum_j e^(scale s_ij)), s_ij = cos(anchor i, document j), where j runs over all
     * documents but those of the same text as the own one: equal positives are not pushed apart. {@code anchors [n, d], documents [m, d]
     * -> one number}, in nats. Documents are the positives and, behind them, hard negatives if there are any. Henderson et al. 2017,
     * arXiv:1705.00652, section 4.
     * <p><b>Differences:</b> equal texts are left out.
     *
     * @param texts of the documents
     * @param positive the index of each anchor's own document
     * @param scale the inverse of the temperature, usually 20
     * @throws ShapeException if the shapes do not fit
     * @throws IllegalArgumentException if an index names no document, or the scale is not positive and finite
     */
    public static Variable loss(
            Variable anchors, Variable documents, List<String> texts, int[] positive, double scale) {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException(
                    "in-batch negatives: the scale must be positive and finite; got " + scale);
        }
        if (anchors.rank() != 2
                || documents.rank() != 2
                || anchors.size(1) != documents.size(1)
                || anchors.size(0) != positive.length
                || documents.size(0) != texts.size()) {
            throw new ShapeException("in-batch negatives: anchors [n, d], documents [m, d], n own documents and m texts"
                    + " must agree; got " + anchors.shape() + ", " + documents.shape() + ", " + positive.length + ", "
                    + texts.size());
        }
        Variable cosines = MatmulOps.matmul(unit(anchors), ShapeOps.transpose(unit(documents), 0, 1));
        Variable scores = SelectionOps.maskedFill(cosines.mul(scale), twins(texts, positive), Double.NEGATIVE_INFINITY);
        long[] target = new long[positive.length];
        for (int i = 0; i < target.length; i++) {
            target[i] = positive[i];
        }
        return LossOps.crossEntropy(scores, Tensor.of(target, target.length));
    }

    private static Variable unit(Variable x) {
        Variable length = NormsOps.norm(x, new int[] {1}, 2, true);
        return x.div(SelectionOps.maximum(length, SHORTEST));
    }

    /** True where a document has the text of the row's own one and is another. */
    private static Tensor twins(List<String> texts, int[] positive) {
        int m = texts.size();
        boolean[] twins = new boolean[Math.multiplyExact(positive.length, m)];
        for (int i = 0; i < positive.length; i++) {
            if (positive[i] < 0 || positive[i] >= m) {
                throw new IllegalArgumentException("in-batch negatives: an own document must be below " + m + "; got "
                        + positive[i] + " in row " + (i + 1));
            }
            for (int j = 0; j < m; j++) {
                twins[i * m + j] = j != positive[i] && texts.get(j).equals(texts.get(positive[i]));
            }
        }
        return Tensor.of(twins, positive.length, m);
    }

    /**
     * Returns what a run says before its first step: how many negatives a row has, and that accumulating adds none.
     *
     * {@snippet :
     * InBatchNegatives.announcement(8, 4); // every row has the other 7 rows of its batch as negatives; accumulating 4 batches adds none: for more, raise batch-size
     * }
     */
    public static String announcement(int batchSize, int accumulate) {
        String negatives = "every row has the other " + (batchSize - 1) + " rows of its batch as negatives";
        return accumulate == 1
                ? negatives
                : negatives + "; accumulating " + accumulate + " batches adds none: for more, raise batch-size";
    }
}
