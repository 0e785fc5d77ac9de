package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.SelectionOps;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Rng;
import luthier.tensor.Rounding;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class GradCheckTest {
    private static final Tensor X = Rng.of(1).normal(DType.F64, Shape.of(3, 5), 0, 1);

    /** A sine whose rule is wrong by a factor in one element. */
    private static Variable wrong(List<Variable> in) {
        Variable x = in.get(0);
        double[] factors = new double[15];
        java.util.Arrays.fill(factors, 2);
        factors[7] = 2.001;
        Variable slope = Variable.constant(Tensor.of(factors, 3, 5));
        return Variable.record(
                Elementwise.square(x.value()),
                (dY, gradients) -> gradients.set(0, dY.mul(x).mul(slope)),
                x);
    }

    @Test
    void findsTheElementWhoseRuleIsWrong() {
        GradCheck.Report report = GradCheck.check(GradCheckTest::wrong, X);
        assertFalse(report.passed());
        List<GradCheck.Row> differing = report.rows().stream()
                .filter(row -> row.error() > GradCheck.TOLERANCE)
                .toList();
        assertEquals(1, differing.size());
        assertEquals(7, differing.get(0).element());
        AssertionError error = assertThrows(AssertionError.class, report::assertPassed);
        assertTrue(
                error.getMessage().contains("input  element        analytic         numeric       ulps"),
                error.toString());
        assertEquals(3, error.getMessage().lines().count());
    }

    @Test
    void findsThatSomethingIsWrongInThreeEvaluations() {
        int[] calls = {0};
        Function<List<Variable>, Variable> counted = in -> {
            calls[0]++;
            return wrong(in);
        };
        assertFalse(GradCheck.checkFast(3, counted, X).passed());
        assertEquals(6, calls[0], "one for the rules, three for the difference, two for a smaller step");
        GradCheck.checkFast(3, in -> ElementaryOps.tanh(in.get(0)).mul(in.get(1)), X, X)
                .assertPassed();
    }

    @Test
    void tellsKinks() {
        Tensor x = Tensor.of(new double[] {-1, 0, 2}, 3);
        GradCheck.Report report =
                GradCheck.check(in -> ActivationOps.relu(in.get(0)), x).assertPassed();
        assertEquals(
                List.of(false, true, false),
                report.rows().stream().map(GradCheck.Row::kink).toList());
        assertEquals(0, report.rows().get(1).left(), 1e-12);
        assertEquals(0.5 + 37 / 101.0, report.rows().get(1).right(), 1e-9, "the weight of the element");
    }

    private static GradCheck.Row row(UnaryOperator<Tensor> f, double slope, double at) {
        Function<List<Variable>, Variable> operation = in -> Variable.record(
                f.apply(in.get(0).value()), (dY, gradients) -> gradients.set(0, dY.mul(slope)), in.get(0));
        // The only element has the weight 1/2.
        return GradCheck.check(operation, Tensor.of(new double[] {at}, 1))
                .rows()
                .getFirst();
    }

    /** Curvature is no kink: what it does to one-sided differences shrinks with the step. */
    @Test
    void curvatureExcusesNothing() {
        UnaryOperator<Tensor> bowl = x -> Elementwise.square(x).mul(1e4);
        assertFalse(row(bowl, 50, 0).passed());
        assertFalse(row(bowl, 50, 0).kink());
        assertFalse(row(bowl, 1e-3, 0).passed());
        assertTrue(row(bowl, 0, 0).passed());
        assertTrue(row(bowl, 2e4, 1).passed());
        assertFalse(row(bowl, 1.99e4, 1).passed());
    }

    /** At a kink every slope between those of the sides is right, and no other. */
    @Test
    void aKinkExcusesWhatLiesBetweenItsSlopesOnly() {
        for (double right : new double[] {-1, -0.25, 0, 1}) {
            assertTrue(row(Selection::abs, right, 0).passed(), "slope " + right);
            assertTrue(row(Selection::abs, right, 0).kink() || right == 0);
        }
        for (double wrong : new double[] {-50, -1.001, 1.001, 50, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertFalse(row(Selection::abs, wrong, 0).passed(), "slope " + wrong);
        }
    }

    /** A kink within the step, but not at the point, is left behind by the smaller step. */
    @Test
    void aKinkBesideThePointExcusesNothing() {
        assertTrue(row(Selection::abs, 1, 2e-6).passed());
        assertFalse(row(Selection::abs, 1, 2e-6).kink());
        assertFalse(row(Selection::abs, 0, 2e-6).passed());
        assertTrue(row(Selection::abs, -1, -2e-6).passed());
    }

    /** Where a function jumps one side has no slope, and the rule gives that of the other. */
    @Test
    void aJumpExcusesTheSlopeOfItsOtherSideOnly() {
        assertTrue(row(Rounding::floor, 0, 1).passed());
        assertTrue(row(Rounding::ceil, 0, 1).passed());
        assertFalse(row(Rounding::floor, 50, 1).passed());
        assertFalse(row(Rounding::ceil, -50, 1).passed());
    }

    @Test
    void noKinkHidesFromADirection() {
        Tensor x = Tensor.of(new double[] {0}, 1);
        GradCheck.checkFast(1, in -> SelectionOps.abs(in.get(0)), x).assertPassed();
        Function<List<Variable>, Variable> steep = in -> Variable.record(
                Selection.abs(in.get(0).value()), (dY, gradients) -> gradients.set(0, dY.mul(50)), in.get(0));
        assertFalse(GradCheck.checkFast(1, steep, x).passed());
    }

    /** The error over the step is a valley: too large a step cuts the series off, too small a one loses the digits. */
    @Test
    void showsTheBestStep() {
        List<GradCheck.Step> steps =
                GradCheck.steps(in -> ElementaryOps.exp(in.get(0)), 0, 0, Tensor.of(new double[] {1}, 1));
        GradCheck.Step middle = steps.get(4);
        assertEquals(1e-5, middle.h(), 1e-20);
        assertTrue(middle.error() < 1e-9, middle.toString());
        assertTrue(steps.get(0).error() > 1000 * middle.error());
        assertTrue(steps.getLast().error() > 1000 * middle.error());
        assertEquals(100, steps.get(0).error() / steps.get(1).error(), 1, "the error falls with the square of h");
    }

    @Test
    void asksForDoublePrecision() {
        assertEquals(
                "gradient check: inputs must be F64; got F32; finite differences in single precision say little",
                assertThrows(DTypeException.class, () -> GradCheck.check(in -> in.get(0), X.to(DType.F32)))
                        .getMessage());
    }

    @Test
    void aFunctionThatIgnoresItsInputHasGradientZero() {
        GradCheck.check(in -> Variable.constant(X), X).assertPassed();
    }
}
