package luthier.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.method.OptionException;
import luthier.finetune.method.TargetException;
import luthier.golden.Args;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.layers.Embedding;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.nn.optim.Sgd;
import luthier.nn.optim.UpdateRule;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonArray;
import luthier.tensor.io.JsonValue.JsonBoolean;
import luthier.tensor.io.JsonValue.JsonNull;
import luthier.tensor.io.JsonValue.JsonNumber;
import luthier.tensor.io.JsonValue.JsonObject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Training with every method on a tiny BERT or Llama, merging it, and reading the adapter that PEFT wrote, against PyTorch's numbers. */
class FinetuningGoldenTest {
    private static final GoldenSet SET = GoldenSet.open();

    private static final Set<String> TRAINING = Set.of(
            "optimizer", "lr", "betas", "eps", "weight_decay", "steps", "dropout", "batch", "momentum", "nesterov");

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

    /** What a case is: a method with its options, and the learning rate of its first group. */
    private record Setting(Method method, Config config, double rate) {}

    private static void run(GoldenFinetuning golden, Path directory) throws IOException {
        UpdateRule rule = rule(golden.training());
        Layer model = golden.model();
        Setting setting = setting(golden, model);
        golden.check("out.base", golden.evaluate(model));
        Adaptation adaptation = fresh(golden, model, setting);
        Map<String, Tensor> start = adaptation.state();
        golden.start().forEach((name, value) -> {
            assertTrue(start.containsKey(name), () -> name + " must be among " + start.keySet());
            start.put(name, value);
        });
        adaptation.load(start);
        golden.check("out.init", golden.evaluate(model));

        train(golden, model, adaptation, rule, setting.rate());
        golden.check("out.trained", golden.evaluate(model));
        adaptation.state().forEach((name, value) -> golden.check("final." + name, value));

        Path ours = directory.resolve("ours");
        Tuning.save(adaptation, ours, Optional.of("SEQ_CLS"));
        Layer reloaded = golden.model();
        Adaptation again = Tuning.load(reloaded, "again", ours);
        golden.check("out.trained", golden.evaluate(reloaded));
        assertEquals(adaptation.state().keySet(), again.state().keySet());

        model.merged(adaptation.active()).ifPresent(weights -> {
            weights.forEach((name, value) -> golden.check("merged." + name, value));
            Layer merged = golden.model();
            merged.load(weights);
            golden.check("out.merged", golden.evaluate(merged));
        });
        if (golden.meta().find("adapter").isPresent()) {
            readsTheAdapterThatPeftWrote(golden, Files.createDirectory(directory.resolve("theirs")));
        }
        golden.requireCompared("loss", "out.trained");
    }

    private static Adaptation fresh(GoldenFinetuning golden, Layer model, Setting setting) {
        try {
            return Tuning.fresh(model, setting.method(), setting.config(), new Seed(golden.dtype(), Rng.of(1)));
        } catch (TargetException e) {
            throw new NotCovered(e.getMessage());
        }
    }

    private static Setting setting(GoldenFinetuning golden, Layer model) {
        JsonObject settings = golden.settings();
        Map<String, Object> fields = new LinkedHashMap<>();
        settings.members().forEach((name, value) -> {
            if (!(value instanceof JsonNull)) {
                fields.put(name, plain(value));
            }
        });
        double rate = Args.number(golden.training(), "lr", 0);
        if (settings.find("feedforward_modules").isPresent()) {
            fields.putIfAbsent("peft_type", "IA3");
        }
        if (fields.containsKey("peft_type")) {
            return peft(golden, fields, rate, model);
        }
        if (settings.find("r").isPresent()) {
            if (fields.get("target_modules") instanceof List<?> targets
                    && targets.stream().anyMatch(name -> model.layers().get(name) instanceof Embedding)) {
                throw new NotCovered("LoRA on an embedding");
            }
            return new Setting(Methods.named("lora"), lora(settings, fields), rate);
        }
        if (settings.find("frozen").isPresent() && settings.find("trainable").isPresent()) {
            Method freeze = Methods.named("freeze");
            return new Setting(freeze, freeze.options().parse(Map.of("freeze", fields.get("frozen"))), rate);
        }
        Matcher layerwise = Pattern.compile("([\\d.e-]+) \\* ([\\d.]+) \\*\\* \\(layers\\+1-depth\\)")
                .matcher(String.valueOf(fields.get("rate")));
        if (layerwise.matches()) {
            Method full = Methods.named("full");
            Config config = full.options().parse(Map.of("layerwise-rate", layerwise.group(2)));
            return new Setting(full, config, Double.parseDouble(layerwise.group(1)));
        }
        throw new NotCovered("settings " + fields.keySet());
    }

