package luthier.autograd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import luthier.autograd.GoldenFunctions.Function;
import luthier.golden.GoldenSet;
import luthier.golden.Signature;
import luthier.golden.Variant;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Second derivatives, J v and H v against PyTorch's, in both precisions. */
class TransformsGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    /** The cases of derivatives beyond the first gradient: what else they are given, what they ask for, and how it is computed. */
    private enum Derivative {
        DOUBLE_BACKWARD("g1 g2", "y dx", TransformsGoldenTest::twice),
        JVP("direction", "y jv", TransformsGoldenTest::jvp),
        HVP("direction", "y hv", TransformsGoldenTest::hvp);

        private final String given;
        private final String outputs;
        private final Rule rule;

        Derivative(String given, String outputs, Rule rule) {
            this.given = given;
            this.outputs = outputs;
            this.rule = rule;
        }

        private String id() {
            return "ops/" + name().toLowerCase(java.util.Locale.ROOT);
        }

        /** The second derivatives belong to every operand, by the case's own names. */
        private Signature signature(JsonObject args) {
            List<String> operands = GoldenFunctions.of(args).operands();
            String second = operands.stream().map(name -> " dqd" + name).collect(Collectors.joining());
            return Signature.of(
                    String.join(" ", operands) + " " + given,
                    this == DOUBLE_BACKWARD ? outputs + second : outputs,
                    "function eps scale");
        }
    }

    /** Computes a variant's outputs by role. */
    private interface Rule {
        Map<String, Tensor> apply(Function f, Map<String, Tensor> in);
    }

    /** Returns whether this test, and not the one of operations, runs a case. */
    static boolean covers(String id) {
        return Stream.of(Derivative.values())
                .anyMatch(derivative -> derivative.id().equals(id));
    }

    @TestFactory
    Stream<DynamicTest> derivatives() {
        return Stream.of(Derivative.values())
                .flatMap(derivative -> SET.find(derivative.id())
                        .map(golden -> Variant.tests(
                                SET,
                                golden,
                                derivative::signature,
                                "",
                                (variant, dtype) -> check(derivative, variant, dtype)))
                        .orElseGet(() -> Stream.of(SET.absent(derivative.id()))));
    }

    private static void check(Derivative derivative, Variant variant, DType dtype) {
        variant.check(derivative.rule.apply(GoldenFunctions.of(variant.args()), variant.operands(dtype)), dtype);
    }

    /** s = sum(y g1), dx = ds/dx, q = sum(dx g2); the derivatives of q with respect to x and the parameters. */
    private static Map<String, Tensor> twice(Function f, Map<String, Tensor> in) {
        Map<String, Variable> operands = new LinkedHashMap<>();
        f.operands().forEach(name -> operands.put(name, Variable.parameter(in.get(name))));
        Variable y = f.formula().apply(operands);
        Variable dX = Backward.from(y, Variable.constant(in.get("g1")))
                .createGraph()
                .gradients(operands.get(f.of()))
                .get(0);
        Map<String, Tensor> result = new LinkedHashMap<>(Map.of("y", y.value(), "dx", dX.value()));
        operands.forEach((name, operand) -> result.put(
                "dqd" + name,
                Backward.from(dX, Variable.constant(in.get("g2")))
                        .retainGraph()
                        .gradients(operand)
                        .get(0)
                        .value()));
        return result;
    }

    private static Map<String, Tensor> jvp(Function f, Map<String, Tensor> in) {
        Transforms.Product product = Transforms.jvp(along(f, in), in.get(f.of()), in.get("direction"));
        return Map.of("y", product.value(), "jv", product.product());
    }

    private static Map<String, Tensor> hvp(Function f, Map<String, Tensor> in) {
        Transforms.Product product = Transforms.hvp(along(f, in), in.get(f.of()), in.get("direction"));
        return Map.of("y", product.value(), "hv", product.product());
    }

    private static UnaryOperator<Variable> along(Function f, Map<String, Tensor> in) {
        return x -> {
            Map<String, Variable> operands = new LinkedHashMap<>();
            f.operands().forEach(name -> operands.put(name, Variable.constant(in.get(name))));
            operands.put(f.of(), x);
            return f.formula().apply(operands);
        };
    }
}
