package luthier.tensor.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * C = A B, or C += A B, for strided single-precision matrices.
 *
 * <p>Every element is one chain of fused multiply-adds in the order of k: c = fma(a[i,0], b[0,j], c), then fma(a[i,1], b[1,j], c), ...,
 * starting from 0 or from the element's old value. Blocking, tiles, vector width and threads only decide which chains run side
 * by side, so they never change a bit. {@link GemmScalar} is that definition, {@link GemmSimd} its fast twin.
 */
public final class Gemm {
    private static final boolean SIMD = Kernels.simd();

    private Gemm() {}

    /**
     * A view of a matrix: element (i, j) lies at {@code offset + i rowStride + j columnStride}. Transposing exchanges the
     * strides and costs nothing.
     */
    public record Matrix(float[] data, int offset, int rowStride, int columnStride) {
        /** Returns the transposed view. */
        public Matrix transposed() {
            return new Matrix(data, offset, columnStride, rowStride);
        }

        /** Returns the view that starts at (i, j). */
        Matrix at(int i, int j) {
            return new Matrix(data, offset + i * rowStride + j * columnStride, rowStride, columnStride);
        }
    }

    /** Where a chain of C starts. */
    public enum Start {
        ZERO,
        /** C's old value. */
        OLD,
        /** The number of its column. */
        BIAS
    }

    /**
     * C: element (i, j) lies at {@code offset + i rowStride + j}; its chain starts from zero, its old value or {@code bias[biasOffset +
     * j]}.
     */
    public record Target(float[] data, int offset, int rowStride, Start start, float[] bias, int biasOffset) {
        /** Returns a C whose chains start from zero or its old values. */
        public static Target of(float[] data, int offset, int rowStride, boolean accumulate) {
            return new Target(data, offset, rowStride, accumulate ? Start.OLD : Start.ZERO, data, 0);
        }

        /** Returns a C whose chains start from a bias. */
        public static Target withBias(float[] data, int offset, int rowStride, float[] bias, int biasOffset) {
            return new Target(data, offset, rowStride, Start.BIAS, bias, biasOffset);
        }

        /** Whether chains start from what stands in C once {@link #begin} was called. */
        boolean isChained() {
            return start != Start.ZERO;
        }

        /** Returns the part from (i, j) on. */
        Target at(int i, int j) {
            return new Target(data, offset + i * rowStride + j, rowStride, start, bias, biasOffset + j);
        }

        /** Returns the same C, whose chains go on. */
        Target going() {
            return of(data, offset, rowStride, true);
        }

        /** Writes the bias, if there is one, into the first m x n elements. */
        void begin(int m, int n) {
            for (int i = 0; start == Start.BIAS && i < m; i++) {
                System.arraycopy(bias, biasOffset, data, offset + i * rowStride, n);
            }
        }
    }

    /**
     * Computes an m x n product of inner size k into rows of C, which are contiguous and {@code ldc} apart, on all threads if
     * that pays.
     *
     * @param accumulate whether chains start from C's old values; otherwise from 0
     */
    public static void multiply(
            int m, int n, int k, Matrix a, Matrix b, float[] c, int co, int ldc, boolean accumulate) {
        multiply(m, n, k, a, b, Target.of(c, co, ldc, accumulate));
    }

    /** Computes an m x n product of inner size k into C, on all threads if that pays. */
    public static void multiply(int m, int n, int k, Matrix a, Matrix b, Target c) {
        if (SIMD) {
            GemmSimd.multiply(m, n, k, a, b, c);
        } else {
            GemmScalar.multiply(m, n, k, a, b, c);
        }
    }

    /** Lays out a k x n matrix for {@link #multiply(int, Matrix, PackedMatrix, Target)}; null if that gains nothing here. */
    public static @Nullable PackedMatrix pack(int k, int n, Matrix b) {
        return SIMD && k > 0 && n > 1 ? GemmSimd.pack(k, n, b) : null;
    }

    /** Computes the product of an m x k matrix with one that was packed; the bits are those of a product with the matrix itself. */
    public static void multiply(int m, Matrix a, PackedMatrix b, Target c) {
        GemmSimd.multiply(m, a, b, c);
    }

    /**
     * Computes the same product with a B kept in fewer bits; the bits are those of a product with B as F32.
     *
     * @param transposed whether B is the transpose of the matrix given
     */
    public static void multiply(int m, int n, int k, Matrix a, StoredMatrix b, boolean transposed, Target c) {
        if (m == 1 && transposed && b instanceof InterleavedMatrix rows) {
            begin(n, c);
            boolean contiguous = a.columnStride() == 1;
            float[] x = contiguous ? a.data() : gather(a, k);
            Interleaved.multiply(rows, x, contiguous ? a.offset() : 0, c.data(), c.offset());
            return;
        }
        if (SIMD) {
            GemmSimd.multiply(m, n, k, a, new GemmSource.Stored(b, transposed), c);
            return;
        }
        int rows = transposed ? n : k;
        int columns = transposed ? k : n;
        float[] plain = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            b.unpack(i, 0, columns, plain, i * columns);
        }
        Matrix matrix = new Matrix(plain, 0, columns, 1);
        GemmScalar.multiply(m, n, k, a, transposed ? matrix.transposed() : matrix, c);
    }

    /**
     * Computes the same product with patches of planes as B.
     *
     * @param planes the planes, as {@code b} copied them
     */
    public static void multiply(int m, int n, int k, Matrix a, PatchPlanes b, float[] planes, Target c) {
        if (SIMD) {
            GemmSimd.multiply(m, n, k, a, new GemmSource.Patched(b, planes), c);
        } else {
            multiply(m, n, k, a, new Matrix(b.matrix(planes, k, n), 0, n, 1), c);
        }
    }

    /**
     * Lays out a k x n matrix of BF16 for {@link #multiply(Matrix, PackedStored, Target)}; null if that gains nothing here.
     *
     * @param transposed whether B is the transpose of the matrix given
     */
    public static @Nullable PackedStored pack(int k, int n, StoredMatrix.Brain b, boolean transposed) {
        return SIMD ? GemvStoredSimd.pack(k, n, b, transposed) : null;
    }

    /** Computes the product of a single row with a matrix that was packed; the bits are those of a product with B as F32. */
    public static void multiply(Matrix a, PackedStored b, Target c) {
        begin(b.n(), c);
        boolean contiguous = a.columnStride() == 1;
        float[] x = contiguous ? a.data() : gather(a, b.k());
        GemvStoredSimd.multiply(x, contiguous ? a.offset() : 0, b, c.data(), c.offset());
    }

    /** Writes where the chains of a single row start. */
    private static void begin(int n, Target c) {
        c.begin(1, n);
        if (!c.isChained()) {
            Arrays.fill(c.data(), c.offset(), c.offset() + n, 0f);
        }
    }

    /** Returns the numbers of a row, contiguous. */
    static float[] gather(Matrix x, int k) {
        float[] result = new float[k];
        if (x.columnStride() == 1) {
            System.arraycopy(x.data(), x.offset(), result, 0, k);
            return result;
        }
        for (int p = 0; p < k; p++) {
            result[p] = x.data()[x.offset() + p * x.columnStride()];
        }
        return result;
    }
}
