package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Rng;
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
        assertEquals(4, calls[0], "one for the rules, three for the difference");
        GradCheck.checkFast(3, in -> ElementaryOps.tanh(in.get(0)).mul(in.get(1)), X, X)
                .assertPassed();
    }

    @Test
    void suspectsKinks() {
        Tensor x = Tensor.of(new double[] {-1, 0, 2}, 3);
        GradCheck.Report report =
                GradCheck.check(in -> ActivationOps.relu(in.get(0)), x).assertPassed();
        assertEquals(
                List.of(false, true, false),
                report.rows().stream().map(GradCheck.Row::kinkSuspected).toList());
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
