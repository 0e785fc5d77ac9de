package luthier.tensor;

/** The element type of a {@link Tensor}, with its size in bytes on disk and in memory. */
public enum DType {
    /** IEEE 754 single precision, the working type; stored in a {@code float[]}. */
    F32(4),
    /** IEEE 754 double precision, for gradient checks and teaching; stored in a {@code double[]}. */
    F64(8),
    /** 64-bit signed integers, the type of indices; stored in a {@code long[]}. */
    I64(8),
    /** 32-bit signed integers; stored in an {@code int[]}. */
    I32(4),
    /** Truth values; stored in a {@code byte[]} as 0 or 1. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Returns whether this is a floating-point type, the only kind that can carry gradients. */
    public boolean isFloating() {
        return this == F32 || this == F64;
    }
}
