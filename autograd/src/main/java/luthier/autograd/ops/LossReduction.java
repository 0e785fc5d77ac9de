package luthier.autograd.ops;

import luthier.autograd.Variable;

/** What becomes of the losses of single elements. */
public enum LossReduction {
    /** They stay. */
    NONE,
    /** Their mean; NaN of none. */
    MEAN,
    /** Their sum. */
    SUM,
    /** Their sum divided by the size of axis 0: the mean of a batch whose rows are distributions. */
    BATCH_MEAN;

    Variable of(Variable losses) {
        return switch (this) {
            case NONE -> losses;
            case MEAN -> ReductionOps.mean(losses);
            case SUM -> ReductionOps.sum(losses);
            case BATCH_MEAN -> ElementwiseOps.mul(ReductionOps.sum(losses), 1.0 / losses.size(0));
        };
    }
}
