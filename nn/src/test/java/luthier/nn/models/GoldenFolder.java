package luthier.nn.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import luthier.golden.GoldenSet;
import luthier.golden.NotCovered;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.WeightSource;

/** The files of a golden model in one folder, as a hub serves them: one file of weights, or shards with their index. */
record GoldenFolder(GoldenSet set, GoldenSet.Case golden, JsonObject meta) {
    static GoldenFolder of(GoldenSet set, GoldenSet.Case golden) {
        return new GoldenFolder(set, golden, set.json(golden.meta()));
    }

    /** Returns config.json, if the case is a model with one. */
    JsonObject config() {
        String name = text("config", beside() + "config.json");
        if (!set.has(name)) {
            throw new NotCovered("no config.json");
        }
        return set.json(name);
    }

    private String beside() {
        return golden.meta().substring(0, golden.meta().lastIndexOf('/') + 1);
    }

    private String text(String field, String otherwise) {
        return meta.find(field).map(JsonValue::asString).orElse(otherwise);
    }

    /** Opens the folder, if the family is known here. */
    Pretrained open(Path temporary) throws IOException {
        Path folder = Files.createTempDirectory(temporary, "model");
        copy(text("config", beside() + "config.json"), folder.resolve("config.json"));
        String weights = text("weights", beside() + "model.safetensors");
        copy(weights, folder.resolve(weights.substring(weights.lastIndexOf('/') + 1)));
        if (weights.endsWith(".json")) {
            Set<String> shards = new LinkedHashSet<>();
            set.json(weights)
                    .get("weight_map")
                    .asObject()
                    .members()
                    .values()
                    .forEach(name -> shards.add(name.asString()));
            for (String shard : shards) {
                copy(beside() + shard, folder.resolve(shard));
            }
        }
        try {
            return Pretrained.open(folder);
        } catch (ModelFormatException unknown) {
            if (unknown.rule().startsWith("model_type")) {
                throw new NotCovered(unknown.rule());
            }
            throw unknown;
        }
    }

    private void copy(String file, Path to) throws IOException {
        if (!set.has(file)) {
            throw new NotCovered("no " + file);
        }
        Files.copy(set.file(file), to);
    }

    /** Returns a causal model in a precision. */
    static Layer causal(Pretrained opened, DType dtype) throws IOException {
        if (dtype == DType.F32) {
            return opened.causalLm().model();
        }
        Layer model = opened.design().causalLm().orElseThrow();
        model.initialize(new Seed(dtype, Rng.of(0)));
        try (WeightSource source = WeightSource.open(Path.of(opened.place()))) {
            model.load(source, opened.design().names());
        }
        return model;
    }
}
