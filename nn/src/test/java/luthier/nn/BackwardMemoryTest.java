package luthier.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.tensor.Pool;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An encoder's training step inside a pool: what it needs beyond the values that the tape holds and the gradients of parameters,
 * and that it changes no bit.
 */
class BackwardMemoryTest {
    private final BertClassifier model =
            new BertClassifier(new BertConfig(50, 64, 256, 12, 4, 32, 2, 1e-12, 0), 5, BertClassifier.Pooling.MEAN);
    private final Variable ids = Variable.constant(Rng.of(2).integers(Shape.of(8, 16), 0, 50));
    private final Tensor labels = Rng.of(3).integers(Shape.of(8), 0, 5);

    @BeforeEach
    void clear() {
        model.initialize(Seed.of(1));
        model.parameters().values().forEach(parameter -> parameter.variable().zeroGrad());
    }

    private Variable loss() {
        return LossOps.crossEntropy(model.forward(ids, Context.training(Rng.of(4))), labels);
    }

    private Map<String, Tensor> gradients() {
        Map<String, Tensor> result = new TreeMap<>();
        model.parameters().forEach((path, parameter) -> parameter.grad().ifPresent(g -> result.put(path, g)));
        return result;
    }

    @Test
    void backwardNeedsNextToNothingBeyondTheTape() {
        Pool pool = new Pool();
        long[] held = new long[1];
        pool.scope(() -> {
            Variable loss = loss();
            held[0] = pool.lentBytes();
            loss.backward();
            return loss.item();
        });
        double more = (double) pool.mostLentBytes() / held[0];
        assertTrue(more <= 1.1, "at its peak a step held " + more + " times what the forward pass had left");
    }

    @Tag("slow")
    @Test
    void gradientsOutliveTheScopeBitForBit() {
        loss().backward();
        Map<String, Tensor> expected = gradients();
        clear();
        Pool pool = new Pool();
        for (int i = 0; i < 2; i++) {
            pool.scope(() -> {
                loss().backward();
                return true;
            });
            Map<String, Tensor> actual = gradients();
            clear();
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((path, gradient) -> assertTrue(gradient.bitEquals(actual.get(path)), path));
        }
        assertEquals(0, pool.lentBytes());
    }
}
