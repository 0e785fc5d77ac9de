package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IndexingTest {
    private final int threads = Threads.count();

    @AfterEach
    void restoreThreads() {
        Threads.set(threads);
    }

    private static Tensor index(long... values) {
        return Tensor.of(values, values.length);
    }

    /** Duplicates are defined: all contributions count, of replacements the last. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "I64", "I32"})
    void scatterWithDuplicates(DType dtype) {
        Tensor x = Tensor.of(new long[] {5, 5, 5}, 3).to(dtype);
        Tensor source = Tensor.of(new long[] {2, 7, 3}, 3).to(dtype);
        Tensor at = index(1, 1, 1);
        assertEquals("[5, 3, 5]", text(Indexing.scatter(x, 0, at, source, Indexing.Scatter.REPLACE)));
        assertEquals("[5, 17, 5]", text(Indexing.scatter(x, 0, at, source, Indexing.Scatter.ADD)));
        assertEquals("[5, 210, 5]", text(Indexing.scatter(x, 0, at, source, Indexing.Scatter.MUL)));
        assertEquals("[5, 2, 5]", text(Indexing.scatter(x, 0, at, source, Indexing.Scatter.MIN)));
        assertEquals("[5, 7, 5]", text(Indexing.scatter(x, 0, at, source, Indexing.Scatter.MAX)));
    }

    private static String text(Tensor t) {
        return java.util.Arrays.toString(t.toLongArray());
    }

    @Test
    void notANumberAndZerosOfBothSigns() {
        Tensor x = Tensor.of(new float[] {0f, -0f, 1}, 3);
        Tensor source = Tensor.of(new float[] {-0f, 0f, Float.NaN}, 3);
        Tensor at = index(0, 1, 2);
        assertEquals(
                "F32[3][-0.0, -0.0, NaN]",
                Indexing.scatter(x, 0, at, source, Indexing.Scatter.MIN).toString());
        assertEquals(
                "F32[3][0.0, 0.0, NaN]",
                Indexing.scatter(x, 0, at, source, Indexing.Scatter.MAX).toString());
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeIsGatheredAndReplaced(DType dtype) {
        Tensor x = Tensor.of(new long[] {0, 1, 1, 0, 1, 0}, 2, 3).to(dtype);
        Tensor at = Tensor.of(new long[] {2, 0}, 2, 1);
        Tensor taken = Indexing.gather(x, 1, at);
        assertEquals("[1, 0]", text(taken));
        assertEquals(
                "[0, 1, 1, 1, 1, 0]",
                text(Indexing.scatter(x, 1, at, Tensor.ones(dtype, 2, 1), Indexing.Scatter.REPLACE)));
        assertEquals("[0, 1, 0]", text(Indexing.indexSelect(x, 0, index(1)).copy()));
        assertEquals("[0, 1]", text(Indexing.take(x, index(5, 1))));
    }

    @Test
    void gatherAndScatterAreLoops() {
        Rng rng = Rng.of(4);
        Tensor x = rng.integers(Shape.of(3, 4, 5), -9, 9);
        for (int axis = 0; axis < 3; axis++) {
            long[] sizes = {2, 3, 4};
            sizes[axis] = 6;
            Tensor at = rng.split(axis).integers(Shape.of(sizes), 0, x.size(axis));
            Tensor source = rng.split("source").integers(Shape.of(sizes), -9, 9);
            Tensor taken = Indexing.gather(x, axis, at);
            long[] sums = x.toLongArray();
            long[] last = x.toLongArray();
            for (int i = 0; i < sizes[0]; i++) {
                for (int j = 0; j < sizes[1]; j++) {
                    for (int k = 0; k < sizes[2]; k++) {
                        int[] place = {i, j, k};
                        place[axis] = (int) at.get(i, j, k);
                        assertEquals(x.get(place[0], place[1], place[2]), taken.get(i, j, k));
                        int flat = (place[0] * 4 + place[1]) * 5 + place[2];
                        sums[flat] += (long) source.get(i, j, k);
                        last[flat] = (long) source.get(i, j, k);
                    }
                }
            }
            assertTrue(Tensor.of(sums, 3, 4, 5).bitEquals(Indexing.scatterAdd(x, axis, at, source)));
            assertTrue(Tensor.of(last, 3, 4, 5)
                    .bitEquals(Indexing.scatter(x, axis, at, source, Indexing.Scatter.REPLACE)));
        }
    }

    @Test
    void whatWasScatteredIsGathered() {
        Tensor order = index(3, 0, 2, 1);
        Tensor source = Rng.of(1).normal(DType.F32, Shape.of(4), 0, 1);
        Tensor scattered = Indexing.scatter(Tensor.zeros(DType.F32, 4), 0, order, source, Indexing.Scatter.REPLACE);
        assertTrue(Indexing.gather(scattered, 0, order).bitEquals(source));
    }

    @Test
    void threadsChangeNoBit() {
        Tensor x = Rng.of(1).normal(DType.F32, Shape.of(300, 257), 0, 1);
        Tensor at = Rng.of(2).integers(Shape.of(300, 257), 0, 257);
        Tensor rows = Rng.of(3).integers(Shape.of(300), 0, 300);
        Threads.set(1);
        List<Tensor> one = several(x, at, rows);
        Threads.set(3);
        List<Tensor> three = several(x, at, rows);
        for (int i = 0; i < one.size(); i++) {
            assertTrue(one.get(i).bitEquals(three.get(i)));
        }
    }

    private static List<Tensor> several(Tensor x, Tensor at, Tensor rows) {
        return List.of(
                Indexing.gather(x, 1, at),
                Indexing.scatterAdd(x, 1, at, x),
                Indexing.indexSelect(x, 0, rows),
                Indexing.indexAdd(x, 0, rows, x),
                Indexing.embedding(x, rows),
                x.transpose(0, 1).copy());
    }

    @Test
    void masksOneHotsAndPlaces() {
        Tensor x = Tensor.of(new float[] {0, -0f, Float.NaN, 2}, 2, 2);
        assertEquals("I64[2, 2][1, 0, 1, 1]", Indexing.nonZero(x).toString());
        assertEquals("I64[1, 0][]", Indexing.nonZero(Tensor.scalar(3f)).toString());
        assertEquals("I64[0, 0][]", Indexing.nonZero(Tensor.scalar(0f)).toString());
        Tensor mask = Tensor.of(new boolean[] {false, true}, 2);
        assertEquals("F32[2][-0.0, 2.0]", Indexing.maskedSelect(x, mask).toString());
        assertEquals(
                "F32[][5.0]",
                Indexing.take(Tensor.scalar(5f), Tensor.of(new long[] {0})).toString());
        assertEquals(
                "F32[2, 1, 2][0.0, 1.0, 1.0, 0.0]",
                Indexing.oneHot(Tensor.of(new long[] {1, 0}, 2, 1), 2, DType.F32)
                        .toString());
        assertEquals(
                "BOOL[2][false, true]",
                Indexing.oneHot(Tensor.of(new long[] {1}), 2, DType.BOOL).toString());
        assertEquals("[0, 3]", Indexing.oneHot(index(), 3, DType.F32).shape().toString());
    }

    @Test
    void nothingTaken() {
        Tensor x = Tensor.zeros(DType.F32, 3, 0);
        assertEquals("[2, 0]", Indexing.indexSelect(x, 0, index(0, 2)).shape().toString());
        assertEquals(
                "[3, 0]",
                Indexing.gather(x, 1, Tensor.zeros(DType.I64, 3, 0)).shape().toString());
        assertEquals(
                "[3, 0]",
                Indexing.scatterAdd(x, 0, Tensor.zeros(DType.I64, 2, 0), Tensor.zeros(DType.F32, 2, 0))
                        .shape()
                        .toString());
        assertEquals(
                "[0, 4]",
                Indexing.embedding(Tensor.zeros(DType.F32, 3, 4), index())
                        .shape()
                        .toString());
    }

    @Test
    void whatDoesNotFitIsSaid() {
        Tensor x = Tensor.zeros(DType.F32, 2, 3);
        assertEquals(
                "indexSelect: indices must be in [0, 2); got -1 at place 0" + "\n  x [>2<, 3] F32"
                        + "\n  index [1] I64, values -1 to -1",
                assertThrows(ShapeException.class, () -> Indexing.indexSelect(x, 0, index(-1)))
                        .getMessage());
        assertEquals(
                "gather: indices must be I64; got F32; convert with to()",
                assertThrows(DTypeException.class, () -> Indexing.gather(x, 0, x))
                        .getMessage());
        assertEquals(
                "gather: the index must have the rank of x and lie inside its other axes; got x [2, 3], index [1, 4] and axis 0"
                        + "\n  x [2, >3<] F32" + "\n  index [1, >4<] I64, values 0 to 0"
                        + "\n  try index.transpose(0, 1): [4, 1] fits",
                assertThrows(ShapeException.class, () -> Indexing.gather(x, 0, Tensor.zeros(DType.I64, 1, 4)))
                        .getMessage());
        assertEquals(
                "scatter: source and index must have one shape; got [2, 3] and [1, 3]" + "\n  x [2, 3] F32"
                        + "\n  index [>1<, 3] I64, values 0 to 0" + "\n  source [>2<, 3] F32",
                assertThrows(
                                ShapeException.class,
                                () -> Indexing.scatter(
                                        x, 0, Tensor.zeros(DType.I64, 1, 3), x, Indexing.Scatter.REPLACE))
                        .getMessage());
        assertEquals(
                "scatterAdd: needs F32, F64, I64 or I32; got BF16; convert with to()",
                assertThrows(
                                DTypeException.class,
                                () -> Indexing.scatterAdd(
                                        x.to(DType.BF16), 0, Tensor.zeros(DType.I64, 1, 3), x.to(DType.BF16)))
                        .getMessage());
        assertEquals(
                "maskedSelect: the mask must be BOOL; got F32; compare or convert with to()",
                assertThrows(DTypeException.class, () -> Indexing.maskedSelect(x, x))
                        .getMessage());
        assertEquals(
                "oneHot: indices must be in [0, 2); got 2 at place 0" + "\n  index [1] I64, values 2 to 2"
                        + "\n  try Elementwise.sub(index, 1): counted from 0 they lie in [1, 2)",
                assertThrows(ShapeException.class, () -> Indexing.oneHot(index(2), 2, DType.F32))
                        .getMessage());
    }

    @Test
    void gradientsOfAnEmbeddingMustFitTheirIndex() {
        assertEquals(
                "embeddingBackward: dY must have the shape of y, [5, 5]; got [2, 5]" + "\n  dY [>2<, 5] F32",
                assertThrows(
                                ShapeException.class,
                                () -> Indexing.embeddingBackward(
                                        Tensor.ones(DType.F32, 2, 5), Tensor.zeros(DType.I64, 5), 3))
                        .getMessage());
    }
}
