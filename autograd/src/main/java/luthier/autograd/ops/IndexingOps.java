package luthier.autograd.ops;

import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Creation;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Indexing;
import luthier.tensor.Indexing.Scatter;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/**
 * Differentiable reading and writing by index. Indices are I64 tensors and carry no gradient; where an index appears twice,
 * contributions add up in the order of the index tensor, so results never depend on threads.
 *
 * <p>All throw {@link ShapeException} for an index outside the axis.
 */
public final class IndexingOps {
    private IndexingOps() {}

    /** Computes a value of one operand at indices. */
    private static Tensor read(String name, Variable x, Tensor index, UnaryOperator<Tensor> reading) {
        try {
            return reading.apply(x.value());
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e).with(name, x).with("index", index, DType.I64).by();
        }
    }

    /** Computes x with a source written to it at indices. */
    private static Tensor written(Variable x, Tensor index, Variable source, BinaryOperator<Tensor> writing) {
        try {
            return writing.apply(x.value(), source.value());
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .with("x", x)
                    .with("index", index, DType.I64)
                    .with("source", source)
                    .by();
        }
    }

    /**
     * y = rows of the weight by index; dW = dY added to these rows. {@code weight [V, d], index [..] -> [.., d]}.
     *
     * {@snippet :
     * Tensor index = Tensor.of(new long[] {1, 1}, 2);
     * Transforms.grad(w -> IndexingOps.embedding(w, index).sum(), Tensor.zeros(DType.F32, 2, 2)); // F32[2, 2][0.0, 0.0, 2.0, 2.0]
     * }
     */
    public static Variable embedding(Variable weight, Tensor index) {
        Tensor y = read("weight", weight, index, w -> Indexing.embedding(w, index));
        return Variable.record(y, new Embedding(index, weight.size(0), Optional.empty()), weight);
    }

    /**
     * y = rows of a frozen weight by index, however it is stored; no gradient. {@code weight [V, d], index [..] -> [.., d]}. No other row is
     * unpacked.
     *
     * @throws ShapeException if an index is no row
     */
    public static Variable embedding(FrozenMatrix weight, Tensor index) {
        return Variable.constant(Indexing.embedding(weight, index));
    }

    /** Padded are the rows of the result whose gradient is dropped. */
    private record Embedding(Tensor index, long rows, Optional<Tensor> padded) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable kept =
                    padded.map(mask -> SelectionOps.maskedFill(dY, mask, 0)).orElse(dY);
            gradients.set(0, embeddingGradient(kept, index, rows));
        }

        @Override
        public Formula formula() {
            return Formula.of("rows of {0}", "{dY} added to the rows of zeros of {s0} that were read");
        }
    }

    /**
     * y = rows of the weight by index, {@code weight [V, d], index [..] -> [.., d]}; dW = dY added to these rows, and 0 in the row
     * {@code padding}: its value is read like any other, but never trained. Saves the index.
     *
     * {@snippet :
     * Tensor index = Tensor.of(new long[] {0, 1, 0}, 3);
     * Transforms.grad(w -> IndexingOps.embedding(w, index, 1).sum(), Tensor.zeros(DType.F32, 2, 2)); // F32[2, 2][2.0, 2.0, 0.0, 0.0]
     * }
     *
     * @param padding the row without gradient; negative counts from the end
     * @throws ShapeException if it is no row
     */
    public static Variable embedding(Variable weight, Tensor index, long padding) {
        Tensor y = read("weight", weight, index, w -> {
            if (w.rank() == 2 && (padding < -w.size(0) || padding >= w.size(0))) {
                throw new ShapeException("embedding: the padding must be a row of the weight " + w.shape() + "; got "
                        + padding + "; leave it out if there is none");
            }
            return Indexing.embedding(w, index);
        });
        long rows = weight.size(0);
        Tensor padded = Comparison.equal(index, padding < 0 ? padding + rows : padding);
        return Variable.record(y, new Embedding(index, rows, Optional.of(padded.unsqueeze(-1))), weight);
    }

    /** The weight's gradient as an operation of its own: linear in dY, its derivative is the embedding. */
    private static Variable embeddingGradient(Variable dY, Tensor index, long rows) {
        return Variable.record(Indexing.embeddingBackward(dY.value(), index, rows), new EmbeddingGradient(index), dY);
    }

    private record EmbeddingGradient(Tensor index) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, embedding(dY, index));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} added to the rows that were read", "the rows of {dY} that were read");
        }
    }

    /**
     * y = x at the indices {@code [n]} of one axis; dX = dY added at these indices.
     *
     * {@snippet :
     * Tensor index = Tensor.of(new long[] {2, 2}, 2);
     * Transforms.grad(x -> IndexingOps.indexSelect(x, 0, index).sum(), Tensor.zeros(DType.F32, 3)); // F32[3][0.0, 0.0, 2.0]
     * }
     */
    public static Variable indexSelect(Variable x, int axis, Tensor index) {
        Tensor y = read("x", x, index, t -> Indexing.indexSelect(t, axis, index));
        return Variable.record(y, new IndexSelect(x.shape(), axis, index), x);
    }

    record IndexSelect(Shape shape, int axis, Tensor index) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), shape));
            gradients.set(0, indexAdd(zeros, axis, index, dY));
        }

        @Override
        public Formula formula() {
            return Formula.of("elements of {0}", "{dY} added where it was read, in zeros of {s0}")
                    .with("axis", axis);
        }
    }

    /**
     * y = x with source added at the indices {@code [n]} of one axis; dX = dY, dSource = dY at the indices.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.zeros(DType.F32, 3));
     * Variable source = Variable.constant(Tensor.of(new float[] {1, 2}, 2));
     * IndexingOps.indexAdd(x, 0, Tensor.of(new long[] {2, 2}, 2), source).value(); // F32[3][0.0, 0.0, 3.0]
     * }
     */
    public static Variable indexAdd(Variable x, int axis, Tensor index, Variable source) {
        Tensor y = written(x, index, source, (t, s) -> Indexing.indexAdd(t, axis, index, s));
        return Variable.record(y, new IndexAdd(axis, index), x, source);
    }

    private record IndexAdd(int axis, Tensor index) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> dY);
            gradients.set(1, () -> indexSelect(dY, axis, index));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with {1} added at the indices", "{dY}", "elements of {dY} at the indices")
                    .with("axis", axis);
        }
    }

    /**
     * y[i][j] = x[i][index[i][j]] for axis 1, and so on; dX = dY added at these places.
     *
     * {@snippet :
     * Tensor index = Tensor.of(new long[] {0, 0, 2}, 3);
     * Transforms.grad(x -> IndexingOps.gather(x, 0, index).sum(), Tensor.zeros(DType.F32, 3)); // F32[3][2.0, 0.0, 1.0]
     * }
     */
    public static Variable gather(Variable x, int axis, Tensor index) {
        Tensor y = read("x", x, index, t -> Indexing.gather(t, axis, index));
        return Variable.record(y, new Gather(x.shape(), axis, index), x);
    }

    private record Gather(Shape shape, int axis, Tensor index) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), shape));
            gradients.set(0, scatterAdd(zeros, axis, index, dY));
        }

        @Override
        public Formula formula() {
            return Formula.of("elements of {0}", "{dY} added where it was read, in zeros of {s0}")
                    .with("axis", axis);
        }
    }

    /**
     * y = x with source[i][j] added at x[i][index[i][j]] for axis 1, and so on; dX = dY, dSource = gather(dY).
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.zeros(DType.F32, 3));
     * Variable source = Variable.constant(Tensor.of(new float[] {1, 2}, 2));
     * IndexingOps.scatterAdd(x, 0, Tensor.of(new long[] {2, 2}, 2), source).value(); // F32[3][0.0, 0.0, 3.0]
     * }
     */
    public static Variable scatterAdd(Variable x, int axis, Tensor index, Variable source) {
        Tensor y = written(x, index, source, (t, s) -> Indexing.scatterAdd(t, axis, index, s));
        return Variable.record(y, new ScatterAdd(axis, index), x, source);
    }

    private record ScatterAdd(int axis, Tensor index) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, () -> dY);
            gradients.set(1, () -> gather(dY, axis, index));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0} with {1} added at the indices", "{dY}", "elements of {dY} at the indices")
                    .with("axis", axis);
        }
    }

    // ---- scatter

    /**
     * y = x with source[i][j] written to x[i][index[i][j]] for axis 1, and so on. ADD is {@link #scatterAdd}. Saves the index; all but
     * REPLACE and ADD also x and the source.
     *
     * <ul>
     *   <li>REPLACE: of several sources of one place the last one wins and gets its dY, the others get 0, x gets dY elsewhere.
     *   <li>MUL: every factor gets dY times the product of the other factors of its place, exactly 0 if another one is 0. All
     *       derivatives hold with zeros.
     *   <li>MIN, MAX: dY is shared evenly by the elements, x among them, that reach the extreme.
     * </ul>
     *
     * {@snippet :
     * Tensor index = Tensor.of(new long[] {1, 1}, 2);
     * Variable x = Variable.constant(Tensor.zeros(DType.F32, 3));
     * Tensor source = Tensor.of(new float[] {8, 7}, 2);
     * Transforms.grad(s -> IndexingOps.scatter(x, 0, index, s, Indexing.Scatter.REPLACE).sum(), source); // F32[2][0.0, 1.0]
     * }
     */
    public static Variable scatter(Variable x, int axis, Tensor index, Variable source, Scatter how) {
        Tensor y = written(x, index, source, (t, s) -> Indexing.scatter(t, axis, index, s, how));
        BackwardRule rule = switch (how) {
            case REPLACE -> new ScatterReplace(x.shape(), axis, index);
            case ADD -> new ScatterAdd(axis, index);
            case MUL -> new ScatterMul(x, source, axis, index);
            case MIN, MAX -> new ScatterExtreme(x.value(), source.value(), y, axis, index);
        };
        return Variable.record(y, rule, x, source);
    }

    private record ScatterReplace(Shape shape, int axis, Tensor index) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            // Sources are numbered and their numbers scattered the same way: what stays in a place is its winner.
            Tensor numbers = Creation.arange(0, index.elementCount(), 1)
                    .reshape(index.shape().toArray());
            Tensor free = Tensor.full(DType.I64, -1, shape);
            Tensor winners = Indexing.scatter(free, axis, index, numbers, Scatter.REPLACE);
            gradients.set(0, () -> SelectionOps.maskedFill(dY, Comparison.greaterEqual(winners, 0), 0));
            if (gradients.wants(1)) {
                Tensor lost = Comparison.notEqual(Indexing.gather(winners, axis, index), numbers);
                gradients.set(1, SelectionOps.maskedFill(gather(dY, axis, index), lost, 0));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "{0} with {1} written at the indices",
                            "{dY}, 0 where it was overwritten",
                            "elements of {dY} at the indices, the last of one place alone")
                    .with("axis", axis);
        }
    }

    private record ScatterMul(Variable x, Variable source, int axis, Tensor index)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            ScatterProducts others = ScatterProducts.of(x, source, axis, index);
            gradients.set(0, () -> dY.mul(others.ofX()));
            gradients.set(1, () -> gather(dY, axis, index).mul(others.ofSource()));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "{0} multiplied by {1} at the indices",
                            "{dY} * the product of the other factors of its place")
                    .with("axis", axis);
        }
    }

    private record ScatterExtreme(Tensor x, Tensor source, Tensor y, int axis, Tensor index) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Tensor hitX = Comparison.equal(x, y).to(x.dtype());
            Tensor hitSource =
                    Comparison.equal(source, Indexing.gather(y, axis, index)).to(x.dtype());
            Tensor count = Indexing.scatterAdd(hitX, axis, index, hitSource);
            gradients.set(0, () -> dY.mul(Variable.constant(Elementwise.div(hitX, count))));
            if (gradients.wants(1)) {
                Tensor share = Elementwise.div(hitSource, Indexing.gather(count, axis, index));
                gradients.set(1, gather(dY, axis, index).mul(Variable.constant(share)));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "the extremes of {0} and {1} at the indices",
                            "{dY} where {ni} reaches the extreme, shared at ties")
                    .with("axis", axis);
        }
    }

    // ---- choices

    /**
     * y = elements of x, read in row-major order as one axis, at the indices, of the index's shape; dX = dY added at these places.
     *
     * {@snippet :
     * Tensor index = Tensor.of(new long[] {3, 0, 3}, 3);
     * Transforms.grad(x -> IndexingOps.take(x, index).sum(), Tensor.zeros(DType.F32, 2, 2)); // F32[2, 2][1.0, 0.0, 0.0, 2.0]
     * }
     */
    public static Variable take(Variable x, Tensor index) {
        Tensor y = read("x", x, index, t -> Indexing.take(t, index));
        return Variable.record(y, new Take(x.shape(), index), x);
    }

    private record Take(Shape shape, Tensor index) implements BackwardRule.ReadsNothing {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable zeros = Variable.constant(Tensor.zeros(dY.dtype(), shape.elementCount()));
            Variable flat = ShapeOps.reshape(dY, index.elementCount());
            Variable sum = indexAdd(zeros, 0, index.reshape(index.elementCount()), flat);
            gradients.set(0, ShapeOps.reshape(sum, shape.toArray()));
        }

        @Override
        public Formula formula() {
            return Formula.of("elements of {0}", "{dY} added where it was read, in zeros of {s0}");
        }
    }

    /**
     * y = the elements of x where the BOOL mask, broadcast to x, is true, in row-major order, {@code [count]}; dX = dY put back, 0
     * elsewhere.
     *
     * {@snippet :
     * Tensor mask = Tensor.of(new boolean[] {true, false, true}, 3);
     * Transforms.grad(x -> IndexingOps.maskedSelect(x, mask).sum(), Tensor.zeros(DType.F32, 3)); // F32[3][1.0, 0.0, 1.0]
     * }
     */
    public static Variable maskedSelect(Variable x, Tensor mask) {
        try {
            Tensor y = Indexing.maskedSelect(x.value(), mask);
            Tensor places = Creation.arange(0, x.value().elementCount(), 1)
                    .reshape(x.shape().toArray());
            return Variable.record(y, new Take(x.shape(), Indexing.maskedSelect(places, mask)), x);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("maskedSelect")
                    .with("x", x)
                    .with("mask", mask, DType.BOOL)
                    .by();
        }
    }
}
