package luthier.autograd.ops;

import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.Diagonals;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** What the rules of linear algebra share: transposes, triangles and diagonals over the last two axes. */
final class Matrices {
    private Matrices() {}

    /** Returns A^T. */
    static Variable transpose(Variable a) {
        return ShapeOps.transpose(a, -2, -1);
    }

    /** Returns A^T B. */
    static Variable transposedTimes(Variable a, Variable b) {
        return MatmulOps.matmul(transpose(a), b);
    }

    /** Returns A B^T. */
    static Variable timesTransposed(Variable a, Variable b) {
        return MatmulOps.matmul(a, transpose(b));
    }

    /** Returns (A + A^T) / 2. */
    static Variable symmetric(Variable a) {
        return ElementwiseOps.mul(ElementwiseOps.add(a, transpose(a)), 0.5);
    }

    /** Returns A - A^T, exactly zero on the diagonal. */
    static Variable skew(Variable a) {
        return ElementwiseOps.sub(a, transpose(a));
    }

    /** Returns A with zeros above diagonal k. */
    static Variable lower(Variable a, long k) {
        return SelectionOps.maskedFill(a, Comparison.logicalNot(Diagonals.tril(all(a), k)), 0);
    }

    /** Returns A with zeros below diagonal k. */
    static Variable upper(Variable a, long k) {
        return SelectionOps.maskedFill(a, Comparison.logicalNot(Diagonals.triu(all(a), k)), 0);
    }

    /** Returns A with zeros on its diagonal. */
    static Variable offDiagonal(Variable a) {
        return SelectionOps.maskedFill(a, Diagonals.triu(Diagonals.tril(all(a), 0), 0), 0);
    }

    private static Tensor all(Variable a) {
        return Tensor.full(DType.BOOL, 1, Shape.of(a.size(-2), a.size(-1)));
    }

    /** Returns the identity [n, n]. */
    static Variable identity(DType dtype, long n) {
        return Variable.constant(Diagonals.diagonalMatrix(Tensor.ones(dtype, n), 0));
    }

    /** Returns A diag(d), {@code a [.., m, n], d [.., n]}. */
    static Variable timesDiagonal(Variable a, Variable d) {
        return ElementwiseOps.mul(a, ShapeOps.unsqueeze(d, -2));
    }

    /** Returns numbers {@code [..]} as {@code [.., 1, 1]}. */
    static Variable spread(Variable numbers) {
        return ShapeOps.unsqueeze(ShapeOps.unsqueeze(numbers, -1), -1);
    }

    /** Returns the matrices whose entry [i, j] is d_j + factor d_i off the diagonal, plus 1 on it: a divisor that spares the diagonal. */
    static Variable pairs(Variable d, double factor) {
        Variable columns = ShapeOps.unsqueeze(d, -2);
        Variable rows = ElementwiseOps.mul(ShapeOps.unsqueeze(d, -1), factor);
        return ElementwiseOps.add(ElementwiseOps.add(columns, rows), identity(d.dtype(), d.size(-1)));
    }

    /** Returns B T^-1 for a triangle T. */
    static Variable overTriangle(Variable b, Variable t, boolean upper) {
        return transpose(LinearAlgebraOps.triangularSolve(transpose(t), transpose(b), !upper, false));
    }
}
