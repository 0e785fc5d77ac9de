package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Folders of tiny decoders: hidden states, logits, loss and the gradient of every parameter against PyTorch's. */
class CausalGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @TempDir
    private Path temporary;

    @TestFactory
    Stream<DynamicTest> models() {
        List<GoldenSet.Case> cases =
                SET.cases("models").stream().filter(CausalGoldenTest::isCausal).toList();
        return cases.isEmpty()
                ? Stream.of(SET.absent("models of causal families"))
                : cases.stream()
                        .flatMap(golden -> Stream.of(DType.F32, DType.F64)
                                .map(dtype -> SET.test(golden.id(), dtype.toString(), () -> check(golden, dtype))));
    }

    /** Whether a case's model scores next tokens. */
    static boolean isCausal(GoldenSet.Case golden) {
        try {
            return Architectures.publicClass(GoldenFolder.of(SET, golden).config())
                    .filter(name -> name.endsWith("ForCausalLM") || name.endsWith("LMHeadModel"))
                    .isPresent();
        } catch (NotCovered noConfig) {
            return false;
        }
    }

    private void check(GoldenSet.Case golden, DType dtype) throws IOException {
        GoldenFolder folder = GoldenFolder.of(SET, golden);
        JsonObject meta = folder.meta();
        Map<String, Tensor> expected = SET.tensors(golden.data());
        Layer model = GoldenFolder.causal(folder.open(temporary), dtype);
        model.unfreeze();
        boolean lastIsNormed =
                meta.find("notes").map(JsonValue::asString).orElse("").contains("final norm");
        List<Tensor> hidden = new ArrayList<>();
        Context context = context(expected).with(Context.TAPS, (layer, y) -> {
            if (layer.role() == Role.TOKENS || layer.role() == Role.BLOCK) {
                hidden.add(y.value());
            } else if (lastIsNormed && layer.role() == Role.NONE && layer.path().equals("model")) {
                hidden.set(hidden.size() - 1, y.value());
            }
        });
        Variable logits = model.forward(Variable.constant(expected.get("in.input_ids")), context);
        JsonObject table = meta.get("tol").asObject();
        compare(table, expected, "logits", dtype, logits.value());
        for (int i = 0; i < hidden.size(); i++) {
            compare(table, expected, "hidden." + i, dtype, hidden.get(i));
        }
        Variable loss = CausalModel.loss(logits, expected.get("in.labels"));
        loss.backward();
        compare(table, expected, "loss", dtype, loss.value());
        gradients(golden, table, expected, dtype, model);
    }

    /** Every parameter has a gradient, and every gradient of the case belongs to a parameter. */
    private static void gradients(
            GoldenSet.Case golden, JsonObject table, Map<String, Tensor> expected, DType dtype, Layer model) {
        TreeSet<String> names = new TreeSet<>();
        model.parameters().forEach((path, parameter) -> {
            Tensor gradient = parameter.grad().orElseThrow(() -> new AssertionError("no gradient of " + path));
            compare(table, expected, "grad." + path, dtype, gradient);
            names.add("grad." + path + ".f64");
        });
        TreeSet<String> wanted = new TreeSet<>();
        expected.keySet().stream()
                .filter(name -> name.startsWith("grad.") && name.endsWith(".f64"))
                .forEach(wanted::add);
        assertEquals(wanted, names, golden.id());
    }

    private static Context context(Map<String, Tensor> in) {
        Tensor mask = in.get("in.attention_mask");
        return mask == null ? Context.inference() : Context.inference().withMask(mask.to(DType.BOOL));
    }

    private static void compare(JsonObject table, Map<String, Tensor> expected, String name, DType dtype, Tensor got) {
        Tensor reference = expected.get(name + ".f64");
        assertTrue(reference != null, name);
        Tolerance.of(table, name, dtype).assertClose(name, reference, got);
    }
}
