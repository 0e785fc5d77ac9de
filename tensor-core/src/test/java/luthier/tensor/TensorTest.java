package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    static Tensor counting(DType dtype, long... shape) {
        long n = Shape.of(shape).elementCount();
        return Creation.arange(0, n, 1).reshape(shape).to(dtype);
    }

    private static String refused(Runnable call) {
        return assertThrows(ShapeException.class, call::run).getMessage();
    }

    @Test
    void sliceFollowsPython() {
        Tensor x = counting(DType.I64, 5);
        long end = Long.MIN_VALUE;
        assertEquals("I64[5][4, 3, 2, 1, 0]", x.slice(0, -1, end, -1).toString());
        assertEquals("I64[2][4, 2]", x.slice(0, 9, 0, -2).toString());
        assertEquals("I64[0][]", x.slice(0, 1, 3, -1).toString());
        assertEquals("I64[0][]", x.slice(0, 3, 1, 1).toString());
        assertEquals("I64[2][3, 4]", x.slice(0, -2, Long.MAX_VALUE).toString());
        assertEquals(
                "I64[1][0]", x.slice(0, end, Long.MAX_VALUE, Long.MAX_VALUE).toString());
        assertEquals(
                "I64[1][4]", x.slice(0, Long.MAX_VALUE, end, Long.MIN_VALUE).toString());
        assertEquals(
                "I64[2][2, 4]", x.slice(0, -1, end, -1).slice(0, 2, end, -2).toString());
        assertEquals(
                "I64[0][]", Tensor.zeros(DType.I64, 0).slice(0, -1, end, -1).toString());
        assertEquals(
                "slice: step must not be 0; got 0 for axis 0 of [5]" + "\n  x [>5<] I64",
                refused(() -> x.slice(0, 0, 1, 0)));
    }

    @Test
    void everySliceOfASmallAxisIsWhatALoopSays() {
        for (int n = 0; n < 5; n++) {
            Tensor x = counting(DType.I64, n);
            for (int start = -n - 2; start <= n + 2; start++) {
                for (int stop = -n - 2; stop <= n + 2; stop++) {
                    for (int step : new int[] {-3, -2, -1, 1, 2, 3}) {
                        assertEquals(loop(n, start, stop, step).toString(), list(x.slice(0, start, stop, step)));
                    }
                }
            }
        }
    }

    private static List<Long> loop(int n, int start, int stop, int step) {
        int low = step > 0 ? 0 : -1;
        int high = step > 0 ? n : n - 1;
        int from = Math.max(low, Math.min(high, start < 0 ? start + n : start));
        int to = Math.max(low, Math.min(high, stop < 0 ? stop + n : stop));
        List<Long> result = new ArrayList<>();
        for (int i = from; step > 0 ? i < to : i > to; i += step) {
            result.add((long) i);
        }
        return result;
    }

    private static String list(Tensor t) {
        return java.util.Arrays.toString(t.toLongArray());
    }

    @Test
    void squeezeAndFlatten() {
        Tensor x = counting(DType.I64, 1, 2, 1, 3);
        assertEquals("[2, 3]", x.squeeze().shape().toString());
        assertEquals("[1, 2, 3]", x.squeeze(-2).shape().toString());
        assertEquals("[]", Tensor.zeros(DType.F32, 1, 1).squeeze().shape().toString());
        assertEquals("[6]", x.flatten(0, -1).shape().toString());
        assertEquals("[1, 6]", x.flatten(1, 3).shape().toString());
        assertEquals("[2, 1, 3]", x.flatten(0, 1).shape().toString());
        assertEquals("[1]", Tensor.scalar(1f).flatten(0, -1).shape().toString());
        assertEquals("[0]", Tensor.zeros(DType.F32, 2, 0).flatten(0, -1).shape().toString());
        assertEquals(
                "squeeze: the axis must have size 1; got axis 1 of [1, 2, 1, 3]" + "\n  x [1, >2<, 1, 3] I64",
                refused(() -> x.squeeze(1)));
        assertEquals(
                "flatten: the last axis must not lie before the first; got 2 to 1 for shape [1, 2, 1, 3]"
                        + "\n  x [1, 2, 1, 3] I64",
                refused(() -> x.flatten(2, 1)));
    }

    @Test
    void reshapeInfersOneSizeAndCountsExactly() {
        assertEquals("[3, 2]", counting(DType.F32, 6).reshape(-1, 2).shape().toString());
        assertEquals("[0, 5]", Tensor.zeros(DType.F32, 0).reshape(-1, 5).shape().toString());
        assertEquals(
                "reshape: element counts must agree; got [0] (0) to [-1, 0]; -1 cannot be inferred" + "\n  x [0] F32",
                refused(() -> Tensor.zeros(DType.F32, 0).reshape(-1, 0)));
        assertEquals(
                "reshape: element counts must agree; got [1] (1) to [4294967296, 4294967296, 1]" + "\n  x [1] F32",
                refused(() -> Tensor.zeros(DType.F32, 1).reshape(1L << 32, 1L << 32, 1)));
        assertEquals(
                "reshape: element counts must agree; got [6] (6) to [-2, -3]" + "\n  x [6] F32",
                refused(() -> counting(DType.F32, 6).reshape(-2, -3)));
    }

    @Test
    void aReversedViewReshapesRight() {
        Tensor x = Movement.flip(counting(DType.I64, 2, 3, 4), 0, 1);
        for (long[] sizes : new long[][] {{24}, {6, 4}, {2, 12}, {2, 3, 2, 2}, {4, 6}}) {
            assertTrue(x.reshape(sizes).bitEquals(x.copy().reshape(sizes)));
        }
    }

    @Test
    void selectAndAxesAreChecked() {
        Tensor x = counting(DType.I64, 2, 3);
        assertEquals("I64[2][2, 5]", x.select(1, -1).toString());
        assertEquals(
                "select: index must lie inside axis 1 of [2, 3]; got 3" + "\n  x [2, >3<] I64",
                refused(() -> x.select(1, 3)));
        assertEquals(
                "transpose: axis must be in [-2, 2) for shape [2, 3]; got 2" + "\n  x [2, 3] I64",
                refused(() -> x.transpose(0, 2)));
        assertEquals(
                "permute: every axis must appear once; got [0, 0]" + "\n  x [2, 3] I64",
                refused(() -> x.permute(0, 0)));
        assertEquals(
                "expand: only axes of size 1 can grow; got [2, 3] to [3]" + "\n  x [>2<, 3] I64",
                refused(() -> x.expand(Shape.of(3))));
        assertEquals(
                "unsqueeze: axis must be in [-3, 2] for shape [2, 3]; got 3" + "\n  x [2, 3] I64",
                refused(() -> x.unsqueeze(3)));
    }

    /** What shares storage is part of the contract: who writes in place must know who sees it. */
    @Test
    void viewsShareStorageAndNothingElseDoes() {
        Tensor x = counting(DType.F32, 2, 3, 1);
        Map<String, UnaryOperator<Tensor>> views = new TreeMap<>(Map.of(
                "reshape", t -> t.reshape(6),
                "flatten", t -> t.flatten(0, 1),
                "transpose", t -> t.transpose(0, 1),
                "permute", t -> t.permute(2, 0, 1),
                "expand", t -> t.expand(Shape.of(2, 3, 4)),
                "squeeze", Tensor::squeeze,
                "unsqueeze", t -> t.unsqueeze(0),
                "slice", t -> t.slice(1, 2, 0, -1),
                "select", t -> t.select(0, 1)));
        views.put("flip", t -> Movement.flip(t, 0));
        views.put("moveAxis", t -> Movement.moveAxis(t, 0, 2));
        views.put("split", t -> Joining.split(t, 1, 1, 2).getLast());
        views.put("chunk", t -> Joining.chunk(t, 1, 2).getLast());
        views.put("diagonal", t -> Diagonals.diagonal(t, 1, 0, 1));
        views.forEach((name, view) -> assertSame(x.storage(), view.apply(x).storage(), name));
        Map<String, UnaryOperator<Tensor>> copies = new TreeMap<>(Map.of(
                "copy", Tensor::copy,
                "reshape of a transposed one", t -> t.transpose(0, 1).reshape(6),
                "concat", t -> Joining.concat(List.of(t), 0),
                "stack", t -> Joining.stack(List.of(t), 0),
                "tile of several axes", t -> Movement.tile(t, 2, 2, 2),
                "roll", t -> Movement.roll(t, 1, 1),
                "pad", t -> Padding.constant(t, 0, 1, 1),
                "triu", t -> Diagonals.triu(t, 0),
                "gather", t -> Indexing.gather(t, 0, Tensor.zeros(DType.I64, 1, 3, 1)),
                "indexSelect", t -> Indexing.indexSelect(t, 0, Tensor.zeros(DType.I64, 1))));
        copies.forEach((name, copy) -> assertNotSame(x.storage(), copy.apply(x).storage(), name));
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeIsMovedUnchanged(DType dtype) {
        Tensor x = counting(DType.I64, 3, 17, 19).to(dtype);
        Tensor y = x.permute(2, 0, 1);
        Tensor copy = y.copy();
        for (int i = 0; i < 19; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 17; k++) {
                    assertEquals(x.get(j, k, i), copy.get(i, j, k));
                }
            }
        }
        assertTrue(copy.permute(1, 2, 0).bitEquals(x));
        assertTrue(Movement.flip(Movement.flip(x, 1).copy(), 1).bitEquals(x));
    }

    @Test
    void copyInPlaceReadsBeforeItWrites() {
        Tensor x = counting(DType.I64, 6);
        x.slice(0, 1, 6).copyInPlace(x.slice(0, 0, 5));
        assertEquals("I64[6][0, 0, 1, 2, 3, 4]", x.toString());
        x.copyInPlace(Movement.flip(x, 0));
        assertEquals("I64[6][4, 3, 2, 1, 0, 0]", x.toString());
        Tensor square = counting(DType.F32, 40, 40);
        Tensor expected = square.transpose(0, 1).copy();
        square.copyInPlace(square.transpose(0, 1));
        assertTrue(square.bitEquals(expected));
        assertEquals(
                "copyInPlace: the target must not be a view that shows an element twice, such as an expanded one; got [2]; copy() it first"
                        + "\n  x [2] I64",
                refused(() -> Tensor.zeros(DType.I64, 1).expand(Shape.of(2)).copyInPlace(x.slice(0, 0, 2))));
    }

    @Test
    void sizesBeyondAnArrayAreRefusedAndNeverWrap() {
        Tensor wide = Tensor.zeros(DType.F32, 1).expand(Shape.of(1L << 20, 1L << 20));
        assertEquals(1L << 40, wide.elementCount());
        assertEquals(0, wide.get((1L << 20) - 1, (1L << 20) - 1));
        assertEquals("[3, 2]", wide.slice(0, 0, 3).slice(1, -1, -3, -1).shape().toString());
        assertEquals(
                "copy: a tensor may hold at most 2147483639 elements; got [1048576, 1048576] (1099511627776); split it",
                refused(wide::copy));
        assertEquals(
                "shape: the element count must fit a long; got [4294967296, 4294967296]",
                refused(() -> Shape.of(1L << 32, 1L << 32)));
        assertEquals(
                "shape: the element count must fit a long; got [4294967296, 4294967296]",
                refused(() -> Shape.of(1, 1L << 32).broadcast(Shape.of(1L << 32, 1), "add")));
        Tensor empty = Tensor.zeros(DType.F32, 3, 0, 1L << 30);
        assertEquals(
                "[2, 0]", empty.slice(0, 1, 3).select(2, (1L << 30) - 1).shape().toString());
    }

    /** Overlapping windows show elements twice; diagonals, slices, flips and permuted axes do not. */
    @Test
    void viewsAreWrittenUnlessTheyOverlap() {
        Tensor x = Tensor.zeros(DType.F32, 2, 5, 3);
        assertThrows(
                ShapeException.class,
                () -> Unfold.windows(x, 1, 3, 2).copyInPlace(Tensor.zeros(DType.F32, 2, 2, 3, 3)));
        for (Tensor view : new Tensor[] {
            x,
            x.transpose(0, 2),
            Movement.flip(x, 1).permute(1, 2, 0),
            x.slice(1, 0, 5, 2),
            Diagonals.diagonal(x, 0, 0, 2),
            Diagonals.diagonal(x, 1, 1, 2),
            Diagonals.diagonal(x, -1, 1, 0),
            Unfold.windows(x, 1, 2, 2)
        }) {
            Tensor ones = Tensor.full(DType.F32, view.version() + 1, view.shape());
            view.copyInPlace(ones);
            assertTrue(view.bitEquals(ones), view.toString());
        }
    }
}
