package luthier.tensor;

import java.util.stream.Stream;
import luthier.golden.GoldenForward;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class MatmulGoldenTest {
    @TestFactory
    Stream<DynamicTest> matmul() {
        return GoldenForward.one("matmul", (in, args) -> Matmul.matmul(in.get("a"), in.get("b")));
    }

    @TestFactory
    Stream<DynamicTest> linear() {
        return GoldenForward.one(
                "linear",
                (in, args) -> in.containsKey("bias")
                        ? Matmul.linear(in.get("input"), in.get("weight"), in.get("bias"))
                        : Matmul.linear(in.get("input"), in.get("weight")));
    }
}
