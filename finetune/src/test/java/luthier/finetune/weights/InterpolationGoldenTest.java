package luthier.finetune.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.Elementary;
import luthier.tensor.Matmul;
import luthier.tensor.Reduction;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WiSE-FT: logits and correct predictions of eleven models between two checkpoints. */
class InterpolationGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final String ID = "weights/wise_ft";

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void walksFromOneCheckpointToTheOther(DType dtype) {
        Assumptions.assumeTrue(SET.find(ID).isPresent(), "the golden set has no " + ID);
        Map<String, Tensor> expected = SET.tensors(SET.find(ID).get().data());
        JsonObject table = SET.json(SET.find(ID).get().meta()).get("tol").asObject();
        Map<String, Tensor> from = checkpoint(expected, "ckpt0.", dtype);
        Map<String, Tensor> to = checkpoint(expected, "ckpt1.", dtype);
        double[] alphas = expected.get("alphas").toDoubleArray();
        for (int i = 0; i < alphas.length; i++) {
            Map<String, Tensor> weights = Interpolation.between(from, to, tenth(alphas[i]));
            for (String data : new String[] {"id", "shift"}) {
                Tensor logits = logits(weights, expected.get(data + ".x").to(dtype));
                Tolerance.of(table, data + ".logits", dtype)
                        .assertClose(
                                data + " at " + alphas[i],
                                expected.get(data + ".logits.f64").select(0, i),
                                logits);
                Tensor right = Comparison.equal(Reduction.argmax(logits, -1, false), expected.get(data + ".y"));
                assertEquals(
                        expected.get(data + ".correct").get(i),
                        Reduction.sum(right.to(DType.F64)).item(),
                        data + " at " + alphas[i]);
            }
        }
    }

    /** The set stores its alphas in single precision; they mean the decimal numbers. */
    private static double tenth(double stored) {
        return Math.round(stored * 1e6) / 1e6;
    }

    private static Map<String, Tensor> checkpoint(Map<String, Tensor> all, String prefix, DType dtype) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        all.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                result.put(name.substring(prefix.length()), tensor.to(dtype));
            }
        });
        return result;
    }

    private static Tensor logits(Map<String, Tensor> w, Tensor x) {
        Tensor hidden = Elementary.tanh(Matmul.linear(x, w.get("l0.weight"), w.get("l0.bias")));
        return Matmul.linear(hidden, w.get("l1.weight"), w.get("l1.bias"));
    }
}
