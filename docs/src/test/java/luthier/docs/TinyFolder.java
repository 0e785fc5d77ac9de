package luthier.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.models.bert.BertModel;
import luthier.tensor.io.Safetensors;

/** A folder with a tiny encoder that has learned nothing, as model hubs serve large ones that have. */
final class TinyFolder {
    private static final List<String> WORDS = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "my", "is", "was", "invoice", "price", "payment",
            "refund", "page", "server", "network", "login", "wrong", "down", "late", "twice", "broken");

    private TinyFolder() {}

    static Path write() throws IOException {
        Path folder = Files.createTempDirectory("tiny-bert");
        BertModel model = new BertModel(new BertConfig(WORDS.size(), 32, 64, 2, 4, 24, 2, 1e-12, 0.1), false);
        model.initialize(Seed.of(7));
        Safetensors.write(folder.resolve("model.safetensors"), model.weights(), Map.of("format", "pt"));
        Files.writeString(folder.resolve("vocab.txt"), String.join("\n", WORDS) + "\n");
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": %d, "hidden_size": 32,
                 "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 24,
                 "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1,
                 "attention_probs_dropout_prob": 0.1, "pad_token_id": 0}
                """.formatted(WORDS.size()));
        return folder;
    }
}
