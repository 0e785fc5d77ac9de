package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import luthier.autograd.BackwardRule;
import luthier.autograd.Variable;
import luthier.tensor.Attention.Options;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What a rule saved, counted: attention is linear in the sequence, cross-entropy keeps no probabilities. */
class AttentionMemoryTest {
    private static Variable leaf(long... shape) {
        return Variable.parameter(Rng.of(1).normal(DType.F32, Shape.of(shape), 0, 1));
    }

    @Test
    void attentionSavesItsInputsAlone() throws Exception {
        Variable q = leaf(1, 1, 512, 4);
        Variable k = leaf(1, 1, 640, 4);
        Variable y = AttentionOps.attention(q, k, k, Options.scaled(0.5).causally());
        Set<Tensor> saved = saved(y);
        assertEquals(Set.of(q.value(), k.value()), saved);
        assertTrue(saved.stream().allMatch(t -> t.elementCount() < 512 * 640 / 100));
    }

    @Test
    void crossEntropySavesTwoNumbersARow() throws Exception {
        Variable logits = leaf(8, 1000);
        Variable y = LossOps.crossEntropyRows(logits, Tensor.of(new long[8], 8), 0, -100);
        long beside = saved(y).stream()
                .filter(t -> t != logits.value() && t.dtype() == DType.F32)
                .mapToLong(Tensor::elementCount)
                .sum();
        assertEquals(3 * 8, beside, "two numbers and the loss");
    }

    private static Set<Tensor> saved(Variable y) throws Exception {
        Set<Tensor> found = new HashSet<>();
        BackwardRule rule = y.rule().orElseThrow();
        collect(rule, found);
        return found;
    }

    private static void collect(Object part, Set<Tensor> found) throws Exception {
        switch (part) {
            case Tensor tensor -> found.add(tensor);
            case Variable variable -> found.add(variable.value());
            case Optional<?> optional -> {
                if (optional.isPresent()) {
                    collect(optional.get(), found);
                }
            }
            case Record composite -> {
                for (RecordComponent component : composite.getClass().getRecordComponents()) {
                    Method accessor = component.getAccessor();
                    accessor.setAccessible(true);
                    collect(accessor.invoke(composite), found);
                }
            }
            default -> {}
        }
    }
}
