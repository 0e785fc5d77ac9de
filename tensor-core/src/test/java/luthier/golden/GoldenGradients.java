package luthier.golden;

import java.util.Map;
import java.util.stream.Stream;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;

/** Backward functions on values against the set's gradients, in both precisions and every variant; the single output is {@code y}. */
public final class GoldenGradients {
    private static final GoldenSet SET = GoldenSet.open();

    private GoldenGradients() {}

    /** Computes the gradients of a variant's operands by role from the operands and the gradient of y. */
    public interface Backward {
        /** Applies the backward functions with the variant's options. */
        Map<String, Tensor> apply(Map<String, Tensor> in, Tensor dY, JsonObject args);
    }

    /** Returns the tests of the case {@code ops/name}. */
    public static Stream<DynamicTest> of(String name, Backward backward) {
        return Variant.tests(SET, "ops/" + name, " gradients", (variant, dtype) -> {
            if (variant.withGradient().isEmpty()) {
                throw new NotCovered("the variant has no gradients");
            }
            Tensor dY = variant.upstream(dtype).get("y");
            Map<String, Tensor> gradients = backward.apply(variant.operands(dtype), dY, variant.args());
            variant.withGradient().forEach(role -> variant.checkGradient(role, dtype, gradients.get(role)));
        });
    }
}
