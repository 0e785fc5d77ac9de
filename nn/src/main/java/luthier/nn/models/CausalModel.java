package luthier.nn.models;

import luthier.autograd.Variable;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.LossOps;
import luthier.nn.Context;
import luthier.nn.Key;
import luthier.nn.Layer;
import luthier.nn.Role;
import luthier.nn.layers.Linear;
import luthier.tensor.DType;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * A decoder under the head that scores the token after each: {@code ids I64 [B, T] -> logits [B, T, V]}. Of a pass that asks for {@link #AT} it
 * scores one place of each row alone, {@code [B, 1, V]}: of a prompt, only what comes after it matters.
 */
public final class CausalModel extends Layer {
    /** The one place of each row, among those of this pass, whose next token is asked for, I64 {@code [B]}; without it all. */
    public static final Key<Tensor> AT = Key.rows("place to score");

    private final Layer decoder;
    private final Linear head;
    private final double cap;

    /**
     * Creates the model.
     *
     * @param name what public checkpoints call the decoder, {@code model}
     * @param decoder {@code ids I64 [B, T] -> [B, T, D]}
     * @param headName what they call the head, {@code lm_head}
     * @param cap c > 0 where logits z become c tanh(z / c); 0 where they stay
     */
    public CausalModel(String name, Layer decoder, String headName, Linear head, double cap) {
        this.decoder = child(name, decoder);
        this.head = child(headName, Role.HEAD, head);
        this.cap = cap;
    }

    @Override
    protected Variable compute(Variable ids, Context context) {
        Variable hidden = decoder.forward(ids, context);
        Variable asked = context.get(AT).map(at -> at(hidden, at)).orElse(hidden);
        Variable logits = head.forward(asked, context);
        return cap > 0 ? ElementaryOps.tanh(logits.mul(1 / cap)).mul(cap) : logits;
    }

    private static Variable at(Variable hidden, Tensor places) {
        long rows = hidden.size(0);
        if (places.rank() != 1 || places.size(0) != rows) {
            throw new ShapeException(
                    "causal model: a place to score is one for each row; got " + places.shape() + " for " + rows);
        }
        long width = hidden.size(2);
        Tensor index = places.to(DType.I64).reshape(rows, 1, 1).expand(Shape.of(rows, 1, width));
        return IndexingOps.gather(hidden, 1, index.contiguous());
    }

    /**
     * Returns the mean of -log p(token t + 1 | tokens to t) over the labels that count.
     *
     * @param logits {@code [B, T, V]}
     * @param labels I64 {@code [B, T]}, the tokens themselves; {@value LossOps#IGNORE} where one is not counted. The first of each row is nobody's
     *     target
     */
    public static Variable loss(Variable logits, Tensor labels) {
        if (labels.rank() != 2 || labels.size(0) != logits.size(0) || labels.size(1) != logits.size(1)) {
            throw new ShapeException("causal loss: labels must be one for each token, [B, T]; got " + labels.shape()
                    + " for logits " + logits.shape());
        }
        long length = labels.size(1);
        Variable scores = logits.slice(1, 0, length - 1);
        Tensor next = labels.slice(1, 1, length).contiguous();
        return LossOps.crossEntropy(
                scores.reshape(next.elementCount(), logits.size(2)), next.reshape(next.elementCount()));
    }

    /** Returns the decoder under the head. */
    public Layer decoder() {
        return decoder;
    }

    /** Returns the head. */
    public Linear head() {
        return head;
    }
}
