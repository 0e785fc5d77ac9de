package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MovementTest {
    private static final Tensor X = TensorTest.counting(DType.I64, 2, 3);

    @Test
    void byHand() {
        assertEquals("I64[2, 3][5, 4, 3, 2, 1, 0]", Movement.flip(X).toString());
        assertEquals("I64[2, 3][3, 4, 5, 0, 1, 2]", Movement.flip(X, -2).toString());
        assertEquals("I64[2, 3][2, 0, 1, 5, 3, 4]", Movement.roll(X, 1, 1).toString());
        assertEquals("I64[2, 3][1, 2, 0, 4, 5, 3]", Movement.roll(X, 1, -4).toString());
        assertEquals("I64[2, 3][5, 0, 1, 2, 3, 4]", Movement.roll(X, 1).toString());
        assertEquals(
                "I64[2, 3][5, 3, 4, 2, 0, 1]",
                Movement.roll(X, new int[] {0, 1}, new long[] {1, 1}).toString());
        assertEquals(
                "I64[2, 6][0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]",
                Movement.tile(X, 2).toString());
        assertEquals("[2, 2, 6]", Movement.tile(X, 2, 1, 2).shape().toString());
        assertEquals("I64[2][7, 7]", Movement.tile(Tensor.of(new long[] {7}), 2).toString());
        assertEquals(
                "I64[2, 6][0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]",
                Movement.repeatInterleave(X, 1, 2).toString());
        assertEquals(
                "I64[3, 3][3, 4, 5, 3, 4, 5, 3, 4, 5]",
                Movement.repeatInterleave(X, 0, Tensor.of(new long[] {0, 3}, 2)).toString());
        assertEquals("[3, 2]", Movement.moveAxis(X, 0, 1).shape().toString());
    }

    @Test
    void moveAxisKeepsTheOrderOfTheOthers() {
        Tensor x = Tensor.zeros(DType.F32, 2, 3, 4, 5);
        assertEquals("[3, 4, 2, 5]", Movement.moveAxis(x, 0, 2).shape().toString());
        assertEquals("[5, 2, 3, 4]", Movement.moveAxis(x, -1, 0).shape().toString());
        assertEquals("[2, 4, 3, 5]", Movement.moveAxis(x, 2, 1).shape().toString());
        assertEquals("[2, 3, 4, 5]", Movement.moveAxis(x, 1, 1).shape().toString());
    }

    @Test
    void thereAndBackAgain() {
        Tensor x = Rng.of(1).normal(DType.F32, Shape.of(3, 4, 5), 0, 1);
        for (int axis = 0; axis < 3; axis++) {
            assertTrue(Movement.flip(Movement.flip(x, axis), axis).bitEquals(x));
            assertTrue(Movement.roll(Movement.roll(x, axis, 2), axis, -2).bitEquals(x));
            assertTrue(Joining.concat(Joining.chunk(x, axis, 2), axis).bitEquals(x));
            assertTrue(x.slice(axis, -1, Long.MIN_VALUE, -2)
                    .bitEquals(Movement.flip(x, axis).slice(axis, 0, 9, 2)));
        }
        assertTrue(Movement.roll(Movement.roll(x, 7), -67).bitEquals(x));
        assertTrue(Movement.tile(x, 1, 2, 1).bitEquals(Joining.concat(List.of(x, x), 1)));
    }

    @Test
    void nothingAndSingleNumbers() {
        Tensor none = Tensor.zeros(DType.F32, 2, 0);
        assertEquals("[2, 0]", Movement.roll(none, 1, 5).shape().toString());
        assertEquals("[2, 0]", Movement.roll(none, 5).shape().toString());
        assertEquals("[4, 0]", Movement.tile(none, 2, 3).shape().toString());
        assertEquals("[2, 0]", Movement.tile(X, 1, 0).shape().toString());
        assertEquals("[2, 0]", Movement.repeatInterleave(none, 1, 3).shape().toString());
        assertEquals("F32[][3.0]", Movement.flip(Tensor.scalar(3f)).toString());
        assertEquals("F32[][3.0]", Movement.roll(Tensor.scalar(3f), 1).toString());
        assertEquals("F32[][3.0]", Movement.tile(Tensor.scalar(3f)).toString());
    }

    @Test
    void whatDoesNotFitIsSaid() {
        assertEquals(
                "flip: every axis may be named once; got [0, -2]" + "\n  x [2, 3] I64",
                assertThrows(ShapeException.class, () -> Movement.flip(X, 0, -2))
                        .getMessage());
        assertEquals(
                "tile: counts must not be negative; got -1",
                assertThrows(ShapeException.class, () -> Movement.tile(X, -1)).getMessage());
        assertEquals(
                "roll: one shift per axis is needed; got axes [0] and shifts []",
                assertThrows(ShapeException.class, () -> Movement.roll(X, new int[] {0}, new long[0]))
                        .getMessage());
        assertEquals(
                "repeatInterleave: needs one count for each index of axis 1 of [2, 3]; got counts of shape [2]"
                        + "\n  x [2, >3<] I64" + "\n  counts [2] I64",
                assertThrows(ShapeException.class, () -> Movement.repeatInterleave(X, 1, Tensor.zeros(DType.I64, 2)))
                        .getMessage());
    }

    @Test
    void countsBeyondALongAreRefused() {
        assertEquals(
                "tile: a size must fit a long; got 3 times 9223372036854775807",
                assertThrows(ShapeException.class, () -> Movement.tile(X, Long.MAX_VALUE))
                        .getMessage());
        assertThrows(ShapeException.class, () -> Movement.repeatInterleave(X, 0, Long.MAX_VALUE));
        Tensor counts = Tensor.of(new long[] {Long.MAX_VALUE, 1}, 2);
        assertEquals(
                "repeatInterleave: a size must fit a long; got 9223372036854775807 + 1",
                assertThrows(ShapeException.class, () -> Movement.repeatInterleave(X, 0, counts))
                        .getMessage());
    }
}
