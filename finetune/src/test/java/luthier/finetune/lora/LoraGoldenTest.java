package luthier.finetune.lora;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.finetune.freeze.Freezing;
import luthier.finetune.io.PeftLora;
import luthier.golden.GoldenSet;
import luthier.golden.Tolerance;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.models.BertClassifier;
import luthier.nn.models.BertConfig;
import luthier.nn.optim.AdamW;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training LoRA on a tiny BERT, merging it, and reading the adapter that PEFT wrote, against PyTorch's numbers. */
class LoraGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();
    private static final String ID = "finetune/lora_bert";

    private final Map<String, Tensor> expected;
    private final JsonObject meta;

    LoraGoldenTest() {
        Assumptions.assumeTrue(SET.find(ID).isPresent(), "the golden set has no " + ID);
        expected = SET.tensors(SET.find(ID).get().data());
        meta = SET.json(SET.find(ID).get().meta());
    }

    private void check(String name, DType dtype, Tensor got) {
        Tolerance.of(meta.get("tol").asObject(), name, dtype).assertClose(name, expected.get(name + ".f64"), got);
    }

    private BertClassifier model(DType dtype) {
        String folder = meta.get("base_model").asString() + "/";
        JsonObject config = SET.json(folder + "config.json");
        BertClassifier model = new BertClassifier(
                new Seed(dtype, Rng.of(0)),
                BertConfig.fromJson(config),
                config.get("num_labels").asInt(),
                BertClassifier.Pooling.POOLER);
        model.load(SET.tensors(folder + "model.safetensors"));
        return model;
    }

    private Variable logits(BertClassifier model, String which) {
        Context context = Context.inference()
                .withMask(expected.get(which + ".attention_mask").to(DType.BOOL));
        return model.forward(Variable.constant(expected.get(which + ".input_ids")), context);
    }

    private Tensor evaluate(BertClassifier model) {
        return Grad.disabled(() -> logits(model, "eval").value());
    }

    private Variable loss(BertClassifier model) {
        return LossOps.crossEntropy(logits(model, "train"), expected.get("train.labels"));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void trainsMergesAndSavesAsPeftDoes(DType dtype, @TempDir Path directory) throws IOException {
        BertClassifier model = model(dtype);
        check("out.base", dtype, evaluate(model));
        JsonObject settings = meta.get("settings").asObject();
        List<String> targets = settings.get("target_modules").asList().stream()
                .map(JsonValue::asString)
                .toList();
        LoraConfig config =
                new LoraConfig(settings.get("r").asInt(), settings.get("alpha").asDouble(), 0, targets);
        Map<String, Lora> adapters = Lora.attach(model, config, new Seed(dtype, Rng.of(1)));
        Freezing.unfreeze(model.classifier());
        Map<String, Parameter> all = model.allParameters();
        expected.forEach((name, tensor) -> {
            if (name.startsWith("init.")) {
                all.get(name.substring("init.".length())).load(tensor);
                all.get(name.substring("init.".length())).unfreeze();
            }
        });
        check("out.init", dtype, evaluate(model));

        train(model, all, dtype);
        check("out.trained", dtype, evaluate(model));
        all.forEach((path, parameter) -> {
            if (expected.containsKey("final." + path + ".f64")) {
                check("final." + path, dtype, parameter.value());
            }
        });

        PeftLora.save(directory.resolve("adapter"), model, adapters, List.of("classifier"), "SEQ_CLS");
        BertClassifier reloaded = model(dtype);
        PeftLora.load(directory.resolve("adapter"), reloaded);
        check("out.trained", dtype, evaluate(reloaded));

        merge(model, adapters, dtype);
    }

    private void train(BertClassifier model, Map<String, Parameter> all, DType dtype) {
        JsonObject training = meta.get("training").asObject();
        List<JsonValue> betas = training.get("betas").asList();
        AdamW optimizer = new AdamW(
                List.of(new AdamW.Group(all, 1, training.get("weight_decay").asDouble())),
                new AdamW.Betas(
                        betas.get(0).asDouble(),
                        betas.get(1).asDouble(),
                        training.get("eps").asDouble()));
        int steps = training.get("steps").asInt();
        double[] losses = new double[steps + 1];
        for (int step = 0; step < steps; step++) {
            optimizer.zeroGrad();
            Variable loss = loss(model);
            losses[step] = loss.item();
            loss.backward();
            String prefix = "grad" + step + ".";
            all.forEach((path, parameter) -> {
                if (expected.containsKey(prefix + path + ".f64")) {
                    check(prefix + path, dtype, parameter.grad().orElseThrow());
                }
            });
            optimizer.step(training.get("lr").asDouble());
        }
        losses[steps] = loss(model).item();
        check("loss", dtype, Tensor.of(losses, losses.length));
    }

    private void merge(BertClassifier model, Map<String, Lora> adapters, DType dtype) {
        Map<String, Layer> layers = model.layers();
        BertClassifier merged = model(dtype);
        merged.classifier().load(model.classifier().weights());
        adapters.forEach((path, adapter) -> {
            String name = path + ".weight";
            Tensor weight = model.parameters().get(name).value().add(adapter.weightDelta(layers.get(path)));
            check("merged." + name, dtype, weight);
            merged.parameters().get(name).load(weight);
        });
        check("out.merged", dtype, evaluate(merged));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void readsTheAdapterThatPeftWrote(DType dtype, @TempDir Path directory) throws IOException {
        String folder = meta.get("adapter").asString() + "/";
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(SET.file(folder + file), directory.resolve(file));
        }
        BertClassifier model = model(dtype);
        Map<String, Lora> adapters = PeftLora.load(directory, model);
        assertTrue(!adapters.isEmpty());
        check("out.from_saved_adapter", dtype, evaluate(model));
    }
}
