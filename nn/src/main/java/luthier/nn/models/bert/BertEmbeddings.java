package luthier.nn.models.bert;

import java.util.OptionalInt;
import java.util.OptionalLong;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Key;
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
 * LayerNorm(word + token type + position). {@code [B, T, D] -> [B, T, D]}, the words embedded by {@link #begin}; positions count from 0, or
 * real tokens' from the padding id on ({@link BertConfig#positionsAfter}).
 */
final class BertEmbeddings extends Layer {
    private static final Key<Tensor> POSITIONS = Key.of("positions");

    private final Embedding words;
    private final Embedding positions;
    private final Embedding tokenTypes;
    private final LayerNorm norm;
    private final Dropout dropout;
    private final BertConfig config;

    BertEmbeddings(BertConfig config) {
        long d = config.hiddenSize();
        this.config = config;
        words = child("word_embeddings", Role.TOKENS, new Embedding(config.vocabSize(), d, row(config.padding())));
        positions = child(
                "position_embeddings",
                Role.POSITIONS,
                new Embedding(config.maxPositions(), d, row(config.positionsAfter())));
        tokenTypes = child("token_type_embeddings", new Embedding(config.tokenTypes(), d));
        norm = child("LayerNorm", Role.NORM, new LayerNorm(d, config.layerNormEps()));
        dropout = child("dropout", new Dropout(config.dropout()));
    }

    private static OptionalLong row(OptionalInt id) {
        return id.isPresent() ? OptionalLong.of(id.getAsInt()) : OptionalLong.empty();
    }

    /** Embeds token ids, {@code I64 [B, T]}, and begins their sequence; its context carries the positions of all its rows. */
    Sequence begin(Variable ids, Context context) {
        Sequence in = Sequence.begin(words.forward(ids, context), context);
        Tensor order = Sequence.positions(in.context(), in.x().size(1));
        long end = order.size(0) == 0 ? 0 : 1 + (long) order.get(order.size(0) - 1);
        if (end > config.maxLength()) {
            throw new ShapeException("bert: a sequence may have at most " + config.maxLength() + " tokens; got " + end
                    + "; truncate it when encoding");
        }
        Tensor places = config.positionsAfter().isPresent()
                ? after(config.positionsAfter().getAsInt(), ids.value(), order, in.front())
                : order;
        return new Sequence(in.x(), in.context().with(POSITIONS, places), in.front());
    }

    @Override
    protected Variable compute(Variable x, Context context) {
        Tensor order = context.require(POSITIONS);
        Tensor types = context.get(Context.TOKEN_TYPES).orElseGet(() -> Tensor.zeros(DType.I64, Shape.of(1, 1)));
        Variable sum = x.add(tokenTypes.forward(Variable.constant(types), context))
                .add(positions.forward(Variable.constant(order), context));
        return dropout.forward(norm.forward(sum, context), context);
    }

    /**
     * The positions {@code [B, F + T]} of F rows in front and of tokens: p + 1, p + 2, ... for real ones, p for those that are the padding
     * id p.
     */
    private static Tensor after(int padding, Tensor ids, Tensor order, long front) {
        int before = (int) front;
        int length = (int) ids.size(1);
        long[] tokens = ids.toLongArray();
        long[] counted = order.toLongArray();
        long[] positions = new long[(int) ids.size(0) * (before + length)];
        for (int row = 0; row < ids.size(0); row++) {
            int next = 0;
            for (int t = 0; t < before + length; t++) {
                boolean real = t < before || tokens[row * length + t - before] != padding;
                positions[row * (before + length) + t] = real ? padding + 1 + counted[next++] : padding;
            }
        }
        return Tensor.of(positions, ids.size(0), before + length);
    }
}
