package luthier.golden;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;

/** Values of an operation against the set's, in both precisions and every variant; nothing where the set lacks the case. */
public final class GoldenForward {
    private static final GoldenSet SET = GoldenSet.open();

    private GoldenForward() {}

    /** Computes a variant's outputs by name from its inputs by name; inputs keep the order of the set. */
    public interface Operation {
        /** Applies the operation with the variant's arguments. */
        Map<String, Tensor> apply(Map<String, Tensor> in, JsonObject args);
    }

    /** Computes the single output {@code y}. */
    public interface Single {
        /** Applies the operation with the variant's arguments. */
        Tensor apply(Map<String, Tensor> in, JsonObject args);
    }

    /** Returns the tests of the case {@code ops/name}. */
    public static Stream<DynamicTest> one(String name, Single operation) {
        return all(name, (in, args) -> Map.of("y", operation.apply(in, args)));
    }

    /** Returns the tests of the case {@code ops/name}. */
    public static Stream<DynamicTest> all(String name, Operation operation) {
        List<DynamicTest> tests = new ArrayList<>();
        SET.find("ops/" + name).ifPresent(golden -> {
            for (JsonValue variant : SET.json(golden.meta()).get("variants").asList()) {
                String id = variant.asObject().get("id").asString();
                for (DType dtype : List.of(DType.F32, DType.F64)) {
                    tests.add(DynamicTest.dynamicTest(
                            name + " " + id + " " + dtype, () -> check(golden, variant.asObject(), operation, dtype)));
                }
            }
        });
        return tests.stream();
    }

    private static void check(GoldenSet.Case golden, JsonObject variant, Operation operation, DType dtype) {
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        String prefix = variant.get("id").asString() + ".";
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (JsonValue input : variant.get("inputs").asList()) {
            Tensor given = tensors.get(prefix + "in." + input.asString());
            inputs.put(input.asString(), given.dtype() == DType.F32 ? given.to(dtype) : given);
        }
        Map<String, Tensor> outputs =
                operation.apply(inputs, variant.get("args").asObject());
        for (JsonValue output : variant.get("outputs").asList()) {
            String name = output.asString();
            Tensor got = outputs.get(name);
            Tensor exact = tensors.get(prefix + "out." + name);
            if (exact != null) {
                assertTrue(exact.bitEquals(got.to(exact.dtype())), name + " must be " + exact + "; got " + got);
                continue;
            }
            Tolerance.of(variant.get("tol").asObject(), "out." + name, dtype)
                    .assertClose(name, tensors.get(prefix + "out." + name + ".f64"), got);
        }
    }
}
