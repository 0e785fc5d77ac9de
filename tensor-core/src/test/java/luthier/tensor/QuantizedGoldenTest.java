package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

/** NF4 and int8 against the formulas of bitsandbytes, Q8_0 and Q4_0 against those of GGUF, and a LoRA layer over an NF4 weight against PyTorch. */
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
        if (tensors.containsKey("absmax_restored")) {
            return Stream.of(SET.test(golden.id(), "", () -> nf4Double(meta, tensors)));
        }
        if (golden.id().startsWith("quant/nf4")) {
            return Stream.of(SET.test(golden.id(), "", () -> nf4(meta, tensors)));
        }
        List<String> schemes = tensors.keySet().stream()
                .filter(name -> name.endsWith(".dequantised"))
                .map(name -> name.substring(0, name.length() - ".dequantised".length()))
                .toList();
        return schemes.isEmpty()
                ? Stream.of(SET.notCovered(golden.id(), "no such quantisation"))
                : schemes.stream()
                        .map(scheme -> SET.test(golden.id() + " " + scheme, "", () -> scheme(meta, tensors, scheme)));
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

    private static void nf4Double(JsonObject meta, Map<String, Tensor> t) {
        Quantized q = Quantized.nf4Double(t.get("w"), block(meta));
        assertSame(t.get("codes").to(DType.I32), q.codes().to(DType.I32));
        assertSame(
                t.getOrDefault("packed", q.packed()).to(DType.I32), q.packed().to(DType.I32));
        tolerance(meta, "absmax_restored").assertClose("absmax_restored", t.get("absmax_restored"), q.absmax());
        tolerance(meta, "dequantised").assertClose("dequantised", t.get("dequantised"), q.dequantize());
    }

    private static void scheme(JsonObject meta, Map<String, Tensor> t, String scheme) {
        Tensor w = t.entrySet().stream()
                .filter(entry -> !entry.getKey().contains("."))
                .findFirst()
                .orElseThrow()
                .getValue();
        switch (scheme) {
            case "q8_0" -> blocks(meta, t, scheme, BlockQuantized.of(BlockQuantized.Type.Q8_0, lines(w)), ".q");
            case "q4_0" -> blocks(meta, t, scheme, BlockQuantized.of(BlockQuantized.Type.Q4_0, lines(w)), ".packed");
            default -> int8(meta, t, scheme, w);
        }
    }

    /** The set cuts the flattened numbers into blocks. */
    private static Tensor lines(Tensor w) {
        return w.reshape(-1, 32);
    }

    private static void blocks(JsonObject meta, Map<String, Tensor> t, String scheme, BlockQuantized q, String suffix) {
        Tensor codes = lines(t.get(scheme + suffix), q);
        Tensor d = t.get(scheme + ".d").reshape(-1, 1);
        ByteBuffer bytes = ByteBuffer.wrap(q.blocks()).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < d.size(0); block++) {
            assertEquals(d.get(block, 0), Float.float16ToFloat(bytes.getShort()));
            for (int i = 0; i < codes.size(1); i++) {
                assertEquals((byte) codes.get(block, i), bytes.get());
            }
        }
        String restored = scheme + ".dequantised";
        tolerance(meta, restored)
                .assertClose(scheme, t.get(restored).reshape(-1), q.dequantize().reshape(-1));
    }

    private static Tensor lines(Tensor codes, BlockQuantized q) {
        return codes.to(DType.I32).reshape(q.dequantize().size(0), -1);
    }

    private static void int8(JsonObject meta, Map<String, Tensor> t, String scheme, Tensor w) {
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
