package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of one or two tensors in F32 is what it is in F64, up to rounding. */
class PrecisionTest {
    static Stream<PublicOperations.Operation> one() {
        return PublicOperations.of(1).filter(operation -> !operation.isLogical());
    }

    static Stream<PublicOperations.Operation> two() {
        return PublicOperations.of(2).filter(operation -> !operation.isLogical());
    }

    @ParameterizedTest
    @MethodSource("one")
    void unary(PublicOperations.Operation operation) {
        Tensor x = Rng.of(1).normal(DType.F32, Shape.of(1009), 0, 2);
        close(operation.apply(x.to(DType.F64)), operation.apply(x));
    }

    @ParameterizedTest
    @MethodSource("two")
    void binary(PublicOperations.Operation operation) {
        Tensor x = Rng.of(1).normal(DType.F32, Shape.of(1009), 0, 2);
        Tensor y = Rng.of(2).normal(DType.F32, Shape.of(1009), 0, 2);
        close(operation.apply(x.to(DType.F64), y.to(DType.F64)), operation.apply(x, y));
    }

    private static void close(Tensor expected, Tensor got) {
        assertEquals(expected.dtype() == DType.F64 ? DType.F32 : expected.dtype(), got.dtype());
        double[] wide = expected.toDoubleArray();
        double[] narrow = got.toDoubleArray();
        for (int i = 0; i < wide.length; i++) {
            double off = Math.abs(wide[i] - narrow[i]);
            assertTrue(
                    off <= 5e-7 * Math.max(1, Math.abs(wide[i])) || Double.isNaN(wide[i]) && Double.isNaN(narrow[i]),
                    i + ": must be " + wide[i] + "; got " + narrow[i]);
        }
    }
}
