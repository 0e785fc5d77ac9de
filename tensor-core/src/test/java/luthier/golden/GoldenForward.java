package luthier.golden;

import java.util.Map;
import java.util.stream.Stream;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;

/** Values of an operation against the set's, in both precisions and every variant. */
public final class GoldenForward {
    private static final GoldenSet SET = GoldenSet.open();

    private GoldenForward() {}

    /** Computes a variant's outputs by role from its operands by role; operands keep the order of the set. */
    public interface Operation {
        /** Applies the operation with the variant's options. */
        Map<String, Tensor> apply(Map<String, Tensor> in, JsonObject args);
    }

    /** Computes the single output {@code y}. */
    public interface Single {
        /** Applies the operation with the variant's options. */
        Tensor apply(Map<String, Tensor> in, JsonObject args);
    }

    /** Returns the tests of the case {@code ops/name}. */
    public static Stream<DynamicTest> one(String name, Single operation) {
        return all(name, (in, args) -> Map.of("y", operation.apply(in, args)));
    }

    /** Returns the tests of the case {@code ops/name}. */
    public static Stream<DynamicTest> all(String name, Operation operation) {
        return Variant.tests(
                SET,
                "ops/" + name,
                "",
                (variant, dtype) -> variant.check(operation.apply(variant.operands(dtype), variant.args()), dtype));
    }
}
