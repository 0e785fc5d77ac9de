package luthier.nn.models.llama;

import java.util.Optional;
import luthier.autograd.Variable;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.ShapeOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Linear;
import luthier.nn.layers.MeanPooling;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * A decoder under a linear head over the last real token of each row, as {@code LlamaForSequenceClassification}. {@code ids I64 [B, T] -> logits
 * [B, outputs]}. The last token is known by the mask, never by its id.
 */
final class LlamaClassifier extends Layer {
    private final LlamaModel model;
    private final Linear score;
    private final MeanPooling meanPooling = part(Role.POOLER, new MeanPooling());
    private final boolean overMean;

    LlamaClassifier(LlamaConfig config, int outputs, boolean overMean) {
        this.overMean = overMean;
        model = child("model", new LlamaModel(config));
        score = child("score", Role.HEAD, new Linear(config.width(), outputs, false));
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Variable hidden = model.forward(ids, context);
        return score.forward(overMean ? meanPooling.forward(hidden, context) : last(hidden, context.mask()), context);
    }

    /** [B, T, D] -> [B, D], the last real token of each row. */
    private static Variable last(Variable hidden, Optional<Tensor> mask) {
        int length = (int) hidden.size(1);
        if (mask.isEmpty()) {
            return ShapeOps.select(hidden, 1, length - 1);
        }
        boolean[] real = mask.get().toBooleanArray();
        int rows = (int) hidden.size(0);
        long[] last = new long[rows];
        for (int i = 0; i < real.length; i++) {
            if (real[i]) {
                last[i / length] = i % length;
            }
        }
        Shape each = Shape.of(rows, 1, hidden.size(2));
        Tensor index = Tensor.of(last, rows, 1, 1).expand(each).contiguous();
        return ShapeOps.squeeze(IndexingOps.gather(hidden, 1, index), 1);
    }
}
