package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.nn.Adapter;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tiny BERT's hidden states, logits, loss and the gradient of every parameter against PyTorch's. */
class BertGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final String FOLDER = "models/tiny_bert/";

    /** Watches a layer's output and changes nothing. */
    private record Watch(List<Tensor> seen) implements Adapter {
        @Override
        public Variable adapt(Layer host, Variable x, Variable y, Context context) {
            seen.add(y.value());
            return y;
        }

        @Override
        public List<Parameter> parameters() {
            return List.of();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void agreesWithPyTorch(DType dtype) {
        Assumptions.assumeTrue(SET.find(FOLDER + "golden").isPresent(), "the golden set has no tiny_bert");
        GoldenSet.Case golden = SET.find(FOLDER + "golden").get();
        JsonObject meta = SET.json(golden.meta());
        JsonObject table = meta.get("tol").asObject();
        Map<String, Tensor> expected = SET.tensors(golden.data());
        BertClassifier model = new BertClassifier(
                new Seed(dtype, Rng.of(0)),
                BertConfig.fromJson(SET.json(FOLDER + "config.json")),
                meta.get("settings").asObject().get("num_labels").asInt(),
                BertClassifier.Pooling.POOLER);
        model.load(SET.tensors(FOLDER + "model.safetensors"));
        List<Tensor> hidden = new ArrayList<>();
        model.bert().embeddings().attach(new Watch(hidden));
        model.bert().encoder().blocks().forEach(block -> block.attach(new Watch(hidden)));

        Context context = Context.inference()
                .withMask(expected.get("in.attention_mask").to(DType.BOOL))
                .withTokenTypes(expected.get("in.token_type_ids"));
        Variable logits = model.forward(Variable.constant(expected.get("in.input_ids")), context);
        Variable loss = LossOps.crossEntropy(logits, expected.get("in.labels"));
        loss.backward();

        check(table, expected, "logits", dtype, logits.value());
        check(table, expected, "loss", dtype, loss.value());
        assertEquals(meta.get("settings").asObject().get("num_hidden_layers").asInt() + 1, hidden.size());
        for (int i = 0; i < hidden.size(); i++) {
            check(table, expected, "hidden." + i, dtype, hidden.get(i));
        }
        model.parameters().forEach((path, parameter) -> {
            Tensor gradient = parameter.grad().orElseThrow(() -> new AssertionError("no gradient of " + path));
            check(table, expected, "grad." + path, dtype, gradient);
        });
    }

    private static void check(JsonObject table, Map<String, Tensor> expected, String name, DType dtype, Tensor got) {
        Tolerance.of(table, name, dtype).assertClose(name, expected.get(name + ".f64"), got);
    }
}
