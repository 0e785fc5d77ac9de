package luthier.autograd.ops;

import java.util.List;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.DTypeException;
import luthier.tensor.Joining;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import luthier.tensor.linalg.Cholesky;
import luthier.tensor.linalg.LinearAlgebraException;
import luthier.tensor.linalg.Qr;
import luthier.tensor.linalg.Svd;
import luthier.tensor.linalg.SymmetricEigen;

/**
 * Differentiable decompositions over the last two axes, batched over all others. Rules: Giles 2008, Oxford NA-08/01; Seeger et al. 2017,
 * arXiv:1710.08717, section 4; Townsend 2016, "Differentiating the singular value decomposition".
 *
 * <p>Outputs whose gradients mix before they reach A (Q and R; U and V) are one node of the tape with one rule, which hands them out as slices of
 * one buffer; outputs whose gradients merely add up (the singular values, the eigenvalues) have a node of their own, so that they stay
 * differentiable where the vectors are not. Saved are A and the factors. Where the gradient is to be differentiated, A is decomposed once more, with
 * its history.
 *
 * <p><b>Conventions.</b> Vectors are determined up to signs, which {@link Qr}, {@link Svd} and {@link SymmetricEigen} fix; the rules hold
 * for the factors as they come. Where singular values (eigenvalues) are equal, their vectors are an arbitrary basis and no derivative
 * exists: the rules divide by s_j - s_i and give infinities and NaN there, large numbers nearby, even for functions in which these would cancel. A
 * function of singular values alone should use {@link #singularValues}, or ignore the vectors.
 *
 * <p>All throw {@link ShapeException}, {@link DTypeException} and {@link LinearAlgebraException} as the decompositions of values do.
 */
public final class DecompositionOps {
    private DecompositionOps() {}

    // ---- cholesky

    /**
     * L with A = L L^T; dA = the symmetric part of L^-T P L^-1, P = L^T dL cut to its lower triangle with half its diagonal. {@code a
     * [.., n, n] -> [.., n, n]}. Giles 2008, section 3.3.
     *
     * <p>Only A's lower triangle is read, but the gradient is that of symmetric matrices, shared evenly by both triangles: a step along it
     * stays symmetric.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {4, 2, 2, 10}, 2, 2));
     * DecompositionOps.cholesky(a).value(); // F64[2, 2][2.0, 0.0, 1.0, 3.0]
     * }
     */
    public static Variable cholesky(Variable a) {
        Tensor l = Misfit.explained("a", a, Cholesky::factor);
        return Variable.record(l, new CholeskyFactor(a, l), a);
    }

    private record CholeskyFactor(Variable a, Tensor l) implements BackwardRule.ReadsResult {
        @Override
        public void backward(Variable dL, Gradients gradients) {
            Variable factor = Grad.isEnabled() ? cholesky(a) : Variable.constant(l);
            Variable products = Matrices.lower(Matrices.transposedTimes(factor, Matrices.lower(dL, 0)), 0);
            Variable halved = ElementwiseOps.mul(ElementwiseOps.add(products, Matrices.lower(products, -1)), 0.5);
            Variable left = LinearAlgebraOps.triangularSolve(Matrices.transpose(factor), halved, true, false);
            gradients.set(0, Matrices.symmetric(Matrices.overTriangle(left, factor, false)));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "L, {n0} = L L^T",
                    "L^-T P L^-1, its symmetric part, P = L^T {ndY} cut to its lower triangle with half its diagonal");
        }

