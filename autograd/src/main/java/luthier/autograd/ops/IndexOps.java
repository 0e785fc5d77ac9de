package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Indexing;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Differentiable reading and writing by index. Indices are I64 tensors and carry no gradient; where an index appears twice,
 * contributions add up in the order of the index tensor, so results never depend on threads.
 *
 * <p>All throw {@link ShapeException} for an index outside the axis.
 */
public final class IndexOps {
    private IndexOps() {}

    /** y = rows of the weight by index; dW = dY added to these rows. {@code weight [V, d], index [..] -> [.., d]}. */
    public static Variable embedding(Variable weight, Tensor index) {
        return Variable.record(Indexing.embedding(weight.value(), index), new Embedding(index, weight.size(0)), weight);
    }

    /**
     * The same where the row of a padding index is read and not learned: its dW is 0.
     *
     * {@snippet :
     * Variable w = Variable.parameter(Tensor.ones(DType.F32, 2, 1));
     * IndexOps.embedding(w, Tensor.of(new long[] {1, 0}, 2), 0).sum().backward();
     * w.grad().get(); // F32[2, 1][0.0, 1.0]
     * }
     */
    public static Variable embedding(Variable weight, Tensor index, long padding) {
        Variable rows = embedding(weight, index);
        Tensor padded = Comparison.equal(index, (double) padding).unsqueeze(-1);
        return SelectionOps.where(padded, rows.detach(), rows);
    }

    private record Embedding(Tensor index, long rows) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, embeddingGradient(dY, index, rows));
        }
    }

    /** The weight's gradient as an operation of its own: linear in dY, its derivative is the embedding. */
    private static Variable embeddingGradient(Variable dY, Tensor index, long rows) {
        return Variable.record(Indexing.embeddingBackward(dY.value(), index, rows), new EmbeddingGradient(index), dY);
    }

    private record EmbeddingGradient(Tensor index) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, embedding(dY, index));
        }
    }

    /** y = x at the indices {@code [n]} of one axis; dX = dY added at these indices. */
    public static Variable indexSelect(Variable x, int axis, Tensor index) {
        return Variable.record(
                Indexing.indexSelect(x.value(), axis, index), new IndexSelect(x.shape(), axis, index), x);
    }

    private record IndexSelect(Shape shape, int axis, Tensor index) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), shape));
            gradients.set(0, indexAdd(zeros, axis, index, dY));
        }
    }

    /** y = x with source added at the indices {@code [n]} of one axis; dX = dY, dSource = dY at the indices. */
    public static Variable indexAdd(Variable x, int axis, Tensor index, Variable source) {
        return Variable.record(
                Indexing.indexAdd(x.value(), axis, index, source.value()), new IndexAdd(axis, index), x, source);
    }

    private record IndexAdd(int axis, Tensor index) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                gradients.set(0, dY);
            }
            if (gradients.wants(1)) {
                gradients.set(1, indexSelect(dY, axis, index));
            }
        }
    }

    /** y[i][j] = x[i][index[i][j]] for axis 1, and so on; dX = dY added at these places. */
    public static Variable gather(Variable x, int axis, Tensor index) {
        return Variable.record(Indexing.gather(x.value(), axis, index), new Gather(x.shape(), axis, index), x);
    }

    private record Gather(Shape shape, int axis, Tensor index) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), shape));
            gradients.set(0, scatterAdd(zeros, axis, index, dY));
        }
    }

    /** y = x with source[i][j] added at x[i][index[i][j]] for axis 1, and so on; dX = dY, dSource = gather(dY). */
    public static Variable scatterAdd(Variable x, int axis, Tensor index, Variable source) {
        return Variable.record(
                Indexing.scatterAdd(x.value(), axis, index, source.value()), new ScatterAdd(axis, index), x, source);
    }

    private record ScatterAdd(int axis, Tensor index) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (gradients.wants(0)) {
                gradients.set(0, dY);
            }
            if (gradients.wants(1)) {
                gradients.set(1, gather(dY, axis, index));
            }
        }
    }
}
