package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DiagonalsTest {
    @Test
    void trianglesKeepWhatTheFormulaSays() {
        for (long[] sizes : new long[][] {{3, 3}, {2, 4}, {4, 2}, {2, 3, 4}, {1, 1}, {0, 3}, {3, 0}}) {
            Tensor x = Elementwise.add(TensorTest.counting(DType.F64, sizes), 1);
            for (long k : new long[] {Long.MIN_VALUE, -4, -1, 0, 1, 2, 5, Long.MAX_VALUE}) {
                Tensor upper = Diagonals.triu(x, k);
                Tensor lower = Diagonals.tril(x, k);
                Tensor flat = x.reshape(-1, Math.max(x.size(-1), 1));
                for (int row = 0; row < flat.size(0); row++) {
                    for (int j = 0; j < flat.size(1); j++) {
                        long distance = j - row % x.size(-2);
                        double value = flat.get(row, j);
                        assertEquals(
                                distance >= k ? value : 0,
                                upper.reshape(flat.shape().toArray()).get(row, j));
                        assertEquals(
                                distance <= k ? value : 0,
                                lower.reshape(flat.shape().toArray()).get(row, j));
                    }
                }
            }
        }
    }

    @Test
    void diagonalByHand() {
        Tensor x = TensorTest.counting(DType.I64, 2, 3);
        assertEquals("I64[2][0, 4]", Diagonals.diagonal(x, 0, 0, 1).toString());
        assertEquals("I64[2][1, 5]", Diagonals.diagonal(x, 1, 0, 1).toString());
        assertEquals("I64[1][2]", Diagonals.diagonal(x, 2, 0, 1).toString());
        assertEquals("I64[0][]", Diagonals.diagonal(x, 3, 0, 1).toString());
        assertEquals("I64[0][]", Diagonals.diagonal(x, Long.MIN_VALUE, 0, 1).toString());
        assertEquals("I64[1][3]", Diagonals.diagonal(x, -1, 0, 1).toString());
        assertEquals("I64[2][1, 5]", Diagonals.diagonal(x, -1, 1, 0).toString());
        Tensor stack = TensorTest.counting(DType.I64, 2, 3, 2);
        assertEquals(
                "I64[3, 2][0, 7, 2, 9, 4, 11]",
                Diagonals.diagonal(stack, 0, 0, -1).toString());
        assertEquals(
                "I64[2][3, 1]",
                Diagonals.diagonal(Movement.flip(x.slice(1, 0, 2), 0), 0, 0, 1).toString());
    }

    @Test
    void diagonalMatrixIsTheWayBack() {
        Tensor x = Rng.of(2).normal(DType.F32, Shape.of(2, 3), 0, 1);
        for (int k = -2; k <= 2; k++) {
            Tensor matrix = Diagonals.diagonalMatrix(x, k);
            assertEquals(3 + Math.abs(k), matrix.size(-1));
            assertTrue(Diagonals.diagonal(matrix, k, -2, -1).bitEquals(x));
            assertEquals(6, Indexing.nonZero(matrix).size(0));
        }
        assertEquals(
                "[0, 0]",
                Diagonals.diagonalMatrix(Tensor.zeros(DType.F32, 0), 0).shape().toString());
    }

    @Test
    void whatDoesNotFitIsSaid() {
        Tensor row = Tensor.zeros(DType.F32, 3);
        assertEquals(
                "triu: needs at least two axes [.., rows, columns]; got [3]"
                        + "\n  x >[3]< F32"
                        + "\n  try x.unsqueeze(1): [3, 1] fits",
                assertThrows(ShapeException.class, () -> Diagonals.triu(row, 0)).getMessage());
        assertEquals(
                "diagonal: needs two different axes; got 0 and -2 for shape [3, 1]" + "\n  x [3, 1] F32",
                assertThrows(ShapeException.class, () -> Diagonals.diagonal(row.unsqueeze(1), 0, 0, -2))
                        .getMessage());
        assertEquals(
                "diagonalMatrix: needs at least one axis; got a tensor of rank 0",
                assertThrows(ShapeException.class, () -> Diagonals.diagonalMatrix(Tensor.scalar(1f), 0))
                        .getMessage());
    }

    @Test
    void diagonalsBeyondALongAreRefused() {
        Tensor x = Tensor.of(new long[] {1, 2}, 2);
        for (long k : new long[] {Long.MAX_VALUE, -Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertEquals(
                    "diagonalMatrix: a size must fit a long; got 2 + 9223372036854775807",
                    assertThrows(ShapeException.class, () -> Diagonals.diagonalMatrix(x, k))
                            .getMessage());
        }
    }
}