        @Override
        public String operation() {
            return "Cholesky";
        }
    }

    // ---- qr

    /**
     * The factors of A = Q R.
     *
     * @param q {@code [.., m, k]}, k = min(m, n)
     * @param r {@code [.., k, n]}
     */
    public record QrFactors(Variable q, Variable r) {}

    /**
     * A = Q R with orthonormal columns and a diagonal of R that is not negative. For m >= n, with M = R dR^T - dQ^T Q: dA = (dQ + Q (the
     * lower triangle of M mirrored up)) R^-T. For {@code m < n}, A = [X Y] and R = [U V]: dY = Q dV and dX by the same formula from U, dU and dQ
     * + Y dV^T. Seeger et al. 2017, section 4.2.
     *
     * <p>No derivative exists where the first k columns of A are dependent: {@link LinearAlgebraException} in the backward pass.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {3, 0, 0, 5}, 2, 2));
     * DecompositionOps.qr(a).r().value(); // F64[2, 2][3.0, 0.0, 0.0, 5.0]
     * }
     */
    public static QrFactors qr(Variable a) {
        Qr value = Misfit.explained("a", a, Qr::of);
        Variable both = Variable.record(packed(value.q(), value.r()), new QrRule(a, value), a);
        return new QrFactors(
                unpacked(both, 0, value.q().shape()),
                unpacked(both, value.q().elementCount(), value.r().shape()));
    }

    private record QrRule(Variable a, Qr value) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dBoth, Gradients gradients) {
            QrFactors factors = Grad.isEnabled()
                    ? qr(a)
                    : new QrFactors(Variable.constant(value.q()), Variable.constant(value.r()));
            Variable dQ = unpacked(dBoth, 0, value.q().shape());
            Variable dR = unpacked(dBoth, value.q().elementCount(), value.r().shape());
            long k = value.q().size(-1);
            long n = value.r().size(-1);
            if (k == n) {
                gradients.set(0, tall(factors.q, factors.r, dQ, dR));
                return;
            }
            Variable dV = ShapeOps.slice(dR, -1, k, n);
            Variable y = ShapeOps.slice(a, -1, k, n);
            Variable u = ShapeOps.slice(factors.r, -1, 0, k);
            Variable dU = ShapeOps.slice(dR, -1, 0, k);
            Variable toQ = ElementwiseOps.add(dQ, Matrices.timesTransposed(y, dV));
            Variable dX = tall(factors.q, u, toQ, dU);
            gradients.set(0, JoiningOps.concat(List.of(dX, MatmulOps.matmul(factors.q, dV)), -1));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "Q and R in one line, {n0} = Q R",
                    "(dQ + Q sym(R dR^T - dQ^T Q)) R^-T, sym = the lower triangle mirrored up");
        }

        private static Variable tall(Variable q, Variable r, Variable dQ, Variable dR) {
            Variable m = ElementwiseOps.sub(Matrices.timesTransposed(r, dR), Matrices.transposedTimes(dQ, q));
            Variable mirrored = ElementwiseOps.add(Matrices.lower(m, 0), Matrices.transpose(Matrices.lower(m, -1)));
            Variable sum = ElementwiseOps.add(dQ, MatmulOps.matmul(q, mirrored));
            return Matrices.overTriangle(sum, Matrices.transpose(r), false);
        }

        @Override
        public String operation() {
            return "Qr";
        }
    }

    // ---- svd

    /**
     * The factors of A = U diag(s) V^T.
     *
     * @param u {@code [.., m, k]}, k = min(m, n)
     * @param s {@code [.., k]}, descending
     * @param vt {@code [.., k, n]}
     */
    public record SvdFactors(Variable u, Variable s, Variable vt) {}

    /**
     * A = U diag(s) V^T. From s: dA = U diag(ds) V^T. From the vectors, with F[i, j] = 1 / (s_j^2 - s_i^2) off the diagonal, P and Q the skew parts
     * X - X^T of X = U^T dU and of X = V^T dV: dA = U ((F P) S + S (F Q)) V^T + (I - U U^T) dU S^-1 V^T + U S^-1 dV^T (I - V V^T).
     * Townsend 2016, eq. 31 and 32.
     *
     * <p>The bracket is computed as (P + Q) / 2 (s_j - s_i) + (P - Q) / 2 (s_j + s_i), which keeps more digits where singular values are
     * close. Where two are equal the vectors have no derivative: NaN or infinity; where one is zero neither, unless A is square.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {0, -2, 3, 0}, 2, 2));
     * DecompositionOps.svd(a).s().value(); // F64[2][3.0, 2.0]
     * }
     */
    public static SvdFactors svd(Variable a) {
        Svd value = Misfit.explained("a", a, Svd::of);
        Variable s = Variable.record(value.s(), new SingularValues(a, value), a);
        Variable both = Variable.record(packed(value.u(), value.vt()), new SingularVectors(a, value), a);
        return new SvdFactors(
                unpacked(both, 0, value.u().shape()),
                s,
                unpacked(both, value.u().elementCount(), value.vt().shape()));
    }

    /**
     * s = the singular values, descending; dA = U diag(ds) V^T, a subgradient where they are equal or zero. {@code [.., m, n] -> [..,
     * min(m, n)]}.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {1, 0, 0, 1}, 2, 2));
     * DecompositionOps.singularValues(a).sum().backward();
     * a.grad().get(); // F64[2, 2][1.0, 0.0, 0.0, 1.0]
     * }
     */
    public static Variable singularValues(Variable a) {
        Svd value = Misfit.explained("singularValues", "a", a, Svd::of);
        return Variable.record(value.s(), new SingularValues(a, value), a);
    }

    private static SvdFactors factors(Variable a, Svd value) {
        return Grad.isEnabled()
                ? svd(a)
                : new SvdFactors(
                        Variable.constant(value.u()), Variable.constant(value.s()), Variable.constant(value.vt()));
    }

    private record SingularValues(Variable a, Svd value) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dS, Gradients gradients) {
            SvdFactors f = factors(a, value);
            gradients.set(0, MatmulOps.matmul(Matrices.timesDiagonal(f.u, dS), f.vt));
        }

        @Override
        public Formula formula() {
            return Formula.of("s, {n0} = U diag(s) V^T", "U diag({ndY}) V^T");
        }

        @Override
        public boolean reads(int operand, Gradients gradients) {
            return operand != RESULT && Grad.isEnabled();
        }
    }

    private record SingularVectors(Variable a, Svd value) implements BackwardRule.ReadsOperands, Traps.Vectors {
        @Override
        public void backward(Variable dBoth, Gradients gradients) {
            SvdFactors f = factors(a, value);
            Variable v = Matrices.transpose(f.vt);
            Variable dU = unpacked(dBoth, 0, value.u().shape());
            Variable dVt = unpacked(dBoth, value.u().elementCount(), value.vt().shape());
            Variable dV = Matrices.transpose(dVt);
            Variable uU = Matrices.transposedTimes(f.u, dU);
            Variable vV = Matrices.transposedTimes(v, dV);
            Variable p = Matrices.skew(uU);
            Variable q = Matrices.skew(vV);
            Variable apart = ElementwiseOps.div(ElementwiseOps.add(p, q), Matrices.pairs(f.s, -1));
            Variable together = ElementwiseOps.div(ElementwiseOps.sub(p, q), Matrices.pairs(f.s, 1));
            Variable inner = ElementwiseOps.mul(ElementwiseOps.add(apart, together), 0.5);
            Variable result = MatmulOps.matmul(MatmulOps.matmul(f.u, inner), f.vt);
            Variable over = ElementwiseOps.reciprocal(f.s);
            if (value.u().size(-2) > value.s().size(-1)) {
                Variable outside = ElementwiseOps.sub(dU, MatmulOps.matmul(f.u, uU));
                result = ElementwiseOps.add(result, MatmulOps.matmul(Matrices.timesDiagonal(outside, over), f.vt));
            }
            if (value.vt().size(-1) > value.s().size(-1)) {
                Variable outside = ElementwiseOps.sub(dV, MatmulOps.matmul(v, vV));
                result = ElementwiseOps.add(
                        result, Matrices.timesTransposed(Matrices.timesDiagonal(f.u, over), outside));
            }
            gradients.set(0, result);
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "U and V^T in one line, {n0} = U diag(s) V^T",
                    "U ((F P) S + S (F Q)) V^T + (I - U U^T) dU S^-1 V^T + U S^-1 dV^T (I - V V^T), P and Q the skew"
                            + " parts of U^T dU and V^T dV, F[i, j] = 1 / (s[j]^2 - s[i]^2)");
        }

        @Override
        public boolean reads(int operand, Gradients gradients) {
            return operand != RESULT && Grad.isEnabled();
        }
    }

    // ---- eigenvalues

    /**
     * The eigenvalues and eigenvectors of A = V diag(w) V^T.
     *
     * @param values {@code [.., n]}, ascending
     * @param vectors {@code [.., n, n]}, a vector in each column
     */
    public record EigenFactors(Variable values, Variable vectors) {}

    /**
     * A = V diag(w) V^T for symmetric A. From w: dA = V diag(dw) V^T. From V, with F[i, j] = 1 / (w_j - w_i) off the diagonal and 0 on it: dA = the
     * symmetric part of V (F (V^T dV)) V^T. Giles 2008, section 3.1; Seeger et al. 2017, section 4.3.
     *
     * <p>Only A's lower triangle is read, but the gradient is that of symmetric matrices, shared evenly by both triangles. Where eigenvalues are
     * equal their vectors have no derivative (NaN or infinity); the values keep a subgradient.
     *
     * {@snippet :
     * Variable a = Variable.parameter(Tensor.of(new double[] {2, 0, 0, -1}, 2, 2));
     * DecompositionOps.symmetricEigen(a).values().value(); // F64[2][-1.0, 2.0]
     * }
     */
    public static EigenFactors symmetricEigen(Variable a) {
        SymmetricEigen value = Misfit.explained("a", a, SymmetricEigen::of);
        return new EigenFactors(
                Variable.record(value.values(), new EigenValues(a, value), a),
                Variable.record(value.vectors(), new EigenVectors(a, value), a));
    }

    private static EigenFactors factors(Variable a, SymmetricEigen value) {
        return Grad.isEnabled()
                ? symmetricEigen(a)
                : new EigenFactors(Variable.constant(value.values()), Variable.constant(value.vectors()));
    }

    private record EigenValues(Variable a, SymmetricEigen value) implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dW, Gradients gradients) {
            Variable v = factors(a, value).vectors;
            gradients.set(0, Matrices.timesTransposed(Matrices.timesDiagonal(v, dW), v));
        }

        @Override
        public Formula formula() {
            return Formula.of("w, {n0} = V diag(w) V^T", "V diag({ndY}) V^T");
        }

        @Override
        public boolean reads(int operand, Gradients gradients) {
            return operand != RESULT && Grad.isEnabled();
        }
    }

    private record EigenVectors(Variable a, SymmetricEigen value) implements BackwardRule.ReadsResult, Traps.Vectors {
        @Override
        public void backward(Variable dV, Gradients gradients) {
            EigenFactors f = factors(a, value);
            Variable products = Matrices.offDiagonal(Matrices.transposedTimes(f.vectors, dV));
            Variable inner = ElementwiseOps.div(products, Matrices.pairs(f.values, -1));
            Variable whole = Matrices.timesTransposed(MatmulOps.matmul(f.vectors, inner), f.vectors);
            gradients.set(0, Matrices.symmetric(whole));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "V, {n0} = V diag(w) V^T",
                    "V (F * (V^T {ndY})) V^T, F[i, j] = 1 / (w[j] - w[i]), its symmetric part");
        }
    }

    // ---- several outputs of one node

    /** Returns two tensors one after the other in one line. */
    private static Tensor packed(Tensor first, Tensor second) {
        return Joining.concat(List.of(first.reshape(first.elementCount()), second.reshape(second.elementCount())), 0);
    }

    /** Returns the part of a line from a place on under its shape; a view. */
    private static Variable unpacked(Variable line, long from, Shape shape) {
        return ShapeOps.reshape(ShapeOps.slice(line, 0, from, from + shape.elementCount()), shape.toArray());
    }
}
