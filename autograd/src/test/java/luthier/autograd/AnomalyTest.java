package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import luthier.autograd.ops.DecompositionOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.LinearAlgebraOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.PoolingOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.RoundingOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.Comparison;
import luthier.tensor.Tensor;
import luthier.tensor.Window;
import org.junit.jupiter.api.Test;

class AnomalyTest {
    private static Variable parameter(double... values) {
        return Variable.parameter(Tensor.of(values, values.length));
    }

    private static String message(Runnable body) {
        return assertThrows(
                        AnomalyException.class,
                        () -> Anomaly.detect(() -> {
                            body.run();
                            return true;
                        }))
                .getMessage();
    }

    @Test
    void namesTheOperationItsOperandsAndTheRemedy() {
        Variable x = parameter(1, -2, 3).named("head.x");
        String message = message(() -> ElementaryOps.log(x.add(x)).sum());
        String[] lines = message.split("\n");
        assertEquals("Log: the result must be finite; got NaN at [1] (1 of 3 elements)", lines[0]);
        assertTrue(lines[1].startsWith("  operand 0: F64[3] from Add at AnomalyTest.java:"), lines[1]);
        assertTrue(lines[1].endsWith("between -4.00000 and 6.00000"), lines[1]);
        assertTrue(lines[2].startsWith("  remedy: the logarithm needs x > 0"), lines[2]);
    }

    /** What comes after the first one is not blamed. */
    @Test
    void blamesTheFirst() {
        Variable x = parameter(0);
        assertTrue(message(() -> ElementwiseOps.reciprocal(x).mul(0).sum()).startsWith("Reciprocal:"));
        Variable given = parameter(Double.NaN);
        Anomaly.detect(() -> given.add(given));
    }

    @Test
    void findsGradients() {
        Variable x = parameter(0, 4);
        String message = message(() -> ElementwiseOps.sqrt(x).sum().backward());
        assertTrue(message.startsWith("Sqrt: the gradient of operand 0 must be finite; got Infinity at [0]"), message);
        assertTrue(message.contains("gradient that arrived: between 1.00000 and 1.00000"), message);
    }

    /** The trap of where: the branch that is not chosen still gets 0 times infinity. */
    @Test
    void explainsTheMaskedBranch() {
        Variable x = parameter(0, 4);
        Tensor positive = Comparison.greater(x.value(), Tensor.scalar(0.0));
        Variable zero = Variable.constant(Tensor.scalar(0.0));
        String message = message(() ->
                SelectionOps.where(positive, ElementwiseOps.sqrt(x), zero).sum().backward());
        assertTrue(message.contains("f(where(ok, x, 1))"), message);
        Anomaly.detect(() -> {
            Variable one = Variable.constant(Tensor.scalar(1.0));
            SelectionOps.where(positive, ElementwiseOps.sqrt(SelectionOps.where(positive, x, one)), zero)
                    .sum()
                    .backward();
            return true;
        });
        assertEquals(0.25, x.grad().orElseThrow().get(1));
    }

    private static String remedy(Supplier<Variable> y) {
        return message(() -> y.get().sum().backward()).split("remedy: ")[1];
    }

