package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Matmul;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.linalg.LinearAlgebra;
import luthier.tensor.linalg.LinearAlgebraException;
import luthier.tensor.linalg.Svd;

/**
 * Differentiable equations, inverses and determinants over the last two axes, batched over all others. Rules: Giles 2008, "An extended
 * collection of matrix derivative results for forward and reverse mode algorithmic differentiation", Oxford NA-08/01, section 2.
 *
 * <p>A rule that needs its own result uses the saved one where only numbers are asked for and computes it again, with its history, where
 * the gradient is to be differentiated.
 *
 * <p>All throw {@link ShapeException} for shapes that do not fit, {@link DTypeException} for other types than F32 and F64, and {@link
 * LinearAlgebraException} where {@link LinearAlgebra} does.
 */
public final class LinearAlgebraOps {
    private LinearAlgebraOps() {}

    // ---- equations

    /**
     * X = A^-1 B; dB = A^-T dX, dA = -dB X^T. {@code a [.., n, n], b [.., n, k] -> [.., n, k]}, leading axes broadcast; {@code b [n]} gives
     * {@code [.., n]}. Saved are A, B and X.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {0, 2, 4, 0}, 2, 2));
     * LinearAlgebraOps.solve(a, Variable.constant(Tensor.of(new double[] {6, 4}, 2))).value(); // F64[2][1.0, 3.0]
     * }
     */
    public static Variable solve(Variable a, Variable b) {
        try {
            if (b.rank() == 1) {
                return ShapeOps.squeeze(solve(a, ShapeOps.unsqueeze(b, 1)), -1);
            }
            Tensor x = LinearAlgebra.solve(a.value(), b.value());
            return Variable.record(x, new Solve(a, b, x), a, b);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("a", a).with("b", b).by();
        }
    }

    private record Solve(Variable a, Variable b, Tensor x) implements BackwardRule {
        @Override
        public void backward(Variable dX, Gradients gradients) {
            Variable dB = solve(Matrices.transpose(a), dX);
            if (gradients.wants(0)) {
                Variable solution = Grad.isEnabled() ? solve(a, b) : Variable.constant(x);
                Variable dA = ElementwiseOps.neg(Matrices.timesTransposed(dB, solution));
                gradients.set(0, ReductionOps.sumTo(dA, a.shape()));
            }
            gradients.set(1, () -> ReductionOps.sumTo(dB, b.shape()));
        }

        @Override
        public Formula formula() {
            return Formula.batched("{0}^-1 {1}", "-({0}^-T {dY}) {y}^T", "{0}^-T {dY}");
        }
    }

    /**
     * X = T^-1 B for a triangle T; dB = T^-T dX, dT = the triangle of -dB X^T, without its diagonal if that counts as ones. {@code t
     * [.., n, n], b [.., n, k]} or {@code [n]}, as {@link #solve}.
     *
     * {@snippet :
     * Variable t = Variable.parameter(Tensor.of(new double[] {2, 9, 1, 4}, 2, 2));
     * Variable b = Variable.constant(Tensor.of(new double[] {2, 9}, 2));
     * LinearAlgebraOps.triangularSolve(t, b, false, false).value(); // F64[2][1.0, 2.0]
     * }
     */
    public static Variable triangularSolve(Variable t, Variable b, boolean upper, boolean unitDiagonal) {
        try {
            if (b.rank() == 1) {
                return ShapeOps.squeeze(triangularSolve(t, ShapeOps.unsqueeze(b, 1), upper, unitDiagonal), -1);
            }
            Tensor x = LinearAlgebra.triangularSolve(t.value(), b.value(), upper, unitDiagonal);
            return Variable.record(x, new TriangularSolve(t, b, upper, unitDiagonal, x), t, b);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with("t", t).with("b", b).by();
        }
    }

    private record TriangularSolve(Variable t, Variable b, boolean upper, boolean unitDiagonal, Tensor x)
            implements BackwardRule {
        @Override
        public void backward(Variable dX, Gradients gradients) {
            Variable dB = triangularSolve(Matrices.transpose(t), dX, !upper, unitDiagonal);
            if (gradients.wants(0)) {
                Variable solution =
                        Grad.isEnabled() ? triangularSolve(t, b, upper, unitDiagonal) : Variable.constant(x);
                Variable dA = ElementwiseOps.neg(Matrices.timesTransposed(dB, solution));
                Variable sum = ReductionOps.sumTo(dA, t.shape());
                long k = unitDiagonal ? 1 : 0;
                gradients.set(0, upper ? Matrices.upper(sum, k) : Matrices.lower(sum, -k));
            }
            gradients.set(1, () -> ReductionOps.sumTo(dB, b.shape()));
        }

        @Override
        public Formula formula() {
            return Formula.batched("{0}^-1 {1}", "the triangle of -({0}^-T {dY}) {y}^T", "{0}^-T {dY}")
                    .with("upper", upper)
                    .with("unitDiagonal", unitDiagonal);
        }
    }

