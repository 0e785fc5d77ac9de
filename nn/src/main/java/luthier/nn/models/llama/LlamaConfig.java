package luthier.nn.models.llama;

import java.util.List;
import luthier.nn.layers.AttentionDesign;
import luthier.nn.models.HiddenActivation;

/**
 * The sizes of a Llama or of one of its kin.
 *
 * @param vocabulary how many tokens there are
 * @param width the width of a token's vector
 * @param innerWidth the width inside the feed-forward part
 * @param attention the attention of each block: where a kin's blocks differ, they differ here
 * @param normEps eps of the norms
 * @param activation of the feed-forward part
 * @param innerBias whether the feed-forward part has biases
 * @param tied whether the head is the table of the embedding
 * @param maxLength the longest text, in tokens
 */
public record LlamaConfig(
        long vocabulary,
        long width,
        long innerWidth,
        List<AttentionDesign> attention,
        double normEps,
        HiddenActivation activation,
        boolean innerBias,
        boolean tied,
        long maxLength) {
    /**
     * Copies the blocks and checks the sizes.
     *
     * @throws IllegalArgumentException if a size is below 1
     */
    public LlamaConfig {
        attention = List.copyOf(attention);
        if (vocabulary < 1 || width < 1 || innerWidth < 1 || maxLength < 1) {
            throw new IllegalArgumentException("llama config: sizes must be positive; got vocabulary " + vocabulary
                    + ", width " + width + ", inner width " + innerWidth + ", length " + maxLength);
        }
    }
}
