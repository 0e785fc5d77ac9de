package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Where engines go wrong, across families; {@link ReductionTest}, {@link NormsTest} and {@link ElementwiseTest} hold their own. */
class CornerCasesTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;

    private static Tensor f(float... values) {
        return Tensor.of(values, values.length);
    }

    private static Tensor l(long... values) {
        return Tensor.of(values, values.length);
    }

    private static void same(Tensor expected, Tensor got) {
        // The text, in which all NaN are one and -0.0 is not 0.0.
        assertEquals(expected.toString(), got.toString());
    }

    @Test
    void hiddenRowsOfAttentionAreZero() {
        for (DType type : List.of(DType.F32, DType.F64)) {
            Tensor q = Rng.of(1).normal(type, Shape.of(1, 2, 3, 4), 0, 1);
            Tensor visible = Tensor.of(new boolean[] {false, false, false, true, false, true, true, true, true}, 3, 3);
            Attention.Options options = Attention.Options.scaled(0.5).seeing(visible);
            Tensor y = Attention.attention(q, q, q, Optional.empty(), options);
            same(Tensor.zeros(type, 1, 2, 4), y.select(2, 0).copy());
            Attention.Gradients gradients = Attention.attentionBackward(q, q, q, Optional.empty(), options, false, q);
            same(Tensor.zeros(type, 1, 2, 4), Selection.abs(gradients.dQ().select(2, 0)));
            assertTrue(Reduction.allFinite(gradients.dK()) && Reduction.allFinite(gradients.dV()));
        }
    }

    @Test
    void softmaxOfNothingToChooseIsNaN() {
        same(f(NAN, NAN), Softmax.softmax(f(-INF, -INF), 0));
        same(f(0, 1), Softmax.softmax(f(-INF, 0), 0));
        assertEquals(
                Shape.of(2, 0),
                Softmax.softmax(Tensor.zeros(DType.F32, 2, 0), 1).shape());
        same(Tensor.scalar(-INF), Softmax.logSumExp(f(-INF, -INF), false));
        same(Tensor.scalar(-INF), Softmax.logSumExp(f(), false));
    }

    @Test
    void stableForms() {
        assertEquals(
                (float) (1e4 + StrictMath.log(2)),
                Softmax.logSumExp(f(1e4f, 1e4f), false).item());
        same(f(1000, 0), Activation.softplus(f(1000, -1000)));
        same(f(-1000, -0f), Activation.logSigmoid(f(-1000, 1000)));
        same(f(0, 1), Activation.sigmoid(f(-1000, 1000)));
        same(f(0, 0), Elementary.xlogy(f(0, 0), f(0, 5)));
    }

    @Test
    void duplicatesOfAnIndex() {
        Tensor x = f(1, 2, 3);
        same(f(3, 1, 3), Indexing.gather(x, 0, l(2, 0, 2)));
        same(f(2, 0, 1), Indexing.scatterAdd(f(0, 0, 0), 0, l(0, 2, 0), f(1, 1, 1)));
        same(f(7, 2, 3), Indexing.scatter(x, 0, l(0, 0), f(5, 7), Indexing.Scatter.REPLACE));
        same(f(2, 0, 1), Indexing.indexAdd(f(0, 0, 0), 0, l(0, 2, 0), f(1, 1, 1)));
    }

    @Test
    void naNGoesThroughExtremesAndOrders() {
        Tensor x = f(3, NAN, -1, NAN);
        same(Tensor.scalar(NAN), Reduction.max(x, false));
        same(Tensor.scalar(NAN), Reduction.min(x, false));
        same(Tensor.scalar(1f), Reduction.argmax(x).to(DType.F32));
        same(f(-1, 3, NAN, NAN), Sorting.sort(x, 0, false).values());
        same(l(1, 3, 0, 2), Sorting.argsort(x, 0, true));
        same(f(1, NAN, 0, NAN), Selection.clamp(x, 0, 1));
        same(f(3, NAN, 0, NAN), Selection.maximum(x, 0));
        same(f(3, NAN, 0, NAN), Activation.relu(x));
    }

    @Test
    void allNaNAreOne() {
        // The processor's NaN of 0 / 0 has its sign set, Java's constant has not.
        assertTrue(f(NAN).bitEquals(f(Float.intBitsToFloat(0xFFC00000))));
        double other = Double.longBitsToDouble(0xFFF8000000000000L);
        assertTrue(Tensor.scalar(Double.NaN).bitEquals(Tensor.scalar(other)));
    }

    @Test
    void negativeZeros() {
        for (int size : new int[] {2, 50}) {
            Tensor negative = Tensor.full(DType.F32, -0.0, Shape.of(size));
            Tensor positive = Tensor.zeros(DType.F32, size);
            same(positive, Selection.maximum(negative, positive));
            same(positive, Selection.maximum(positive, negative));
            same(negative, Selection.minimum(positive, negative));
            same(positive, Activation.relu(negative));
            same(Tensor.scalar(0f), Reduction.sum(negative));
            same(Tensor.scalar(0f), Reduction.mean(negative, false));
            same(negative, Rounding.round(Elementwise.mul(Tensor.ones(DType.F32, size), -0.3)));
        }
    }

    @Test
    void denormalsAreKept() {
        for (int size : new int[] {3, 50}) {
            Tensor tiny = Tensor.full(DType.F32, Float.MIN_VALUE, Shape.of(size));
            same(Tensor.full(DType.F32, 2 * Float.MIN_VALUE, Shape.of(size)), Elementwise.add(tiny, tiny));
            assertEquals(size * (double) Float.MIN_VALUE, Reduction.sum(tiny).item());
            same(tiny, Elementary.sin(tiny));
            same(tiny, Elementary.expm1(tiny));
        }
    }

    @Test
    void nothingAndOneNumber() {
        Tensor none = Tensor.zeros(DType.F32, 0);
        same(Tensor.scalar(0f), Reduction.sum(none));
        same(Tensor.scalar(1f), Reduction.prod(none, false));
        same(Tensor.scalar(NAN), Reduction.mean(none, false));
        same(none, Elementary.exp(none));
        same(
                Tensor.zeros(DType.F32, 2, 3),
                Matmul.matmul(Tensor.zeros(DType.F32, 2, 0), Tensor.zeros(DType.F32, 0, 3)));
        Tensor one = Tensor.scalar(4f);
        same(Tensor.scalar(2f), Elementwise.sqrt(one));
        same(one, Reduction.sum(one));
        same(one, Reduction.max(one, true));
        same(Tensor.scalar(8f), one.add(one));
        same(Tensor.scalar(0f), Reduction.std(one, 0, false));
    }

    @Test
    void tooManyElementsAreAClearError() {
        Tensor one = Tensor.ones(DType.F32, 1);
        Shape huge = Shape.of(1L << 16, 1L << 16);
        assertEquals(1L << 32, huge.elementCount());
        assertEquals(1L << 32, one.expand(huge).elementCount());
        List<Supplier<Tensor>> operations = List.of(
                () -> Tensor.zeros(DType.F32, huge),
                () -> one.expand(huge).copy(),
                () -> Elementwise.add(one.expand(huge), one),
                () -> Movement.repeatInterleave(one, 0, 1L << 32).copy(),
                () -> Product.outer(one.expand(Shape.of(1 << 16)), one.expand(Shape.of(1 << 16))),
                () -> Rng.of(1).normal(DType.F32, huge, 0, 1));
        for (int i = 0; i < operations.size(); i++) {
            Supplier<Tensor> operation = operations.get(i);
            ShapeException failure = assertThrows(ShapeException.class, operation::get, "operation " + i);
            assertTrue(failure.getMessage().contains("got "), failure.getMessage());
        }
        assertThrows(ShapeException.class, () -> Shape.of(1L << 32, 1L << 32));
    }

    @Test
    void aSumOfAMatmulDoesNotSeeTheThreads() {
        Tensor a = Rng.of(1).normal(DType.F32, Shape.of(700, 300), 0, 1);
        Tensor b = Rng.of(2).normal(DType.F32, Shape.of(300, 700), 0, 1);
        int before = Threads.count();
        try {
            Threads.set(1);
            Tensor one = Reduction.sum(Matmul.matmul(a, b));
            Threads.set(2);
            same(one, Reduction.sum(Matmul.matmul(a, b)));
        } finally {
            Threads.set(before);
        }
    }
}
