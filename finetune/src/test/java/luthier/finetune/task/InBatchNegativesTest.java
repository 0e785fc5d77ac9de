package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import luthier.autograd.Variable;
import luthier.autograd.ops.DistanceOps;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class InBatchNegativesTest {
    private static Variable random(String name, long... shape) {
        return Variable.parameter(Rng.of(3).split(name).normal(DType.F64, Shape.of(shape), 0, 1));
    }

    /** With texts that all differ it is InfoNCE with the temperature 1 / scale. */
    @Test
    void differentTextsAreTheOrdinaryLoss() {
        Variable a = random("a", 3, 5);
        Variable b = random("b", 3, 5);
        double loss = InBatchNegatives.loss(a, b, List.of("x", "y", "z"), new int[] {0, 1, 2}, 20)
                .item();
        assertEquals(DistanceOps.infoNce(a, b, 0.05).item(), loss, 1e-12);
    }

    /** Two rows that own the same text and a hard negative: each has that negative alone. */
    @Test
    void equalTextsAreNotPushedApart() {
        Variable anchors = Variable.parameter(Tensor.of(new double[] {1, 0, 1, 0}, 2, 2));
        Variable documents = Variable.parameter(Tensor.of(new double[] {2, 0, 2, 0, 0, 3}, 3, 2));
        Variable loss = InBatchNegatives.loss(anchors, documents, List.of("x", "x", "y"), new int[] {0, 1}, 1);
        assertEquals(Math.log(1 + Math.exp(-1)), loss.item(), 1e-15);
        loss.backward();
        for (double gradient : documents.grad().orElseThrow().toDoubleArray()) {
            assertEquals(true, Double.isFinite(gradient));
        }
        assertEquals(0, documents.grad().orElseThrow().toDoubleArray()[0], 1e-15);
    }

    @Test
    void refusesWhatDoesNotFit() {
        Variable a = random("a", 2, 5);
        assertEquals(
                "in-batch negatives: the scale must be positive and finite; got 0.0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> InBatchNegatives.loss(a, a, List.of("x", "y"), new int[] {0, 1}, 0))
                        .getMessage());
        assertEquals(
                "in-batch negatives: anchors [n, d], documents [m, d], n own documents and m texts must agree; got [2, 5],"
                        + " [2, 5], 2, 1",
                assertThrows(
                                ShapeException.class,
                                () -> InBatchNegatives.loss(a, a, List.of("x"), new int[] {0, 1}, 20))
                        .getMessage());
        assertEquals(
                "in-batch negatives: an own document must be below 2; got 2 in row 2",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> InBatchNegatives.loss(a, a, List.of("x", "y"), new int[] {0, 2}, 20))
                        .getMessage());
    }

    @Test
    void saysThatAccumulatingAddsNone() {
        assertEquals("every row has the other 7 rows of its batch as negatives", InBatchNegatives.announcement(8, 1));
        assertEquals(
                "every row has the other 7 rows of its batch as negatives; accumulating 4 batches adds none: for more,"
                        + " raise batch-size",
                InBatchNegatives.announcement(8, 4));
    }
}
