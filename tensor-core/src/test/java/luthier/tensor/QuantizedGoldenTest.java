package luthier.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class QuantizedGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @Test
    void nf4() {
        GoldenSet.Case golden = golden("quant/nf4");
        Map<String, Tensor> t = SET.tensors(golden.data());
        Quantized q = Quantized.nf4(t.get("w"), 64);
        assertSame(t.get("codebook"), Quantized.nf4Codebook());
        assertSame(t.get("codes").to(DType.I32), q.codes().to(DType.I32));
        assertSame(t.get("packed").to(DType.I32), q.packed().to(DType.I32));
        assertSame(t.get("absmax"), q.absmax());
        tolerance(golden).assertClose("dequantised", t.get("dequantised"), q.dequantize());
    }

    @Test
    void nf4Double() {
        GoldenSet.Case golden = golden("quant/nf4_double");
        Map<String, Tensor> t = SET.tensors(golden.data());
        Quantized q = Quantized.nf4Double(t.get("w"), 64);
        assertSame(t.get("codes").to(DType.I32), q.codes().to(DType.I32));
        assertSame(t.get("packed").to(DType.I32), q.packed().to(DType.I32));
        Tolerance.of(SET.json(golden.meta()).get("tol").asObject(), "absmax_restored", DType.F32)
                .assertClose("absmax_restored", t.get("absmax_restored"), q.absmax());
        tolerance(golden).assertClose("dequantised", t.get("dequantised"), q.dequantize());
    }

    @Test
    void int8() {
        GoldenSet.Case golden = golden("quant/int8_absmax");
        Map<String, Tensor> t = SET.tensors(golden.data());
        int8(golden, t, "row", Quantized.int8(t.get("w")));
        int8(golden, t, "block", Quantized.int8Blocks(t.get("w"), 64));
    }

    private static void int8(GoldenSet.Case golden, Map<String, Tensor> t, String kind, Quantized q) {
        assertSame(t.get(kind + ".q").to(DType.I32), q.codes().to(DType.I32));
        assertSame(t.get(kind + ".absmax"), q.absmax());
        tolerance(golden).assertClose(kind + ".dequantised", t.get(kind + ".dequantised"), q.dequantize());
    }

    @Test
    void blocks() {
        GoldenSet.Case golden = golden("quant/integers");
        Map<String, Tensor> t = SET.tensors(golden.data());
        blocks(golden, t, "q8_0", BlockQuantized.Type.Q8_0, t.get("q8_0.q").to(DType.I32));
        blocks(golden, t, "q4_0", BlockQuantized.Type.Q4_0, t.get("q4_0.packed").to(DType.I32));
    }

    private static void blocks(
            GoldenSet.Case golden, Map<String, Tensor> t, String kind, BlockQuantized.Type type, Tensor codes) {
        // 80 columns are no multiple of 32: the set cuts the flattened numbers.
        Tensor d = t.get(kind + ".d").reshape(20, 1);
        BlockQuantized q = BlockQuantized.of(type, t.get("w").reshape(20, 32));
        ByteBuffer blocks = ByteBuffer.wrap(q.blocks()).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < 20; block++) {
            assertEquals(d.get(block, 0), Float.float16ToFloat(blocks.getShort()));
            for (int i = 0; i < codes.size(1); i++) {
                byte code = blocks.get();
                assertEquals((int) codes.get(block, i), type == BlockQuantized.Type.Q8_0 ? code : code & 0xFF);
            }
        }
        Tolerance.of(SET.json(golden.meta()).get("tol").asObject(), kind + ".dequantised", DType.F32)
                .assertClose(kind, t.get(kind + ".dequantised"), q.dequantize());
    }

    @Test
    void aLoraLayerOverAQuantisedWeight() {
        GoldenSet.Case golden = golden("quant/qlora_linear");
        Map<String, Tensor> t = SET.tensors(golden.data());
        JsonObject variant =
                SET.json(golden.meta()).get("variants").asList().getFirst().asObject();
        Tensor x = t.get("v0.in.x");
        // The set's weight is the dequantised one, which quantising again does not change.
        Quantized weight = Quantized.nf4(t.get("v0.in.wq"), 64);
        assertSame(t.get("v0.in.wq"), weight.dequantize());
        Tensor low = Matmul.linear(Matmul.linear(x, t.get("v0.in.A")), t.get("v0.in.B"));
        double scaling = variant.get("args").asObject().get("scaling").asDouble();
        Tensor y = Elementwise.add(Matmul.linear(x, weight), Elementwise.mul(low, scaling));
        Tolerance.of(variant.get("tol").asObject(), "out.y", DType.F32).assertClose("y", t.get("v0.out.y.f64"), y);
    }

    private static GoldenSet.Case golden(String id) {
        Assumptions.assumeTrue(SET.find(id).isPresent());
        return SET.find(id).orElseThrow();
    }

    private static Tolerance tolerance(GoldenSet.Case golden) {
        return Tolerance.of(SET.json(golden.meta()).get("tol").asObject(), "dequantised", DType.F32);
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        assertTrue(expected.bitEquals(actual), "expected " + expected + " but got " + actual);
    }
}
