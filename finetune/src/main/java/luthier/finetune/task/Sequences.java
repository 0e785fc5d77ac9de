package luthier.finetune.task;

import java.util.Arrays;
import java.util.List;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.text.Encoding;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * Sequences padded at their ends to the longest, as a model reads them.
 *
 * @param ids I64 {@code [B, T]}
 * @param mask BOOL {@code [B, T]}, true where a token is real
 * @param types I64 {@code [B, T]}
 */
record Sequences(Tensor ids, Tensor mask, Tensor types) {
    static Sequences of(List<Encoding> encodings, int padId) {
        int longest = encodings.stream().mapToInt(Encoding::length).max().orElse(0);
        Shape shape = Shape.of(encodings.size(), longest);
        long[] ids = new long[Math.toIntExact(shape.elementCount())];
        long[] types = new long[ids.length];
        boolean[] real = new boolean[ids.length];
        Arrays.fill(ids, padId);
        for (int row = 0; row < encodings.size(); row++) {
            Encoding encoding = encodings.get(row);
            for (int t = 0; t < encoding.length(); t++) {
                ids[row * longest + t] = encoding.ids()[t];
                types[row * longest + t] = encoding.types()[t];
                real[row * longest + t] = true;
            }
        }
        long[] size = shape.toArray();
        return new Sequences(Tensor.of(ids, size), Tensor.of(real, size), Tensor.of(types, size));
    }

    /** Returns what the model makes of them. */
    Variable through(Layer model, Context c) {
        return model.forward(Variable.constant(ids), c.withMask(mask).with(Context.TOKEN_TYPES, types));
    }
}
