package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import luthier.autograd.ops.ElementwiseOps;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Values and gradients of every operation against PyTorch's, in both precisions. */
class OpsGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final TreeSet<String> MISSING = new TreeSet<>();

    @TestFactory
    Stream<DynamicTest> operations() {
        List<DynamicTest> tests = new ArrayList<>();
        for (GoldenSet.Case golden : SET.cases("ops")) {
            if (TransformsGoldenTest.covers(golden.id())) {
                continue;
            }
            JsonObject meta = SET.json(golden.meta());
            for (JsonValue variant : meta.get("variants").asList()) {
                String name = golden.id() + " " + variant.asObject().get("id").asString();
                Optional<GoldenOps.Operation> operation = GoldenOps.find(golden.id());
                if (operation.isEmpty()) {
                    MISSING.add(golden.id());
                    continue;
                }
                for (DType dtype : List.of(DType.F32, DType.F64)) {
                    tests.add(DynamicTest.dynamicTest(
                            name + " " + dtype, () -> check(golden, variant.asObject(), operation.get(), dtype)));
                }
            }
        }
        assertTrue(!tests.isEmpty(), "the golden set has no case of an operation that exists");
        return tests.stream();
    }

    @AfterAll
    static void listMissing() {
        if (!MISSING.isEmpty()) {
            System.out.println(
                    "golden ops that do not exist yet, or not in every variant: " + String.join(" ", MISSING));
        }
    }

    private static void check(GoldenSet.Case golden, JsonObject variant, GoldenOps.Operation operation, DType dtype) {
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        String prefix = variant.get("id").asString() + ".";
        List<String> withGradient =
                variant.get("grads").asList().stream().map(JsonValue::asString).toList();
        Map<String, Variable> inputs = new LinkedHashMap<>();
        for (JsonValue input : variant.get("inputs").asList()) {
            Tensor given = tensors.get(prefix + "in." + input.asString());
            Tensor value = given.dtype() == DType.F32 ? given.to(dtype) : given;
            inputs.put(
                    input.asString(),
                    withGradient.contains(input.asString()) ? Variable.parameter(value) : Variable.constant(value));
        }
        Map<String, Variable> outputs =
                operation.apply(inputs, variant.get("args").asObject());
        JsonObject table = variant.get("tol").asObject();
        Variable total = Variable.constant(Tensor.zeros(dtype));
        for (JsonValue output : variant.get("outputs").asList()) {
            String name = output.asString();
            Variable got = outputs.get(name);
            Tensor exact = tensors.get(prefix + "out." + name);
            if (exact != null) {
                assertEquals(exact.shape(), got.shape(), name);
                assertTrue(exact.bitEquals(got.value().to(exact.dtype())), name + " must be equal: " + got.value());
                continue;
            }
            Tolerance.of(table, "out." + name, dtype)
                    .assertClose("out." + name, tensors.get(prefix + "out." + name + ".f64"), got.value());
            Tensor seed = tensors.get(prefix + "gout." + name);
            if (seed != null) {
                Variable weighted = ElementwiseOps.mul(got, Variable.constant(seed.to(dtype)));
                total = ElementwiseOps.add(total, weighted.sum());
            }
        }
        if (!withGradient.isEmpty()) {
            total.backward();
        }
        for (String name : withGradient) {
            Tensor gradient = inputs.get(name).grad().orElseThrow(() -> new AssertionError("no gradient of " + name));
            Tolerance.of(table, "gin." + name, dtype)
                    .assertClose("gin." + name, tensors.get(prefix + "gin." + name + ".f64"), gradient);
        }
    }
}
