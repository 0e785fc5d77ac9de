package luthier.finetune.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.Elementary;
import luthier.tensor.Matmul;
import luthier.tensor.Reduction;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** WiSE-FT: logits and correct predictions of the models between two checkpoints. */
class InterpolationGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final String LOGITS = ".logits.f64";

    @TestFactory
    Stream<DynamicTest> cases() {
        List<GoldenSet.Case> cases = SET.cases("weights");
        return cases.isEmpty()
                ? Stream.of(SET.absent("weights"))
                : cases.stream()
                        .flatMap(golden -> Stream.of(DType.F32, DType.F64)
                                .map(dtype -> SET.test(golden.id(), dtype.toString(), () -> check(golden, dtype))));
    }

    private static void check(GoldenSet.Case golden, DType dtype) {
        JsonObject meta = SET.json(golden.meta());
        Map<String, Tensor> expected = SET.tensors(golden.data());
        if (!expected.containsKey("alphas")) {
            throw new NotCovered("no walk from one checkpoint to another");
        }
        List<String> names =
                List.copyOf(meta.get("tensors").asObject().members().keySet());
        Map<String, Tensor> from = checkpoint(names, expected, "ckpt0.", dtype);
        Map<String, Tensor> to = checkpoint(names, expected, "ckpt1.", dtype);
        List<String> data = names.stream()
                .filter(name -> name.endsWith(LOGITS))
                .map(name -> name.substring(0, name.length() - LOGITS.length()))
                .toList();
        assertTrue(!data.isEmpty(), "the case must have logits");
        double[] alphas = expected.get("alphas").toDoubleArray();
        for (int i = 0; i < alphas.length; i++) {
            Map<String, Tensor> weights = Interpolation.between(from, to, meant(alphas[i]));
            for (String set : data) {
                Tensor logits = logits(weights, expected.get(set + ".x").to(dtype));
                Tolerance.of(meta.get("tol").asObject(), set + ".logits", dtype)
                        .assertClose(
                                set + " at " + alphas[i],
                                expected.get(set + LOGITS).select(0, i),
                                logits);
                if (expected.containsKey(set + ".correct")) {
                    Tensor right = Comparison.equal(Reduction.argmax(logits, -1, false), expected.get(set + ".y"));
                    assertEquals(
                            expected.get(set + ".correct").get(i),
                            Reduction.sum(right.to(DType.F64)).item(),
                            set + " at " + alphas[i]);
                }
            }
        }
    }

    /** An alpha that went through single precision means the shortest decimal number that does. */
    private static double meant(double stored) {
        return stored == (float) stored ? Double.parseDouble(Float.toString((float) stored)) : stored;
    }

    private static Map<String, Tensor> checkpoint(
            List<String> names, Map<String, Tensor> all, String prefix, DType dtype) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        names.stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> result.put(
                        name.substring(prefix.length()), all.get(name).to(dtype)));
        return result;
    }

    /** second(tanh(first x)), the two linear layers in the order of the case's table. */
    private static Tensor logits(Map<String, Tensor> w, Tensor x) {
        List<String> layers = w.keySet().stream()
                .map(name -> name.substring(0, name.lastIndexOf('.')))
                .distinct()
                .toList();
        if (layers.size() != 2) {
            throw new NotCovered("a network of the layers " + layers);
        }
        return linear(w, layers.get(1), Elementary.tanh(linear(w, layers.get(0), x)));
    }

    private static Tensor linear(Map<String, Tensor> w, String layer, Tensor x) {
        Tensor bias = w.get(layer + ".bias");
        Tensor weight = w.get(layer + ".weight");
        return bias == null ? Matmul.linear(x, weight) : Matmul.linear(x, weight, bias);
    }
}
