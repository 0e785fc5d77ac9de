package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.autograd.Variable;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Losses at their corners. */
class LossOpsTest {
    private static Variable leaf(double... values) {
        return Variable.parameter(Tensor.of(values, values.length));
    }

    private static double[] gradient(Variable leaf) {
        return leaf.grad().orElseThrow().toDoubleArray();
    }

    @Test
    void ignoredRowsAlone() {
        Variable logits = Variable.parameter(Tensor.ones(DType.F64, 2, 3));
        Tensor target = Tensor.of(new long[] {-100, -100}, 2);
        assertTrue(Double.isNaN(LossOps.crossEntropy(logits, target).item()), "a mean of nothing, as in PyTorch");
        CrossEntropyOptions sum = CrossEntropyOptions.usual().reducedTo(LossReduction.SUM);
        Variable total = LossOps.crossEntropy(logits, target, sum);
        assertEquals(0, total.item());
        total.backward();
        assertArrayEquals(new double[6], gradient(logits));
    }

    @Test
    void classesAlongAnyAxis() {
        Tensor image = Rng.of(1).normal(DType.F64, Shape.of(2, 3, 4), 0, 1);
        Tensor target = Rng.of(2).integers(Shape.of(2, 4), 0, 3);
        CrossEntropyOptions none = CrossEntropyOptions.usual().reducedTo(LossReduction.NONE);
        Variable first = LossOps.crossEntropy(Variable.constant(image), target, none.classesAlong(1));
        Variable last = LossOps.crossEntropy(Variable.constant(image.transpose(1, 2)), target, none);
        assertEquals(Shape.of(2, 4), first.shape());
        assertTrue(first.value().bitEquals(last.value()));
        assertEquals(
                "crossEntropy: targets must have the logits' shape without the axis of the classes; got [2, 4] for"
                        + " [2, 3, 4] with classes along axis 2\n  logits [2, >3<, 4] F64\n  target [2, >4<] I64, values 0 to 2\n"
                        + "  try logits.transpose(-2, -1): [2, 4, 3] fits",
                assertThrows(ShapeException.class, () -> LossOps.crossEntropy(Variable.constant(image), target, none))
                        .getMessage());
    }

    @Test
    void oneHotDistributionsAreClasses() {
        Tensor logits = Rng.of(3).normal(DType.F64, Shape.of(3, 2), 0, 1);
        Tensor target = Tensor.of(new long[] {1, 0, 1}, 3);
        Variable hot = Variable.constant(Tensor.of(new double[] {0, 1, 1, 0, 0, 1}, 3, 2));
        CrossEntropyOptions smoothed = CrossEntropyOptions.usual().smoothedBy(0.3);
        assertEquals(
                LossOps.crossEntropy(Variable.constant(logits), target, smoothed)
                        .item(),
                LossOps.crossEntropy(Variable.constant(logits), hot, smoothed).item(),
                1e-15);
    }

    @Test
    void divergenceWhereTheTargetIsZero() {
        Variable logP = leaf(-1, -2);
        Variable target = leaf(0, 1);
        LossOps.klDiv(logP, target, false, LossReduction.SUM).backward();
        assertArrayEquals(new double[] {0, -1}, gradient(logP), 1e-15);
        assertArrayEquals(new double[] {1, 3}, gradient(target));
    }

    @Test
    void hugeLogits() {
        Variable x = leaf(1000, -1000, 0);
        Variable y = LossOps.bceWithLogits(x, leaf(0, 1, 0.5), LossReduction.NONE);
        assertArrayEquals(
                new double[] {1000, 1000, StrictMath.log(2)}, y.value().toDoubleArray(), 1e-12);
        y.sum().backward();
        assertArrayEquals(new double[] {1, -1, 0}, gradient(x), 1e-15);
    }

    @Test
    void vectorsOfLengthZeroHaveFiniteGradients() {
        Variable a = leaf(0, 0);
        Variable cosine = DistanceOps.cosineSimilarity(a, leaf(3, 4), 0, 0.5);
        assertEquals(0, cosine.item());
        cosine.backward();
        assertArrayEquals(new double[] {1.2, 1.6}, gradient(a), 1e-15);
        Variable same = Variable.parameter(Tensor.ones(DType.F64, 1, 2));
        DistanceOps.tripletMargin(same, same, same, 1, 2, 0, false, LossReduction.MEAN)
                .backward();
        assertArrayEquals(new double[2], gradient(same));
    }

    @Test
    void cornersOfDistances() {
        Variable x = leaf(-2, -1, 0, 1, 2);
        DistanceOps.huber(x, leaf(0, 0, 0, 0, 0), 1, LossReduction.SUM).backward();
        assertArrayEquals(new double[] {-1, -1, 0, 1, 1}, gradient(x));
        Variable z = leaf(-2, 0, 2);
        DistanceOps.smoothL1(z, leaf(0, 0, 0), 0, LossReduction.SUM).backward();
        assertArrayEquals(new double[] {-1, 0, 1}, gradient(z));
        assertEquals(
                "mse: prediction and target must have one shape; got [5] and [3]; expand the smaller one if it is"
                        + " meant to be repeated\n  x [>5<] F64\n  target [>3<] F64",
                assertThrows(ShapeException.class, () -> DistanceOps.mse(x, z, LossReduction.MEAN))
                        .getMessage());
    }

    @Test
    void matchesAgainstTheRest() {
        Variable a = Variable.constant(Tensor.of(new double[] {2, 0, 0, 5}, 2, 2));
        assertEquals(
                StrictMath.log(1 + StrictMath.exp(-1 / 0.5)),
                DistanceOps.infoNce(a, a, 0.5).item(),
                1e-15);
    }

    @Test
    void rowsThatSeeNothing() {
        Variable x = Variable.parameter(Tensor.ones(DType.F64, 2, 2));
        Tensor visible = Tensor.of(new boolean[] {true, false, false, false}, 2, 2);
        Variable y = SoftmaxOps.maskedSoftmax(x, visible, 1);
        assertArrayEquals(new double[] {1, 0, 0, 0}, y.value().toDoubleArray());
        y.backward(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
        assertArrayEquals(new double[4], gradient(x));
        double low = Double.NEGATIVE_INFINITY;
        Variable infinite = leaf(low, low);
        Variable sum = SoftmaxOps.logSumExp(infinite, false);
        assertEquals(low, sum.item());
        sum.backward();
        assertArrayEquals(new double[2], gradient(infinite));
    }

    @Test
    void paddingIsNotLearned() {
        Variable weight = Variable.parameter(Tensor.ones(DType.F32, 3, 1));
        Variable rows = IndexingOps.embedding(weight, Tensor.of(new long[] {1, 2, 1, 2}, 2, 2), 2);
        assertEquals(4, rows.sum().item());
        rows.sum().backward();
        assertArrayEquals(new double[] {0, 2, 0}, gradient(weight));
    }

    @Test
    void masksComeFromTheStream() {
        Variable x = Variable.parameter(Tensor.ones(DType.F32, 1000));
        Variable y = DropoutOps.dropout(x, 0.25, Rng.of(4));
        assertTrue(y.value().bitEquals(DropoutOps.dropout(x, 0.25, Rng.of(4)).value()));
        y.sum().backward();
        assertTrue(x.grad().orElseThrow().bitEquals(y.value()), "dX = keep / (1 - p)");
        assertEquals(1000, y.sum().item(), 60);
        assertEquals(0, DropoutOps.dropout(x, 1, Rng.of(4)).sum().item());
        assertThrows(IllegalArgumentException.class, () -> DropoutOps.dropout(x, 1.5, Rng.of(4)));
    }
}
