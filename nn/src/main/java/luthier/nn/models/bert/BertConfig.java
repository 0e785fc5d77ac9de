package luthier.nn.models.bert;

import luthier.tensor.io.JsonValue.JsonObject;

/**
 * The sizes of a BERT encoder, named as in the checkpoints' {@code config.json}.
 *
 * @param vocabSize rows of the word embedding
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward layer
 * @param hiddenLayers number of blocks
 * @param attentionHeads heads per block; must divide {@code hiddenSize}
 * @param maxPositions the longest sequence
 * @param tokenTypes rows of the token-type embedding
 * @param layerNormEps added to the variance in layer norms
 * @param dropout probability of hidden dropout while training
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
        double dropout) {

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

    /**
     * Reads a checkpoint's {@code config.json}.
     *
     * @throws luthier.tensor.io.ModelFormatException if a field is missing or of another type
     * @throws IllegalArgumentException if the activation is not the erf form of gelu
     */
    public static BertConfig fromJson(JsonObject json) {
        String activation = json.get("hidden_act").asString();
        if (!activation.equals("gelu")) {
            throw new IllegalArgumentException(
                    "bert config: hidden_act must be gelu (the erf form); got " + activation);
        }
        return new BertConfig(
                json.get("vocab_size").asLong(),
                json.get("hidden_size").asLong(),
                json.get("intermediate_size").asLong(),
                json.get("num_hidden_layers").asInt(),
                json.get("num_attention_heads").asLong(),
                json.get("max_position_embeddings").asLong(),
                json.get("type_vocab_size").asLong(),
                json.get("layer_norm_eps").asDouble(),
                json.get("hidden_dropout_prob").asDouble());
    }
}
