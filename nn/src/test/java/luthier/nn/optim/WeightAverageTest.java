package luthier.nn.optim;

import static luthier.tiny.Tiny.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.Map;
import luthier.nn.Parameter;
import luthier.nn.WeightsException;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tiny.Tiny;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightAverageTest {
    private static WeightAverage of(WeightAverage.Kind kind, Parameter p) {
        Map<String, Parameter> all = Map.of("p", p);
        return kind == WeightAverage.Kind.PLAIN ? WeightAverage.plain(all) : WeightAverage.exponential(kind, 0.75, all);
    }

    private static void walk(Parameter p, WeightAverage average, int from, int to) {
        for (int step = from; step < to; step++) {
            p.load(Tiny.normal(step, 3, 2));
            average.update();
        }
    }

    @ParameterizedTest
    @EnumSource
    void goesOnBitForBit(WeightAverage.Kind kind) {
        Parameter p = Tiny.parameter("p", Tiny.normal(9, 3, 2));
        WeightAverage whole = of(kind, p);
        assertThrows(IllegalStateException.class, whole::average);
        walk(p, whole, 0, 4);
        Map<String, Tensor> state = whole.state();
        walk(p, whole, 4, 7);
        Parameter q = Tiny.parameter("p", Tiny.normal(8, 3, 2));
        WeightAverage resumed = of(kind, q);
        resumed.load(state);
        walk(q, resumed, 4, 7);
        assertBits(whole.average(), resumed.average(), kind.name());
        // What was taken out does not follow.
        Map<String, Tensor> before = whole.average();
        Map<String, Tensor> copies = Tiny.copies(before);
        walk(p, whole, 7, 8);
        assertBits(copies, before, "copies");
    }

    @ParameterizedTest
    @EnumSource
    void aStateOfOthersIsRefused(WeightAverage.Kind kind) {
        Parameter p = Tiny.parameter("p", Tiny.normal(9, 3, 2));
        WeightAverage average = of(kind, p);
        walk(p, average, 0, 2);
        Map<String, Tensor> good = average.state();
        Map<String, Tensor> bad = new LinkedHashMap<>(good);
        bad.put("mean/p", Tensor.zeros(DType.F32, 2));
        bad.put("mean/q", Tensor.zeros(DType.F32, 2));
        bad.remove("updates");
        assertEquals(
                "weight average: the state must be that of these parameters; mean/p is F32[2], not F32[3, 2], missing"
                        + " updates, unknown mean/q",
                assertThrows(WeightsException.class, () -> average.load(bad)).getMessage());
        assertBits(good, average.state(), "state");
    }
}
