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

/** RoBERTa: BERT's encoder with positions that count from the padding id, and a head of two layers. Liu et al. 2019, arXiv:1907.11692. */
public final class RobertaArchitecture implements Architecture {
    private static final Names NAMES =
            CheckpointNames.of("roberta.").ignore("pooler.{}", "classifier.{}", "lm_head.{}", "qa_outputs.{}");

    /** Creates the family. */
    public RobertaArchitecture() {}

    @Override
    public List<String> modelTypes() {
        return List.of("roberta");
    }

    @Override
    public String classPrefix() {
        return "Roberta";
    }

    @Override
    public ConfigFields fields() {
        return BertConfig.FIELDS;
    }

    @Override
    public ModelDesign read(JsonObject json) {
        return new Design(BertConfig.read(json, 1, true));
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
        public Layer encoder(boolean withPooler) {
            return new BertModel(config, withPooler);
        }

        @Override
        public Layer classifier(int outputs, boolean overMean) {
            return new RobertaClassifier(config, outputs, overMean);
        }

        @Override
        public Layer tokenClassifier(int outputs) {
            return new TokenClassifier(
                    "roberta", new BertModel(config, false), config.hiddenSize(), config.classifierDropout(), outputs);
        }

        @Override
        public List<String> head() {
            return List.of("classifier.{}");
        }

        @Override
        public String outputs() {
            return "classifier.out_proj.weight";
        }
    }
}