    /** Layers of the model that have start values are trained whole, as PEFT does with heads. */
    private static Setting peft(GoldenFinetuning golden, Map<String, Object> fields, double rate, Layer model) {
        List<String> whole = golden.start().keySet().stream()
                .filter(model.parameters()::containsKey)
                .map(name -> name.substring(0, name.lastIndexOf('.')))
                .distinct()
                .toList();
        fields.putIfAbsent("modules_to_save", whole);
        String type = String.valueOf(fields.remove("peft_type"));
        fields.remove("task_type");
        Method method = Methods.ALL.stream()
                .filter(each -> each.peftType().equals(Optional.of(type)))
                .findFirst()
                .orElseThrow(() -> new NotCovered("method " + type));
        try {
            return new Setting(method, method.options().fromPeft(fields), rate);
        } catch (OptionException e) {
            throw new NotCovered(e.getMessage());
        }
    }

    private static Config lora(JsonObject settings, Map<String, Object> fields) {
        TreeSet<String> unknown = new TreeSet<>(fields.keySet());
        unknown.removeAll(
                Set.of("r", "alpha", "scaling", "rslora", "dora", "fan_in_fan_out", "target_modules", "also_trained"));
        boolean stabilised = Args.flag(settings, "rslora", false);
        double rank = Args.number(settings, "r", 0);
        double scaling = Args.number(settings, "alpha", 0) / (stabilised ? Math.sqrt(rank) : rank);
        if (!unknown.isEmpty() || Args.flag(settings, "fan_in_fan_out", false)) {
            throw new NotCovered("options " + unknown + " or fan_in_fan_out");
        } else if (Math.abs(Args.number(settings, "scaling", scaling) - scaling) > 1e-12) {
            throw new NotCovered("scaling " + settings.get("scaling") + " beside " + scaling);
        }
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("rank", fields.get("r"));
        words.put("alpha", fields.get("alpha"));
        words.put("targets", fields.get("target_modules"));
        words.put("rank-stabilised", stabilised);
        words.put("dora", Args.flag(settings, "dora", false));
        if (fields.get("also_trained") instanceof List<?> also && !also.isEmpty()) {
            words.put(
                    "modules-to-save",
                    also.stream()
                            .map(name ->
                                    name.toString().substring(0, name.toString().lastIndexOf('.')))
                            .distinct()
                            .toList());
        }
        return Methods.named("lora").options().parse(words);
    }

    private static Object plain(JsonValue value) {
        return switch (value) {
            case JsonNumber number -> number.asDouble();
            case JsonBoolean flag -> flag.asBoolean();
            case JsonArray list ->
                list.asList().stream().map(FinetuningGoldenTest::plain).toList();
            case JsonObject object -> {
                Map<String, Object> map = new LinkedHashMap<>();
                object.members().forEach((name, each) -> map.put(name, plain(each)));
                yield map;
            }
            default -> value.asString();
        };
    }

    private static UpdateRule rule(JsonObject training) {
        TreeSet<String> unknown = new TreeSet<>(training.members().keySet());
        unknown.removeAll(TRAINING);
        if (!unknown.isEmpty()) {
            throw new NotCovered("options " + unknown);
        } else if (Args.number(training, "dropout", 0) != 0) {
            throw new NotCovered("dropout while training");
        }
        return switch (training.get("optimizer").asString()) {
            case "AdamW" -> {
                List<JsonValue> betas = training.get("betas").asList();
                yield new AdamW(
                        betas.get(0).asDouble(),
                        betas.get(1).asDouble(),
                        training.get("eps").asDouble());
            }
            case "SGD" -> new Sgd(Args.number(training, "momentum", 0), 0, Args.flag(training, "nesterov", false));
            default -> throw new NotCovered("optimizer " + training.get("optimizer"));
        };
    }

    private static void train(
            GoldenFinetuning golden, Layer model, Adaptation adaptation, UpdateRule rule, double rate) {
        JsonObject training = golden.training();
        Optimizer optimizer =
                new Optimizer(rule, adaptation.trained(), adaptation::group, Args.number(training, "weight_decay", 0));
        int steps = training.get("steps").asInt();
        List<Double> losses = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            optimizer.zeroGrad();
            losses.add(golden.lossOf(model, loss -> loss.backward()));
            String prefix = "grad" + step + ".";
            adaptation
                    .trained()
                    .forEach((name, parameter) ->
                            parameter.grad().ifPresent(gradient -> golden.check(prefix + name, gradient)));
            optimizer.step(rate);
        }
        losses.add(golden.lossOf(model, loss -> {}));
        golden.check("loss", Tensor.of(losses.stream().mapToDouble(loss -> loss).toArray(), losses.size()));
    }

    private static void readsTheAdapterThatPeftWrote(GoldenFinetuning golden, Path directory) throws IOException {
        String folder = golden.meta().get("adapter").asString() + "/";
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(SET.file(folder + file), directory.resolve(file));
        }
        Layer model = golden.model();
        Adaptation theirs = Tuning.load(model, "theirs", directory);
        assertTrue(!theirs.state().isEmpty());
        golden.check("out.from_saved_adapter", golden.evaluate(model));
    }
}
