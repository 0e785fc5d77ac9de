package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Function;
import luthier.autograd.Backward;
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
        Variable sum = SoftmaxOps.logSumExp(infinite);
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

    private static final double LOW = Double.NEGATIVE_INFINITY;

    /** The value, the gradient of a leaf, plain and recorded, and that its own derivative is no NaN either. */
    private static void check(double value, double[] slopes, Function<Variable, Variable> loss, double... x) {
        for (boolean recorded : new boolean[] {false, true}) {
            Variable leaf = leaf(x);
            Variable y = loss.apply(leaf);
            assertEquals(value, y.item(), 1e-12);
            Backward pass = Backward.fromScalar(y);
            Variable first =
                    (recorded ? pass.createGraph() : pass).gradients(leaf).getFirst();
            assertArrayEquals(slopes, first.value().toDoubleArray(), 1e-12, recorded ? "recorded" : "plain");
            if (recorded && first.requiresGrad()) {
                for (double second : Backward.fromScalar(first.sum())
                        .gradients(leaf)
                        .getFirst()
                        .value()
                        .toDoubleArray()) {
                    assertTrue(Double.isFinite(second), "second derivative " + second);
                }
            }
        }
    }

    private static Variable constant(double... values) {
        return Variable.constant(Tensor.of(values, values.length));
    }

    @Test
    void whatCannotBeIsNotAskedFor() {
        CrossEntropyOptions none = CrossEntropyOptions.usual();
        Variable sure = constant(0, 1);
        check(0, new double[] {0, 0}, x -> LossOps.crossEntropy(x, sure, none), LOW, 0);
        double half = Math.log(2);
        check(half, new double[] {0, -0.5, 0.5}, x -> LossOps.crossEntropy(x, constant(0, 1, 0), none), LOW, 0, 0);
        Tensor weights = Tensor.of(new double[] {0, 1, 1}, 3);
        CrossEntropyOptions weighted = none.weightedBy(weights);
        check(
                half / 2,
                new double[] {0, -0.25, 0.25},
                x -> LossOps.crossEntropy(x, constant(0.5, 0.5, 0), weighted),
                LOW,
                0,
                0);
        // Gradients of the target where it is 0 and impossible.
        Variable target = leaf(0, 1);
        LossOps.crossEntropy(constant(LOW, 0), target, none).backward();
        assertArrayEquals(new double[] {0, 0}, gradient(target), 1e-15);

        Tensor classes = Tensor.of(new long[] {1, 0}, 2);
        CrossEntropyOptions sum = none.reducedTo(LossReduction.SUM).weightedBy(weights);
        Function<Variable, Variable> rows = x -> ShapeOps.reshape(x, 2, 3);
        // The second row's class weighs nothing, though its loss is infinite.
        double[] logits = {0, 0, 0, LOW, 0, 0};
        double third = 1 / 3.0;
        check(
                Math.log(3),
                new double[] {third, -2 * third, third, 0, 0, 0},
                x -> LossOps.crossEntropy(rows.apply(x), classes, sum),
                logits);
        check(0, new double[] {0, -1, 0, 0, 0, 0}, x -> LossOps.nll(rows.apply(x), classes, sum), 0, 0, 0, LOW, 0, 0);
        // Nor does a row of impossible logits that is weighed out.
        check(
                Math.log(3),
                new double[] {third, -2 * third, third, 0, 0, 0},
                x -> LossOps.crossEntropy(rows.apply(x), classes, sum),
                0,
                0,
                0,
                0,
                LOW,
                LOW);
        CrossEntropyOptions smooth = sum.smoothedBy(0.3);
        Variable one = ShapeOps.reshape(leaf(LOW, 0, 0), 1, 3);
        assertEquals(
                (0.7 + 0.2) * half,
                LossOps.crossEntropy(one, Tensor.of(new long[] {1}, 1), smooth).item(),
                1e-12);
        Variable even = ShapeOps.reshape(leaf(LOW, 0, 0), 1, 3);
        assertEquals(
                Double.POSITIVE_INFINITY,
                LossOps.crossEntropyRows(even, Tensor.of(new long[] {0}, 1), 1, -100)
                        .sum()
                        .item());
    }

    @Test
    void divergencesOfWhatCannotBe() {
        Function<Variable, Variable> of = x -> LossOps.klDiv(x, constant(0, 1), false, LossReduction.SUM);
        check(2, new double[] {0, -1}, of, LOW, -2);
        Function<Variable, Variable> ofLogs = x -> LossOps.klDiv(x, constant(LOW, 0), true, LossReduction.SUM);
        check(2, new double[] {0, -1}, ofLogs, LOW, -2);
        Variable target = leaf(LOW, 0);
        LossOps.klDiv(constant(LOW, -2), target, true, LossReduction.SUM).backward();
        assertArrayEquals(new double[] {0, 3}, gradient(target), 1e-15);
    }

    @Test
    void infiniteLogitsOnTheirSide() {
        double high = Double.POSITIVE_INFINITY;
        Function<Variable, Variable> right = x -> LossOps.bceWithLogits(x, constant(1, 0, 1), LossReduction.SUM);
        check(Math.log(2), new double[] {0, 0, -0.5}, right, high, LOW, 0);
        Variable wrong = leaf(high, LOW);
        Variable losses = LossOps.bceWithLogits(wrong, constant(0, 1), LossReduction.NONE);
        assertArrayEquals(new double[] {high, high}, losses.value().toDoubleArray());
        losses.sum().backward();
        assertArrayEquals(new double[] {1, -1}, gradient(wrong));
        Tensor unweighed = Tensor.of(new double[] {0, 1}, 2);
        Tensor one = Tensor.ones(DType.F64, 1);
        check(
                0,
                new double[] {0, 0},
                x -> LossOps.bceWithLogits(x, constant(0, 0), one, unweighed, LossReduction.SUM),
                high,
                LOW);
        assertTrue(assertThrows(
                        ShapeException.class,
                        () -> LossOps.bceWithLogits(
                                leaf(1), constant(1), one, Tensor.ones(DType.F64, 3), LossReduction.MEAN))
                .getMessage()
                .startsWith("bceWithLogits: weight must broadcast to x; got [3] for [1]"));
    }

    @Test
    void infinitiesShareTheirSum() {
        double high = Double.POSITIVE_INFINITY;
        Variable x = leaf(high, 0, high);
        SoftmaxOps.logSumExp(x).backward();
        assertArrayEquals(new double[] {0.5, 0, 0.5}, gradient(x));
        Variable rows = Variable.parameter(Tensor.of(new double[] {high, 0, 0, 0}, 2, 2));
        SoftmaxOps.logSumExp(rows, 1).sum().backward();
        assertArrayEquals(new double[] {1, 0, 0.5, 0.5}, gradient(rows));
    }
}
