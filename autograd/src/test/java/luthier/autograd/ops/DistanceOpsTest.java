package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.autograd.GradCheck;
import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Cosines and distances of vectors that are huge, tiny, equal or repeated. */
class DistanceOpsTest {
    private static final double EPS = 1e-8;

    private static Variable cosine(Tensor a, Tensor b, int axis) {
        return DistanceOps.cosineSimilarity(Variable.constant(a), Variable.constant(b), axis, EPS);
    }

    /** The right value by the formula, after broadcasting, from numbers in double precision. */
    private static double[] byFormula(Tensor a, Tensor b, int axis) {
        Shape shape = a.shape().broadcast(b.shape(), "test");
        Variable u = Variable.constant(a.expand(shape).copy());
        Variable v = Variable.constant(b.expand(shape).copy());
        Variable product = ReductionOps.sum(u.mul(v), axis);
        Variable lengths = ElementwiseOps.sqrt(ReductionOps.sum(u.mul(u), axis))
                .mul(ElementwiseOps.sqrt(ReductionOps.sum(v.mul(v), axis)));
        return product.div(lengths).value().toDoubleArray();
    }

    @Test
    void operandsAreBroadcastBeforeTheyAreReduced() {
        Tensor a = Rng.of(1).normal(DType.F64, Shape.of(1, 2, 3), 0, 1);
        Tensor b = Rng.of(2).normal(DType.F64, Shape.of(2, 1, 3), 0, 1);
        for (int axis : new int[] {-3, -2, -1, 0, 1, 2}) {
            assertArrayEquals(byFormula(a, b, axis), cosine(a, b, axis).value().toDoubleArray(), 1e-14);
            GradCheck.check(in -> DistanceOps.cosineSimilarity(in.get(0), in.get(1), axis, EPS), a, b)
                    .assertPassed();
            GradCheck.checkSecondOrder(in -> DistanceOps.cosineSimilarity(in.get(0), in.get(1), axis, EPS), a, b)
                    .assertPassed();
        }
        Tensor row = Rng.of(3).normal(DType.F64, Shape.of(3), 0, 1);
        assertArrayEquals(byFormula(a, row, 1), cosine(a, row, 1).value().toDoubleArray(), 1e-14);
    }

    @Test
    void aVectorIsAlikeItself() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            for (int i = 0; i < 2000; i++) {
                Tensor a = Rng.of(i).normal(dtype, Shape.of(1 + i % 50), 0, 1);
                assertEquals(1, cosine(a, a, 0).item(), "row " + i);
                assertEquals(-1, cosine(a, a.mul(-1), 0).item(), "row " + i);
                assertTrue(Math.abs(cosine(a, a.mul(1.1), 0).item()) <= 1);
            }
            int range = dtype == DType.F32 ? 66 : 1000;
            for (int exponent = -range; exponent <= range; exponent += range / 3) {
                Tensor a = Tensor.of(new double[] {3, 4}, 2)
                        .mul(Math.scalb(1.0, exponent))
                        .to(dtype);
                Tensor b = Tensor.of(new double[] {4, 3}, 2)
                        .mul(Math.scalb(1.0, -exponent))
                        .to(dtype);
                Variable x = Variable.parameter(a);
                Variable y = DistanceOps.cosineSimilarity(x, Variable.constant(b), 0, 0);
                assertEquals(0.96, y.item(), 1e-7);
                y.backward();
                // dA = (b' - y a') / |a|
                assertArrayEquals(
                        new double[] {0.224, -0.168},
                        x.grad().orElseThrow().mul(Math.scalb(5.0, exponent)).toDoubleArray(),
                        1e-6);
            }
        }
    }

    @Test
    void othersFollowTheSafeNorm() {
        Variable a = Variable.parameter(Tensor.of(new float[] {3e20f, 4e20f, 4e20f, -3e20f}, 2, 2));
        assertEquals(0, DistanceOps.infoNce(a, a, 0.01).item(), 1e-6);
        Tensor same = Tensor.of(new float[] {1, 1}, 2);
        assertEquals(
                0, DistanceOps.cosineEmbedding(a, a, same, 0, LossReduction.SUM).item());
        Variable near = Variable.parameter(Tensor.of(new float[] {3e-25f, 4e-25f}, 1, 2));
        Variable zero = Variable.constant(Tensor.zeros(DType.F32, 1, 2));
        Variable loss = DistanceOps.tripletMargin(near, zero, near, 0, 2, 0, false, LossReduction.SUM);
        assertEquals(5e-25, loss.item(), 1e-31);
        loss.backward();
        assertArrayEquals(
                new float[] {0.6f, 0.8f},
                near.grad().map(g -> g.mul(1)).orElseThrow().toFloatArray(),
                1e-6f);
        Variable far = Variable.constant(Tensor.of(new float[] {3e25f, 4e25f}, 1, 2));
        Variable distance = DistanceOps.tripletMargin(far, zero, far, 0, 2, 0, false, LossReduction.SUM);
        assertEquals(5e25, distance.item(), 1e19);
    }
}
