package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.autograd.ops.ElementwiseOps;
import luthier.golden.GoldenSet;
import luthier.golden.Variant;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Values and gradients of every operation against PyTorch's, in both precisions. */
class OpsGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @TestFactory
    Stream<DynamicTest> operations() {
        List<GoldenSet.Case> cases = SET.cases("ops").stream()
                .filter(golden -> !TransformsGoldenTest.covers(golden.id()))
                .toList();
        return cases.isEmpty()
                ? Stream.of(SET.absent("ops"))
                : cases.stream()
                        .flatMap(golden -> GoldenOps.find(golden.id())
                                .map(operation -> Variant.tests(
                                        SET, golden.id(), "", (variant, dtype) -> check(variant, operation, dtype)))
                                .orElseGet(() -> Stream.of(SET.notCovered(golden.id(), "no such operation"))));
    }

    /** Compares the values and the gradients of a variant. */
    static void check(Variant variant, GoldenOps.Operation operation, DType dtype) {
        List<String> withGradient = variant.withGradient();
        Map<String, Variable> operands = new LinkedHashMap<>();
        variant.operands(dtype)
                .forEach((role, value) -> operands.put(
                        role, withGradient.contains(role) ? Variable.parameter(value) : Variable.constant(value)));
        Map<String, Variable> outputs = operation.apply(operands, variant.args());
        Map<String, Tensor> values = new LinkedHashMap<>();
        outputs.forEach((role, output) -> values.put(role, output.value()));
        variant.check(values, dtype);
        if (withGradient.isEmpty()) {
            return;
        }
        Map<String, Tensor> upstream = variant.upstream(dtype);
        assertTrue(!upstream.isEmpty(), "a case with gradients must have upstream gradients");
        upstream.entrySet().stream()
                .map(seed -> ElementwiseOps.mul(outputs.get(seed.getKey()), Variable.constant(seed.getValue()))
                        .sum())
                .reduce(ElementwiseOps::add)
                .orElseThrow()
                .backward();
        for (String role : withGradient) {
            Tensor gradient = operands.get(role).grad().orElseThrow(() -> new AssertionError("no gradient of " + role));
            variant.checkGradient(role, dtype, gradient);
        }
    }
}
