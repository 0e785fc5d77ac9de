package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.ReductionOps;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Seed;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.WeightSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Folders of tiny models: hidden states, logits, loss and the gradient of every parameter against PyTorch's. */
class PretrainedGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @TempDir
    private Path temporary;

    @TestFactory
    Stream<DynamicTest> models() {
        List<GoldenSet.Case> cases = SET.cases("models").stream()
                .filter(golden -> !CausalGoldenTest.isCausal(golden))
                .toList();
        return cases.isEmpty()
                ? Stream.of(SET.absent("models"))
                : cases.stream()
                        .flatMap(golden -> Stream.of(DType.F32, DType.F64)
                                .map(dtype -> SET.test(golden.id(), dtype.toString(), () -> check(golden, dtype))));
    }

    private void check(GoldenSet.Case golden, DType dtype) throws IOException {
        JsonObject meta = SET.json(golden.meta());
        Pretrained opened = GoldenFolder.of(SET, golden).open(temporary);
        String publicClass = Architectures.publicClass(opened.config()).orElse("no class");
        if (!publicClass.matches(".*For(Sequence|Token)Classification")) {
            throw new NotCovered("model " + publicClass);
        }
        Map<String, Tensor> expected = SET.tensors(golden.data());
        Layer model = model(opened, dtype);
        model.unfreeze();
        List<Tensor> hidden = new ArrayList<>();
        Context context = context(expected).with(Context.TAPS, (layer, y) -> {
            if (layer.role() == Role.BLOCK || layer.path().endsWith(".embeddings")) {
                hidden.add(y.value());
            }
        });
        Variable logits = model.forward(Variable.constant(expected.get("in.input_ids")), context);
        JsonObject table = meta.get("tol").asObject();
        compare(table, expected, "logits", dtype, logits.value());
        assertTrue(expected.containsKey("hidden." + (hidden.size() - 1) + ".f64"), "hidden states: " + hidden.size());
        for (int i = 0; i < hidden.size(); i++) {
            compare(table, expected, "hidden." + i, dtype, hidden.get(i));
        }
        if (expected.containsKey("in.labels")) {
            Variable loss = loss(logits, expected.get("in.labels"));
            loss.backward();
            compare(table, expected, "loss", dtype, loss.value());
            model.parameters().forEach((path, parameter) -> {
                Tensor gradient = parameter.grad().orElseThrow(() -> new AssertionError("no gradient of " + path));
                compare(table, expected, "grad." + path, dtype, gradient);
            });
        }
    }

    private static Layer model(Pretrained opened, DType dtype) throws IOException {
        LoadedModel loaded = opened.predictor();
        if (dtype == DType.F32) {
            return loaded.model();
        }
        boolean tokens = loaded.model() instanceof TokenClassifier;
        int outputs = loaded.labels().size();
        Layer model = tokens
                ? opened.design().tokenClassifier(outputs)
                : opened.design().classifier(outputs, false);
        model.initialize(new Seed(dtype, Rng.of(0)));
        try (WeightSource source = WeightSource.open(Path.of(opened.place()))) {
            model.load(source, opened.design().names());
        }
        return model;
    }

    /** Squared error of a number, cross-entropy of classes and of tokens' classes. */
    private static Variable loss(Variable logits, Tensor labels) {
        if (labels.dtype() == DType.F32) {
            Tensor wanted = labels.to(logits.dtype()).reshape(labels.size(0), 1);
            Variable error = logits.sub(Variable.constant(wanted));
            return ReductionOps.mean(error.mul(error));
        }
        long classes = logits.size(-1);
        return LossOps.crossEntropy(
                logits.reshape(-1, classes),
                labels.reshape(Shape.of(labels.elementCount()).toArray()));
    }

    private static Context context(Map<String, Tensor> in) {
        Context context = Context.inference();
        if (in.containsKey("in.attention_mask")) {
            context = context.withMask(in.get("in.attention_mask").to(DType.BOOL));
        }
        return in.containsKey("in.token_type_ids")
                ? context.with(Context.TOKEN_TYPES, in.get("in.token_type_ids"))
                : context;
    }

    /** Compares a result that the case has; only logits must be there. */
    private static void compare(JsonObject table, Map<String, Tensor> expected, String name, DType dtype, Tensor got) {
        Tensor reference = expected.get(name + ".f64");
        if (reference != null || name.equals("logits")) {
            Tolerance.of(table, name, dtype).assertClose(name, reference, got);
        }
    }
}
