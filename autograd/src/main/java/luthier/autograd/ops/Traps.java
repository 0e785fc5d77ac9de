package luthier.autograd.ops;

import luthier.autograd.BackwardRule;

/** Rules of operations that share a well-known way to a first NaN or infinity, and what helps there. */
final class Traps {
    private Traps() {}

    interface Logarithm extends BackwardRule {
        @Override
        default String remedy() {
            return "the logarithm needs x > 0; add a small number, clamp from below, choose first (log(where(ok, x, 1))), or stay with"
                    + " log-probabilities (logSoftmax, logSigmoid)";
        }
    }

    interface Root extends BackwardRule {
        @Override
        default String remedy() {
            return "the root needs x >= 0 and its slope is infinite at 0; add a small number under the root, or use norm or std, whose"
                    + " gradients at 0 are 0";
        }
    }

    interface Divisor extends BackwardRule {
        @Override
        default String remedy() {
            return "the divisor is 0 somewhere; add a small number, or choose first: a / where(ok, b, 1)";
        }
    }

    interface Power extends BackwardRule {
        @Override
        default String remedy() {
            return "a negative base has no real power, and 0 to a negative power is infinite; clamp the base";
        }
    }

    interface Exponential extends BackwardRule {
        @Override
        default String remedy() {
            return "the exponent is too large (F32 overflows at 88.7); subtract the maximum first, as softmax and logSumExp do";
        }
    }

    /** The inverses of sine and cosine. */
    interface Arc extends BackwardRule {
        @Override
        default String remedy() {
            return "the argument must lie in [-1, 1], and the slope is infinite at both ends";
        }
    }

    interface Softmax extends BackwardRule {
        @Override
        default String remedy() {
            return "a row has no finite element; leave one key visible in every row, or use maskedSoftmax or attention's mask, which"
                    + " give zeros";
        }
    }

    /** Variances and their roots. */
    interface Deviation extends BackwardRule {
        @Override
        default String remedy() {
            return "there must be more elements than the correction; one element has no variance with correction 1: use 0";
        }
    }

    /** Divisions by a deviation or a length of rows. */
    interface Normalization extends BackwardRule {
        @Override
        default String remedy() {
            return "a row without deviation divides by sqrt(eps); choose eps > 0, such as 1e-5";
        }
    }

    /** Singular vectors and eigenvectors. */
    interface Vectors extends BackwardRule {
        @Override
        default String remedy() {
            return "vectors of equal values have no derivative; use the values alone, or move the matrix apart by a small diagonal of"
                    + " different numbers";
        }
    }
}
