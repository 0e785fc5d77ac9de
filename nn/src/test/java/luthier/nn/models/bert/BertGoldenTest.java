package luthier.nn.models.bert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A tiny BERT's hidden states, logits, loss and the gradient of every parameter against PyTorch's. */
class BertGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    @TestFactory
    Stream<DynamicTest> models() {
        List<GoldenSet.Case> cases = SET.cases("models");
        return cases.isEmpty()
                ? Stream.of(SET.absent("models"))
                : cases.stream()
                        .flatMap(golden -> Stream.of(DType.F32, DType.F64)
                                .map(dtype -> SET.test(golden.id(), dtype.toString(), () -> check(golden, dtype))));
    }

    /** Classification by the pooled first token is what we have of BERT. */
    private static BertConfig config(JsonObject meta, JsonObject config) {
        String type = meta.find("model_type").map(JsonValue::asString).orElse("none");
        String architecture = meta.find("class").map(JsonValue::asString).orElse("BertForSequenceClassification");
        String problem = config.find("problem_type").map(JsonValue::asString).orElse("single_label_classification");
        if (!type.equals("bert")
                || !architecture.equals("BertForSequenceClassification")
                || !problem.equals("single_label_classification")) {
            throw new NotCovered("model " + type + " " + architecture + " " + problem);
        }
        return BertConfig.fromJson(config);
    }

    private static void check(GoldenSet.Case golden, DType dtype) {
        JsonObject meta = SET.json(golden.meta());
        String folder = golden.meta().substring(0, golden.meta().lastIndexOf('/') + 1);
        String file = meta.find("config").map(JsonValue::asString).orElse(folder + "config.json");
        if (!SET.has(file)) {
            throw new NotCovered("no model's configuration");
        }
        BertConfig config = config(meta, SET.json(file));
        Map<String, Tensor> weights =
                SET.tensors(meta.find("weights").map(JsonValue::asString).orElse(folder + "model.safetensors"));
        Map<String, Tensor> expected = SET.tensors(golden.data());
        BertClassifier model =
                new BertClassifier(config, (int) weights.get("classifier.bias").size(0), BertClassifier.Pooling.POOLER);
        model.initialize(new Seed(dtype, Rng.of(0)));
        model.load(weights);
        model.unfreeze();
        List<Tensor> hidden = new ArrayList<>();
        List<Layer> shown = new ArrayList<>(model.bert().encoder().blocks());
        shown.add(model.bert().embeddings());
        Context context = context(expected).with(Context.TAPS, (layer, y) -> {
            if (shown.contains(layer)) {
                hidden.add(y.value());
            }
        });
        Variable logits = model.forward(Variable.constant(expected.get("in.input_ids")), context);
        JsonObject table = meta.get("tol").asObject();
        compare(table, expected, "logits", dtype, logits.value());
        assertEquals(config.hiddenLayers() + 1, hidden.size());
        for (int i = 0; i < hidden.size(); i++) {
            compare(table, expected, "hidden." + i, dtype, hidden.get(i));
        }
        if (expected.containsKey("in.labels")) {
            Variable loss = LossOps.crossEntropy(logits, expected.get("in.labels"));
            loss.backward();
            compare(table, expected, "loss", dtype, loss.value());
            model.parameters().forEach((path, parameter) -> {
                Tensor gradient = parameter.grad().orElseThrow(() -> new AssertionError("no gradient of " + path));
                compare(table, expected, "grad." + path, dtype, gradient);
            });
        }
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
