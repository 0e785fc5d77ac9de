package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MatmulTest {
    private static final Tensor A = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private static final Tensor V = Tensor.of(new float[] {1, 10, 100}, 3);

    @Test
    void everyRankByHand() {
        assertSame(Tensor.of(new float[] {14, 32, 32, 77}, 2, 2), Matmul.matmul(A, A.transpose(0, 1)));
        assertSame(Tensor.of(new float[] {321, 654}, 2), Matmul.matmul(A, V));
        assertSame(Tensor.of(new float[] {321, 654}, 2), Matmul.matmul(V, A.transpose(0, 1)));
        assertSame(Tensor.of(new float[] {10101}), Matmul.matmul(V, V));
        assertEquals(0, Matmul.matmul(V, V).rank());
        Tensor batch = random(5, 1, 2, 3);
        assertEquals(Shape.of(5, 1, 2), Matmul.matmul(batch, V).shape());
        assertEquals(
                Shape.of(5, 1, 3),
                Matmul.matmul(Tensor.of(new float[] {1, 2}, 2), batch).shape());
        assertEquals(Shape.of(5, 4, 2, 2), Matmul.matmul(batch, random(4, 3, 2)).shape());
    }

    @Test
    void aVectorIsARowOrAColumn() {
        Tensor a = random(3, 4, 5);
        Tensor right = random(5);
        Tensor left = random(4);
        assertSame(Matmul.matmul(a, right.unsqueeze(1)).squeeze(-1), Matmul.matmul(a, right));
        assertSame(Matmul.matmul(left.unsqueeze(0), a).squeeze(-2), Matmul.matmul(left, a));
    }

    @Test
    void broadcastingIsExpanding() {
        Tensor a = random(2, 1, 7, 5);
        Tensor b = random(3, 5, 9);
        Tensor expected = Matmul.matmul(
                a.expand(Shape.of(2, 3, 7, 5)).copy(),
                b.expand(Shape.of(2, 3, 5, 9)).copy());
        assertSame(expected, Matmul.matmul(a, b));
        assertSame(expected.to(DType.F64).to(DType.F32), Matmul.matmul(a, b));
        Tensor wide = Matmul.matmul(a.to(DType.F64), b.to(DType.F64));
        for (int i = 0; i < 2 * 3 * 7 * 9; i++) {
            assertEquals(wide.reshape(-1).get(i), expected.reshape(-1).get(i), 1e-5);
        }
    }

    @Test
    void everyRowOfABatchHasTheBitsOfTheRowAlone() {
        Tensor x = random(37, 100);
        Tensor weight = random(65, 100);
        Tensor all = Matmul.linear(x, weight);
        for (int i = 0; i < 37; i += 6) {
            assertSame(all.slice(0, i, i + 1), Matmul.linear(x.slice(0, i, i + 1), weight));
        }
        Tensor columns = Matmul.matmul(x, weight.transpose(0, 1).slice(1, 3, 4));
        assertSame(all.slice(1, 3, 4), columns);
    }

    @Test
    void emptyInnerSizesGiveZeros() {
        Tensor zeros = Matmul.matmul(Tensor.zeros(DType.F32, 2, 0), Tensor.zeros(DType.F32, 0, 3));
        assertSame(Tensor.zeros(DType.F32, 2, 3), zeros);
        assertSame(Tensor.of(new float[] {0}), Matmul.matmul(Tensor.zeros(DType.F32, 0), Tensor.zeros(DType.F32, 0)));
        assertEquals(
                Shape.of(0, 3),
                Matmul.matmul(Tensor.zeros(DType.F32, 0, 2), Tensor.zeros(DType.F32, 2, 3))
                        .shape());
        Tensor bias = Tensor.of(new float[] {1, 2}, 2);
        assertSame(
                bias.expand(Shape.of(3, 2)).copy(),
                Matmul.linear(Tensor.zeros(DType.F32, 3, 0), Tensor.zeros(DType.F32, 2, 0), bias));
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void halfPrecisionIsUnpackedExactly(DType type) {
        Tensor x = random(20, 50);
        Tensor weight = random(40, 50).to(type);
        Tensor plain = weight.to(DType.F32);
        assertSame(Matmul.linear(x, plain), Matmul.linear(x, weight));
        assertSame(Matmul.linear(x.slice(0, 0, 1), plain), Matmul.linear(x.slice(0, 0, 1), weight));
        Tensor square = random(3, 50, 40).to(type);
        assertSame(Matmul.matmul(x, square.to(DType.F32)), Matmul.matmul(x, square));
        Tensor strided = random(80, 50).to(type).transpose(0, 1).slice(1, 3, 33);
        assertSame(Matmul.matmul(x, strided.to(DType.F32)), Matmul.matmul(x, strided));
        Tensor swapped =
                random(50, 4, 30).to(type).transpose(0, 1).transpose(1, 2).transpose(1, 2);
        assertSame(Matmul.matmul(x, swapped.to(DType.F32)), Matmul.matmul(x, swapped));
        Tensor column = random(50).to(type).expand(Shape.of(2, 50)).transpose(0, 1);
        assertSame(Matmul.matmul(x, column.to(DType.F32)), Matmul.matmul(x, column));
    }

    @Test
    void nanAndInfinityReachTheResult() {
        Tensor x = Tensor.of(new float[] {0, 0}, 1, 2);
        Tensor y = Tensor.of(new float[] {Float.POSITIVE_INFINITY, 1, 1, 1}, 2, 2);
        Tensor product = Matmul.matmul(x, y);
        assertTrue(Double.isNaN(product.get(0, 0)));
        assertEquals(0, product.get(0, 1));
    }

    /** A weight that comes back is kept in packed form; whoever writes it, through whatever view, is seen by the next product. */
    @Test
    void aWeightThatWasWrittenIsPackedAgain() {
        Tensor x = random(7, 96);
        Tensor weight = random(80, 96).copy();
        Tensor change = random(80, 96);
        List<Runnable> writers = List.of(
                () -> {},
                () -> Updates.scaleInPlace(weight, 0.5),
                () -> Updates.addInPlace(weight, change),
                () -> weight.transpose(0, 1)
                        .slice(0, 3, 9)
                        .copyInPlace(change.slice(0, 0, 6).slice(1, 0, 80)),
                () -> weight.reshape(80 * 96).copyInPlace(change.reshape(80 * 96)),
                () -> Updates.adamWInPlace(
                        weight, change, change.copy(), change.mul(change), 0.1, 0.9, 0.99, 1e-8, 0, 1));
        for (Runnable writer : writers) {
            writer.run();
            for (int use = 0; use < 4; use++) {
                assertSame(Matmul.linear(x, weight.copy()), Matmul.linear(x, weight));
                assertSame(
                        Matmul.matmul(Matmul.linear(x, weight), weight.copy()),
                        Matmul.matmul(Matmul.linear(x, weight), weight));
                assertSame(Matmul.linear(x, weight.slice(0, 5, 60).copy()), Matmul.linear(x, weight.slice(0, 5, 60)));
            }
        }
    }

    @Test
    void errorsNameBothOperandsAndARepair() {
        message(
                "matmul: inner sizes must agree ([.., m, k] x [.., k, n]); got [2, 3] and [2, 3] (3 and 2); transpose the second"
                        + "\n  a [2, >3<] F32"
                        + "\n  b [>2<, 3] F32"
                        + "\n  try b.transpose(0, 1): [3, 2] fits",
                () -> Matmul.matmul(A, A));
        message(
                "matmul: inner sizes must agree ([.., m, k] x [.., k, n]); got [3, 2] and [3] (2 and 3); transpose the first"
                        + "\n  a [3, >2<] F32"
                        + "\n  b [>3<] F32"
                        + "\n  try a.transpose(0, 1): [2, 3] fits",
                () -> Matmul.matmul(A.transpose(0, 1), V));
        message(
                "matmul: operands must have at least one axis; got [] and [3]; scale with Elementwise.mul"
                        + "\n  a >[]< F32"
                        + "\n  b [3] F32",
                () -> Matmul.matmul(Tensor.of(new float[] {1}), V));
        message(
                "linear: x must be [.., in] and weight [out, in]; got x [3, 2] and weight [2, 3]; transpose the weight"
                        + "\n  x [3, >2<] F32"
                        + "\n  weight [2, >3<] F32"
                        + "\n  try weight.transpose(0, 1): [3, 2] fits",
                () -> Matmul.linear(A.transpose(0, 1), A));
        message(
                "linear: the bias must be [out] for a weight [out, in]; got bias [3] and weight [2, 3]"
                        + "\n  x [2, 3] F32"
                        + "\n  weight [>2<, 3] F32"
                        + "\n  bias [>3<] F32",
                () -> Matmul.linear(A, A, V));
        assertEquals(
                "matmul: types must agree; got F64 and BF16; convert with to()",
                assertThrows(DTypeException.class, () -> Matmul.matmul(A.to(DType.F64), V.to(DType.BF16)))
                        .getMessage());
        assertEquals(
                "matmul: needs F32, F64 or I64; got BF16; convert with to()",
                assertThrows(DTypeException.class, () -> Matmul.matmul(A.to(DType.BF16), V))
                        .getMessage());
    }

    private static void message(String expected, Runnable call) {
        assertEquals(expected, assertThrows(ShapeException.class, call::run).getMessage());
    }

    private static Tensor random(long... shape) {
        return Rng.of(7).split("x").normal(DType.F32, Shape.of(shape), 0, 1);
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        assertTrue(expected.bitEquals(actual), "expected " + expected + " but got " + actual);
    }

    /** A batch of products without an inner axis is a batch of zeros, also where C is one column. */
    @Test
    void innerSizeZeroGivesZeros() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            for (long m : new long[] {1, 2, 7, 200}) {
                for (long n : new long[] {1, 2, 33}) {
                    Tensor y = Matmul.matmul(Tensor.zeros(dtype, 3, m, 0), Tensor.zeros(dtype, 3, 0, n));
                    assertTrue(y.bitEquals(Tensor.zeros(dtype, 3, m, n)), dtype + " " + m + " " + n);
                }
            }
        }
    }

    @Test
    void matricesBeyondAnyArrayAreRefused() {
        Tensor tall = Tensor.ones(DType.F32, 1, 3).expand(Shape.of(1L << 32, 3));
        assertEquals(
                "matmul: a tensor may hold at most 2147483639 elements; got [4294967296] (4294967296); split it",
                assertThrows(ShapeException.class, () -> Matmul.matmul(tall, Tensor.ones(DType.F32, 3, 1)))
                        .getMessage());
        assertThrows(ShapeException.class, () -> Matmul.matmul(Tensor.ones(DType.F32, 1, 3), tall.transpose(0, 1)));
        assertThrows(ShapeException.class, () -> Matmul.matmul(tall.transpose(0, 1), tall));
    }
}