    /** Every rule knows the traps of its operation. */
    @Test
    void everyTrapHasItsRemedy() {
        Variable zero = parameter(0);
        Variable two = parameter(2);
        Variable minus = parameter(-1);
        Map<Supplier<Variable>, String> remedies = new LinkedHashMap<>();
        remedies.put(() -> ElementaryOps.log(minus), "log(where(ok, x, 1))");
        remedies.put(() -> ElementaryOps.log2(minus), "log(where(ok, x, 1))");
        remedies.put(() -> ElementaryOps.xlogy(two, minus), "log(where(ok, x, 1))");
        remedies.put(() -> ElementaryOps.log1p(minus), "log1p needs x > -1");
        remedies.put(() -> ElementwiseOps.sqrt(zero), "norm or std, whose gradients at 0 are 0");
        remedies.put(() -> ElementwiseOps.rsqrt(zero), "norm or std, whose gradients at 0 are 0");
        remedies.put(() -> two.div(zero), "a / where(ok, b, 1)");
        remedies.put(() -> ElementwiseOps.div(two, 0), "a / where(ok, b, 1)");
        remedies.put(() -> ElementwiseOps.div(1, zero), "a / where(ok, b, 1)");
        remedies.put(() -> ElementwiseOps.reciprocal(zero), "a / where(ok, b, 1)");
        remedies.put(() -> RoundingOps.remainder(two, zero), "a / where(ok, b, 1)");
        remedies.put(() -> ElementwiseOps.pow(zero, 0.5), "clamp the base");
        remedies.put(() -> ElementwiseOps.pow(minus, parameter(0.5)), "clamp the base");
        remedies.put(() -> ElementwiseOps.pow(-2, parameter(0.5)), "clamp the base");
        remedies.put(() -> ElementaryOps.exp(parameter(1000)), "subtract the maximum first");
        remedies.put(() -> ElementaryOps.exp2(parameter(2000)), "subtract the maximum first");
        remedies.put(() -> ElementaryOps.expm1(parameter(1000)), "subtract the maximum first");
        remedies.put(() -> ElementaryOps.sinh(parameter(1000)), "subtract the maximum first");
        remedies.put(() -> ElementaryOps.cosh(parameter(1000)), "subtract the maximum first");
        remedies.put(() -> ElementaryOps.asin(two), "must lie in [-1, 1]");
        remedies.put(() -> ElementaryOps.acos(parameter(1)), "must lie in [-1, 1]");
        Variable hidden = parameter(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
        remedies.put(() -> SoftmaxOps.softmax(hidden, 0), "use maskedSoftmax or attention's mask");
        remedies.put(() -> SoftmaxOps.logSoftmax(hidden, 0), "use maskedSoftmax or attention's mask");
        remedies.put(() -> ReductionOps.variance(two, 1, false), "more elements than the correction");
        remedies.put(() -> ReductionOps.std(two, 1, false), "more elements than the correction");
        Variable equal = parameter(0, 0);
        remedies.put(() -> NormalizationOps.layerNorm(equal, 1, 0), "choose eps > 0");
        remedies.put(() -> NormalizationOps.layerNorm(equal, equal, equal, 0), "choose eps > 0");
        remedies.put(() -> NormalizationOps.rmsNorm(equal, equal, 0), "choose eps > 0");
        Variable identity = Variable.parameter(Tensor.of(new double[] {1, 0, 0, 1}, 2, 2));
        remedies.put(() -> DecompositionOps.symmetricEigen(identity).vectors(), "vectors of equal values");
        remedies.put(() -> DecompositionOps.svd(identity).u(), "vectors of equal values");
        Variable singular = Variable.parameter(Tensor.of(new double[] {1, 1, 1, 1}, 2, 2));
        remedies.put(() -> LinearAlgebraOps.logDeterminant(singular).logAbs(), "has the determinant 0");
        Window wide = Window.of(2).padding(2);
        remedies.put(() -> PoolingOps.maxPool1d(two, wide), "a window of padding alone");
        remedies.put(() -> two.mul(1e308), "the operands are large");
        remedies.forEach((y, remedy) -> assertTrue(remedy(y).contains(remedy), () -> remedy + " in " + remedy(y)));
    }

    private record Cube(Variable x) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(x).mul(x).mul(3));
        }

        @Override
        public String remedy() {
            return "take smaller cubes";
        }
    }

    @Test
    void ownRulesHaveRemedies() {
        Variable x = parameter(1e200);
        String message = message(() -> Variable.record(Tensor.scalar(Double.POSITIVE_INFINITY), new Cube(x), x));
        assertTrue(message.startsWith("Cube: the result must be finite; got Infinity at []"), message);
        assertTrue(message.endsWith("remedy: take smaller cubes"), message);
    }

    @Test
    void costsNothingOutside() {
        Variable x = parameter(-1);
        assertTrue(Double.isNaN(ElementaryOps.log(x).item()));
        assertTrue(ElementaryOps.log(x).place().isEmpty());
    }
}
