package luthier.nn.models.distilbert;

import java.util.OptionalInt;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ConfigReader;
import luthier.nn.models.HiddenActivation;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * The sizes of a DistilBERT encoder, named as in the checkpoints' {@code config.json}.
 *
 * @param vocabSize rows of the word embedding
 * @param dimension width of the residual stream
 * @param hiddenDimension width of the feed-forward layer
 * @param layers number of blocks
 * @param heads heads per block; must divide {@code dimension}
 * @param maxPositions rows of the position embedding
 * @param activation of the feed-forward layers
 * @param dropout probability of hidden dropout while training
 * @param attentionDropout probability that a query does not see a key while training
 * @param classifierDropout probability of dropout before the head while training
 * @param padding the padding id, whose word is never trained; empty if every word is
 */
public record DistilBertConfig(
        long vocabSize,
        long dimension,
        long hiddenDimension,
        int layers,
        long heads,
        long maxPositions,
        HiddenActivation activation,
        double dropout,
        double attentionDropout,
        double classifierDropout,
        OptionalInt padding) {
    /** The fields of DistilBERT's files. Its positions are read from the weights, sinusoidal or not. */
    static final ConfigFields FIELDS = ConfigFields.COMMON.honours("""
                    vocab_size dim n_layers n_heads hidden_dim activation dropout attention_dropout seq_classif_dropout
                    max_position_embeddings pad_token_id""").ignores("sinusoidal_pos_embds qa_dropout");

    /** Added to the variance in layer norms; the checkpoints' files do not say it. */
    static final double LAYER_NORM_EPS = 1e-12;

    /**
     * Reads a checkpoint's {@code config.json}.
     *
     * @throws luthier.tensor.io.ModelFormatException if a size is missing or a field does not fit
     */
    public static DistilBertConfig fromJson(JsonObject json) {
        ConfigReader config = new ConfigReader(json, FIELDS);
        long dimension = config.size("dim");
        long heads = config.size("n_heads");
        config.requireDivides("n_heads", heads, "dim", dimension);
        long words = config.size("vocab_size");
        return new DistilBertConfig(
                words,
                dimension,
                config.size("hidden_dim"),
                config.layers("n_layers"),
                heads,
                config.size("max_position_embeddings"),
                config.activation("activation"),
                config.probability("dropout", 0.1),
                config.probability("attention_dropout", 0.1),
                config.probability("seq_classif_dropout", 0.2),
                OptionalInt.of(config.padding("pad_token_id", 0, words)));
    }
}
