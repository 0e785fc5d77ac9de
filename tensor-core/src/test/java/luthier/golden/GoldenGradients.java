package luthier.golden;

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

/** Backward functions on values against the set's gradients, in both precisions and every variant; the single output is {@code y}. */
public final class GoldenGradients {
    private static final GoldenSet SET = GoldenSet.open();

    private GoldenGradients() {}

    /** Computes the gradients of a variant's inputs by name from the inputs and the gradient of y. */
    public interface Backward {
        /** Applies the backward functions with the variant's arguments. */
        Map<String, Tensor> apply(Map<String, Tensor> in, Tensor dY, JsonObject args);
    }

    /** Returns the tests of the case {@code ops/name}. */
    public static Stream<DynamicTest> of(String name, Backward backward) {
        List<DynamicTest> tests = new ArrayList<>();
        SET.find("ops/" + name).ifPresent(golden -> {
            for (JsonValue variant : SET.json(golden.meta()).get("variants").asList()) {
                String id = variant.asObject().get("id").asString();
                for (DType dtype : List.of(DType.F32, DType.F64)) {
                    tests.add(DynamicTest.dynamicTest(
                            name + " gradients " + id + " " + dtype,
                            () -> check(golden, variant.asObject(), backward, dtype)));
                }
            }
        });
        return tests.stream();
    }

    private static void check(GoldenSet.Case golden, JsonObject variant, Backward backward, DType dtype) {
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        String prefix = variant.get("id").asString() + ".";
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (JsonValue input : variant.get("inputs").asList()) {
            Tensor given = tensors.get(prefix + "in." + input.asString());
            inputs.put(input.asString(), given.dtype() == DType.F32 ? given.to(dtype) : given);
        }
        Tensor dY = tensors.get(prefix + "gout.y").to(dtype);
        Map<String, Tensor> gradients =
                backward.apply(inputs, dY, variant.get("args").asObject());
        for (JsonValue input : variant.get("grads").asList()) {
            String name = input.asString();
            Tolerance.of(variant.get("tol").asObject(), "gin." + name, dtype)
                    .assertClose(name, tensors.get(prefix + "gin." + name + ".f64"), gradients.get(name));
        }
    }
}
