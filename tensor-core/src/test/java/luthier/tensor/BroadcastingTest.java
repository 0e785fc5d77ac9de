package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Broadcasting is explicit expansion, bit for bit, for every operation of two or three tensors. */
class BroadcastingTest {
    private static final List<Shape> SHAPES = List.of(
            Shape.of(),
            Shape.of(1),
            Shape.of(19),
            Shape.of(5, 1),
            Shape.of(5, 19),
            Shape.of(2, 1, 1),
            Shape.of(1, 1, 1, 19));

    static Stream<PublicOperations.Operation> operations() {
        return Stream.concat(PublicOperations.of(2), PublicOperations.of(3));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void isExplicitExpansion(PublicOperations.Operation operation) {
        int count = operation.operands();
        for (DType type : List.of(DType.F32, DType.F64)) {
            for (Shape a : SHAPES) {
                for (Shape b : SHAPES) {
                    Shape shape = a.broadcast(b, "test");
                    Tensor[] operands = new Tensor[count];
                    Tensor[] expanded = new Tensor[count];
                    for (int i = 0; i < count; i++) {
                        Tensor x = Rng.of(i).normal(type, i == 0 ? a : b, 0, 1);
                        operands[i] = operation.isLogical() ? x.to(DType.BOOL) : x;
                        expanded[i] = operands[i].expand(shape).copy();
                    }
                    Tensor got = operation.apply(operands);
                    assertEquals(shape, got.shape());
                    assertTrue(operation.apply(expanded).bitEquals(got), a + " and " + b);
                }
            }
        }
    }
}
