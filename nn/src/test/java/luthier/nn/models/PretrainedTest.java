package luthier.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.WeightStorage;
import luthier.nn.WeightsException;
import luthier.tensor.DType;
import luthier.tensor.Reduction;
import luthier.tensor.Tensor;
import luthier.tensor.io.ModelFormatException;
import luthier.tensor.io.Safetensors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainedTest {
    private static final Tensor IDS = Tensor.of(new long[] {1, 5, 7, 2}, 1, 4);

    @TempDir
    private Path path;

    private TinyFolder folder;

    @BeforeEach
    void begin() {
        folder = new TinyFolder(path);
    }

    private static Tensor run(LoadedModel loaded) {
        return loaded.model()
                .forward(Variable.constant(IDS), Context.inference())
                .value();
    }

    private String refusal() {
        Path written = folder.written();
        return assertThrows(ModelFormatException.class, () -> Pretrained.open(written))
                .rule();
    }

    @Test
    void loadsTheSameEncoderUnderAllUsualNames() throws IOException {
        Tensor expected = run(Pretrained.open(folder.written()).encoder());
        for (String prefix : List.of("bert.", "module.bert.", "model.", "0.auto_model.")) {
            LoadedModel loaded = Pretrained.open(folder.written(name -> prefix
                            + name.replace("LayerNorm.weight", "LayerNorm.gamma")
                                    .replace("LayerNorm.bias", "LayerNorm.beta")))
                    .encoder();
            assertTrue(run(loaded).bitEquals(expected), prefix);
            loaded.model().parameters().values().forEach(p -> assertFalse(p.isTrainable()));
        }
    }

    @Test
    void buildsNoPoolerThatTheFileLacks() throws IOException {
        LoadedModel loaded = Pretrained.open(folder.without("pooler.dense.weight")
                        .without("pooler.dense.bias")
                        .written())
                .encoder();
        assertFalse(loaded.model().names().containsKey("pooler.dense.weight"));
        assertEquals(List.of(), loaded.report().anew());
        Path half = new TinyFolder(path).without("pooler.dense.bias").written();
        WeightsException e =
                assertThrows(WeightsException.class, () -> Pretrained.open(half).encoder());
        assertTrue(e.getMessage().contains("1 missing: pooler.dense.bias"), e.getMessage());
    }

    @Test
    void predictsWithItsOwnHead() throws IOException {
        LoadedModel loaded =
                Pretrained.open(folder.head("no", "maybe", "yes").written()).predictor();
        assertEquals(List.of("no", "maybe", "yes"), loaded.labels());
        assertEquals(Decision.SOFTMAX, loaded.decision());
        assertEquals(List.of(1L, 3L), sizes(run(loaded)));
        assertEquals(
                Decision.SIGMOID,
                Pretrained.open(folder.config("problem_type", "multi_label_classification")
                                .written())
                        .predictor()
                        .decision());
    }

    private static List<Long> sizes(Tensor tensor) {
        return java.util.Arrays.stream(tensor.shape().toArray()).boxed().toList();
    }

    @Test
    void aHeadForOneNumberIsARegression() throws IOException {
        LoadedModel loaded = Pretrained.open(folder.head("score").written()).predictor();
        assertEquals(Decision.NUMBER, loaded.decision());
    }

    @Test
    void classifiesTokensIfThePublicClassDoes() throws IOException {
        LoadedModel loaded = Pretrained.open(folder.head("O", "B-PER")
                        .config("architectures", List.of("BertForTokenClassification"))
                        .written())
                .predictor();
        assertEquals(List.of(1L, 4L, 2L), sizes(run(loaded)));
        assertTrue(loaded.report().ignored().contains("pooler.dense.weight"));
    }

    @Test
    void refusesLabelsThatAreNotTheHeadsRows() {
        Path written = folder.head("a", "b")
                .config("id2label", Map.of("0", "a", "1", "b", "2", "c"))
                .written();
        ModelFormatException e = assertThrows(
                ModelFormatException.class, () -> Pretrained.open(written).predictor());
        assertEquals(
                "id2label and the rows of the head must agree; got 3 labels and classifier.weight [2, 8]", e.rule());
    }

    @Test
    void aHeadForOtherLabelsIsNewAndSaid() throws IOException {
        Pretrained opened = Pretrained.open(folder.head("a", "b", "c").written());
        LoadedModel fresh = opened.classifier(List.of("x", "y", "z"), Seed.of(1));
        assertEquals(
                List.of("classifier.weight", "classifier.bias"), fresh.report().anew());
        assertEquals(
                List.of("classifier: made anew for 3 labels; the folder's own answers with 3 others: a, b, c"),
                fresh.report().notes());
        assertTrue(fresh.model().names().get("classifier.weight").isTrainable());
        assertFalse(fresh.model().names().get("bert.pooler.dense.weight").isTrainable());
        LoadedModel other = opened.classifier(List.of("x", "y", "z"), Seed.of(2));
        assertFalse(other.model()
                .weights()
                .get("classifier.weight")
                .bitEquals(fresh.model().weights().get("classifier.weight")));
    }

    @Test
    void aHeadForTheSameLabelsIsKeptInItsOwnOrder() throws IOException {
        LoadedModel kept =
                Pretrained.open(folder.head("a", "b", "c").written()).classifier(List.of("c", "a", "b"), Seed.of(1));
        assertEquals(List.of("a", "b", "c"), kept.labels());
        assertEquals(List.of(), kept.report().anew());
        assertEquals(
                List.of("classifier: the folder's own head answers with these labels: kept"),
                kept.report().notes());
    }

    @Test
    void numberedLabelsAreNoNames() throws IOException {
        TinyFolder nameless = folder.head("LABEL_0", "LABEL_1");
        Pretrained opened = Pretrained.open(nameless.written());
        assertEquals(
                2,
                opened.classifier(List.of("LABEL_0", "LABEL_1"), Seed.of(1))
                        .report()
                        .anew()
                        .size());
        assertEquals(List.of("LABEL_0", "LABEL_1"), opened.predictor().labels());
    }

    @Test
    void aHeadForTokensIsKeptToo() throws IOException {
        Pretrained opened = Pretrained.open(folder.head("O", "B")
                .config("architectures", List.of("BertForTokenClassification"))
                .written());
        assertEquals(
                List.of(),
                opened.tokenClassifier(List.of("B", "O"), Seed.of(1)).report().anew());
        assertEquals(
                2,
                opened.classifier(List.of("B", "O"), Seed.of(1)).report().anew().size());
    }

    @Test
    void notesFieldsThatItDoesNotKnow() throws IOException {
        folder.config("rope_theta", 10000)
                .config("use_cache", true)
                .config("window", 0)
                .config("initializer_range", 0.02);
        assertEquals(
                List.of("config.json: fields that are not known here were left alone: rope_theta, window"),
                Pretrained.open(folder.written()).encoder().report().notes());
    }

    @Test
    void aNewHeadReadsTheMeanWithoutAPooler() throws IOException {
        LoadedModel loaded = Pretrained.open(folder.without("pooler.dense.weight")
                        .without("pooler.dense.bias")
                        .written())
                .classifier(List.of("a", "b"), Seed.of(1));
        assertFalse(loaded.model().names().containsKey("bert.pooler.dense.weight"));
        assertEquals(
                "the file has no pooler: the new head reads the mean of the tokens instead",
                loaded.report().notes().getLast());
    }

    @Test
    void aNewHeadReadsWhatTheFolderPools() throws IOException {
        LoadedModel loaded = Pretrained.open(folder.modules("{\"pooling_mode\": \"mean\"}", "Pooling")
                        .written())
                .classifier(List.of("a", "b"), Seed.of(1));
        assertEquals(
                "the new head reads the mean of the tokens, as the folder's 1_Pooling does",
                loaded.report().notes().getLast());
    }

    @Test
    void tagsTokensUnderANewHead() throws IOException {
        LoadedModel loaded = Pretrained.open(folder.written()).tokenClassifier(List.of("O", "B"), Seed.of(1));
        assertEquals(
                List.of("classifier.weight", "classifier.bias"), loaded.report().anew());
        assertEquals(List.of(1L, 4L, 2L), sizes(run(loaded)));
    }

    @Test
    void refusesLabelsThatNoHeadCanHave() throws IOException {
        Pretrained opened = Pretrained.open(folder.written());
        assertEquals(
                "classifier: labels must differ; got \"a\" twice",
                assertThrows(IllegalArgumentException.class, () -> opened.classifier(List.of("a", "a"), Seed.of(1)))
                        .getMessage());
        assertEquals(
                "classifier: a head needs at least one label; got none",
                assertThrows(IllegalArgumentException.class, () -> opened.classifier(List.of(), Seed.of(1)))
                        .getMessage());
    }

    @Test
    void gathersSentencesAsItsModulesSay() throws IOException {
        Pretrained opened = Pretrained.open(folder.modules("{\"pooling_mode_cls_token\": true}", "Pooling", "Normalize")
                .file("sentence_bert_config.json", "{\"max_seq_length\": 6, \"do_lower_case\": false}")
                .written());
        assertEquals(6, opened.maxLength());
        LoadedModel loaded = opened.sentenceEncoder();
        Tensor sentence = run(loaded);
        assertEquals(List.of(1L, 8L), sizes(sentence));
        assertEquals(
                1,
                Reduction.sum(sentence.mul(sentence), new int[] {0, 1}, false).item(),
                1e-6);
        Tensor first = run(opened.encoder()).slice(1, 0, 1).reshape(1, 8);
        double scale = first.select(0, 0).select(0, 0).item()
                / sentence.select(0, 0).select(0, 0).item();
        assertTrue(luthier.tensor.Comparison.allClose(sentence.mul(scale), first, 1e-5, 1e-6));
        assertEquals(List.of(), loaded.report().notes());
    }

    @Test
    void saysThatItTakesTheMeanWithoutModules() throws IOException {
        LoadedModel loaded = Pretrained.open(folder.written()).sentenceEncoder();
        assertEquals(SentencePooling.MEAN, ((SentenceEncoder) loaded.model()).pooling());
        assertEquals(
                List.of("the folder has no modules.json: a text's vector is the mean of its tokens'"),
                loaded.report().notes());
        assertEquals(10, Pretrained.open(path).maxLength());
    }

    @Test
    void keepsFrozenMatricesAsIsWished() throws IOException {
        Tensor table =
                TinyFolder.WEIGHTS.get("embeddings.word_embeddings.weight").to(DType.BF16);
        folder.with("embeddings.word_embeddings.weight", table);
        Pretrained pretrained = Pretrained.open(folder.written());
        assertEquals(WeightStorage.F32, pretrained.storage());
        assertFalse(pretrained
                .encoder()
                .model()
                .parameters()
                .get("embeddings.word_embeddings.weight")
                .isStored());
        Pretrained asIs = pretrained.storing(WeightStorage.AS_IS);
        LoadedModel loaded = asIs.classifier(List.of("yes", "no"), Seed.of(1));
        assertEquals(
                List.of("bert.embeddings.word_embeddings.weight"),
                loaded.model().parameters().entrySet().stream()
                        .filter(entry -> entry.getValue().isStored())
                        .map(Map.Entry::getKey)
                        .toList());
        assertTrue(loaded.report().notes().contains("storage as-is: 1 matrices take 320 bytes instead of 640"));
        assertEquals(WeightStorage.AS_IS, asIs.storage());
    }

    @Test
    void opensResourcesOfTheClassPath() throws IOException {
        folder.file("tokenizer.json", "{}").written();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {path.toUri().toURL()}, null)) {
            Pretrained resources = Pretrained.onClassPath(loader, "config.json", "model.onnx", "tokenizer.json");
            assertEquals("model.onnx", resources.place());
            assertEquals(10, resources.maxLength());
            assertEquals(
                    "model.onnx: a model's resource must be on the class path; got none; add the artifact that holds it",
                    assertThrows(FileNotFoundException.class, resources::encoder)
                            .getMessage());
            Files.writeString(path.resolve("model.onnx"), "no model");
            assertThrows(ModelFormatException.class, resources::encoder);
            assertThrows(ModelFormatException.class, resources::tokenizer);
        }
    }

    @Test
    void opensTheTransformersFolderWithinTheFolder() throws IOException {
        TinyFolder inner = new TinyFolder(path.resolve("0_Transformer"));
        inner.written();
        folder.file(
                        "modules.json",
                        "[{\"path\": \"0_Transformer\", \"type\": \"sentence_transformers.models.Transformer\"},"
                                + " {\"path\": \"1_Pooling\", \"type\": \"sentence_transformers.models.Pooling\"}]")
                .file("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": true}");
        assertEquals(
                path.resolve("0_Transformer"), Path.of(Pretrained.open(path).place()));
    }

    @Test
    void refusesFoldersThatAreNoModels() throws IOException {
        folder.config("num_attention_heads", 5);
        assertEquals("num_attention_heads must divide hidden_size; got 5 and 8", refusal());
        folder.config("model_type", "mamba3");
        assertEquals(
                "model_type must be one of bert, roberta, distilbert, llama, mistral, qwen2, qwen3; got mamba3",
                refusal());
        Files.delete(path.resolve("config.json"));
        assertEquals(
                "a model folder must hold config.json; got none",
                assertThrows(ModelFormatException.class, () -> Pretrained.open(path))
                        .rule());
        folder.file("adapter_config.json", "{}");
        assertEquals(
                "a model folder must hold config.json; got adapter_config.json, an adapter's folder; give it as --adapter,"
                        + " and its base model as --model",
                assertThrows(ModelFormatException.class, () -> Pretrained.open(path))
                        .rule());
        assertThrows(NotDirectoryException.class, () -> Pretrained.open(path.resolve("config.json")));
    }

    @Test
    void takesOldFilesByTheirClass() throws IOException {
        folder.config("architectures", List.of("BertForMaskedLM")).config("model_type", null);
        assertEquals(
                List.of("bert"),
                Pretrained.open(folder.written()).architecture().modelTypes());
    }

    @Test
    void saysWhatElseLiesInTheFolder() throws IOException {
        folder.file("pytorch_model.bin", "").file("model-00003-of-00003.safetensors", "");
        assertEquals(
                List.of(
                        "pytorch_model.bin lies beside model.safetensors and was left alone",
                        "model-00003-of-00003.safetensors is in no index and was left alone"),
                Pretrained.open(folder.written()).encoder().report().notes());
    }

    @Test
    void readsShardsAndRefusesTwoSets() throws IOException {
        folder.written();
        Map<String, Tensor> weights = Safetensors.read(path.resolve("model.safetensors"));
        Tensor expected = run(Pretrained.open(path).encoder());
        Safetensors.writeSharded(path, weights, Map.of(), 1000);
        assertEquals(
                "a folder must hold one checkpoint; got model.safetensors and model.safetensors.index.json; remove one of"
                        + " the two sets",
                assertThrows(ModelFormatException.class, () -> Pretrained.open(path))
                        .rule());
        Files.delete(path.resolve("model.safetensors"));
        assertTrue(run(Pretrained.open(path).encoder()).bitEquals(expected));
        Files.delete(path.resolve("model.safetensors.index.json"));
        assertEquals(
                "a model folder must hold model.safetensors, or an index of shards, pytorch_model.bin or model.onnx; got"
                        + " none of them; tf_model.h5 cannot be read",
                assertThrows(ModelFormatException.class, () -> {
                            folder.file("tf_model.h5", "");
                            Pretrained.open(path);
                        })
                        .rule());
    }

    @Test
    void loadsHalfPrecisionAsSingle() throws IOException {
        TinyFolder.WEIGHTS.forEach((name, tensor) -> folder.with(name, tensor.to(DType.BF16)));
        LoadedModel loaded = Pretrained.open(folder.written()).encoder();
        assertEquals(DType.F32, loaded.model().dtype());
    }
}
