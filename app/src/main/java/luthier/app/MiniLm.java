package luthier.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.models.bert.BertConfig;
import luthier.nn.text.Tokenizer;
import luthier.tensor.Tensor;
import luthier.tensor.io.OnnxWeights;

/** The pretrained model of the main job, all-MiniLM-L6-v2, from its Maven artifact on the class path. */
final class MiniLm {
    static final String NAME = "sentence-transformers/all-MiniLM-L6-v2";
    private static final String WEIGHTS = "all-minilm-l6-v2.onnx";
    private static final String TOKENIZER = "all-minilm-l6-v2-tokenizer.json";

    private MiniLm() {}

    /** Returns the encoder's weights by the public checkpoint's names. */
    static Map<String, Tensor> weights() throws IOException {
        try (InputStream stream = resource(WEIGHTS)) {
            Map<String, Tensor> all = OnnxWeights.read(stream, WEIGHTS);
            // The graph's constants, named after their nodes, and the positions that it counts out are no weights.
            all.keySet().removeIf(name -> name.startsWith("/") || name.equals("embeddings.position_ids"));
            return all;
        }
    }

    static Tokenizer tokenizer() throws IOException {
        try (InputStream stream = resource(TOKENIZER)) {
            return Tokenizer.fromJson(stream.readAllBytes(), TOKENIZER);
        }
    }

    /** Returns the pretrained encoder under a fresh head. */
    static BertClassifier classifier(Map<String, Tensor> weights, int classes, long seed) {
        BertClassifier model = new BertClassifier(BertConfig.MINILM_L6, classes, BertClassifier.Pooling.MEAN);
        model.bert().load(weights);
        model.initialize(Seed.of(seed).at("model"));
        return model;
    }

    private static InputStream resource(String name) throws IOException {
        InputStream stream = MiniLm.class.getClassLoader().getResourceAsStream(name);
        if (stream == null) {
            throw new IOException(name + " is not on the class path; build the app with mvn package, which fetches it");
        }
        return stream;
    }
}
