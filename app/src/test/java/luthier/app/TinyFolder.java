package luthier.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.nn.Seed;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.layers.Linear;
import luthier.nn.models.CausalModel;
import luthier.nn.models.HiddenActivation;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.models.bert.BertModel;
import luthier.nn.models.llama.LlamaConfig;
import luthier.nn.models.llama.LlamaModel;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.io.Json;
import luthier.tensor.io.Safetensors;

/** A pretrained model's folder, made on the fly: one block of width 8, 16 words, 12 positions, random weights. */
final class TinyFolder {
    private static final List<String> WORDS = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "my", "the", "bill", "parcel", "page", "is", "late", "down",
            "wrong", "##s", ".");

    private TinyFolder() {}

    /** Writes an encoder without a head. */
    static Path encoder(Path folder) throws IOException {
        return write(folder, Map.of(), Map.of());
    }

    /** Writes a classifier that has a head. */
    static Path classifier(Path folder, String... labels) throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        for (String label : labels) {
            names.put(Integer.toString(names.size()), label);
        }
        return write(
                folder,
                Map.of("architectures", List.of("BertForSequenceClassification"), "id2label", names),
                Map.of(
                        "classifier.weight", Rng.of(9).normal(DType.F32, Shape.of(labels.length, 8), 0, 1),
                        "classifier.bias", Tensor.zeros(DType.F32, labels.length)));
    }

    private static Path write(Path folder, Map<String, Object> more, Map<String, Tensor> head) throws IOException {
        Files.createDirectories(folder);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        new BertModel(new BertConfig(WORDS.size(), 8, 12, 1, 2, 12, 2, 1e-12, 0), true)
                .initialize(Seed.of(3))
                .weights()
                .forEach((name, tensor) -> weights.put("bert." + name, tensor));
        weights.putAll(head);
        Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of("format", "pt"));
        Map<String, Object> config = new LinkedHashMap<>(Map.of(
                "model_type", "bert",
                "vocab_size", WORDS.size(),
                "hidden_size", 8,
                "num_hidden_layers", 1,
                "num_attention_heads", 2,
                "intermediate_size", 12,
                "max_position_embeddings", 12,
                "type_vocab_size", 2));
        config.putAll(more);
        Files.writeString(folder.resolve("config.json"), Json.of(config).toJson(1));
        Files.write(folder.resolve("vocab.txt"), WORDS);
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": true}");
        return folder;
    }

    /** Writes a decoder that generates: a block of width 8, 16 words, 32 positions, a chat template. */
    static Path decoder(Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Object> config = new LinkedHashMap<>(Map.of(
                "model_type", "llama",
                "vocab_size", 16,
                "hidden_size", 8,
                "intermediate_size", 12,
                "num_hidden_layers", 1,
                "num_attention_heads", 2,
                "num_key_value_heads", 1,
                "max_position_embeddings", 32,
                "rms_norm_eps", 1e-5));
        config.put("tie_word_embeddings", true);
        config.put("eos_token_id", 15);
        Files.writeString(folder.resolve("config.json"), Json.of(config).toJson(1));
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        for (String word : "[UNK] <user> </s> my the bill parcel page is late down wrong . and in [END]".split(" ")) {
            vocabulary.put(word, vocabulary.size());
        }
        Files.writeString(
                folder.resolve("tokenizer.json"),
                Json.of(Map.of(
                                "model", Map.of("type", "WordLevel", "vocab", vocabulary, "unk_token", "[UNK]"),
                                "pre_tokenizer", Map.of("type", "WhitespaceSplit"),
                                "added_tokens", List.of(special(1, "<user>"), special(2, "</s>"))))
                        .toJson(1));
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% for m in messages %}<user> {{ m.content }} </s> {% endfor %}");
        LlamaConfig sizes = new LlamaConfig(
                16,
                8,
                12,
                List.of(AttentionDesign.of(new AttentionDesign.Heads(8, 2, 1, 4))),
                1e-5,
                HiddenActivation.SILU,
                false,
                true,
                32);
        LlamaModel decoder = new LlamaModel(sizes);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        new CausalModel("model", decoder, "lm_head", new Linear(decoder.tokens().weight()), 0)
                .initialize(Seed.of(5))
                .weights()
                .forEach(weights::put);
        Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of("format", "pt"));
        return folder;
    }

    private static Map<String, Object> special(int id, String content) {
        return Map.of(
                "id", id,
                "content", content,
                "special", true,
                "single_word", false,
                "lstrip", false,
                "rstrip", false,
                "normalized", false);
    }

    /** Writes rows of three classes, which their words tell. */
    static Path tickets(Path file) throws IOException {
        StringBuilder text = new StringBuilder("id,text,label\n");
        List<String> things = List.of("bill", "parcel", "page");
        List<String> faults = List.of(
                "is wrong", "is late", "is down", "is wrong.", "is late.", "is down.", "is the wrong", "is the late");
        int id = 0;
        for (String fault : faults) {
            for (String thing : things) {
                for (String whose : List.of("my", "the")) {
                    text.append(++id)
                            .append(',')
                            .append(whose)
                            .append(' ')
                            .append(thing)
                            .append(' ')
                            .append(fault)
                            .append(',')
                            .append(thing)
                            .append('\n');
                }
            }
        }
        Files.writeString(file, text);
        return file;
    }
}
