package luthier.tensor;

import java.util.stream.Stream;
import luthier.golden.GoldenForward;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class EinsumGoldenTest {
    @TestFactory
    Stream<DynamicTest> einsum() {
        return GoldenForward.one(
                "einsum",
                (in, args) -> Einsum.einsum(
                        args.get("equation").asString(), in.values().toArray(new Tensor[0])));
    }
}
