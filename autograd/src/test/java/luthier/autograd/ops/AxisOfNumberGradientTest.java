package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import luthier.autograd.GradCheck;
import luthier.autograd.Variable;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The rule of {@link Shape#isAxisOfNumber}, with first and second derivatives. */
class AxisOfNumberGradientTest {
    private static final Map<String, BiFunction<Variable, Integer, Variable>> TAKE = new TreeMap<>();

    static {
        for (boolean keep : new boolean[] {false, true}) {
            String end = keep ? ", kept" : "";
            TAKE.put("sum" + end, (x, a) -> ReductionOps.sum(x, new int[] {a}, keep));
            TAKE.put("mean" + end, (x, a) -> ReductionOps.mean(x, new int[] {a}, keep));
            TAKE.put("prod" + end, (x, a) -> ReductionOps.prod(x, new int[] {a}, keep));
            TAKE.put("max" + end, (x, a) -> ReductionOps.max(x, new int[] {a}, keep));
            TAKE.put("min" + end, (x, a) -> ReductionOps.min(x, new int[] {a}, keep));
            TAKE.put("variance" + end, (x, a) -> ReductionOps.variance(x, new int[] {a}, 0, keep));
            TAKE.put("norm" + end, (x, a) -> NormsOps.norm(x, new int[] {a}, 2, keep));
            TAKE.put("norm 3" + end, (x, a) -> NormsOps.norm(x, new int[] {a}, 3, keep));
            TAKE.put("logSumExp" + end, (x, a) -> SoftmaxOps.logSumExp(x, new int[] {a}, keep));
            TAKE.put(
                    "maxWithIndex" + end,
                    (x, a) -> ReductionOps.maxWithIndex(x, a, keep).values());
            TAKE.put(
                    "minWithIndex" + end,
                    (x, a) -> ReductionOps.minWithIndex(x, a, keep).values());
        }
        TAKE.put("cumsum", ScanOps::cumsum);
        TAKE.put("cumprod", ScanOps::cumprod);
        TAKE.put("sort", (x, a) -> SortingOps.sort(x, a, true).values());
        TAKE.put("topk", (x, a) -> SortingOps.topk(x, 1, a, true).values());
        TAKE.put("flip", (x, a) -> MovementOps.flip(x, a));
        TAKE.put("roll", (x, a) -> MovementOps.roll(x, a, 1));
        TAKE.put("transpose", (x, a) -> ShapeOps.transpose(x, a, -1));
        TAKE.put("squeeze", ShapeOps::squeeze);
        TAKE.put("softmax", SoftmaxOps::softmax);
        TAKE.put("logSoftmax", SoftmaxOps::logSoftmax);
        TAKE.put("maskedSoftmax", (x, a) -> SoftmaxOps.maskedSoftmax(x, Tensor.of(new boolean[] {true}), a));
        TAKE.put("cosineSimilarity", (x, a) -> DistanceOps.cosineSimilarity(x, x.mul(2), a, 1e-8));
    }

    @Test
    void whatReducesOrKeepsAnAxisTakesIt() {
        Tensor x = Tensor.scalar(0.7);
        TAKE.forEach((name, operation) -> {
            for (int axis : new int[] {0, -1}) {
                assertEquals(
                        Shape.of(), operation.apply(Variable.constant(x), axis).shape(), name);
                GradCheck.check(in -> operation.apply(in.getFirst(), axis).mul(in.getFirst()), x)
                        .assertPassed();
                GradCheck.checkSecondOrder(
                                in -> operation.apply(in.getFirst(), axis).mul(in.getFirst()), x)
                        .assertPassed();
            }
            assertThrows(ShapeException.class, () -> operation.apply(Variable.constant(x), 1), name);
        });
    }
}
