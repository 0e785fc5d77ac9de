package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.Args;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Signature;
import luthier.golden.Tolerance;
import luthier.golden.Variant;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** NF4 and int8 against the formulas of bitsandbytes, and a LoRA layer over an NF4 weight against PyTorch. */
class QuantizedGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final int BLOCK = 64;
    private static final Signature NF4 = Signature.of("w codebook? absmax codes:i packed:i? dequantised", "", "block");
    private static final Signature LAYER = Signature.of("x wq A B", "y", "scaling");

    @TestFactory
    Stream<DynamicTest> cases() {
        List<GoldenSet.Case> cases = SET.cases("quant");
        return cases.isEmpty() ? Stream.of(SET.absent("quant")) : cases.stream().flatMap(this::tests);
    }

    private Stream<DynamicTest> tests(GoldenSet.Case golden) {
        JsonObject meta = SET.json(golden.meta());
        if (meta.find("variants").isPresent()) {
            return Variant.tests(SET, golden, args -> LAYER, "", QuantizedGoldenTest::layer);
        }
        Map<String, Tensor> tensors = SET.tensors(golden.data());
        if (golden.id().startsWith("quant/nf4")) {
            return Stream.of(SET.test(golden.id(), "", () -> nf4(meta, tensors)));
        }
        List<String> schemes = tensors.keySet().stream()
                .filter(name -> name.endsWith(".q"))
                .map(name -> name.substring(0, name.length() - ".q".length()))
                .toList();
        return schemes.isEmpty()
                ? Stream.of(SET.notCovered(golden.id(), "no such quantisation"))
                : schemes.stream()
                        .map(scheme -> SET.test(golden.id() + " " + scheme, "", () -> int8(meta, tensors, scheme)));
    }

    private static int block(JsonObject meta) {
        return meta.find("args")
                .map(args -> (int) Args.number(args.asObject(), "block", BLOCK))
                .orElse(BLOCK);
    }

    private static void nf4(JsonObject meta, Map<String, Tensor> tensors) {
        Map<String, Tensor> t = NF4.byRole(meta, tensors);
        Quantized q = Quantized.nf4(t.get("w"), block(meta));
        assertSame(t.getOrDefault("codebook", Quantized.nf4Codebook()), Quantized.nf4Codebook());
        assertSame(t.get("codes").to(DType.I32), q.codes().to(DType.I32));
        assertSame(
                t.getOrDefault("packed", q.packed()).to(DType.I32), q.packed().to(DType.I32));
        assertSame(t.get("absmax"), q.absmax());
        tolerance(meta, "dequantised").assertClose("dequantised", t.get("dequantised"), q.dequantize());
    }

    private static void int8(JsonObject meta, Map<String, Tensor> t, String scheme) {
        Tensor w = t.entrySet().stream()
                .filter(entry -> !entry.getKey().contains("."))
                .findFirst()
                .orElseThrow()
                .getValue();
        Quantized q = switch (scheme) {
            case "row" -> Quantized.int8(w);
            case "block" -> Quantized.int8Blocks(w, block(meta));
            default -> throw new NotCovered("no such quantisation");
        };
        assertSame(t.get(scheme + ".q").to(DType.I32), q.codes().to(DType.I32));
        String absmax = scheme + ".absmax";
        if (t.containsKey(absmax)) {
            assertSame(t.get(absmax), q.absmax());
        } else {
            tolerance(meta, scheme + ".scale")
                    .assertClose("scale", t.get(scheme + ".scale"), Elementwise.div(q.absmax(), Tensor.scalar(127f)));
        }
        tolerance(meta, scheme + ".dequantised").assertClose(scheme, t.get(scheme + ".dequantised"), q.dequantize());
    }

    /** y = x wq^T + scaling (x A^T) B^T; the set's weight is the dequantised one, which quantising again does not change. */
    private static void layer(Variant variant, DType dtype) {
        Map<String, Tensor> in = variant.operands(dtype);
        Tensor x = in.get("x");
        Quantized weight = Quantized.nf4(in.get("wq").to(DType.F32), BLOCK);
        assertSame(in.get("wq"), weight.dequantize().to(dtype));
        Tensor base = dtype == DType.F32 ? Matmul.linear(x, weight) : Matmul.linear(x, in.get("wq"));
        Tensor low = Matmul.linear(Matmul.linear(x, in.get("A")), in.get("B"));
        double scaling = variant.args().get("scaling").asDouble();
        variant.check(Map.of("y", Elementwise.add(base, Elementwise.mul(low, scaling))), dtype);
    }

    /** The tolerance of one result, or of all that are restored from codes. */
    private static Tolerance tolerance(JsonObject meta, String name) {
        JsonObject table = meta.get("tol").asObject();
        return Tolerance.of(table, table.find(name).isPresent() ? name : "dequantised", DType.F32);
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        assertTrue(expected.bitEquals(actual), "expected " + expected + " but got " + actual);
    }
}
