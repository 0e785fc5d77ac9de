package luthier.nn;

import java.util.function.UnaryOperator;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Tensor;

/**
 * The typed name of something that a pass carries beside its input: a mask, the output of an encoder, a cache. Two keys are the same
 * only if they are one object, so a key belongs to whoever made it.
 *
 * @param <T> the type of what it names
 */
public final class Key<T> {
    private final String name;
    private final UnaryOperator<T> check;
    private final boolean perRow;

    private Key(String name, UnaryOperator<T> check, boolean perRow) {
        this.name = name;
        this.check = check;
        this.perRow = perRow;
    }

    /** Returns a new key for something that the whole pass shares. */
    public static <T> Key<T> of(String name) {
        return new Key<>(name, value -> value, false);
    }

    /** Returns a new key for a tensor whose first axis are the rows of the batch: it is sliced where rows go separate ways. */
    public static Key<Tensor> rows(String name) {
        return new Key<>(name, value -> value, true);
    }

    /** Returns a new key for a tensor of one type whose first axis are the rows of the batch. */
    static Key<Tensor> rows(String name, DType type, String meaning) {
        return new Key<>(
                name,
                value -> {
                    if (value.dtype() != type) {
                        throw new DTypeException(name + ": must be " + type + " with " + meaning + "; got "
                                + value.dtype() + "; convert with to(DType." + type + ")");
                    }
                    return value;
                },
                true);
    }

    T checked(T value) {
        return check.apply(value);
    }

    boolean isPerRow() {
        return perRow;
    }

    @Override
    public String toString() {
        return name;
    }
}
