package luthier.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;

/** One variant of a case of operations: its operands by role, its options, and the results to compare with. */
public final class Variant {
    private final JsonObject fields;
    private final String prefix;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> roles;
    private final Map<String, String> outputs;

    /** Compares a variant's results in a precision. */
    public interface Check {
        /** Computes and compares. */
        void run(Variant variant, DType dtype);
    }

    private Variant(JsonObject fields, Signature signature, Map<String, Tensor> tensors) {
        this(
                fields,
                fields.get("id").asString() + ".",
                signature,
                tensors,
                names(fields, "inputs"),
                names(fields, "outputs"));
    }

    private Variant(
            JsonObject fields,
            String prefix,
            Signature signature,
            Map<String, Tensor> tensors,
            List<String> inputs,
            List<String> outputs) {
        this.fields = fields;
        this.prefix = prefix;
        this.tensors = tensors;
        args().members().forEach((name, value) -> {
            if (!signature.options().contains(name) && !(value instanceof JsonNull)) {
                throw new NotCovered("option " + name + " " + value);
            }
        });
        roles = signature.operandRoles(typesOf(inputs, this::operand));
        this.outputs = signature.outputRoles(typesOf(outputs, this::output));
    }

    /** A module's case is its own single variant: its inputs and its parameters are operands. */
    private static Variant module(JsonObject meta, Signature signature, Map<String, Tensor> tensors) {
        List<String> names =
                List.copyOf(meta.get("tensors").asObject().members().keySet());
        Stream<String> inputs = Stream.concat(after("in.", names), after("param.", names));
        return new Variant(
                meta,
                "",
                signature,
                tensors,
                inputs.toList(),
                after("out.", names)
                        .map(name -> name.replaceFirst("\\.f(64|32)$", ""))
                        .distinct()
                        .toList());
    }

    private static Stream<String> after(String beginning, List<String> names) {
        return names.stream()
                .filter(name -> name.startsWith(beginning))
                .map(name -> name.substring(beginning.length()));
    }

    private static List<String> names(JsonObject fields, String list) {
        return fields.get(list).asList().stream().map(JsonValue::asString).toList();
    }

    /** Returns the tests of a module's case. */
    public static Stream<DynamicTest> moduleTests(
            GoldenSet set, GoldenSet.Case golden, Signature signature, Check check) {
        JsonObject meta = set.json(golden.meta());
        return Stream.of(DType.F32, DType.F64)
                .map(dtype -> set.test(
                        golden.id(),
                        dtype.toString(),
                        () -> check.run(module(meta, signature, set.tensors(golden.data())), dtype)));
    }

    /** Returns the tests of a case that has a signature, both precisions of every variant; one that says so where the set lacks the case. */
    public static Stream<DynamicTest> tests(GoldenSet set, String id, String label, Check check) {
        return set.find(id)
                .map(golden ->
                        tests(set, golden, args -> Signatures.find(golden.id()).orElseThrow(), label, check))
                .orElseGet(() -> Stream.of(set.absent(id + label)));
    }

    /** Returns the tests of a case whose variants have signatures of their own. */
    public static Stream<DynamicTest> tests(
            GoldenSet set,
            GoldenSet.Case golden,
            Function<JsonObject, Signature> signature,
            String label,
            Check check) {
        List<DynamicTest> tests = new ArrayList<>();
        Optional<JsonValue> variants = set.json(golden.meta()).find("variants");
        if (variants.isEmpty()) {
            return Stream.of(set.notCovered(golden.id() + label, "a case without variants"));
        }
        for (JsonValue value : variants.get().asList()) {
            JsonObject fields = value.asObject();
            String name = golden.id() + label + " " + fields.get("id").asString();
            for (DType dtype : List.of(DType.F32, DType.F64)) {
                tests.add(set.test(
                        name,
                        dtype.toString(),
                        () -> check.run(
                                new Variant(fields, signature.apply(args(fields)), set.tensors(golden.data())),
                                dtype)));
            }
        }
        return tests.stream();
    }

    private static JsonObject args(JsonObject fields) {
        return fields.find("args")
                .orElseGet(() -> Json.parse("{}".getBytes(StandardCharsets.UTF_8), "args"))
                .asObject();
    }

    private static Map<String, DType> typesOf(List<String> names, Function<String, Tensor> tensor) {
        Map<String, DType> types = new LinkedHashMap<>();
        names.forEach(name -> types.put(name, tensor.apply(name).dtype()));
        return types;
    }

    private AssertionError missing(String name) {
        return new AssertionError("the case must have the tensor " + prefix + name + "; got " + tensors.keySet());
    }

    private Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(prefix + name));
    }

    private Tensor operand(String name) {
        return find("in." + name).or(() -> find("param." + name)).orElseThrow(() -> missing("in." + name));
    }

    private Tensor output(String name) {
        return find("out." + name).or(() -> find("out." + name + ".f64")).orElseThrow(() -> missing("out." + name));
    }

    private String gradientOf(String name) {
        return find("gin." + name + ".f64").isPresent() ? "gin." + name : "grad." + name;
    }

    /** Returns the options. */
    public JsonObject args() {
        return args(fields);
    }

    /** Returns the operands by role in the case's order, real ones in the precision asked for. */
    public Map<String, Tensor> operands(DType dtype) {
        Map<String, Tensor> operands = new LinkedHashMap<>();
        roles.forEach((name, role) -> {
            Tensor value = operand(name);
            operands.put(role, value.dtype() == DType.F32 ? value.to(dtype) : value);
        });
        return operands;
    }

    /** Returns the roles of the operands that have a gradient to compare with; none in a case of values only. */
    public List<String> withGradient() {
        return roles.keySet().stream()
                .filter(name -> find(gradientOf(name) + ".f64").isPresent())
                .map(roles::get)
                .toList();
    }

    private String nameOf(String role) {
        return roles.entrySet().stream()
                .filter(entry -> entry.getValue().equals(role))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** Returns the outputs of the case that have an upstream gradient, by role. */
    public Map<String, Tensor> upstream(DType dtype) {
        Map<String, Tensor> upstream = new LinkedHashMap<>();
        outputs.forEach((name, role) -> find("gout." + name).ifPresent(seed -> upstream.put(role, seed.to(dtype))));
        return upstream;
    }

    /** Compares the case's outputs with what was computed by role. */
    public void check(Map<String, Tensor> computed, DType dtype) {
        assertTrue(!outputs.isEmpty(), "the case must name outputs");
        outputs.forEach((name, role) -> {
            Tensor got = Optional.ofNullable(computed.get(role)).orElseThrow(() -> new NotCovered("output " + name));
            Optional<Tensor> exact = find("out." + name);
            if (exact.isPresent()) {
                Tensor expected = exact.get();
                assertEquals(expected.shape(), got.shape(), name);
                assertTrue(
                        expected.bitEquals(got.to(expected.dtype())), name + " must be " + expected + "; got " + got);
            } else {
                compare("out." + name, dtype, got);
            }
        });
    }

    /** Compares the gradient of an operand. */
    public void checkGradient(String role, DType dtype, Tensor got) {
        compare(gradientOf(nameOf(role)), dtype, got);
    }

    private void compare(String name, DType dtype, Tensor got) {
        Tolerance.of(fields.get("tol").asObject(), name, dtype)
                .assertClose(name, find(name + ".f64").orElseThrow(() -> missing(name + ".f64")), got);
    }
}
