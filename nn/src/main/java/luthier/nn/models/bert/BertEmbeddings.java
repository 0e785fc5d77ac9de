package luthier.nn.models.bert;

import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.Sequence;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Embedding;
import luthier.nn.layers.LayerNorm;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * LayerNorm(word + token type + position). {@code [B, T, D] -> [B, T, D]}, the words embedded by {@link #words}; positions count on from
 * what lies before a pass.
 */
final class BertEmbeddings extends Layer {
    private final Embedding words;
    private final Embedding positions;
    private final Embedding tokenTypes;
    private final LayerNorm norm;
    private final Dropout dropout;
    private final long maxPositions;

    BertEmbeddings(BertConfig config) {
        long d = config.hiddenSize();
        maxPositions = config.maxPositions();
        words = child("word_embeddings", Role.TOKENS, new Embedding(config.vocabSize(), d));
        positions = child("position_embeddings", Role.POSITIONS, new Embedding(maxPositions, d));
        tokenTypes = child("token_type_embeddings", new Embedding(config.tokenTypes(), d));
        norm = child("LayerNorm", Role.NORM, new LayerNorm(d, config.layerNormEps()));
        dropout = child("dropout", new Dropout(config.dropout()));
    }

    /** Embeds token ids, {@code I64 [B, T] -> [B, T, D]}. */
    Variable words(Variable ids, Context context) {
        requireRoom(Sequence.positions(context, ids.size(1)));
        return words.forward(ids, context);
    }

    private void requireRoom(Tensor order) {
        long length = order.size(0);
        long last = length == 0 ? -1 : (long) order.get(length - 1);
        if (last >= maxPositions) {
            throw new ShapeException("bert: a sequence may have at most " + maxPositions + " tokens; got " + (last + 1)
                    + "; truncate it when encoding");
        }
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Tensor order = Sequence.positions(context, x.size(1));
        requireRoom(order);
        Tensor types = context.get(Context.TOKEN_TYPES).orElseGet(() -> Tensor.zeros(DType.I64, Shape.of(1, 1)));
        Variable sum = x.add(tokenTypes.forward(Variable.constant(types), context))
                .add(positions.forward(Variable.constant(order), context));
        return dropout.forward(norm.forward(sum, context), context);
    }
}
