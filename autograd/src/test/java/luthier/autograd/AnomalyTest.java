package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.SelectionOps;
import luthier.tensor.Comparison;
import luthier.tensor.Tensor;
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

    @Test
    void costsNothingOutside() {
        Variable x = parameter(-1);
        assertTrue(Double.isNaN(ElementaryOps.log(x).item()));
        assertTrue(ElementaryOps.log(x).place().isEmpty());
    }
}
