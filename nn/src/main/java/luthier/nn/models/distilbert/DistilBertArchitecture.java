package luthier.nn.models.distilbert;

import java.util.List;
import luthier.nn.Layer;
import luthier.nn.Names;
import luthier.nn.models.Architecture;
import luthier.nn.models.CheckpointNames;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ModelDesign;
import luthier.nn.models.TokenClassifier;
import luthier.tensor.io.JsonValue.JsonObject;

/** DistilBERT: half of BERT's blocks, no token types, no pooler, a head of two layers. Sanh et al. 2019, arXiv:1910.01108. */
public final class DistilBertArchitecture implements Architecture {
    private static final Names NAMES =
            CheckpointNames.of("distilbert.").ignore("pre_classifier.{}", "classifier.{}", "qa_outputs.{}", "vocab_{}");

    /** Creates the family. */
    public DistilBertArchitecture() {}

    @Override
    public List<String> modelTypes() {
        return List.of("distilbert");
    }

    @Override
    public String classPrefix() {
        return "DistilBert";
    }

    @Override
    public ConfigFields fields() {
        return DistilBertConfig.FIELDS;
    }

    @Override
    public ModelDesign read(JsonObject json) {
        return new Design(DistilBertConfig.fromJson(json));
    }

    private record Design(DistilBertConfig config) implements ModelDesign {
        @Override
        public int padId() {
            return config.padding().orElseThrow();
        }

        @Override
        public Names names() {
            return NAMES;
        }

        @Override
        public long width() {
            return config.dimension();
        }

        @Override
        public int maxLength() {
            return (int) config.maxPositions();
        }

        @Override
        public Layer encoder(boolean withPooler) {
            return new DistilBertModel(config);
        }

        @Override
        public Layer classifier(int outputs, boolean overMean) {
            return new DistilBertClassifier(config, outputs, overMean);
        }

        @Override
        public Layer tokenClassifier(int outputs) {
            return new TokenClassifier(
                    "distilbert", new DistilBertModel(config), config.dimension(), config.dropout(), outputs);
        }

        @Override
        public List<String> head() {
            return List.of("pre_classifier.{}", "classifier.{}");
        }

        @Override
        public String outputs() {
            return "classifier.weight";
        }
    }
}
