package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Second derivatives, J v and H v against PyTorch's, in both precisions. */
class TransformsGoldenTest {
    /** The cases of derivatives beyond the first gradient, and what each asks for. */
    private static final Map<String, Derivative> DERIVATIVES = Map.of(
            "ops/double_backward", TransformsGoldenTest::twice,
            "ops/jvp", TransformsGoldenTest::jvp,
            "ops/hvp", TransformsGoldenTest::hvp);

    private static final GoldenSet SET = GoldenSet.open();
    private static final TreeSet<String> UNKNOWN = new TreeSet<>();

    /** Computes a variant's outputs by name. */
    private interface Derivative {
        Map<String, Tensor> apply(GoldenFunctions.Function f, Map<String, Tensor> in, List<String> outputs);
    }

    /** Returns whether this test, and not the one of operations, runs a case. */
    static boolean covers(String id) {
        return DERIVATIVES.containsKey(id);
    }

    @TestFactory
    Stream<DynamicTest> derivatives() {
        List<DynamicTest> tests = new ArrayList<>();
        DERIVATIVES.keySet().stream()
                .sorted()
                .flatMap(id -> SET.find(id).stream())
                .forEach(golden -> {
                    for (JsonValue variant :
                            SET.json(golden.meta()).get("variants").asList()) {
                        JsonObject args = variant.asObject().get("args").asObject();
                        String name =
                                golden.id() + " " + variant.asObject().get("id").asString() + " "
                                        + args.get("function").asString();
                        Optional<GoldenFunctions.Function> f = GoldenFunctions.find(args);
                        if (f.isEmpty()) {
                            UNKNOWN.add(name);
                            continue;
                        }
                        for (DType dtype : List.of(DType.F32, DType.F64)) {
                            tests.add(DynamicTest.dynamicTest(
                                    name + " " + dtype, () -> check(golden, variant.asObject(), f.get(), dtype)));
                        }
                    }
                });
        assertFalse(tests.isEmpty() && UNKNOWN.isEmpty(), "the golden set has no case of a higher derivative");
        return tests.stream();
    }

    @AfterAll
    static void listUnknown() {
        UNKNOWN.forEach(name -> System.out.println("golden derivative of a function that is not known: " + name));
    }

    private static void check(GoldenSet.Case golden, JsonObject variant, GoldenFunctions.Function f, DType dtype) {
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        String prefix = variant.get("id").asString() + ".";
        Map<String, Tensor> in = new LinkedHashMap<>();
        for (JsonValue input : variant.get("inputs").asList()) {
            in.put(
                    input.asString(),
                    tensors.get(prefix + "in." + input.asString()).to(dtype));
        }
        List<String> outputs = variant.get("outputs").asList().stream()
                .map(JsonValue::asString)
                .toList();
        Map<String, Tensor> got = DERIVATIVES.get(golden.id()).apply(f, in, outputs);
        for (String output : outputs) {
            Tolerance.of(variant.get("tol").asObject(), "out." + output, dtype)
                    .assertClose(output, tensors.get(prefix + "out." + output + ".f64"), got.get(output));
        }
    }

    /** s = sum(y g1), dx = ds/dx, q = sum(dx g2); the derivatives of q with respect to x and the parameters. */
    private static Map<String, Tensor> twice(GoldenFunctions.Function f, Map<String, Tensor> in, List<String> outputs) {
        Map<String, Variable> operands = new LinkedHashMap<>();
        in.forEach((name, value) -> operands.put(name, Variable.parameter(value)));
        Variable y = f.formula().apply(operands);
        Variable dX = Backward.from(y, Variable.constant(in.get("g1")))
                .createGraph()
                .gradients(operands.get(f.of()))
                .get(0);
        Map<String, Tensor> result = new LinkedHashMap<>(Map.of("y", y.value(), "dx", dX.value()));
        for (String output : outputs) {
            if (output.startsWith("dqd")) {
                result.put(
                        output,
                        Backward.from(dX, Variable.constant(in.get("g2")))
                                .retainGraph()
                                .gradients(operands.get(output.substring("dqd".length())))
                                .get(0)
                                .value());
            }
        }
        return result;
    }

    private static Map<String, Tensor> jvp(GoldenFunctions.Function f, Map<String, Tensor> in, List<String> outputs) {
        Transforms.Product product = Transforms.jvp(along(f, in), in.get(f.of()), in.get("v"));
        return Map.of("y", product.value(), "jv", product.product());
    }

    private static Map<String, Tensor> hvp(GoldenFunctions.Function f, Map<String, Tensor> in, List<String> outputs) {
        Transforms.Product product = Transforms.hvp(along(f, in), in.get(f.of()), in.get("v"));
        return Map.of("y", product.value(), "hv", product.product());
    }

    private static UnaryOperator<Variable> along(GoldenFunctions.Function f, Map<String, Tensor> in) {
        return x -> {
            Map<String, Variable> operands = new LinkedHashMap<>();
            in.forEach((name, value) -> operands.put(name, Variable.constant(value)));
            operands.put(f.of(), x);
            return f.formula().apply(operands);
        };
    }
}
