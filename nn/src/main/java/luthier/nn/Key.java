package luthier.nn;

import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import luthier.autograd.Variable;
import luthier.autograd.ops.IndexingOps;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Indexing;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The typed name of something that a pass carries beside its input: a mask, the output of an encoder, a cache. Two keys are the same
 * only if they are one object, so a key belongs to whoever made it.
 *
 * @param <T> the type of what it names
 */
public final class Key<T> {
    private final String name;
    private final UnaryOperator<T> check;
    private final @Nullable ByRow<T> byRow;

    /** How a value with a row for each row of the batch is taken apart. */
    private record ByRow<T>(Function<T, Shape> shape, BiFunction<T, Tensor, T> select) {}

    private Key(String name, UnaryOperator<T> check, @Nullable ByRow<T> byRow) {
        this.name = name;
        this.check = check;
        this.byRow = byRow;
    }

    /** Returns a new key for something that the whole pass shares. */
    public static <T> Key<T> of(String name) {
        return new Key<>(name, value -> value, null);
    }

    /** Returns a new key for a tensor whose first axis are the rows of the batch: it is sliced where rows go separate ways. */
    public static Key<Tensor> rows(String name) {
        return tensors(name, value -> value);
    }

    /** Returns a new key for a variable whose first axis are the rows of the batch, such as an encoder's output. */
    public static Key<Variable> variableRows(String name) {
        return new Key<>(
                name,
                value -> value,
                new ByRow<>(Variable::shape, (value, rows) -> IndexingOps.indexSelect(value, 0, rows)));
    }

    /** Returns a new key for a tensor of one type whose first axis are the rows of the batch. */
    static Key<Tensor> rows(String name, DType type, String meaning) {
        return tensors(name, value -> {
            if (value.dtype() != type) {
                throw new DTypeException(name + ": must be " + type + " with " + meaning + "; got " + value.dtype()
                        + "; convert with to(DType." + type + ")");
            }
            return value;
        });
    }

    private static Key<Tensor> tensors(String name, UnaryOperator<Tensor> check) {
        return new Key<>(
                name, check, new ByRow<>(Tensor::shape, (value, rows) -> Indexing.indexSelect(value, 0, rows)));
    }

    T checked(T value) {
        return check.apply(value);
    }

    /**
     * Returns some rows of a value, or the value itself if the pass shares it.
     *
     * @param rows I64 {@code [n]}
     * @throws ShapeException if the value has not a row for each row of the batch
     */
    T select(T value, Tensor rows, long batch) {
        ByRow<T> how = byRow;
        if (how == null) {
            return value;
        }
        Shape shape = how.shape().apply(value);
        if (shape.rank() == 0 || shape.size(0) != batch) {
            throw new ShapeException(
                    name + ": must have a row for each row of the batch; got " + shape + " for " + batch + " rows");
        }
        return how.select().apply(value, rows);
    }

    @Override
    public String toString() {
        return name;
    }
}
