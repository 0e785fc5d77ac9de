package luthier.nn;

import java.util.Locale;

/**
 * What a layer does in its model, given where the model makes it. Methods of fine-tuning prefer roles to names, so one default fits
 * every family; in patterns a role is written {@code @query}.
 */
public enum Role {
    /** Nothing that methods ask for. */
    NONE,
    /** The table of token embeddings. */
    TOKENS,
    /** The table of position embeddings. */
    POSITIONS,
    /** A whole block, attention and feed-forward. */
    BLOCK,
    /** Attention with its heads; it asks for {@link KeyValueAdapter}s. */
    ATTENTION,
    /** The projection to queries. */
    QUERY,
    /** The projection to keys. */
    KEY,
    /** The projection to values. */
    VALUE,
    /** One projection to queries, keys and values together. */
    QKV,
    /** The projection of the joined heads. */
    ATTENTION_OUTPUT,
    /** The feed-forward part of a block. */
    MLP,
    /** The projection into the feed-forward part. */
    MLP_IN,
    /** The projection out of the feed-forward part. */
    MLP_OUT,
    /** A normalization. */
    NORM,
    /** The layer that gathers a sequence into one vector. */
    POOLER,
    /** The head of a task, fresh as a rule. */
    HEAD;

    /** Returns the role as patterns write it, {@code @mlp-out}. */
    @Override
    public String toString() {
        return "@" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
