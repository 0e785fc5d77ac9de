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

/**
 * LayerNorm(word + token type + position). {@code ids I64 [B, T] -> [B, T, D]}; positions count from 0, or real tokens' from the padding id on
 * ({@link BertConfig#positionsAfter}).
 */
final class BertEmbeddings extends Layer {
    private final Embedding words;
    private final Embedding positions;
    private final Embedding tokenTypes;
    private final LayerNorm norm;
    private final Dropout dropout;
    private final BertConfig config;

    BertEmbeddings(BertConfig config) {
        long d = config.hiddenSize();
        this.config = config;
        words = child("word_embeddings", Role.TOKENS, new Embedding(config.vocabSize(), d));
        positions = child("position_embeddings", Role.POSITIONS, new Embedding(config.maxPositions(), d));
        tokenTypes =
                child("token_type_embeddings", new Embedding(config.tokenTypes(), d));
        norm = child("LayerNorm", Role.NORM, new LayerNorm(d, config.layerNormEps()));
        dropout = child("dropout", new Dropout(config.dropout()));
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        long length = ids.size(1);
        if (length > config.maxLength()) {
            throw new ShapeException("bert: a sequence may have at most " + config.maxLength() + " tokens; got "
                    + length + "; truncate it when encoding");
        }
        Tensor order = config.positionsAfter().isPresent()
                ? after(config.positionsAfter().getAsInt(), ids.value())
                : Tensor.of(LongStream.range(0, length).toArray(), length);
        Tensor types = context.get(Context.TOKEN_TYPES).orElseGet(() -> Tensor.zeros(DType.I64, Shape.of(1, 1)));
        Variable sum = words.forward(ids, context)
                .add(tokenTypes.forward(Variable.constant(types), context))
                .add(positions.forward(Variable.constant(order), context));
        return dropout.forward(norm.forward(sum, context), context);
    }

    /** The positions {@code [B, T]} of tokens: p + 1, p + 2, ... for real ones, p for those that are the padding id p. */
    private static Tensor after(int padding, Tensor ids) {
        long[] tokens = (long[]) ids.contiguous().toArray();
        long[] positions = new long[tokens.length];
        int length = (int) ids.size(1);
        for (int i = 0, count = 0; i < tokens.length; i++) {
            count = i % length == 0 ? 0 : count;
            positions[i] = tokens[i] == padding ? padding : padding + ++count;
        }
        return Tensor.of(positions, ids.shape().toArray());
    }
}
