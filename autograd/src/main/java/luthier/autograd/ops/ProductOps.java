package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Product;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;

/** Differentiable products of vectors and of blocks. All throw {@link DTypeException} if types differ or are not floating. */
public final class ProductOps {
    private ProductOps() {}

    /**
     * y = sum_i a_i b_i over the last axis; dA = dY b, dB = dY a. {@code a [.., n], b [.., n] -> [..]}, leading axes broadcast.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new float[] {1, 2}, 2));
     * ProductOps.dot(a, Variable.constant(Tensor.of(new float[] {3, 4}, 2))).value(); // F32[][11.0]
     * }
     *
     * @throws ShapeException if a rank is 0, the last sizes differ or leading axes do not broadcast
     */
    public static Variable dot(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Product::dot), new Dot(a, b), a, b);
    }

    private record Dot(Variable a, Variable b) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable spread = ShapeOps.unsqueeze(dY, -1);
            gradients.set(0, () -> ReductionOps.sumTo(ElementwiseOps.mul(spread, b), a.shape()));
            gradients.set(1, () -> ReductionOps.sumTo(ElementwiseOps.mul(spread, a), b.shape()));
        }

        @Override
        public Formula formula() {
            return Formula.of("sum({0} * {1})", "{dY} * {1}", "{dY} * {0}");
        }
    }

    /**
     * Y[i, j] = a_i b_j; dA = dY b, dB = dY^T a. {@code a [.., m], b [.., n] -> [.., m, n]}, leading axes broadcast.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new float[] {1, 2}, 2));
     * ProductOps.outer(a, Variable.constant(Tensor.of(new float[] {3, 4}, 2))).value(); // F32[2, 2][3.0, 4.0, 6.0, 8.0]
     * }
     *
     * @throws ShapeException if a rank is 0 or leading axes do not broadcast
     */
    public static Variable outer(Variable a, Variable b) {
        return Variable.record(Misfit.explained(a, b, Product::outer), new Outer(a, b), a, b);
    }

    private record Outer(Variable a, Variable b) implements BackwardRule.ReadsFactors {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                Variable dA = MatmulOps.matmul(dY, ShapeOps.unsqueeze(b, -1));
                gradients.set(0, ReductionOps.sumTo(ShapeOps.squeeze(dA, -1), a.shape()));
            }
            if (gradients.wants(1)) {
                Variable dB = MatmulOps.matmul(ShapeOps.unsqueeze(a, -2), dY);
                gradients.set(1, ReductionOps.sumTo(ShapeOps.squeeze(dB, -2), b.shape()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} {1}^T", "{dY} {1}", "{dY}^T {0}");
        }
    }

    /**
     * Y = A (x) B, the Kronecker product of blocks a[i, j] B; dA = sum of each block of dY times B, dB = sum of a[i, j] times its block
     * of dY. {@code a [m, n], b [p, q] -> [m p, n q]}, and the same over any number of axes; composed of a broadcast product.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new float[] {1, 2}, 1, 2));
     * ProductOps.kron(a, Variable.constant(Tensor.of(new float[] {3, 4}, 2, 1))).value(); // F32[2, 2][3.0, 6.0, 4.0, 8.0]
     * }
     *
     * @throws ShapeException if the result has too many elements
     */
    public static Variable kron(Variable a, Variable b) {
        int rank = Math.max(a.rank(), b.rank());
        long[] left = new long[2 * rank];
        long[] right = new long[2 * rank];
        long[] sizes = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            left[2 * axis] = size(a, axis, rank);
            left[2 * axis + 1] = 1;
            right[2 * axis] = 1;
            right[2 * axis + 1] = size(b, axis, rank);
            sizes[axis] = Math.multiplyExact(left[2 * axis], right[2 * axis + 1]);
        }
        return Misfit.composed("kron", m -> m.with("a", a).with("b", b), ShapeRule.ANY, () -> {
            Variable blocks = ElementwiseOps.mul(ShapeOps.reshape(a, left), ShapeOps.reshape(b, right));
            return ShapeOps.reshape(blocks, sizes);
        });
    }

    private static long size(Variable x, int axis, int rank) {
        int own = axis - (rank - x.rank());
        return own < 0 ? 1 : x.size(own);
    }
}