    /**
     * Y = A^-1; dA = -Y^T dY Y^T. {@code [.., n, n]}.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {0, 2, 4, 0}, 2, 2));
     * LinearAlgebraOps.inverse(a).value(); // F64[2, 2][0.0, 0.25, 0.5, 0.0]
     * }
     */
    public static Variable inverse(Variable a) {
        Tensor y = Misfit.explained("a", a, LinearAlgebra::inverse);
        return Variable.record(y, new Inverse(a, y), a);
    }

    private record Inverse(Variable a, Tensor y) implements BackwardRule.ReadsResult {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable turned = Matrices.transpose(Grad.isEnabled() ? inverse(a) : Variable.constant(y));
            gradients.set(0, ElementwiseOps.neg(MatmulOps.matmul(MatmulOps.matmul(turned, dY), turned)));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0}^-1", "-{y}^T {dY} {y}^T");
        }
    }

    /**
     * Y = the Moore-Penrose inverse; dA = -Y^T dY Y^T + (I - A Y) dY^T Y Y^T + Y^T Y dY^T (I - Y A), right where the rank does not change
     * nearby. {@code [.., m, n] -> [.., n, m]}. Golub and Pereyra 1973, SIAM J. Numer. Anal. 10(2), eq. 4.12.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {2, 0, 0, 0}, 2, 2));
     * LinearAlgebraOps.pseudoInverse(a).value(); // F64[2, 2][0.5, 0.0, 0.0, 0.0]
     * }
     */
    public static Variable pseudoInverse(Variable a) {
        Tensor y = Misfit.explained("a", a, LinearAlgebra::pseudoInverse);
        return Variable.record(y, new PseudoInverse(a, y), a);
    }

    private record PseudoInverse(Variable a, Tensor saved) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable y = Grad.isEnabled() ? pseudoInverse(a) : Variable.constant(saved);
            Variable yT = Matrices.transpose(y);
            Variable dYT = Matrices.transpose(dY);
            Variable inside = MatmulOps.matmul(MatmulOps.matmul(yT, dY), yT);
            Variable left = MatmulOps.matmul(dYT, MatmulOps.matmul(y, yT));
            Variable right = MatmulOps.matmul(MatmulOps.matmul(yT, y), dYT);
            Variable leftOut = ElementwiseOps.sub(left, MatmulOps.matmul(a, MatmulOps.matmul(y, left)));
            Variable rightOut = ElementwiseOps.sub(right, MatmulOps.matmul(MatmulOps.matmul(right, y), a));
            gradients.set(0, ElementwiseOps.sub(ElementwiseOps.add(leftOut, rightOut), inside));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "{0}^+",
                    "-Y^T dY Y^T + (I - A Y) dY^T Y Y^T + Y^T Y dY^T (I - Y A), A = {n0}, Y = {ny}, dY = {ndY}");
        }
    }

    // ---- numbers

    /**
     * y = det A; dA = dY det(A) A^-T, the matrix of cofactors, {@code [.., n, n] -> [..]}.
     *
     * <p>Cofactors exist where A is singular too: if the determinant is exactly 0 they come from the SVD, det(U) det(V) U diag(products of
     * the other singular values) V^T. There no second derivative is to be had, {@link LinearAlgebraException}.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {4, 2, 2, 2}, 2, 2));
     * LinearAlgebraOps.determinant(a).backward();
     * a.grad().get(); // F64[2, 2][2.0, -2.0, -2.0, 4.0]
     * }
     */
    public static Variable determinant(Variable a) {
        Tensor y = Misfit.explained("a", a, LinearAlgebra::determinant);
        return Variable.record(y, new Determinant(a, y), a);
    }

    private record Determinant(Variable a, Tensor y) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (Grad.isEnabled()) {
                Variable scale = ElementwiseOps.mul(dY, determinant(a));
                gradients.set(0, ElementwiseOps.mul(Matrices.spread(scale), Matrices.transpose(inverse(a))));
                return;
            }
            gradients.set(0, ElementwiseOps.mul(Matrices.spread(dY), Variable.constant(cofactors())));
        }

        @Override
        public Formula formula() {
            return Formula.of("det({0})", "{dY} * {y} * {0}^-T");
        }

        private Tensor cofactors() {
            for (double determinant : y.to(DType.F64).toDoubleArray()) {
                if (determinant == 0) {
                    return singularCofactors();
                }
            }
            Tensor inverse = LinearAlgebra.inverse(a.value()).transpose(-2, -1);
            return inverse.mul(y.unsqueeze(-1).unsqueeze(-1));
        }

        /** For a batch with a singular matrix, all by the SVD. */
        private Tensor singularCofactors() {
            Svd svd = Svd.of(a.value().to(DType.F64));
            Tensor sign = LinearAlgebra.determinant(svd.u()).mul(LinearAlgebra.determinant(svd.vt()));
            int n = (int) a.size(-1);
            double[] s = svd.s().toDoubleArray();
            double[] others = new double[s.length];
            for (int i = 0; i < s.length; i++) {
                double product = 1;
                for (int j = i / n * n; j < i / n * n + n; j++) {
                    product *= j == i ? 1 : s[j];
                }
                others[i] = product;
            }
            Tensor products = Tensor.of(others, svd.s().shape().toArray());
            Tensor scaled =
                    svd.u().mul(products.unsqueeze(-2)).mul(sign.unsqueeze(-1).unsqueeze(-1));
            return Matmul.matmul(scaled, svd.vt()).to(a.dtype());
        }
    }

    /**
     * The sign and the logarithm of a determinant, det A = sign exp(logAbs).
     *
     * @param sign {@code [..]}, 1, -1 or 0; carries no gradient
     * @param logAbs {@code [..]}
     */
    public record LogDeterminant(Tensor sign, Variable logAbs) {}

    /**
     * y = log|det A|; dA = dY A^-T. {@code [.., n, n] -> [..]}. A singular matrix has the value minus infinity and no gradient: asking for it is
     * a {@link LinearAlgebraException}.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {4, 2, 2, 2}, 2, 2));
     * LinearAlgebraOps.logDeterminant(a).logAbs().backward();
     * a.grad().get(); // F64[2, 2][0.5, -0.5, -0.5, 1.0]
     * }
     */
    public static LogDeterminant logDeterminant(Variable a) {
        LinearAlgebra.LogDeterminant value = Misfit.explained("a", a, LinearAlgebra::logDeterminant);
        return new LogDeterminant(value.sign(), Variable.record(value.logAbs(), new LogAbsDeterminant(a), a));
    }

    private record LogAbsDeterminant(Variable a) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, ElementwiseOps.mul(Matrices.spread(dY), Matrices.transpose(inverse(a))));
        }

        @Override
        public Formula formula() {
            return Formula.of("log|det({0})|", "{dY} * {0}^-T");
        }

        @Override
        public String remedy() {
            return "a singular matrix has the determinant 0; add a small number to the diagonal";
        }
    }

    /**
     * y = sum of the diagonal; dA = dY I. {@code [.., m, n] -> [..]}.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
     * LinearAlgebraOps.trace(a).backward();
     * a.grad().get(); // F64[2, 2][1.0, 0.0, 0.0, 1.0]
     * }
     */
    public static Variable trace(Variable a) {
        return Variable.record(Misfit.explained("a", a, LinearAlgebra::trace), new Trace(a.shape()), a);
    }

    private record Trace(Shape shape) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable everywhere = ShapeOps.expand(Matrices.spread(dY), shape);
            gradients.set(0, Matrices.upper(Matrices.lower(everywhere, 0), 0));
        }

        @Override
        public Formula formula() {
            return Formula.of("trace({0})", "{dY} * I");
        }
    }

    /**
     * Y = A^n, composed of products by repeated squaring (of the inverse for negative n; A^0 is the identity without a gradient), so that
     * dA = sum of (A^i)^T dY (A^(n-1-i))^T. {@code [.., n, n]}.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {1, 1, 1, 0}, 2, 2));
     * LinearAlgebraOps.matrixPower(a, 10).value(); // F64[2, 2][89.0, 55.0, 55.0, 34.0]
     * }
     */
    public static Variable matrixPower(Variable a, int power) {
        if (power == 0 || !a.dtype().isFloating() || a.rank() < 2 || a.size(-1) != a.size(-2)) {
            return Variable.constant(Misfit.explained("a", a, t -> LinearAlgebra.matrixPower(t, power)));
        }
        Variable square = power < 0 ? inverse(a) : a;
        long left = Math.abs((long) power);
        while (left % 2 == 0) {
            square = MatmulOps.matmul(square, square);
            left /= 2;
        }
        Variable result = square;
        for (left /= 2; left > 0; left /= 2) {
            square = MatmulOps.matmul(square, square);
            result = left % 2 == 1 ? MatmulOps.matmul(result, square) : result;
        }
        return result;
    }
}
