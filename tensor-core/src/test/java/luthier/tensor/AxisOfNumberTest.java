package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The rule of {@link Shape#isAxisOfNumber} for every operation that has an axis. */
class AxisOfNumberTest {
    private static final Map<String, BiFunction<Tensor, Integer, Tensor>> TAKE = new TreeMap<>();
    private static final Map<String, BiFunction<Tensor, Integer, Object>> REFUSE = new TreeMap<>();

    static {
        for (boolean keep : new boolean[] {false, true}) {
            String end = keep ? ", kept" : "";
            TAKE.put("sum" + end, (x, a) -> Reduction.sum(x, new int[] {a}, keep));
            TAKE.put("mean" + end, (x, a) -> Reduction.mean(x, new int[] {a}, keep));
            TAKE.put("prod" + end, (x, a) -> Reduction.prod(x, new int[] {a}, keep));
            TAKE.put("max" + end, (x, a) -> Reduction.max(x, new int[] {a}, keep));
            TAKE.put("min" + end, (x, a) -> Reduction.min(x, new int[] {a}, keep));
            TAKE.put("norm" + end, (x, a) -> Norms.norm(x, new int[] {a}, 2, keep));
            TAKE.put("norm 3" + end, (x, a) -> Norms.norm(x, new int[] {a}, 3, keep));
            TAKE.put("norm infinity" + end, (x, a) -> Norms.norm(x, new int[] {a}, Double.POSITIVE_INFINITY, keep));
            TAKE.put("logSumExp" + end, (x, a) -> Softmax.logSumExp(x, new int[] {a}, keep));
            TAKE.put("logSumExp of an axis" + end, (x, a) -> Softmax.logSumExp(x, new int[] {a}, keep));
            TAKE.put(
                    "maxWithIndex" + end,
                    (x, a) -> Reduction.maxWithIndex(x, a, keep).values());
            TAKE.put(
                    "minWithIndex" + end,
                    (x, a) -> Reduction.minWithIndex(x, a, keep).values());
        }
        TAKE.put("cumsum", Scan::cumsum);
        TAKE.put("cumprod", Scan::cumprod);
        TAKE.put("sort", (x, a) -> Sorting.sort(x, a, true).values());
        TAKE.put("topk", (x, a) -> Sorting.topk(x, 1, a, true).values());
        TAKE.put("flip", (x, a) -> Movement.flip(x, a));
        TAKE.put("roll", (x, a) -> Movement.roll(x, a, 1));
        TAKE.put("moveAxis", (x, a) -> Movement.moveAxis(x, a, 0));
        TAKE.put("transpose", (x, a) -> x.transpose(a, -1));
        TAKE.put("squeeze", Tensor::squeeze);
        TAKE.put("flatten", (x, a) -> x.flatten(a, a).squeeze(0));

        Tensor zero = Tensor.scalar(0);
        REFUSE.put("slice", (x, a) -> x.slice(a, 0, 1));
        REFUSE.put("select", (x, a) -> x.select(a, 0));
        REFUSE.put("size", (x, a) -> x.size(a));
        REFUSE.put("concat", (x, a) -> Joining.concat(List.of(x, x), a));
        REFUSE.put("split", (x, a) -> Joining.split(x, a, 1));
        REFUSE.put("splitEqual", (x, a) -> Joining.splitEqual(x, a, 1));
        REFUSE.put("chunk", (x, a) -> Joining.chunk(x, a, 1));
        REFUSE.put("repeatInterleave", (x, a) -> Movement.repeatInterleave(x, a, 2));
        REFUSE.put("windows", (x, a) -> Unfold.windows(x, a, 1, 1));
        REFUSE.put("indexSelect", (x, a) -> Indexing.indexSelect(x, a, zero.reshape(1)));
        REFUSE.put("indexAdd", (x, a) -> Indexing.indexAdd(x, a, zero.reshape(1), x.reshape(1)));
        REFUSE.put("gather", (x, a) -> Indexing.gather(x, a, zero));
        REFUSE.put("scatterAdd", (x, a) -> Indexing.scatterAdd(x, a, zero, x));
        REFUSE.put("scatter", (x, a) -> Indexing.scatter(x, a, zero, x, Indexing.Scatter.REPLACE));
    }

    /** Of 7 all of these are 7. */
    @Test
    void whatReducesOrKeepsAnAxisTakesIt() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            Tensor x = Tensor.full(dtype, 7, Shape.of());
            TAKE.forEach((name, operation) -> {
                for (int axis : new int[] {0, -1}) {
                    Tensor y = operation.apply(x, axis);
                    assertEquals(Shape.of(), y.shape(), name);
                    assertEquals(7, y.item(), 1e-6, name);
                }
                for (int axis : new int[] {1, -2}) {
                    assertThrows(ShapeException.class, () -> operation.apply(x, axis), name);
                }
            });
        }
    }

    @Test
    void othersHaveTheirOwnValues() {
        Tensor x = Tensor.scalar(7f);
        for (int axis : new int[] {0, -1}) {
            assertEquals(
                    "F32[][0.0]",
                    Reduction.variance(x, new int[] {axis}, 0, false).toString());
            assertEquals(
                    "F32[][0.0]", Reduction.std(x, new int[] {axis}, 0, true).toString());
            assertEquals(
                    "F32[][NaN]", Reduction.std(x, new int[] {axis}, 1, true).toString());
            assertEquals("I64[][1]", Counting.countNonZero(x, axis).toString());
            assertEquals("BOOL[][true]", Counting.any(x, new int[] {axis}, true).toString());
            assertEquals("BOOL[][true]", Counting.all(x, axis).toString());
            assertEquals("I64[][0]", Reduction.argmax(x, axis, false).toString());
            assertEquals("I64[][0]", Reduction.argmin(x, axis, true).toString());
            assertEquals("I64[][0]", Sorting.argsort(x, axis, false).toString());
            assertEquals("F32[][1.0]", Softmax.softmax(x, axis).toString());
            assertEquals("F32[][0.0]", Softmax.logSoftmax(x, axis).toString());
            assertEquals(
                    "F32[][1.0]", Distance.cosineSimilarity(x, x, axis, 1e-8).toString());
        }
        assertEquals(
                "sum: every axis may be named once; got [0, -1]" + "\n  x [] F32",
                assertThrows(ShapeException.class, () -> Reduction.sum(x, 0, -1))
                        .getMessage());
    }

    @Test
    void whatCutsJoinsOrIndexesRefusesIt() {
        Tensor x = Tensor.scalar(7f);
        REFUSE.forEach((name, operation) -> {
            for (int axis : new int[] {0, -1}) {
                String message = assertThrows(ShapeException.class, () -> operation.apply(x, axis), name)
                        .getMessage();
                assertTrue(message.contains("axis"), name + ": " + message);
            }
        });
    }
}
