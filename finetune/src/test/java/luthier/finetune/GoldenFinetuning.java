package luthier.finetune;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.golden.Tolerance;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.models.Architectures;
import luthier.nn.models.CausalModel;
import luthier.nn.models.ModelDesign;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.WeightSource;

/** A training case of the group {@code finetune}: its base model, its batches, its settings, and the results to compare with. */
final class GoldenFinetuning {
    private final GoldenSet set;
    private final JsonObject meta;
    private final Map<String, Tensor> tensors;
    private final DType dtype;
    private final TreeSet<String> compared = new TreeSet<>();

    GoldenFinetuning(GoldenSet set, GoldenSet.Case golden, DType dtype) {
        this.set = set;
        this.dtype = dtype;
        meta = set.json(golden.meta());
        tensors = set.tensors(golden.data());
    }

    JsonObject meta() {
        return meta;
    }

    DType dtype() {
        return dtype;
    }

    JsonObject settings() {
        return part("settings");
    }

    JsonObject training() {
        return part("training");
    }

    private JsonObject part(String name) {
        return meta.find(name)
                .orElseThrow(() -> new NotCovered("a case without " + name))
                .asObject();
    }

    /** Returns the base model, fresh from its files. */
    Layer model() {
        String folder = meta.find("base_model")
                        .orElseThrow(() -> new NotCovered("a case without base_model"))
                        .asString()
                + "/";
        JsonObject config = set.json(folder + "config.json");
        Map<String, Tensor> weights = set.tensors(folder + "model.safetensors");
        ModelDesign design = design(config);
        Layer model = design.causalLm()
                .orElseGet(() ->
                        design.classifier((int) weights.get(design.outputs()).size(0), false));
        model.initialize(new Seed(dtype, Rng.of(0)));
        model.load(WeightSource.of(weights, folder), design.names());
        return model;
    }

    private static ModelDesign design(JsonObject config) {
        try {
            return Architectures.of(config).read(config);
        } catch (ModelFormatException unknown) {
            throw new NotCovered(unknown.rule());
        }
    }

    /** Returns the start values of the trained parameters by path. */
    Map<String, Tensor> start() {
        Map<String, Tensor> start = new TreeMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith("init.")) {
                start.put(name.substring("init.".length()), tensor);
            }
        });
        return start;
    }

    private Variable logits(Layer model, String batch) {
        Context context = Context.inference();
        Tensor mask = tensors.get(batch + ".attention_mask");
        return model.forward(
                Variable.constant(tensors.get(batch + ".input_ids")),
                mask == null ? context : context.withMask(mask.to(DType.BOOL)));
    }

    Tensor evaluate(Layer model) {
        return Grad.disabled(() -> logits(model, "eval").value());
    }

    /** Returns the loss on the training batch after something was done with it. */
    double lossOf(Layer model, Consumer<Variable> then) {
        Variable logits = logits(model, "train");
        Tensor labels = tensors.get("train.labels");
        Variable loss = labels.rank() == 2 ? CausalModel.loss(logits, labels) : LossOps.crossEntropy(logits, labels);
        then.accept(loss);
        return loss.item();
    }

    /** Compares a result that the case has. */
    void check(String name, Tensor got) {
        Tensor reference = tensors.get(name + ".f64");
        if (reference != null) {
            Tolerance.of(meta.get("tol").asObject(), name, dtype).assertClose(name, reference, got);
            compared.add(name);
        }
    }

    /** Fails unless these results were compared. */
    void requireCompared(String... names) {
        assertTrue(
                compared.containsAll(List.of(names)),
                () -> "the case must have " + List.of(names) + "; compared were " + compared);
    }
}
