package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Matmul;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;

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
            throw Misfit.of(e).with("a", a).with("b", b).by(ShapeRule.MATMUL);
        }
    }

    private record MatrixProduct(Variable a, Variable b) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> ReductionOps.sumTo(matmul(dY, ShapeOps.transpose(b, -2, -1)), a.shape()));
            gradients.set(1, () -> ReductionOps.sumTo(matmul(ShapeOps.transpose(a, -2, -1), dY), b.shape()));
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
            throw Misfit.of(e).with("x", x).with("weight", weight).by();
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
                    .by();
        }
    }

    private record Linear(Variable x, Variable weight) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable rows = ShapeOps.reshape(dY, -1, weight.size(0));
            gradients.set(
                    0, () -> ShapeOps.reshape(matmul(rows, weight), x.shape().toArray()));
            if (gradients.wants(1)) {
                Variable inputs = ShapeOps.reshape(x, -1, weight.size(1));
                gradients.set(1, matmul(ShapeOps.transpose(rows, 0, 1), inputs));
            }
            if (gradients.count() > 2 && gradients.wants(2)) {
                gradients.set(2, ReductionOps.sum(rows, 0));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} {1}^T{+2}", "{dY} {1}", "{dY}^T {0}", "sumTo({dY}, {s2})");
        }
    }

    /**
     * Y = X W; dX = dY W^T, for a frozen weight W [in, out] however it is stored. {@code x [.., in] -> [.., out]}.
     *
     * @throws ShapeException if x does not end in the weight's first size
     */
    public static Variable matmul(Variable x, FrozenMatrix weight) {
        return Variable.record(Misfit.explained(x, value -> Matmul.matmul(value, weight)), new FrozenMatmul(weight), x);
    }

    private record FrozenMatmul(FrozenMatrix weight) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, linear(dY, weight));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} W", "{dY} W^T");
        }
    }

    /** Y = X W^T without a bias; see {@link #linear(Variable, FrozenMatrix, Variable)}. */
    public static Variable linear(Variable x, FrozenMatrix weight) {
        return Variable.record(Misfit.explained(x, value -> Matmul.linear(value, weight)), new FrozenLinear(weight), x);
    }

    /**
     * Y = X W^T + b; dX = dY W, db = sum of dY over rows, for a frozen weight W [out, in] however it is stored. {@code x [.., in], bias [out] ->
     * [.., out]}.
     *
     * @throws ShapeException if the inner dimensions differ
     */
    public static Variable linear(Variable x, FrozenMatrix weight, Variable bias) {
        try {
            return Variable.record(Matmul.linear(x.value(), weight, bias.value()), new FrozenLinear(weight), x, bias);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("x", x).with("bias", bias).by();
        }
    }

    private record FrozenLinear(FrozenMatrix weight) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> matmul(dY, weight));
            if (gradients.count() > 1 && gradients.wants(1)) {
                gradients.set(1, ReductionOps.sum(ShapeOps.reshape(dY, -1, dY.size(-1)), 0));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} W^T{+1}", "{dY} W", "sumTo({dY}, {s1})");
        }
    }
}
