package luthier.finetune.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import luthier.autograd.ops.CrossEntropyOptions;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LossWeightTest {
    private static final Tensor TARGET = Tensor.of(new long[] {0, 1, -100, 1}, 2, 2);

    @Test
    void countsWhatIsNotIgnored() {
        assertEquals(3, LossWeight.crossEntropy(TARGET, CrossEntropyOptions.usual()));
        assertEquals(
                2, LossWeight.crossEntropy(TARGET, CrossEntropyOptions.usual().ignoring(1)));
        CrossEntropyOptions weighted = CrossEntropyOptions.usual().weightedBy(Tensor.of(new double[] {0.5, 3}, 2));
        assertEquals(6.5, LossWeight.crossEntropy(TARGET, weighted));
    }

    @Test
    void refusesAClassWithoutAWeight() {
        CrossEntropyOptions weighted = CrossEntropyOptions.usual().weightedBy(Tensor.of(new double[] {0.5}, 1));
        assertEquals(
                "loss weight: a target must be below 1, the number of classes; got 1",
                assertThrows(IllegalArgumentException.class, () -> LossWeight.crossEntropy(TARGET, weighted))
                        .getMessage());
    }
}
