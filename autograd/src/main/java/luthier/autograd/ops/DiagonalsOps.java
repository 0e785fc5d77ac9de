package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Diagonals;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Differentiable triangles and diagonals; the diagonal k lies k places to the right of the main one. */
public final class DiagonalsOps {
    private DiagonalsOps() {}

    /**
     * y = x with zeros below diagonal k, {@code [.., m, n]}; dX = dY with zeros below it.
     *
     * {@snippet :
     * Transforms.grad(x -> DiagonalsOps.triu(x, 1).sum(), Tensor.zeros(DType.F32, 2, 2)); // F32[2, 2][0.0, 1.0, 0.0, 0.0]
     * }
     */
    public static Variable triu(Variable x, long k) {
        return Variable.record(Misfit.explained("x", x, t -> Diagonals.triu(t, k)), new Triu(k), x);
    }

    private record Triu(long k) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, triu(dY, k));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with zeros below diagonal {k}", "{dY} with zeros below it")
                    .with("k", k);
        }
    }

    /**
     * y = x with zeros above diagonal k, {@code [.., m, n]}; dX = dY with zeros above it.
     *
     * {@snippet :
     * Transforms.grad(x -> DiagonalsOps.tril(x, 0).sum(), Tensor.zeros(DType.F32, 2, 2)); // F32[2, 2][1.0, 0.0, 1.0, 1.0]
     * }
     */
    public static Variable tril(Variable x, long k) {
        return Variable.record(Misfit.explained("x", x, t -> Diagonals.tril(t, k)), new Tril(k), x);
    }

    private record Tril(long k) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, tril(dY, k));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with zeros above diagonal {k}", "{dY} with zeros above it")
                    .with("k", k);
        }
    }

    /**
     * y = diagonal k of the matrices along two axes, a new last axis in their place; dX = dY on that diagonal, 0 elsewhere.
     *
     * {@snippet :
     * Transforms.grad(x -> DiagonalsOps.diagonal(x, 0, 0, 1).sum(), Tensor.zeros(DType.F32, 2, 2)); // F32[2, 2][1.0, 0.0, 0.0, 1.0]
     * }
     */
    public static Variable diagonal(Variable x, long k, int axisA, int axisB) {
        Tensor y = Misfit.explained(x, t -> Diagonals.diagonal(t, k, axisA, axisB));
        return Variable.record(y, new Diagonal(x.shape(), k, axisA, axisB), x);
    }

    private record Diagonal(Shape shape, long k, int axisA, int axisB) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, place(dY, this));
        }

        @Override
        public Formula formula() {
            return Formula.of("diagonal {k} of {0}", "{dY} on the diagonal of zeros of {s0}")
                    .with("k", k)
                    .with("axisA", axisA)
                    .with("axisB", axisB);
        }
    }

    /** The opposite of a diagonal: zeros of the whole shape with x on it. Its own derivative is the diagonal. */
    private static Variable place(Variable x, Diagonal where) {
        Tensor whole = Tensor.zeros(x.dtype(), where.shape);
        Diagonals.diagonal(whole, where.k, where.axisA, where.axisB).copyInPlace(x.value());
        return Variable.record(whole, new PlaceDiagonal(where), x);
    }

    private record PlaceDiagonal(Diagonal where) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, diagonal(dY, where.k, where.axisA, where.axisB));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} on a diagonal of zeros", "that diagonal of {dY}");
        }
    }

    /**
     * y = square matrices with x's last axis on diagonal k, {@code [.., n] -> [.., n + |k|, n + |k|]}; dX = that diagonal of dY.
     *
     * {@snippet :
     * DiagonalsOps.diagonalMatrix(Variable.constant(Tensor.of(new float[] {1, 2}, 2)), 0).value(); // F32[2, 2][1.0, 0.0, 0.0, 2.0]
     * }
     */
    public static Variable diagonalMatrix(Variable x, long k) {
        return Variable.record(Misfit.explained(x, t -> Diagonals.diagonalMatrix(t, k)), new DiagonalMatrix(k), x);
    }

    private record DiagonalMatrix(long k) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, diagonal(dY, k, -2, -1));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} on a diagonal of zeros", "that diagonal of {dY}")
                    .with("k", k);
        }
    }
}
