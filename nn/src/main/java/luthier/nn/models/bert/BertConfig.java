package luthier.nn.models.bert;

import java.util.OptionalInt;
import luthier.nn.models.ConfigFields;
import luthier.nn.models.ConfigReader;
import luthier.nn.models.HiddenActivation;
import luthier.tensor.io.JsonValue.JsonObject;

/**
 * The sizes of a BERT encoder, named as in the checkpoints' {@code config.json}.
 *
 * @param vocabSize rows of the word embedding
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward layer
 * @param hiddenLayers number of blocks
 * @param attentionHeads heads per block; must divide {@code hiddenSize}
 * @param maxPositions rows of the position embedding
 * @param tokenTypes rows of the token-type embedding
 * @param layerNormEps added to the variance in layer norms
 * @param dropout probability of hidden dropout while training
 * @param attentionDropout probability that a query does not see a key while training
 * @param classifierDropout probability of dropout before a head while training
 * @param activation of the feed-forward layers
 * @param positionsAfter empty if positions count from 0, as in BERT; in RoBERTa the padding id p: real tokens have the positions p + 1, p + 2,
 *     ..., padding has p
 * @param padding the padding id, whose word is never trained; empty if every word is
 */
public record BertConfig(
        long vocabSize,
        long hiddenSize,
        long intermediateSize,
        int hiddenLayers,
        long attentionHeads,
        long maxPositions,
        long tokenTypes,
        double layerNormEps,
        double dropout,
        double attentionDropout,
        double classifierDropout,
        HiddenActivation activation,
        OptionalInt positionsAfter,
        OptionalInt padding) {

    /** The fields of BERT's files, and of RoBERTa's, which are the same. */
    static final ConfigFields FIELDS =
            ConfigFields.COMMON.honours("""
                    vocab_size hidden_size num_hidden_layers num_attention_heads intermediate_size hidden_act
                    hidden_dropout_prob attention_probs_dropout_prob classifier_dropout max_position_embeddings
                    type_vocab_size layer_norm_eps pad_token_id""").ignores("""
                    directionality pooler_fc_size pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head
                    pooler_type""").only("position_embedding_type", "absolute");

    /** all-MiniLM-L6-v2: 6 blocks of width 384, 22.6 million parameters. */
    public static final BertConfig MINILM_L6 = new BertConfig(30522, 384, 1536, 6, 12, 512, 2, 1e-12, 0);

    /** BERT base: 12 blocks of width 768. */
    public static final BertConfig BASE = new BertConfig(30522, 768, 3072, 12, 12, 512, 2, 1e-12, 0);

    /** Checks the sizes. */
    public BertConfig {
        if (vocabSize < 1
                || hiddenSize < 1
                || intermediateSize < 1
                || hiddenLayers < 0
                || maxPositions < 1
                || tokenTypes < 1) {
            throw new IllegalArgumentException("bert config: sizes must be positive; got vocab " + vocabSize
                    + ", hidden "
                    + hiddenSize + ", intermediate " + intermediateSize + ", layers " + hiddenLayers + ", positions "
                    + maxPositions + ", token types " + tokenTypes);
        }
        if (attentionHeads < 1 || hiddenSize % attentionHeads != 0) {
            throw new IllegalArgumentException("bert config: heads must divide the hidden size; got " + attentionHeads
                    + " heads for " + hiddenSize);
        }
    }

    /** The sizes of a BERT with GELU whose only dropout is that of hidden states. */
    public BertConfig(
            long vocabSize,
            long hiddenSize,
            long intermediateSize,
            int hiddenLayers,
            long attentionHeads,
            long maxPositions,
            long tokenTypes,
            double layerNormEps,
            double dropout) {
        this(
                vocabSize,
                hiddenSize,
                intermediateSize,
                hiddenLayers,
                attentionHeads,
                maxPositions,
                tokenTypes,
                layerNormEps,
                dropout,
                0,
                0,
                HiddenActivation.GELU,
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    /**
     * Reads a BERT checkpoint's {@code config.json}. What old files leave out has the value that it had then.
     *
     * @throws luthier.tensor.io.ModelFormatException if a size is missing, a field does not fit, or one asks for what this BERT does not
     *     compute: a decoder, relative positions, pruned heads
     */
    public static BertConfig fromJson(JsonObject json) {
        return read(json, 0, false);
    }

    /** Reads RoBERTa's too, whose usual padding id is another, and whose positions count from it. */
    static BertConfig read(JsonObject json, int usualPadding, boolean afterPadding) {
        ConfigReader config = new ConfigReader(json, FIELDS);
        long width = config.size("hidden_size");
        long heads = config.size("num_attention_heads");
        config.requireDivides("num_attention_heads", heads, "hidden_size", width);
        double dropout = config.probability("hidden_dropout_prob", 0.1);
        long words = config.size("vocab_size");
        OptionalInt padding = OptionalInt.of(config.padding("pad_token_id", usualPadding, words));
        return new BertConfig(
                words,
                width,
                config.size("intermediate_size"),
                config.layers("num_hidden_layers"),
                heads,
                config.size("max_position_embeddings"),
                config.size("type_vocab_size", 2),
                config.number("layer_norm_eps", 1e-12),
                dropout,
                config.probability("attention_probs_dropout_prob", 0.1),
                config.probability("classifier_dropout", dropout),
                config.activation("hidden_act"),
                afterPadding ? padding : OptionalInt.empty(),
                padding);
    }

    /** Returns the longest sequence, in tokens. */
    public int maxLength() {
        long before = positionsAfter.isPresent() ? positionsAfter.getAsInt() + 1 : 0;
        return (int) Math.max(0, maxPositions - before);
    }
}
