package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Matmul;
import luthier.tensor.ShapeException;

/** Differentiable matrix products. */
public final class MatmulOps {
    private MatmulOps() {}

    /**
     * Y = A B; dA = dY B^T, dB = A^T dY. {@code [.., m, k] x [.., k, n] -> [.., m, n]}; leading axes broadcast, and a rank-1
     * operand is a row on the left, a column on the right.
     *
     * @throws ShapeException if the inner dimensions differ or the leading axes do not broadcast
     */
    public static Variable matmul(Variable a, Variable b) {
        try {
            if (a.rank() == 1 && b.rank() >= 1) {
                return ShapeOps.squeeze(matmul(ShapeOps.unsqueeze(a, 0), b), b.rank() == 1 ? 0 : -2);
            }
            if (b.rank() == 1 && a.rank() >= 1) {
                return ShapeOps.squeeze(matmul(a, ShapeOps.unsqueeze(b, 1)), -1);
            }
            return Variable.record(Matmul.matmul(a.value(), b.value()), new MatrixProduct(a, b), a, b);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("a", a).with("b", b).by(Fit.MATMUL);
        }
    }

    private record MatrixProduct(Variable a, Variable b) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                gradients.set(0, ReductionOps.sumTo(matmul(dY, ShapeOps.transpose(b, -2, -1)), a.shape()));
            }
            if (gradients.wants(1)) {
                gradients.set(1, ReductionOps.sumTo(matmul(ShapeOps.transpose(a, -2, -1), dY), b.shape()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.batched("{0} {1}", "{dY} {1}^T", "{0}^T {dY}");
        }

        @Override
        public String operation() {
            return "Matmul";
        }
    }

    /** Y = X W^T without a bias; see {@link #linear(Variable, Variable, Variable)}. */
    public static Variable linear(Variable x, Variable weight) {
        try {
            return Variable.record(Matmul.linear(x.value(), weight.value()), new Linear(x, weight), x, weight);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).with("weight", weight).by(Fit.LINEAR);
        }
    }

    /**
     * Y = X W^T + b; dX = dY W, dW = dY^T X, db = sum of dY over rows. {@code x [.., in], weight [out, in], bias [out] -> [..,
     * out]}.
     *
     * @throws ShapeException if the inner dimensions differ
     */
    public static Variable linear(Variable x, Variable weight, Variable bias) {
        try {
            return Variable.record(
                    Matmul.linear(x.value(), weight.value(), bias.value()), new Linear(x, weight), x, weight, bias);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .with("x", x)
                    .with("weight", weight)
                    .with("bias", bias)
                    .by(Fit.LINEAR);
        }
    }

    private record Linear(Variable x, Variable weight) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable rows = ShapeOps.reshape(dY, -1, weight.size(0));
            if (gradients.wants(0)) {
                gradients.set(
                        0, ShapeOps.reshape(matmul(rows, weight), x.shape().toArray()));
            }
            if (gradients.wants(1)) {
                Variable inputs = ShapeOps.reshape(x, -1, weight.size(1));
                gradients.set(1, matmul(ShapeOps.transpose(rows, 0, 1), inputs));
            }
            if (gradients.count() > 2 && gradients.wants(2)) {
                gradients.set(2, ReductionOps.sum(rows, false, 0));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} {1}^T{+2}", "{dY} {1}", "{dY}^T {0}", "sumTo({dY}, {s2})");
        }
    }
}
