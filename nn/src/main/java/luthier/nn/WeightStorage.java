package luthier.nn;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import luthier.tensor.DType;
import luthier.tensor.FrozenMatrix;
import luthier.tensor.Quantized;
import luthier.tensor.Tensor;

/**
 * How the frozen matrices of a loaded model are kept in memory: the weights of its {@link Projection}s outside of heads. Whatever it is,
 * products and gradients have the bits of those with the matrices unpacked to F32, and adapters on them are F32. Heads, which methods
 * train as copies, and biases, norms, convolutions and buffers are F32 always.
 */
public enum WeightStorage {
    /** Four bytes a number. */
    F32("f32"),
    /** Two bytes a number, rounded to the nearest of 8 bits of fraction. */
    BF16("bf16"),
    /** Two bytes a number, rounded to the nearest of 11 bits of fraction; none above 65504. */
    F16("f16"),
    /** A byte a number and a scale a row: {@link Quantized#int8}. */
    INT8("int8"),
    /** Half a byte a number and a scale for every 64: {@link Quantized#nf4}. */
    NF4("nf4"),
    /** BF16, F16 and GGUF's blocks as the file has them, anything else F32. Heads that lie in blocks stay in them too. */
    AS_IS("as-is");

    private static final int NF4_BLOCK = 64;

    private final String word;

    WeightStorage(String word) {
        this.word = word;
    }

    /**
     * Returns the storage that a word means, {@code nf4}.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static WeightStorage named(String word) {
        return Arrays.stream(values())
                .filter(storage -> storage.word.equals(word))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("storage: must be one of " + words() + "; got " + word));
    }

    /** Returns the words of all, {@code f32, bf16, ..}. */
    public static String words() {
        return Arrays.stream(values()).map(WeightStorage::toString).collect(Collectors.joining(", "));
    }

    /** Returns the least bytes that F32 values of some bytes take when they are kept like this. */
    public long least(long bytes) {
        return switch (this) {
            case F32 -> bytes;
            case BF16, F16, AS_IS -> bytes / 2;
            case INT8 -> bytes / 4;
            case NF4 -> bytes / 8;
        };
    }

    /**
     * Returns a matrix as it is kept; empty if it is kept as F32.
     *
     * @param name for the error
     * @throws WeightsException if a number is not finite, or is none any more in this storage
     */
    Optional<FrozenMatrix> of(String name, Tensor matrix) {
        return switch (this) {
            case F32 -> Optional.empty();
            case BF16 -> Optional.of(FrozenMatrix.of(finite(name, matrix.to(DType.BF16))));
            case F16 -> Optional.of(FrozenMatrix.of(finite(name, matrix.to(DType.F16))));
            case INT8 -> Optional.of(Quantized.int8(finite(name, matrix.to(DType.F32))));
            case NF4 -> Optional.of(Quantized.nf4(finite(name, matrix.to(DType.F32)), NF4_BLOCK));
            case AS_IS ->
                matrix.dtype() == DType.BF16 || matrix.dtype() == DType.F16
                        ? Optional.of(FrozenMatrix.of(matrix))
                        : Optional.empty();
        };
    }

    private Tensor finite(String name, Tensor matrix) {
        for (float number : matrix.to(DType.F32).toFloatArray()) {
            if (!Float.isFinite(number)) {
                throw new WeightsException("load: numbers kept as " + word + " must be finite, before and after; got "
                        + number + " in " + name + "; keep them as f32");
            }
        }
        return matrix;
    }

    /** Returns its word, {@code nf4}. */
    @Override
    public String toString() {
        return word;
    }
}
