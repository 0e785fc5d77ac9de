package luthier.nn.models.bert;

import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ShapeOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Linear;
import org.jspecify.annotations.Nullable;

/**
 * The BERT encoder with the public checkpoints' names. {@code ids I64 [B, T] -> [B, T, D]}, the last block's output. Devlin et
 * al. 2018, arXiv:1810.04805.
 */
public final class BertModel extends Layer {
    private final BertConfig config;
    private final BertEmbeddings embeddings;
    private final BertEncoder encoder;
    private final @Nullable Linear pooler;

    /**
     * Creates the model.
     *
     * @param withPooler whether the checkpoint has the dense layer over the first token
     */
    public BertModel(BertConfig config, boolean withPooler) {
        this.config = config;
        embeddings = child("embeddings", new BertEmbeddings(config));
        encoder = child("encoder", new BertEncoder(config));
        pooler = withPooler
                ? child("pooler.dense", Role.POOLER, new Linear(config.hiddenSize(), config.hiddenSize()))
                : null;
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        return encoder.forward(embeddings.forward(ids, context), context);
    }

    /** Returns tanh(Dense(first token)), {@code [B, T, D] -> [B, D]}; empty if the checkpoint has no pooler. */
    public Optional<Variable> pool(Variable hidden, Context context) {
        return Optional.ofNullable(pooler)
                .map(dense -> ElementaryOps.tanh(dense.forward(ShapeOps.select(hidden, 1, 0), context)));
    }

    /** Returns the sizes. */
    public BertConfig config() {
        return config;
    }

    /** Returns the layer that embeds token ids. */
    public Layer embeddings() {
        return embeddings;
    }

    /** Returns the blocks. */
    public BertEncoder encoder() {
        return encoder;
    }
}
