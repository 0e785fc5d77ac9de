package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import luthier.app.data.SupersenseTask;
import luthier.nn.data.LengthBuckets;
import luthier.nn.models.BertClassifier;
import luthier.nn.text.WordPieceTokenizer;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;

/** A finished run, opened again: its settings, its model with the trained weights, its task. */
record FinishedRun(
        Path directory,
        Settings settings,
        SupersenseTask task,
        WordPieceTokenizer tokenizer,
        Map<String, Tensor> pretrained,
        Tuning tuning) {
    static final String CONFIG = "config.json";

    /**
     * Opens a run's folder.
     *
     * @throws UsageException if it is not one
     */
    static FinishedRun open(Path directory) throws IOException {
        Path config = directory.resolve(CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new UsageException(directory + ": not a run's folder (it has no " + CONFIG
                    + "); give a folder that luthier finetune has written, runs/...");
        }
        JsonObject json = (JsonObject) Json.parse(Files.readAllBytes(config), config.toString());
        Settings settings = Settings.fromJson(json);
        SupersenseTask task = SupersenseTask.load();
        Map<String, Tensor> pretrained = MiniLm.weights();
        BertClassifier model =
                MiniLm.classifier(pretrained, task.classNames().size(), settings.seed());
        return new FinishedRun(
                directory, settings, task, MiniLm.tokenizer(), pretrained, Tuning.load(settings, model, directory));
    }

    BertClassifier model() {
        return tuning.model();
    }

    SupersenseTask.Split split() {
        return task.split(settings.seed(), settings.trainSize());
    }

    SupersenseData inDistribution() {
        return new SupersenseData(split().inDistribution(), tokenizer, LengthBuckets.Order.sorted(settings.batchSize()));
    }

    SupersenseData outOfDistribution() {
        return new SupersenseData(
                split().outOfDistribution(), tokenizer, LengthBuckets.Order.sorted(settings.batchSize()));
    }
}
