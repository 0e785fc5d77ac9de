package luthier.finetune.reft;

import java.util.ArrayList;
import java.util.List;
import luthier.autograd.Variable;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.tensor.DType;
import luthier.tensor.Norms;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.linalg.Qr;

/**
 * A matrix Q {@code [d, r]} whose columns stay orthonormal while it is trained: Q = base H_1 H_2 ... H_r [I; 0] S, a product of
 * Householder reflections H_i = I - 2 v_i v_i^T / (v_i^T v_i) behind a fixed orthogonal base. The free parameter is X {@code [d, r]}:
 * v_i is 1 at row i and X below it; S holds the signs of X's diagonal, which carries no gradient. X = -I gives Q = base [I; 0].
 * Any X gives an orthonormal Q, so no step, however large, can leave the constraint. The same parametrization as {@code
 * torch.nn.utils.parametrizations.orthogonal} with the Householder map, which pyreft uses.
 *
 * <p>Differences: diagonal entries are read by sign, not cut to an integer, so that Q never collapses.
 */
final class Orthonormal {
    private static final double LONG = 0x1p50;

    private Orthonormal() {}

    /** Returns the start of X, minus the identity, {@code [d, r]}. */
    static Tensor start(DType dtype, long d, long r) {
        Tensor x = Tensor.zeros(dtype, Shape.of(d, r));
        Tensor minusOne = Tensor.full(dtype, -1, Shape.of(1, 1));
        for (long i = 0; i < r; i++) {
            x.slice(0, i, i + 1).slice(1, i, i + 1).copyInPlace(minusOne);
        }
        return x;
    }

    /**
     * Returns Q {@code [d, r]} as a differentiable function of X {@code [d, r]}.
     *
     * @param base orthogonal, {@code [d, d]}; its first r columns are Q at the start
     */
    static Variable columns(Tensor base, Variable x) {
        long d = x.size(0);
        int r = Math.toIntExact(x.size(1));
        Tensor values = x.value();
        Variable q = Variable.constant(signs(values, d, r));
        List<Variable> reflectors = new ArrayList<>();
        for (int i = 0; i < r; i++) {
            reflectors.add(reflector(x, i));
        }
        for (int i = r - 1; i >= 0; i--) {
            Variable v = reflectors.get(i);
            Variable tau = ElementwiseOps.mul(ElementwiseOps.reciprocal(ReductionOps.sum(ElementwiseOps.square(v))), 2);
            Variable along = MatmulOps.matmul(ShapeOps.transpose(v, 0, 1), q);
            q = q.sub(MatmulOps.matmul(v, along.mul(tau)));
        }
        return MatmulOps.matmul(Variable.constant(base), q);
    }

    /** Returns v_i {@code [d, 1]}: zeros above row i, 1 at it, X's column below it. */
    private static Variable reflector(Variable x, int i) {
        long d = x.size(0);
        List<Variable> parts = new ArrayList<>();
        if (i > 0) {
            parts.add(Variable.constant(Tensor.zeros(x.dtype(), Shape.of(i, 1))));
        }
        parts.add(Variable.constant(Tensor.full(x.dtype(), 1, Shape.of(1, 1))));
        if (i + 1 < d) {
            parts.add(ShapeOps.slice(ShapeOps.slice(x, 1, i, i + 1), 0, i + 1, d));
        }
        Variable v = JoiningOps.concat(parts, 0);
        double length = Norms.norm(v.value()).item();
        // A power of two changes no digit and not the reflection, but keeps the squares of a huge v in range.
        return length < LONG ? v : v.mul(Math.scalb(1.0, -Math.getExponent(length)));
    }

    /** Returns [I; 0] S, S the signs of X's diagonal. */
    private static Tensor signs(Tensor x, long d, int r) {
        Tensor result = Tensor.zeros(x.dtype(), Shape.of(d, r));
        for (long i = 0; i < r; i++) {
            Tensor sign = Tensor.full(x.dtype(), x.get(i, i) < 0 ? -1 : 1, Shape.of(1, 1));
            result.slice(0, i, i + 1).slice(1, i, i + 1).copyInPlace(sign);
        }
        return result;
    }

    /** Returns a random orthogonal matrix {@code [d, d]}, the Q of the QR decomposition of a normal one. */
    static Tensor random(DType dtype, int d, Rng rng) {
        double[] normal = rng.normal(DType.F64, Shape.of(d, d), 0, 1).toDoubleArray();
        return complete(dtype, normal, d);
    }

    /**
     * Returns an orthogonal matrix {@code [d, d]} whose first r columns are the given orthonormal ones.
     *
     * @param columns {@code [d, r]}
     */
    static Tensor completion(Tensor columns, Rng rng) {
        int d = Math.toIntExact(columns.size(0));
        int r = Math.toIntExact(columns.size(1));
        double[] rows = rng.normal(DType.F64, Shape.of(d, d), 0, 1).toDoubleArray();
        double[] given = columns.transpose(0, 1).toDoubleArray();
        System.arraycopy(given, 0, rows, 0, r * d);
        Tensor base = complete(columns.dtype(), rows, d).contiguous().copy();
        // To the last bit: what is saved and loaded again computes the same.
        base.slice(1, 0, r).copyInPlace(columns);
        return base;
    }

    /** Orthonormalises rows and returns them as columns: the Q of a QR whose R has a positive diagonal keeps orthonormal ones. */
    private static Tensor complete(DType dtype, double[] rows, int d) {
        return Qr.of(Tensor.of(rows, d, d).transpose(0, 1)).q().to(dtype);
    }
}
