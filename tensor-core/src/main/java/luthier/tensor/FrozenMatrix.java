package luthier.tensor;

/**
 * A weight W [rows, columns] that is read by products and never trained, however it is stored: the one door for {@link Matmul#linear(Tensor,
 * FrozenMatrix)}, {@code x W^T}, and {@link Matmul#matmul(Tensor, FrozenMatrix)}, {@code x W}. One row of x, a batch, and the product with {@link
 * #dequantize()} agree bit for bit.
 */
public sealed interface FrozenMatrix permits FrozenMatrix.Dense, Quantized, BlockQuantized {
    /**
     * Returns a tensor as a frozen weight, without a copy: F32, F64, BF16 or F16. It must not be written any more.
     *
     * {@snippet :
     * FrozenMatrix w = FrozenMatrix.of(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).to(DType.BF16));
     * Matmul.matmul(Tensor.of(new float[] {1, 10}, 2), w); // F32[2][31.0, 42.0]
     * }
     *
     * @throws ShapeException if it is not a matrix
     * @throws DTypeException if it has another type
     */
    static FrozenMatrix of(Tensor w) {
        return new Dense(w, w.version());
    }

    /** Returns the shape of the matrix. */
    Shape shape();

    /** Returns the bytes that its numbers take as they are stored in files. */
    long bytes();

    /** Returns the matrix as F32; F64 stays. */
    Tensor dequantize();

    /**
     * A tensor of numbers.
     *
     * @param version the tensor's version, which must stay
     */
    record Dense(Tensor tensor, int version) implements FrozenMatrix {
        /** Checks the matrix. */
        public Dense {
            if (tensor.rank() != 2) {
                throw ShapeRule.ROWS.broken(
                        "frozenMatrix: the weight must be [rows, columns]; got " + tensor.shape()
                                + "; reshape it to a matrix",
                        "weight",
                        tensor);
            }
            if (!tensor.dtype().isFloating() && tensor.dtype() != DType.BF16 && tensor.dtype() != DType.F16) {
                throw new DTypeException("frozenMatrix: the weight must be F32, F64, BF16 or F16; got " + tensor.dtype()
                        + "; convert with to()");
            }
        }

        /** Throws if the tensor was written since: a gradient would not be that of the value. */
        void requireUnchanged() {
            if (tensor.version() != version) {
                throw new IllegalStateException(
                        "frozenMatrix: the tensor of a frozen weight must not be written; got version "
                                + tensor.version() + " of " + tensor.dtype() + tensor.shape() + ", frozen in version "
                                + version
                                + "; make the frozen weight after the writing");
            }
        }

        @Override
        public Shape shape() {
            return tensor.shape();
        }

        @Override
        public long bytes() {
            return tensor.elementCount() * tensor.dtype().bytes();
        }

        @Override
        public Tensor dequantize() {
            return tensor.dtype().isFloating() ? tensor : tensor.to(DType.F32);
        }
    }
}
