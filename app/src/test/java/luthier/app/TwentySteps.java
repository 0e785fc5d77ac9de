package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import luthier.app.data.SupersenseTask;
import luthier.finetune.train.RunPlan;
import luthier.nn.models.Pretrained;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.text.Tokenizer;
import luthier.tensor.Rng;
import luthier.tensor.Threads;

/**
 * The main job's first steps, run after run in one JVM; prints the SHA-256 of every run's saved adapter. Arguments: threads and
 * steps of the runs, {@code 2:20 1:20}.
 */
final class TwentySteps {
    private TwentySteps() {}

    public static void main(String[] arguments) throws Exception {
        for (String argument : arguments) {
            String[] threadsAndSteps = argument.split(":");
            Threads.set(Integer.parseInt(threadsAndSteps[0]));
            Path directory = Files.createTempDirectory("twenty-steps");
            train(FinetuneCommand.usual(), Integer.parseInt(threadsAndSteps[1]), directory);
            Path file = directory.resolve("adapter/adapter_model.safetensors");
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            System.out.println(HexFormat.of().formatHex(hash));
        }
    }

    private static void train(Settings settings, int steps, Path directory) throws IOException {
        SupersenseTask task = SupersenseTask.load();
        Pretrained minilm = MiniLm.open();
        Tokenizer tokenizer = minilm.tokenizer();
        BertClassifier model = MiniLm.classifier(minilm, task.classes(), settings.seed());
        TunedModel tuning = TunedModel.fresh(settings, model);
        SupersenseData data = SupersenseData.shuffled(
                task.split(settings.seed()).train(), tokenizer, settings.batchSize(), Rng.of(settings.seed()));
        RunPlan plan = FinetuneRun.plan(settings, data.size(), 1, steps);
        FinetuneRun.trainer(tuning, settings, plan, List.of()).run(data, Map::of);
        tuning.save(directory);
    }
}
