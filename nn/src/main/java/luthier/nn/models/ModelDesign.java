package luthier.nn.models;

import java.util.List;
import java.util.Optional;
import luthier.nn.Layer;
import luthier.nn.Names;

/** A model of known sizes, before it is built: what can be built from it, from shapes alone. */
public interface ModelDesign {
    /** Returns how files name its tensors. */
    Names names();

    /** Returns the width of a token's vector. */
    long width();

    /** Returns the longest sequence, in tokens. */
    int maxLength();

    /** Returns the id that fills up short sequences. */
    int padId();

    /** Returns whether the family has a dense layer over the first token that not every file holds; most have none. */
    default boolean hasPooler() {
        return false;
    }

    /** Returns whether the family's classifier reads that layer. */
    default boolean headReadsPooler() {
        return false;
    }

    /** Returns the encoder, {@code ids I64 [B, T] -> [B, T, D]}. */
    Layer encoder(boolean withPooler);

    /**
     * Returns the encoder under a head, {@code ids I64 [B, T] -> [B, outputs]}.
     *
     * @param overMean whether the head reads the mean of the tokens instead of what the family's public checkpoints read
     */
    Layer classifier(int outputs, boolean overMean);

    /** Returns the encoder under a head for every token, {@code ids I64 [B, T] -> [B, T, outputs]}. */
    Layer tokenClassifier(int outputs);

    /** Returns the model under the head that scores next tokens, {@code ids I64 [B, T] -> [B, T, V]}; empty if the family has none. */
    default Optional<Layer> causalLm() {
        return Optional.empty();
    }

    /** Returns the head's parameters, as templates of {@link Names} without usual prefixes. */
    List<String> head();

    /** Returns the weight of the head's last layer, whose rows are the outputs. */
    String outputs();
}
