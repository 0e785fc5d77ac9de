package luthier.finetune.lora;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import luthier.finetune.freeze.Freezing;
import luthier.finetune.io.PeftLora;
import luthier.golden.Args;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.models.BertClassifier;
import luthier.nn.optim.AdamW;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Training LoRA on a tiny BERT, merging it, and reading the adapter that PEFT wrote, against PyTorch's numbers. */
class LoraGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    /** What we know of LoRA's settings; what changes the adapter has to be off. */
    private static final Set<String> SETTINGS =
            Set.of("r", "alpha", "scaling", "rslora", "dora", "fan_in_fan_out", "target_modules", "also_trained");

    private static final Set<String> TRAINING =
            Set.of("optimizer", "lr", "betas", "eps", "weight_decay", "steps", "dropout", "batch");

    @TestFactory
    Stream<DynamicTest> cases(@TempDir Path directory) {
        List<GoldenSet.Case> cases = SET.cases("finetune").stream()
                .filter(golden -> !golden.id().equals("finetune/reft_positions"))
                .toList();
        return cases.isEmpty()
                ? Stream.of(SET.absent("finetune"))
                : cases.stream()
                        .flatMap(golden -> Stream.of(DType.F32, DType.F64)
                                .map(dtype -> SET.test(golden.id(), dtype.toString(), () -> {
                                    Path folder = directory.resolve(golden.id()).resolve(dtype.toString());
                                    run(new GoldenFinetuning(SET, golden, dtype), Files.createDirectories(folder));
                                })));
    }

    private static void run(GoldenFinetuning golden, Path directory) throws IOException {
        requireKnown(golden);
        BertClassifier model = golden.model();
        trainsMergesAndSavesAsPeftDoes(golden, model, directory.resolve("ours"));
        if (golden.meta().find("adapter").isPresent()) {
            readsTheAdapterThatPeftWrote(golden, Files.createDirectory(directory.resolve("theirs")));
        }
        golden.requireCompared("loss", "out.trained");
    }

    private static void requireKnown(GoldenFinetuning golden) {
        JsonObject settings = golden.settings();
        for (String name : List.of("rslora", "dora", "fan_in_fan_out")) {
            if (Args.flag(settings, name, false)) {
                throw new NotCovered("option " + name);
            }
        }
        TreeSet<String> unknown = new TreeSet<>(settings.members().keySet());
        unknown.removeAll(SETTINGS);
        TreeSet<String> unknownTraining =
                new TreeSet<>(golden.training().members().keySet());
        unknownTraining.removeAll(TRAINING);
        unknown.addAll(unknownTraining);
        double scaling = Args.number(settings, "alpha", 0) / Args.number(settings, "r", 0);
        String optimizer = golden.training().get("optimizer").asString();
        if (!unknown.isEmpty()) {
            throw new NotCovered("options " + unknown);
        } else if (Args.number(golden.training(), "dropout", 0) != 0) {
            throw new NotCovered("dropout while training");
        } else if (!optimizer.equals("AdamW")) {
            throw new NotCovered("optimizer " + optimizer);
        } else if (Args.number(settings, "scaling", scaling) != scaling) {
            throw new NotCovered("scaling " + settings.get("scaling") + " beside alpha / r = " + scaling);
        }
    }

    private static LoraConfig config(JsonObject settings) {
        List<String> targets = settings.get("target_modules").asList().stream()
                .map(JsonValue::asString)
                .toList();
        return new LoraConfig(settings.get("r").asInt(), settings.get("alpha").asDouble(), 0, targets);
    }

    private static void trainsMergesAndSavesAsPeftDoes(GoldenFinetuning golden, BertClassifier model, Path folder)
            throws IOException {
        golden.check("out.base", golden.evaluate(model));
        Map<String, Lora> adapters = attach(golden, model);
        Freezing.unfreeze(model.classifier());
        Map<String, Parameter> all = model.allParameters();
        golden.start().forEach((path, value) -> {
            all.get(path).load(value);
            all.get(path).unfreeze();
        });
        golden.check("out.init", golden.evaluate(model));

        train(golden, model, all);
        golden.check("out.trained", golden.evaluate(model));
        all.forEach((path, parameter) -> golden.check("final." + path, parameter.value()));

        PeftLora.save(folder, model, adapters, List.of("classifier"), "SEQ_CLS");
        BertClassifier reloaded = golden.model();
        PeftLora.load(folder, reloaded);
        golden.check("out.trained", golden.evaluate(reloaded));

        merge(golden, model, adapters);
    }

    /** Embeddings and convolutions take no LoRA yet. */
    private static Map<String, Lora> attach(GoldenFinetuning golden, BertClassifier model) {
        LoraConfig config = config(golden.settings());
        Map<String, Layer> layers = model.layers();
        config.targets().stream()
                .filter(target -> layers.get(target) instanceof luthier.nn.Embedding)
                .forEach(target -> {
                    throw new NotCovered("LoRA on the embedding " + target);
                });
        return Lora.attach(model, config, new Seed(golden.dtype(), Rng.of(1)));
    }

    private static void train(GoldenFinetuning golden, BertClassifier model, Map<String, Parameter> all) {
        JsonObject training = golden.training();
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
            losses[step] = golden.lossOf(model, loss -> loss.backward());
            String prefix = "grad" + step + ".";
            all.forEach(
                    (path, parameter) -> parameter.grad().ifPresent(gradient -> golden.check(prefix + path, gradient)));
            optimizer.step(training.get("lr").asDouble());
        }
        losses[steps] = golden.lossOf(model, loss -> {});
        golden.check("loss", Tensor.of(losses, losses.length));
    }

    private static void merge(GoldenFinetuning golden, BertClassifier model, Map<String, Lora> adapters) {
        Map<String, Layer> layers = model.layers();
        BertClassifier merged = golden.model();
        merged.classifier().load(model.classifier().weights());
        adapters.forEach((path, adapter) -> {
            String name = path + ".weight";
            Tensor weight = model.parameters().get(name).value().add(adapter.weightDelta(layers.get(path)));
            golden.check("merged." + name, weight);
            merged.parameters().get(name).load(weight);
        });
        golden.check("out.merged", golden.evaluate(merged));
    }

    private static void readsTheAdapterThatPeftWrote(GoldenFinetuning golden, Path directory) throws IOException {
        String folder = golden.meta().get("adapter").asString() + "/";
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(SET.file(folder + file), directory.resolve(file));
        }
        BertClassifier model = golden.model();
        assertTrue(!PeftLora.load(directory, model).isEmpty());
        golden.check("out.from_saved_adapter", golden.evaluate(model));
    }
}
