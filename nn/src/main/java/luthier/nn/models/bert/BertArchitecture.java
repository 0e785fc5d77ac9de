package luthier.nn.models.bert;

import java.util.List;
import luthier.nn.Layer;
import luthier.nn.Names;
import luthier.nn.models.Architecture;
import luthier.nn.models.CheckpointNames;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ModelDesign;
import luthier.nn.models.TokenClassifier;
import luthier.tensor.io.JsonValue.JsonObject;

/** BERT: classification reads the pooled first token. Devlin et al. 2018, arXiv:1810.04805. */
public final class BertArchitecture implements Architecture {
    private static final Names NAMES =
            CheckpointNames.of("bert.").ignore("pooler.{}", "classifier.{}", "cls.{}", "qa_outputs.{}");

    /** Creates the family. */
    public BertArchitecture() {}

    @Override
    public List<String> modelTypes() {
        return List.of("bert");
    }

    @Override
    public String classPrefix() {
        return "Bert";
    }

    @Override
    public ConfigFields fields() {
        return BertConfig.FIELDS;
    }

    @Override
    public ModelDesign read(JsonObject json) {
        return new Design(BertConfig.fromJson(json));
    }

    private record Design(BertConfig config) implements ModelDesign {
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
            return config.hiddenSize();
        }

        @Override
        public int maxLength() {
            return config.maxLength();
        }

        @Override
        public boolean hasPooler() {
            return true;
        }

        @Override
        public boolean headReadsPooler() {
            return true;
        }

        @Override
        public Layer encoder(boolean withPooler) {
            return new BertModel(config, withPooler);
        }

        @Override
        public Layer classifier(int outputs, boolean overMean) {
            return new BertClassifier(
                    config, outputs, overMean ? BertClassifier.Pooling.MEAN : BertClassifier.Pooling.POOLER);
        }

        @Override
        public Layer tokenClassifier(int outputs) {
            return new TokenClassifier(
                    "bert", new BertModel(config, false), config.hiddenSize(), config.classifierDropout(), outputs);
        }

        @Override
        public List<String> head() {
            return List.of("classifier.{}");
        }

        @Override
        public String outputs() {
            return "classifier.weight";
        }
    }
}
