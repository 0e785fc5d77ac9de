package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import luthier.app.data.Supersenses;
import luthier.finetune.Methods;
import luthier.finetune.TextModel;
import luthier.finetune.Tuning;
import luthier.finetune.method.Method;
import luthier.finetune.task.Classification;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.models.bert.BertModel;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.Safetensors;

/**
 * Everything short that the command line does, once: help, a mistake, predictions. The launcher records the classes that it loads for
 * its ahead-of-time cache (docs/decisions/015). The predictions are those of runs which were never trained: one of the main job, and one on a
 * tiny model of one's own.
 */
final class Rehearsal {
    private static final String TEXT = "lion : large gregarious predatory feline of Africa and India";
    private static final List<String> WORDS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "large", "feline");
    private static final BertConfig TINY = new BertConfig(WORDS.size(), 8, 16, 1, 2, 16, 2, 1e-12, 0);

    private Rehearsal() {}

    /** Rehearses in the given folder, which must be empty or missing, and exits with the last prediction's code. */
    public static void main(String[] arguments) throws IOException {
        System.exit(rehearse(Path.of(arguments[0])));
    }

    static int rehearse(Path run) throws IOException {
        Settings settings = FinetuneCommand.usual();
        Files.createDirectories(run);
        RunFolder.writeConfig(run, settings.toFields());
        TunedModel.fresh(settings, MiniLm.classifier(MiniLm.open(), Supersenses.read(), settings.seed()))
                .save(run);
        Main.run("--help");
        Main.run("predict");
        int own = Main.run("predict", ownRun(run.resolve("own")).toString(), TEXT);
        int mainJob = Main.run("predict", run.toString(), TEXT);
        return own == 0 ? mainJob : own;
    }

    /** Writes a run with an adapter on a tiny model, as a run on one's own rows leaves it. */
    private static Path ownRun(Path folder) throws IOException {
        Path pretrained = tinyModel(Files.createDirectories(folder.resolve("model")));
        TextModel model = TextModel.load(pretrained, Classification.ofTexts(List.of("animal", "plant")), 16, 0);
        model.save(folder);
        Method lora = Methods.named("lora");
        Tuning.save(
                Tuning.fresh(model.layers(), lora, lora.options().usual(), Seed.of(0)),
                folder.resolve("adapter"),
                Optional.of("SEQ_CLS"));
        return folder;
    }

    private static Path tinyModel(Path folder) throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        new BertModel(TINY, true)
                .initialize(Seed.of(0))
                .weights()
                .forEach((name, tensor) -> weights.put("bert." + name, tensor));
        Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of("format", "pt"));
        Files.write(folder.resolve("vocab.txt"), WORDS);
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": true}");
        Map<String, Object> config = Map.of(
                "model_type", "bert",
                "vocab_size", WORDS.size(),
                "hidden_size", 8,
                "num_hidden_layers", 1,
                "num_attention_heads", 2,
                "intermediate_size", 16,
                "max_position_embeddings", 16,
                "type_vocab_size", 2);
        Files.writeString(folder.resolve("config.json"), Json.of(config).toJson(1));
        return folder;
    }
}
