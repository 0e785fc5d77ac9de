package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Scan;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Differentiable running sums and products along one axis. Both derivatives are scans themselves, without a division: a zero among
 * the factors costs no digit.
 */
public final class ScanOps {
    private ScanOps() {}

    /**
     * y_i = x_0 + ... + x_i along an axis; dX_i = dY_i + ... + dY_(n-1), the sums from the other end.
     *
     * {@snippet :
     * Transforms.grad(x -> ScanOps.cumsum(x, 0).sum(), Tensor.of(new float[] {1, 2, 3}, 3)); // F32[3][3.0, 2.0, 1.0]
     * }
     */
    public static Variable cumsum(Variable x, int axis) {
        return cumsum(x, axis, false, false);
    }

    /**
     * y = the running sums of x along an axis; dX = those of dY from the other end, exclusive if y's are.
     *
     * @param exclusive whether y_i leaves x_i out and so starts with 0
     * @param reverse whether to run from the end
     */
    public static Variable cumsum(Variable x, int axis, boolean exclusive, boolean reverse) {
        try {
            Tensor y = Scan.cumsum(x.value(), axis, exclusive, reverse);
            return Variable.record(y, new CumSum(axis, exclusive, reverse), x);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).axes(x.rank(), axis).by(Fit.ANY);
        }
    }

    private record CumSum(int axis, boolean exclusive, boolean reverse) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, cumsum(dY, axis, exclusive, !reverse));
        }

        @Override
        public Formula formula() {
            return Formula.of("running sums of {0}", "running sums of {dY} from the other end")
                    .with("axis", axis)
                    .with("exclusive", exclusive)
                    .with("reverse", reverse);
        }
    }

    /**
     * y_i = x_0 ... x_i, multiplied, along an axis; dX_k = (x_0 ... x_(k-1)) r_k with r_k = dY_k + x_(k+1) r_(k+1). Saves x.
     * Exact with zeros: nothing is divided.
     *
     * {@snippet :
     * Transforms.grad(x -> ScanOps.cumprod(x, 0).sum(), Tensor.of(new float[] {2, 0, 3}, 3)); // F32[3][1.0, 8.0, 0.0]
     * }
     */
    public static Variable cumprod(Variable x, int axis) {
        return cumprod(x, axis, false, false);
    }

    /**
     * y = the running products of x along an axis; the derivative is that of {@link #cumprod(Variable, int)} with dY moved one place
     * towards the start if y is exclusive, and run from the other end if y is.
     *
     * @param exclusive whether y_i leaves x_i out and so starts with 1
     * @param reverse whether to run from the end
     */
    public static Variable cumprod(Variable x, int axis, boolean exclusive, boolean reverse) {
        if (x.rank() == 0 || reverse) {
            return Misfit.composed(
                    "cumprod",
                    m -> m.with("x", x).axes(x.rank(), axis),
                    Fit.ANY,
                    () -> x.rank() == 0
                            ? ShapeOps.squeeze(cumprod(ShapeOps.unsqueeze(x, 0), axis, exclusive, reverse), 0)
                            : MovementOps.flip(cumprod(MovementOps.flip(x, axis), axis, exclusive, false), axis));
        }
        Tensor y = Misfit.explained(x, new int[] {axis}, t -> Scan.cumprod(t, axis, exclusive, false));
        return Variable.record(y, new CumProd(x, axis, exclusive), x);
    }

    private record CumProd(Variable x, int axis, boolean exclusive) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable before = cumprod(x, axis, true, false);
            Variable factor = MovementOps.flip(shifted(x, axis, -1), axis);
            Variable term = MovementOps.flip(exclusive ? shifted(dY, axis, -1) : dY, axis);
            Variable behind = MovementOps.flip(recurrence(factor, term, axis), axis);
            gradients.set(0, before.mul(behind));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "running products of {0}",
                            "(the product before i) * r[i], r[i] = dY[i] + x[i + 1] * r[i + 1], dY = {ndY}, x = {n0}")
                    .with("axis", axis)
                    .with("exclusive", exclusive);
        }
    }

    /** y_i = x_(i - by), 0 where there is none; by is 1 or -1. */
    private static Variable shifted(Variable x, int axis, int by) {
        long n = x.size(axis);
        if (n == 0) {
            return x;
        }
        long[] widths = new long[2 * (x.rank() - x.shape().axis(axis, "shift"))];
        widths[widths.length - 2] = by;
        widths[widths.length - 1] = -by;
        return PaddingOps.constant(x, 0, widths);
    }

    /**
     * y_i = term_i + factor_i y_(i-1) along an axis, y_(-1) = 0. Its gradient is the same recurrence from the other end: r_i = dY_i +
     * factor_(i+1) r_(i+1), dTerm_i = r_i, dFactor_i = r_i y_(i-1).
     */
    private static Variable recurrence(Variable factor, Variable term, int axis) {
        Tensor y = recurrence(factor.value(), term.value(), axis);
        return Variable.record(y, new Recurrence(factor, term, axis), factor, term);
    }

    private record Recurrence(Variable factor, Variable term, int axis) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable back = MovementOps.flip(shifted(factor, axis, -1), axis);
            Variable r = MovementOps.flip(recurrence(back, MovementOps.flip(dY, axis), axis), axis);
            if (gradients.wants(0)) {
                gradients.set(0, r.mul(shifted(recurrence(factor, term, axis), axis, 1)));
            }
            if (gradients.wants(1)) {
                gradients.set(1, r);
            }
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "v[i] = {n1}[i] + {n0}[i] * v[i - 1]",
                            "r[i] * v[i - 1], r[i] = dY[i] + {n0}[i + 1] * r[i + 1], dY = {ndY}",
                            "r, r[i] = dY[i] + {n0}[i + 1] * r[i + 1], dY = {ndY}")
                    .with("axis", axis);
        }
    }

    /** In double precision, rounded at every place. */
    private static Tensor recurrence(Tensor factor, Tensor term, int axis) {
        double[] f = factor.transpose(axis, -1).toDoubleArray();
        Tensor rows = term.transpose(axis, -1);
        double[] y = rows.toDoubleArray();
        int n = (int) term.size(axis);
        for (int i = 0; i < y.length; i++) {
            y[i] += i % n == 0 ? 0 : f[i] * y[i - 1];
        }
        return Tensor.of(y, rows.shape().toArray())
                .transpose(axis, -1)
                .contiguous()
                .to(term.dtype());
    }
}
