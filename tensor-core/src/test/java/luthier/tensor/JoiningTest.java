package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JoiningTest {
    @ParameterizedTest
    @EnumSource
    void concatUndoesSplit(DType dtype) {
        Tensor x = TensorTest.counting(DType.I64, 4, 6, 2).to(dtype);
        assertTrue(Joining.concat(Joining.split(x, 1, 1, 0, 5), 1).bitEquals(x));
        assertTrue(Joining.concat(Joining.splitEqual(x, -1, 2), -1).bitEquals(x));
        assertTrue(Joining.stack(List.of(x.select(2, 0), x.select(2, 1)), 2).bitEquals(x));
    }

    @Test
    void chunksAreEqualButForTheLast() {
        Tensor x = TensorTest.counting(DType.I64, 5);
        assertEquals(
                "[I64[2][0, 1], I64[2][2, 3], I64[1][4]]",
                Joining.chunk(x, 0, 3).toString());
        assertEquals(3, Joining.chunk(x, 0, 4).size());
        assertEquals("[I64[0][]]", Joining.chunk(x.slice(0, 0, 0), 0, 3).toString());
    }

    @Test
    void whatDoesNotFitIsSaid() {
        Tensor x = Tensor.zeros(DType.F32, 2, 3);
        assertEquals(
                "concat: needs at least one tensor; got none",
                assertThrows(IllegalArgumentException.class, () -> Joining.concat(List.of(), 0))
                        .getMessage());
        assertEquals(
                "concat: shapes must agree but for axis 0; got [2, 3] and [2, 4]"
                        + "\n  parts[0] [2, >3<] F32"
                        + "\n  parts[1] [2, >4<] F32",
                assertThrows(ShapeException.class, () -> Joining.concat(List.of(x, Tensor.zeros(DType.F32, 2, 4)), 0))
                        .getMessage());
        assertEquals(
                "concat: types must agree; got F32 and F64; convert with to()",
                assertThrows(DTypeException.class, () -> Joining.concat(List.of(x, x.to(DType.F64)), 0))
                        .getMessage());
        assertEquals(
                "stack: shapes must agree; got [2, 3] and [3, 2]"
                        + "\n  parts[0] [>2<, >3<] F32"
                        + "\n  parts[1] [>3<, >2<] F32"
                        + "\n  try parts[1].transpose(0, 1): [2, 3] fits",
                assertThrows(ShapeException.class, () -> Joining.stack(List.of(x, x.transpose(0, 1)), 0))
                        .getMessage());
        assertEquals(
                "split: the sizes must add up to the axis; got [1, 1] for axis 1 of [2, 3]" + "\n  x [2, >3<] F32",
                assertThrows(ShapeException.class, () -> Joining.split(x, 1, 1, 1))
                        .getMessage());
        assertThrows(ShapeException.class, () -> Joining.split(x, 1, 4, -1));
        assertEquals(
                "splitEqual: the count must divide the axis; got 2 for axis 1 of [2, 3]; use chunk for parts of unequal size"
                        + "\n  x [2, >3<] F32",
                assertThrows(ShapeException.class, () -> Joining.splitEqual(x, 1, 2))
                        .getMessage());
        assertEquals(
                "concat: axis must be in [0, 0) for shape []; got 0" + "\n  parts[0] [] F32",
                assertThrows(ShapeException.class, () -> Joining.concat(List.of(Tensor.scalar(1f)), 0))
                        .getMessage());
    }
}
