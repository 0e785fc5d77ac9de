package luthier.nn.models.bert;

import java.util.stream.LongStream;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Dropout;
import luthier.nn.layers.Embedding;
import luthier.nn.layers.LayerNorm;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** LayerNorm(word + token type + position). {@code ids I64 [B, T] -> [B, T, D]}; positions count from 0. */
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

    @Override
    protected Variable compute(Variable ids, Context context) {
        long length = ids.size(1);
        if (length > maxPositions) {
            throw new ShapeException("bert: a sequence may have at most " + maxPositions + " tokens; got " + length
                    + "; truncate it when encoding");
        }
        Tensor order = Tensor.of(LongStream.range(0, length).toArray(), length);
        Tensor types = context.get(Context.TOKEN_TYPES).orElseGet(() -> Tensor.zeros(DType.I64, Shape.of(1, 1)));
        Variable sum = words.forward(ids, context)
                .add(tokenTypes.forward(Variable.constant(types), context))
                .add(positions.forward(Variable.constant(order), context));
        return dropout.forward(norm.forward(sum, context), context);
    }
}
