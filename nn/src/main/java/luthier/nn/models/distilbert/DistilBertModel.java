package luthier.nn.models.distilbert;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Embedding;
import luthier.nn.layers.LayerNorm;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * The DistilBERT encoder with the public checkpoints' names. {@code ids I64 [B, T] -> [B, T, D]}, the last block's output; token types
 * play no part. Sanh et al. 2019, arXiv:1910.01108.
 */
public final class DistilBertModel extends Layer {
    private final DistilBertConfig config;
    private final Embeddings embeddings;
    private final List<DistilBertBlock> blocks = new ArrayList<>();

    /** Creates the model. */
    public DistilBertModel(DistilBertConfig config) {
        this.config = config;
        embeddings = child("embeddings", new Embeddings(config));
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(child("transformer.layer." + i, Role.BLOCK, new DistilBertBlock(config)));
        }
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Variable h = embeddings.forward(ids, context);
        for (DistilBertBlock block : blocks) {
            h = block.forward(h, context);
        }
        return h;
    }

    /** Returns the sizes. */
    public DistilBertConfig config() {
        return config;
    }

    /** Returns the layer that embeds token ids. */
    public Layer embeddings() {
        return embeddings;
    }

    /** Returns the blocks in order. */
    public List<DistilBertBlock> blocks() {
        return List.copyOf(blocks);
    }

    /** LayerNorm(word + position). {@code ids I64 [B, T] -> [B, T, D]}; positions count from 0. */
    private static final class Embeddings extends Layer {
        private final Embedding words;
        private final Embedding positions;
        private final LayerNorm norm;
        private final Dropout dropout;
        private final long maxPositions;

        Embeddings(DistilBertConfig config) {
            maxPositions = config.maxPositions();
            words = child("word_embeddings", Role.TOKENS, new Embedding(config.vocabSize(), config.dimension()));
            positions = child("position_embeddings", Role.POSITIONS, new Embedding(maxPositions, config.dimension()));
            norm = child("LayerNorm", Role.NORM, new LayerNorm(config.dimension(), DistilBertConfig.LAYER_NORM_EPS));
            dropout = child("dropout", new Dropout(config.dropout()));
        }

        @Override
        protected Variable compute(Variable ids, Context context) {
            long length = ids.size(1);
            if (length > maxPositions) {
                throw new ShapeException("distilbert: a sequence may have at most " + maxPositions + " tokens; got "
                        + length + "; truncate it when encoding");
            }
            Tensor order = Tensor.of(LongStream.range(0, length).toArray(), length);
            Variable sum =
                    words.forward(ids, context).add(positions.forward(Variable.constant(order), context));
            return dropout.forward(norm.forward(sum, context), context);
        }
    }
}
