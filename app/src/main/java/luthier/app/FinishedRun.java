package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import luthier.app.data.SupersenseTask;
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

    /**
     * Opens a run's folder.
     *
     * @throws UsageException if it is not one
     */
    static FinishedRun open(Path directory) throws IOException {
        Path config = directory.resolve(RunFolder.CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new UsageException(directory + ": not a run's folder (it has no " + RunFolder.CONFIG
                    + "); give a folder that luthier finetune has written, runs/...");
        }
        JsonObject json =
                Json.parse(Files.readAllBytes(config), config.toString()).asObject();
        Settings settings = Settings.fromJson(json);
        SupersenseTask task = SupersenseTask.load();
        Map<String, Tensor> pretrained = MiniLm.weights();
        BertClassifier model = MiniLm.classifier(pretrained, task.classes().size(), settings.seed());
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
        return SupersenseData.sorted(split().inDistribution(), tokenizer);
    }

    SupersenseData outOfDistribution() {
        return SupersenseData.sorted(split().outOfDistribution(), tokenizer);
    }
}
