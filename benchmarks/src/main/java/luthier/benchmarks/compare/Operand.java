package luthier.benchmarks.compare;

import luthier.tensor.Tensor;

/**
 * An input by its name in a {@link TorchScript}: floats or class numbers, row by row.
 *
 * @param data a {@code float[]} or {@code long[]}
 */
public record Operand(String name, Object data, long... shape) {
    /** An F32 or I64 tensor as an operand. */
    public static Operand of(String name, Tensor tensor) {
        Object data = tensor.dtype() == luthier.tensor.DType.I64 ? tensor.toLongArray() : tensor.toFloatArray();
        long[] shape = new long[tensor.rank()];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = tensor.size(axis);
        }
        return new Operand(name, data, shape);
    }
}
