package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Reduction;
import luthier.tensor.Scan;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/**
 * Differentiable running sums, products and extremes along one axis. The derivatives are scans themselves, without a division: a zero among
 * the factors costs no digit.
 */
public final class ScanOps {
    private static final String WHERE_FOUND = "{dY} added where it was found, the last of equals, in zeros of {s0}";
    private static final Formula MAXIMA = Formula.of("running maxima of {0}", WHERE_FOUND);
    private static final Formula MINIMA = Formula.of("running minima of {0}", WHERE_FOUND);

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
        Tensor y = Misfit.explained(x, t -> Scan.cumsum(t, axis, exclusive, reverse));
        return Variable.record(y, new CumSum(axis, exclusive, reverse), x);
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
                    m -> m.with("x", x),
                    ShapeRule.ANY,
                    () -> x.rank() == 0
                            ? ShapeOps.squeeze(cumprod(ShapeOps.unsqueeze(x, 0), axis, exclusive, reverse), 0)
                            : MovementOps.flip(cumprod(MovementOps.flip(x, axis), axis, exclusive, false), axis));
        }
        Tensor y = Misfit.explained(x, t -> Scan.cumprod(t, axis, exclusive, false));
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

    // ---- extremes

    /**
     * y_i = max(x_0, ..., x_i) along an axis and its index; dX = dY added where it was found, at the last of equals, as in PyTorch. Saves the
     * indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1, 3, 2, 3}, 4);
     * Transforms.grad(v -> ScanOps.cummax(v, 0).values().sum(), x); // F32[4][1.0, 2.0, 0.0, 1.0]
     * }
     */
    public static SortingOps.Ordered cummax(Variable x, int axis) {
        if (x.rank() == 0) {
            return SortingOps.scalar("cummax", x, line -> cummax(line, axis));
        }
        Reduction.WithIndex found = Misfit.explained(x, t -> Scan.cummax(t, axis));
        return SortingOps.ordered("CumMax", MAXIMA, x, axis, found.values(), found.indices());
    }

    /**
     * y_i = min(x_0, ..., x_i) along an axis and its index; dX = dY added where it was found, at the last of equals. Saves the indices.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {3, 1, 2, 1}, 4);
     * Transforms.grad(v -> ScanOps.cummin(v, 0).values().sum(), x); // F32[4][1.0, 2.0, 0.0, 1.0]
     * }
     */
    public static SortingOps.Ordered cummin(Variable x, int axis) {
        if (x.rank() == 0) {
            return SortingOps.scalar("cummin", x, line -> cummin(line, axis));
        }
        Reduction.WithIndex found = Misfit.explained(x, t -> Scan.cummin(t, axis));
        return SortingOps.ordered("CumMin", MINIMA, x, axis, found.values(), found.indices());
    }

    // ---- logarithms of sums

    /**
     * y_i = log(e^x_0 + ... + e^x_i) along an axis; dX_k = e^(x_k - m_k) r_k with r_k = dY_k / s_k + e^(m_k - m_(k+1)) r_(k+1), m the running
     * maxima and s the sums without them, y = m + log(s), so that no exponent is above 0 and nothing is rebuilt from a rounded y; 0 where
     * y_k is -infinity. Saves x.
     *
     * {@snippet :
     * Tensor x = Tensor.of(new float[] {1000, 1000}, 2);
     * Transforms.grad(v -> ScanOps.logCumSumExp(v, 0).sum(), x); // F32[2][1.5, 0.5]
     * }
     */
    public static Variable logCumSumExp(Variable x, int axis) {
        if (x.rank() == 0) {
            return Misfit.composed(
                    "logCumSumExp",
                    m -> m.with("x", x),
                    ShapeRule.ANY,
                    () -> ShapeOps.squeeze(logCumSumExp(ShapeOps.unsqueeze(x, 0), axis), 0));
        }
        Tensor y = Misfit.explained(x, t -> Scan.logCumSumExp(t, axis));
        return Variable.record(y, new LogCumSumExp(x, axis), x);
    }

    private record LogCumSumExp(Variable x, int axis) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor most = Scan.cummax(x.value(), axis).values();
            Tensor none = Comparison.equal(most, Double.NEGATIVE_INFINITY);
            Variable m = Variable.constant(most);
            Variable factor = factor(shifted(m, axis, 1).sub(m), none);
            Variable term = factor(x.sub(m), none);
            Variable sums = SelectionOps.maskedFill(recurrence(factor, term, axis), none, 1);
            Variable part = SelectionOps.maskedFill(dY.div(sums), none, 0);
            Variable next = MovementOps.flip(shifted(factor, axis, -1), axis);
            gradients.set(0, term.mul(MovementOps.flip(recurrence(next, MovementOps.flip(part, axis), axis), axis)));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "log of the running sums of e^{0}",
                            "e^(x[i] - m[i]) * r[i], r[i] = dY[i] / s[i] + e^(m[i] - m[i + 1]) * r[i + 1], x = {n0}, dY = {ndY},"
                                    + " m the running maxima, s = e^({ny} - m)")
                    .with("axis", axis);
        }

        private static Variable factor(Variable exponent, Tensor none) {
            return ElementaryOps.exp(SelectionOps.maskedFill(exponent, none, Double.NEGATIVE_INFINITY));
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
            gradients.set(0, () -> r.mul(shifted(recurrence(factor, term, axis), axis, 1)));
            gradients.set(1, () -> r);
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
