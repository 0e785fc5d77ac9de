package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.MovementOps;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.PaddingOps;
import luthier.autograd.ops.QuantilesOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.RoundingOps;
import luthier.autograd.ops.ScanOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.autograd.ops.SortingOps;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.Indexing.Scatter;
import luthier.tensor.Quantiles.Interpolation;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What gradients are where there is no derivative, or where a formula taken literally would lose it. */
class GradientCornerCasesTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;

    private static Tensor numbers(double... values) {
        return Tensor.of(values, values.length);
    }

    private static Variable constant(double... values) {
        return Variable.constant(numbers(values));
    }

    private static void assertGradient(double[] expected, UnaryOperator<Variable> f, double... x) {
        assertArrayEquals(
                expected, Transforms.grad(v -> f.apply(v).sum(), numbers(x)).toDoubleArray(), 1e-15);
    }

    private static double[] at(double... expected) {
        return expected;
    }

    @Test
    void kinksTakeTheirConvention() {
        assertGradient(at(0, 0, 1), ActivationOps::relu, -1, 0, 2);
        assertGradient(at(0, 1, 0), ActivationOps::relu6, 0, 3, 6);
        assertGradient(at(0, 1 / 6.0, 0), ActivationOps::hardSigmoid, -3, 0, 3);
        assertGradient(at(-0.5, 1.5, 0, 1), ActivationOps::hardSwish, -3, 3, -INF, INF);
        assertGradient(at(0.5), x -> ActivationOps.leakyRelu(x, 0.5), 0);
        assertGradient(at(0.7), x -> ActivationOps.elu(x, 0.7), 0);
        assertGradient(at(-1, 0, 1), SelectionOps::abs, -2, 0, 2);
        assertGradient(at(0, 0), SelectionOps::sign, 0, 3);
        assertGradient(at(0, 1, 1, 1, 0), x -> SelectionOps.clamp(x, -1, 1), -2, -1, 0, 1, 2);
        assertGradient(at(0, 0.5, 1), x -> SelectionOps.maximum(x, 0), -1, 0, 1);
        assertGradient(at(1, 0.5, 0), x -> SelectionOps.minimum(x, 0), -1, 0, 1);
        assertGradient(at(0.5), x -> SelectionOps.maximum(constant(2), x), 2);
        assertGradient(at(0, 0), RoundingOps::round, 0.5, 0.3);
        assertGradient(at(0, 0), RoundingOps::floor, 1, 1.2);
        assertGradient(at(1, 1), x -> RoundingOps.remainder(x, 3), 3, 4);
    }

    @Test
    void clampGivesTheGradientToTheBoundThatHolds() {
        Variable x = Variable.parameter(numbers(-2, -1, 0, 1, 2, 0));
        Variable low = Variable.parameter(numbers(-1, -1, -1, -1, -1, 3));
        Variable high = Variable.parameter(Tensor.scalar(1.0));
        SelectionOps.clamp(x, low, high).sum().backward();
        assertArrayEquals(at(0, 1, 1, 1, 0, 0), x.grad().orElseThrow().toDoubleArray());
        assertArrayEquals(at(1, 0, 0, 0, 0, 0), low.grad().orElseThrow().toDoubleArray());
        assertEquals(2, high.grad().orElseThrow().item());
    }

    @Test
    void stepsGiveZeroEvenToInfiniteGradients() {
        assertGradient(at(0), x -> ElementwiseOps.div(RoundingOps.floor(x), constant(0)), 1.5);
        assertGradient(at(0), x -> ElementwiseOps.pow(x, 0), 0);
    }

    @Test
    void extremesShareTheGradientAmongTies() {
        assertGradient(at(0, 0.5, 0.5), x -> ReductionOps.max(x, false), 1, 5, 5);
        assertGradient(at(0.5, 0, 0.5), x -> ReductionOps.min(x, true), 1, 5, 1);
        assertGradient(at(0, 1, 0), x -> ReductionOps.maxWithIndex(x, 0, false).values(), 1, 5, 5);
        assertGradient(at(1, 0, 0), x -> ReductionOps.minWithIndex(x, 0, false).values(), 1, 5, 1);
        assertGradient(at(0, 1, 1, 0), x -> SortingOps.topk(x, 2, 0, true).values(), 3, 9, 9, 1);
        assertGradient(at(0, -0.5, 0.5), x -> NormsOps.norm(x, INF, false), 1, -5, 5);
        // All of 70,000 ties count: the shares add up to 1 in single precision too.
        Tensor ties = Tensor.ones(DType.F32, 70_000);
        Tensor share = Transforms.grad(x -> ReductionOps.max(x, false), ties);
        assertEquals(1f / 70_000, share.get(69_999), 1e-12);
    }

    @Test
    void powersAndRootsAtZero() {
        assertGradient(at(0), x -> ElementwiseOps.pow(x, 0), 0);
        assertGradient(at(INF), x -> ElementwiseOps.pow(x, 0.5), 0);
        assertGradient(at(INF), ElementwiseOps::sqrt, 0);
        assertGradient(at(NAN), x -> ElementwiseOps.sqrt(ElementwiseOps.square(x)), 0);
        assertGradient(at(0, 0), x -> ElementwiseOps.pow(x, constant(0, 2)), 0, 0);
        assertGradient(at(0, 0), x -> ElementwiseOps.pow(constant(0, 0), x), 0, 2);
        assertGradient(at(NAN), x -> ElementwiseOps.pow(constant(-2), x), 2);
        assertGradient(at(0, 0), x -> ElementwiseOps.pow(0, x), 0, 2);
    }

    @Test
    void normsAndDeviationsOfZerosHaveTheSubgradientZero() {
        for (double p : new double[] {0, 0.5, 1, 1.5, 2, 3, INF, -INF}) {
            assertGradient(at(0, 0), x -> NormsOps.norm(x, p, false), 0, 0);
        }
        assertGradient(at(0.6, 0.8), x -> NormsOps.norm(x, false), 3e200, 4e200);
        assertGradient(at(0, 0, 0), x -> ReductionOps.std(x, 1, false), 3, 3, 3);
        assertGradient(at(NAN), x -> ReductionOps.std(x, 1, false), 3);
        Tensor tiny = Tensor.of(new float[] {3e-30f, 4e-30f}, 2);
        assertArrayEquals(
                at(0.6, 0.8),
                Transforms.grad(x -> NormsOps.norm(x, false), tiny).toDoubleArray(),
                1e-7);
        UnaryOperator<Variable> gradient = Transforms.grad(x -> NormsOps.norm(x, false));
        assertArrayEquals(
                at(0, 0),
                Transforms.grad(x -> gradient.apply(x).sum(), numbers(0, 0)).toDoubleArray());
    }

    @Test
    void productsWithZerosAreExact() {
        assertGradient(at(0, 6, 0), x -> ReductionOps.prod(x, false), 2, 0, 3);
        assertGradient(at(0, 0, 0), x -> ReductionOps.prod(x, false), 0, 0, 3);
        assertGradient(
                at(2), x -> ReductionOps.prod(ShapeOps.reshape(x, 1, 1), false).mul(2), 0);
        // y = (2, 0, 0): dX_0 = 1 + 0 + 0, dX_1 = 2 + 2 * 3, dX_2 = 0.
        assertGradient(at(1, 8, 0), x -> ScanOps.cumprod(x, 0), 2, 0, 3);
        assertGradient(at(1, 0, 0), x -> ScanOps.cumprod(x, 0), 0, 0, 3);
        assertGradient(at(1, 2, 0), x -> ScanOps.cumprod(x, 0, true, false), 2, 0, 3);
        assertGradient(at(0, 9, 1), x -> ScanOps.cumprod(x, 0, false, true), 2, 0, 3);
    }

    @Test
    void elementsByRankGetTheGradientAlone() {
        assertGradient(at(0, 1, 0, 0), x -> QuantilesOps.median(x, 0, false).values(), 2, 2, 9, 2);
        assertGradient(at(0, 0, 1), QuantilesOps::median, 5, 7, NAN);
        assertGradient(at(0, 0.5, 0.5, 0), x -> QuantilesOps.quantile(x, 0.5, false), 2, 2, 2, 2);
        assertGradient(at(0, 1, 0), x -> QuantilesOps.quantile(x, 0.5, false), 1, 2, 3);
        assertGradient(at(0.25, 0.75), x -> QuantilesOps.quantile(x, 0.75, false), 5, INF);
        assertGradient(at(0, 1, 0), x -> QuantilesOps.quantile(x, 0.3, false), 5, NAN, NAN);
        assertGradient(at(1, 0), x -> QuantilesOps.quantile(x, 0.3, Interpolation.LOWER, false), 1, 2);
    }

    @Test
    void runningExtremesGiveToTheLastOfEquals() {
        assertGradient(at(1, 1, 2, 0), x -> ScanOps.cummax(x, 0).values(), 3, 3, 3, 1);
        assertGradient(at(1, 1, 2, 0), x -> ScanOps.cummin(x, 0).values(), 0, -0.0, 0, 1);
        assertGradient(at(1, 2, 0), x -> ScanOps.cummax(x, 0).values(), 3, NAN, 4);
    }

    @Test
    void runningLogarithmsOfNothing() {
        UnaryOperator<Variable> f = x -> ScanOps.logCumSumExp(x, 0);
        assertGradient(at(0, 0), f, -INF, -INF);
        assertGradient(at(0, 0, 2, 0), f, -INF, -INF, 3, -INF);
        assertGradient(at(1.5, 0.5), f, 1000, 1000);
        assertGradient(at(2, 0), f, 1000, -1000);
        assertGradient(at(1, 1), f, -1000, 1000);
        // Shares are not taken from y, whose digits 1000 uses up.
        Tensor narrow = Transforms.grad(x -> f.apply(x).sum(), Tensor.of(new float[] {1000, 1000, 1001}, 3));
        double e = Math.E;
        assertArrayEquals(at(1.5 + 1 / (2 + e), 0.5 + 1 / (2 + e), e / (2 + e)), narrow.toDoubleArray(), 2e-7);
        UnaryOperator<Variable> gradient = Transforms.grad(x -> f.apply(x).sum());
        Tensor second =
                Transforms.grad(x -> gradient.apply(x).mul(constant(1, 2, 3, 4)).sum(), numbers(-INF, 0, 0, -INF));
        // Shares of y_1, y_2 and y_3: 1 and two times a half and a half; d(2 dX_1 + 3 dX_2) = -1/4 and 1/4, twice.
        assertArrayEquals(at(0, -0.5, 0.5, 0), second.toDoubleArray(), 1e-15);
    }

    @Test
    void wholeQuotientsAreFlat() {
        assertGradient(at(0, 0), x -> RoundingOps.floorDivide(x, 2), 4, 5);
        assertGradient(at(0), x -> RoundingOps.floorDivide(constant(1, 7), x), 0);
        assertGradient(at(0, 0), x -> RoundingOps.truncDivide(x, constant(0)), 4, 5);
    }

    @Test
    void logarithmsOfNothing() {
        assertGradient(at(0, 0), x -> SoftmaxOps.logSumExp(x, 0, false), -INF, -INF);
        assertGradient(at(0, 0), x -> SoftmaxOps.logSumExp(ShapeOps.reshape(x, 1, 2), true), -INF, -INF);
        assertGradient(at(0, 1), x -> SoftmaxOps.logSumExp(x, false), -INF, 3);
        assertGradient(at(0, 0.5), x -> ElementaryOps.logaddexp(x, constant(-INF, INF)), -INF, INF);
        assertGradient(at(0, -INF, 0), x -> ElementaryOps.xlogy(x, constant(0, 0, -1)), 0, 1, 0);
        assertGradient(at(0, 0), x -> ElementaryOps.xlogy(constant(0, 0), x), 0, 2);
        assertGradient(at(0), x -> ElementaryOps.atan2(x, constant(0)), 0);
        assertGradient(at(0.5), x -> ElementaryOps.atan2(x, constant(1e200)).mul(1e200), 1e200);
    }

    @Test
    void whereKeepsTheTrapAndTheDoubleWhereAvoidsIt() {
        UnaryOperator<Variable> trap = x -> {
            Tensor positive = Comparison.greater(x.value(), 0);
            return SelectionOps.where(positive, ElementaryOps.log(x), constant(0));
        };
        assertGradient(at(NAN, 0.5), trap, 0, 2);
        UnaryOperator<Variable> guarded = x -> {
            Tensor positive = Comparison.greater(x.value(), 0);
            Variable safe = SelectionOps.where(positive, x, constant(1));
            return SelectionOps.where(positive, ElementaryOps.log(safe), constant(0));
        };
        assertGradient(at(0, 0.5), guarded, 0, 2);
    }

    @Test
    void largeArgumentsStayFinite() {
        assertGradient(at(0, 0.5, 1), ActivationOps::softplus, -1000, 0, 1000);
        assertGradient(at(1, 0.5, 0), ActivationOps::logSigmoid, -1000, 0, 1000);
        assertGradient(at(0.7, 1), x -> ActivationOps.elu(x, 0.7), 0, 1000);
        assertGradient(at(0, 0), ActivationOps::softsign, -INF, INF);
        assertGradient(at(0, 1), ActivationOps::silu, -INF, 1000);
        assertGradient(at(1), x -> ActivationOps.softplus(x, 1, 20), 20.5);
    }

    @Test
    void repeatedIndicesAddUpAndOverwrittenSourcesGetNothing() {
        Tensor index = Tensor.of(new long[] {0, 0, 2}, 3);
        assertGradient(at(2, 0, 1), x -> IndexingOps.gather(x, 0, index), 5, 6, 7);
        assertGradient(at(2, 0, 1), x -> IndexingOps.take(x, index), 5, 6, 7);
        Variable x = Variable.parameter(numbers(5, 6, 7));
        Variable source = Variable.parameter(numbers(1, 2, 3));
        Variable y = IndexingOps.scatter(x, 0, index, source, Scatter.REPLACE);
        assertArrayEquals(at(2, 6, 3), y.value().toDoubleArray());
        y.mul(constant(10, 20, 30)).sum().backward();
        assertArrayEquals(at(0, 20, 0), x.grad().orElseThrow().toDoubleArray());
        assertArrayEquals(at(0, 10, 30), source.grad().orElseThrow().toDoubleArray());
    }

    @Test
    void scatteredProductsWithZerosAndExtremesWithTies() {
        Tensor index = Tensor.of(new long[] {0, 0, 1}, 3);
        UnaryOperator<Variable> product = s -> IndexingOps.scatter(constant(2, 4), 0, index, s, Scatter.MUL);
        assertGradient(at(0, 6, 4), product, 3, 0, 5);
        assertGradient(at(0, 0, 4), product, 0, 0, 5);
        UnaryOperator<Variable> largest = s -> IndexingOps.scatter(constant(2, 4), 0, index, s, Scatter.MAX);
        assertGradient(at(0.5, 0, 0), largest, 2, 1, 3);
        assertGradient(at(0.5, 0.5, 1), largest, 3, 3, 9);
    }

    @Test
    void aPaddingRowIsReadAndNotTrained() {
        Tensor index = Tensor.of(new long[] {0, 2, 2}, 3);
        Tensor weight = Tensor.of(new double[] {1, 2, 3}, 3, 1);
        for (long padding : new long[] {2, -1}) {
            assertArrayEquals(
                    at(1, 0, 0),
                    Transforms.grad(
                                    w -> IndexingOps.embedding(w, index, padding)
                                            .sum(),
                                    weight)
                            .toDoubleArray());
        }
        assertArrayEquals(
                at(1, 3, 3),
                IndexingOps.embedding(Variable.constant(weight), index, 2)
                        .value()
                        .toDoubleArray());
        assertEquals(
                "embedding: the padding must be a row of the weight [3, 1]; got 3; leave it out if there is none\n"
                        + "  weight [3, 1] F64\n  index [3] I64, values 0 to 2",
                assertThrows(ShapeException.class, () -> IndexingOps.embedding(Variable.constant(weight), index, 3))
                        .getMessage());
    }

    @Test
    void rankZeroKeepsItsRank() {
        Tensor x = Tensor.scalar(3.0);
        List<UnaryOperator<Variable>> operations = List.of(
                v -> SortingOps.sort(v, 0, true).values(),
                v -> SortingOps.topk(v, 1, 0, true).values(),
                v -> ReductionOps.maxWithIndex(v, 0, false).values(),
                v -> ReductionOps.minWithIndex(v, -1, true).values(),
                v -> ScanOps.cumsum(v, 0),
                v -> ScanOps.cumprod(v, 0),
                v -> ScanOps.cummax(v, -1).values(),
                v -> ScanOps.cummin(v, 0).values(),
                v -> ScanOps.logCumSumExp(v, 0),
                QuantilesOps::median,
                v -> QuantilesOps.median(v, 0, false).values(),
                v -> QuantilesOps.quantile(v, 0.3, true),
                v -> ReductionOps.prod(v, false),
                v -> NormsOps.norm(v, false),
                v -> SoftmaxOps.logSumExp(v, false),
                v -> ReductionOps.max(v, true));
        for (int i = 0; i < operations.size(); i++) {
            Tensor gradient = Transforms.grad(operations.get(i), x);
            assertEquals(Shape.of(), gradient.shape(), "operation " + i);
            assertEquals(1, gradient.item(), "operation " + i);
        }
        assertEquals(
                Shape.of(0),
                SortingOps.topk(Variable.constant(x), 0, 0, true).values().shape());
    }

    @Test
    void emptyVariablesHaveEmptyGradients() {
        Tensor x = Tensor.zeros(DType.F64, 2, 0);
        List<UnaryOperator<Variable>> operations = List.of(
                v -> ReductionOps.prod(v, false, 1),
                v -> ScanOps.cumprod(v, 1),
                v -> ScanOps.cumsum(v, 1),
                v -> ScanOps.cummax(v, 1).values(),
                v -> ScanOps.logCumSumExp(v, 1),
                v -> QuantilesOps.median(v, 0, true).values(),
                v -> QuantilesOps.quantile(v, 0.5, false, 0),
                v -> NormsOps.norm(v, false, 1),
                v -> SoftmaxOps.logSumExp(v, false, 0, 1),
                v -> SortingOps.sort(v, 1, false).values(),
                v -> MovementOps.tile(v, 2, 2),
                v -> MovementOps.repeatInterleave(v, 0, 2),
                v -> PaddingOps.constant(v, 1, 1, 1),
                ElementaryOps::sin);
        for (int i = 0; i < operations.size(); i++) {
            UnaryOperator<Variable> f = operations.get(i);
            assertEquals(x.shape(), Transforms.grad(v -> f.apply(v).sum(), x).shape(), "operation " + i);
        }
    }

    /** The fused forms against the composed ones that their Javadoc names: values, first and second derivatives. */
    @Test
    void fusedActivationsAgreeWithTheirComposedForms() {
        agree(ActivationOps::silu, x -> x.mul(ActivationOps.sigmoid(x)));
        agree(ActivationOps::mish, x -> x.mul(ElementaryOps.tanh(ActivationOps.softplus(x))));
        agree(ActivationOps::softsign, x -> x.div(ElementwiseOps.add(SelectionOps.abs(x), 1)));
        agree(x -> ReductionOps.std(x, 1, false), x -> ElementwiseOps.sqrt(ReductionOps.variance(x, 1, false)));
        agree(
                x -> NormsOps.norm(x, false),
                x -> ElementwiseOps.sqrt(ElementwiseOps.square(x).sum()));
    }

    private static void agree(UnaryOperator<Variable> fused, UnaryOperator<Variable> composed) {
        Tensor x = Rng.of(7).normal(DType.F64, Shape.of(5), 0, 2);
        Tensor w = Rng.of(8).normal(DType.F64, Shape.of(5), 0, 1);
        assertArrayEquals(
                composed.apply(Variable.constant(x)).value().toDoubleArray(),
                fused.apply(Variable.constant(x)).value().toDoubleArray(),
                1e-14);
        UnaryOperator<Variable> first = Transforms.grad(v -> fused.apply(v).sum());
        UnaryOperator<Variable> second = Transforms.grad(v -> composed.apply(v).sum());
        assertArrayEquals(
                second.apply(Variable.constant(x)).value().toDoubleArray(),
                first.apply(Variable.constant(x)).value().toDoubleArray(),
                1e-13);
        Variable weights = Variable.constant(w);
        assertArrayEquals(
                Transforms.grad(v -> second.apply(v).mul(weights).sum(), x).toDoubleArray(),
                Transforms.grad(v -> first.apply(v).mul(weights).sum(), x).toDoubleArray(),
                1e-12);
    }

    @Test
    void gradientsOfSharedOperandsDoNotAlias() {
        Variable a = Variable.parameter(numbers(1, 2));
        Variable b = Variable.parameter(numbers(3, 4));
        ElementwiseOps.addScaled(a, b, 1).add(a).sum().backward();
        assertArrayEquals(at(2, 2), a.grad().orElseThrow().toDoubleArray());
        assertArrayEquals(at(1, 1), b.grad().orElseThrow().toDoubleArray());
        assertTrue(a.grad().orElseThrow() != b.grad().orElseThrow());
    }
}
