package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import luthier.app.data.SupersenseTask;
import luthier.app.data.SupersenseTask.Example;
import luthier.app.data.SupersenseTask.Supersense;
import luthier.app.data.Supersenses;
import luthier.nn.models.Pretrained;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.Json;
import luthier.tensor.io.JsonValue.JsonObject;

/** A finished run, opened again: its settings, its model with the trained weights, its classes in the order of their labels. */
record FinishedRun(
        Path directory, Settings settings, List<Supersense> classes, Tokenizer tokenizer, TunedModel tuning) {

    /**
     * Opens a run's folder.
     *
     * @throws FolderException if it is not one
     */
    static FinishedRun open(Path directory) throws IOException {
        Path config = directory.resolve(RunFolder.CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new FolderException(directory + ": not a run's folder (it has no " + RunFolder.CONFIG
                    + "); give a folder that luthier finetune has written, runs/...");
        }
        JsonObject json =
                Json.parse(Files.readAllBytes(config), config.toString()).asObject();
        Settings settings = Settings.fromJson(json);
        List<Supersense> classes = Supersenses.read();
        Pretrained minilm = MiniLm.open();
        BertClassifier model = MiniLm.classifier(minilm, classes, settings.seed());
        return new FinishedRun(directory, settings, classes, minilm.tokenizer(), TunedModel.load(model, directory));
    }

    BertClassifier model() {
        return tuning.model();
    }

    /** Returns the examples of the run; reads WordNet, which takes a second. */
    SupersenseTask.Split split() {
        return SupersenseTask.load().split(settings.seed(), settings.trainSize());
    }

    SupersenseData data(List<Example> examples) {
        return SupersenseData.sorted(examples, tokenizer);
    }
}
