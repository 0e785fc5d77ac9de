package luthier.app;

import java.io.IOException;
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

/** A finished run, opened again: its settings, its model with the trained weights, its classes in the order of their labels. */
record FinishedRun(
        Path directory, Settings settings, List<Supersense> classes, Tokenizer tokenizer, TunedModel tuning) {

    /**
     * Opens the folder of a finished run of the main job.
     *
     * @throws FolderException if it is none
     */
    static FinishedRun open(Path directory) throws IOException {
        FolderKind kind = FolderKind.ofRun(directory);
        if (kind != FolderKind.MAIN_JOB) {
            throw new FolderException(directory
                    + ": not a run of the main job; got one on rows of your own; give the folder of luthier finetune"
                    + " without --model and --data");
        }
        Settings settings = settings(directory);
        List<Supersense> classes = Supersenses.read();
        Pretrained minilm = MiniLm.open();
        BertClassifier model = MiniLm.classifier(minilm, classes, settings.seed());
        return new FinishedRun(directory, settings, classes, minilm.tokenizer(), TunedModel.load(model, directory));
    }

    /** Returns the settings of a run of the main job, finished or not. */
    static Settings settings(Path directory) throws IOException {
        return Settings.fromJson(Json.read(directory.resolve(RunFolder.CONFIG)).asObject());
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
