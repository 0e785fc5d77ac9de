package luthier.nn.models.distilbert;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Sequence;
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
        Sequence in = Sequence.begin(embeddings.words.forward(ids, context), context);
        Variable h = embeddings.forward(in.x(), in.context());
        for (DistilBertBlock block : blocks) {
            h = block.forward(h, in.context());
        }
        return in.cut(h);
    }

    /** Returns the sizes. */
    public DistilBertConfig config() {
        return config;
    }

    /** Returns the layer that adds positions to embedded words. */
    public Layer embeddings() {
        return embeddings;
    }

    /** Returns the blocks in order. */
    public List<DistilBertBlock> blocks() {
        return List.copyOf(blocks);
    }

    /** LayerNorm(word + position). {@code [B, T, D] -> [B, T, D]}, the words already embedded; positions count from 0. */
    private static final class Embeddings extends Layer {
        private final Embedding words;
        private final Embedding positions;
        private final LayerNorm norm;
        private final Dropout dropout;
        private final long maxPositions;

        Embeddings(DistilBertConfig config) {
            maxPositions = config.maxPositions();
            words = child(
                    "word_embeddings",
                    Role.TOKENS,
                    new Embedding(
                            config.vocabSize(),
                            config.dimension(),
                            config.padding().isPresent()
                                    ? OptionalLong.of(config.padding().getAsInt())
                                    : OptionalLong.empty()));
            positions = child("position_embeddings", Role.POSITIONS, new Embedding(maxPositions, config.dimension()));
            norm = child("LayerNorm", Role.NORM, new LayerNorm(config.dimension(), DistilBertConfig.LAYER_NORM_EPS));
            dropout = child("dropout", new Dropout(config.dropout()));
        }

        @Override
        protected Variable compute(Variable x, Context context) {
            Tensor order = Sequence.positions(context, x.size(1));
            long end = order.size(0) == 0 ? 0 : 1 + (long) order.get(order.size(0) - 1);
            if (end > maxPositions) {
                throw new ShapeException("distilbert: a sequence may have at most " + maxPositions + " tokens; got "
                        + end + "; truncate it when encoding");
            }
            Variable sum = x.add(positions.forward(Variable.constant(order), context));
            return dropout.forward(norm.forward(sum, context), context);
        }
    }
}
