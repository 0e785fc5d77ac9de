package luthier.app;

import java.io.IOException;
import java.util.List;
import luthier.app.data.SupersenseTask.Supersense;
import luthier.nn.Seed;
import luthier.nn.models.Pretrained;
import luthier.nn.models.bert.BertClassifier;

/**
 * The pretrained model of the main job, all-MiniLM-L6-v2, from its Maven artifact on the class path. The artifact has no {@code
 * config.json}; the main job's own differs from the public one in dropout, of which it has none.
 */
final class MiniLm {
    static final String NAME = "sentence-transformers/all-MiniLM-L6-v2";

    private MiniLm() {}

    static Pretrained open() throws IOException {
        return Pretrained.onClassPath(
                MiniLm.class.getClassLoader(),
                "all-minilm-l6-v2-config.json",
                "all-minilm-l6-v2.onnx",
                "all-minilm-l6-v2-tokenizer.json");
    }

    /** Returns the pretrained encoder under a fresh head over the mean of the tokens. */
    static BertClassifier classifier(Pretrained minilm, List<Supersense> classes, long seed) throws IOException {
        List<String> labels = classes.stream().map(Supersense::name).toList();
        return (BertClassifier)
                minilm.classifier(labels, Seed.of(seed).at("model")).model();
    }

    /** Returns the same model of shapes alone. */
    static BertClassifier outline(int classes) throws IOException {
        return (BertClassifier) open().design().classifier(classes, true);
    }
}
