package luthier.autograd;

import static luthier.autograd.GradSamples.normal;

import luthier.autograd.ops.DecompositionOps;
import luthier.autograd.ops.EinsumOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.LinearAlgebraOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.ProductOps;
import luthier.autograd.ops.ShapeOps;
import luthier.tensor.DType;
import luthier.tensor.Diagonals;
import luthier.tensor.Elementwise;
import luthier.tensor.Tensor;

/** Samples of products and linear algebra. */
final class SamplesLinearAlgebra {
    private SamplesLinearAlgebra() {}

    static void register() {
        products();
        einsum();
        equations();
        decompositions();
    }

    private static void products() {
        GradSamples.add("dot", in -> ProductOps.dot(in.get(0), in.get(1)), normal(301, 2, 1, 3), normal(302, 2, 3));
        GradSamples.add("outer", in -> ProductOps.outer(in.get(0), in.get(1)), normal(303, 2, 3), normal(304, 2));
        GradSamples.add("kron", in -> ProductOps.kron(in.get(0), in.get(1)), normal(305, 2, 3), normal(306, 2));
        GradSamples.add(
                "matmul, vectors",
                in -> MatmulOps.matmul(MatmulOps.matmul(in.get(0), in.get(1)), in.get(0)),
                normal(307, 3),
                normal(308, 2, 3, 3));
    }

    private static void einsum() {
        einsum("ij,jk->ik", normal(310, 2, 3), normal(311, 3, 2));
        einsum("ij,jk,kl->il", normal(312, 2, 2), normal(313, 2, 3), normal(314, 3, 2));
        einsum("ii->i", normal(315, 3, 3));
        einsum("iij,ji->", normal(316, 2, 2, 3), normal(317, 3, 2));
        einsum("iii", normal(318, 2, 2, 2));
        einsum("ijk->j", normal(319, 2, 3, 2));
        einsum("ij,kl->il", normal(320, 2, 3), normal(321, 2, 2));
        einsum("...ij,...jk->...ik", normal(322, 2, 1, 2, 2), normal(323, 3, 2, 2));
        einsum("i...,i->", normal(324, 2, 2), normal(325, 2));
        einsum("ij,ij->ij", normal(326, 1, 3), normal(327, 2, 1));
        einsum("ij,ij->j", normal(328, 2, 3), normal(329, 1, 3));
        einsum("ba,b", normal(330, 2, 3), normal(331, 2));
    }

    private static void einsum(String equation, Tensor... inputs) {
        String name = equation.equals("ij,jk->ik") ? "einsum" : "einsum, " + equation;
        GradSamples.add(
                name,
                in -> {
                    Variable y = EinsumOps.einsum(equation, in.toArray(Variable[]::new));
                    return y.mul(y);
                },
                inputs);
    }

    private static void equations() {
        Tensor a = regular(340, 2, 3, 3);
        GradSamples.add("solve", in -> LinearAlgebraOps.solve(in.get(0), in.get(1)), a, normal(341, 3, 2));
        GradSamples.add("solve, vector", in -> LinearAlgebraOps.solve(in.get(0), in.get(1)), a, normal(342, 3));
        GradSamples.add(
                "triangularSolve",
                in -> LinearAlgebraOps.triangularSolve(in.get(0), in.get(1), true, false),
                a,
                normal(343, 2, 3, 2));
        GradSamples.add(
                "triangularSolve, unit diagonal",
                in -> LinearAlgebraOps.triangularSolve(in.get(0), in.get(1), false, true),
                a,
                normal(344, 3));
        GradSamples.add("inverse", in -> LinearAlgebraOps.inverse(in.get(0)), a);
        GradSamples.add("pseudoInverse", in -> LinearAlgebraOps.pseudoInverse(in.get(0)), normal(345, 4, 2));
        GradSamples.add("pseudoInverse, wide", in -> LinearAlgebraOps.pseudoInverse(in.get(0)), normal(346, 2, 2, 3));
        GradSamples.add("determinant", in -> LinearAlgebraOps.determinant(in.get(0)), a);
        GradSamples.add(
                "logDeterminant",
                in -> LinearAlgebraOps.logDeterminant(in.get(0)).logAbs(),
                a);
        GradSamples.add("trace", in -> LinearAlgebraOps.trace(in.get(0).mul(in.get(0))), normal(347, 2, 2, 3));
        GradSamples.add("matrixPower", in -> LinearAlgebraOps.matrixPower(in.get(0), 6), normal(348, 2, 2));
        GradSamples.add("matrixPower, negative", in -> LinearAlgebraOps.matrixPower(in.get(0), -3), regular(349, 2, 2));
    }

    private static void decompositions() {
        GradSamples.add("cholesky", in -> DecompositionOps.cholesky(positive(in.get(0))), normal(350, 2, 3, 3));
        qr("qr", normal(351, 2, 4, 3));
        qr("qr, square", normal(352, 3, 3));
        qr("qr, wide", normal(353, 2, 4));
        svd("svd", normal(354, 4, 3));
        svd("svd, square", normal(355, 2, 2, 2));
        svd("svd, wide", normal(356, 2, 4));
        GradSamples.add("singularValues", in -> DecompositionOps.singularValues(in.get(0)), normal(357, 2, 3, 2));
        GradSamples.add(
                "symmetricEigen",
                in -> {
                    DecompositionOps.EigenFactors f = DecompositionOps.symmetricEigen(positive(in.get(0)));
                    return ElementwiseOps.mul(f.vectors(), ShapeOps.unsqueeze(f.values(), -1));
                },
                normal(358, 2, 3, 3));
    }

    private static void qr(String name, Tensor a) {
        GradSamples.add(
                name,
                in -> {
                    DecompositionOps.QrFactors f = DecompositionOps.qr(in.get(0));
                    return ElementwiseOps.add(
                            weighted(f.q(), 1), ElementwiseOps.mul(weighted(f.r(), 2), weighted(f.q(), 3)));
                },
                a);
    }

    private static void svd(String name, Tensor a) {
        GradSamples.add(
                name,
                in -> {
                    DecompositionOps.SvdFactors f = DecompositionOps.svd(in.get(0));
                    return ElementwiseOps.add(
                            ElementwiseOps.mul(weighted(f.u(), 1), weighted(f.vt(), 2)),
                            ElementwiseOps.mul(weighted(f.s(), 3), weighted(f.vt(), 4)));
                },
                a);
    }

    private static Variable weighted(Variable x, long seed) {
        Tensor weights = normal(seed + 900, x.shape().toArray());
        return ElementwiseOps.mul(x, Variable.constant(weights)).sum();
    }

    /** A positive definite function of any matrix. */
    private static Variable positive(Variable b) {
        Tensor half = Elementwise.mul(identity(b.size(-1)), 0.5);
        return ElementwiseOps.add(MatmulOps.matmul(b, ShapeOps.transpose(b, -2, -1)), Variable.constant(half));
    }

    /** Matrices far from singular. */
    private static Tensor regular(long seed, long... shape) {
        return Elementwise.add(normal(seed, shape), Elementwise.mul(identity(shape[shape.length - 1]), 3));
    }

    private static Tensor identity(long n) {
        return Diagonals.diagonalMatrix(Tensor.ones(DType.F64, n), 0);
    }
}
