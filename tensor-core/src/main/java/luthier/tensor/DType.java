package luthier.tensor;

/**
 * The element type of a {@link Tensor}, with its size in bytes on disk and in memory.
 *
 * <p>Operations compute in F32 and F64, count and index in I64 and I32, and decide with BOOL. BF16, F16, I8 and U8 are storage:
 * they hold frozen weights, pictures and files, can be viewed, copied and converted ({@link Tensor#to}), and BF16 and F16 may be the second operand of
 * a matrix product; every other operation asks for a conversion first.
 */
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
    BOOL(1),
    /** The upper half of an F32: 8 bits of exponent, 7 of fraction; stored in a {@code short[]}. */
    BF16(2),
    /** IEEE 754 half precision: 5 bits of exponent, 10 of fraction; stored in a {@code short[]}. */
    F16(2),
    /** 8-bit signed integers; stored in a {@code byte[]}. */
    I8(1),
    /** 8-bit unsigned integers; stored in a {@code byte[]}. */
    U8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Returns whether this is F32 or F64, the types that operations compute in and the only ones that can carry gradients. */
    public boolean isFloating() {
        return this == F32 || this == F64;
    }
}
