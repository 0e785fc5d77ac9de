package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Gemm;
import luthier.tensor.kernel.Gemm.Matrix;
import luthier.tensor.kernel.GemmDouble;
import luthier.tensor.kernel.Parallel;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products of F32 and F64 tensors. Operands are read through their strides, so a transposed view costs no copy. Every
 * element is one chain of fused multiply-adds in the order of k; see {@link Gemm}.
 *
 * <p>All throw {@link ShapeException} if inner sizes differ and {@link DTypeException} if types differ or are not floating.
 */
public final class Matmul {
    /** Above this many multiply-adds a product is worth all threads to itself; smaller ones of a batch share them out. */
    private static final long LARGE = 1 << 21;

    private Matmul() {}

    /**
     * Returns A B: {@code [.., m, k] x [.., k, n] -> [.., m, n]}, leading axes broadcast. An inner size of 0 gives zeros.
     *
     * {@snippet :
     * Tensor a = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
     * Matmul.matmul(a, a); // F32[2, 2][7.0, 10.0, 15.0, 22.0]
     * }
     *
     * @throws ShapeException if a rank is below 2, inner sizes differ or leading axes do not broadcast
     */
    public static Tensor matmul(Tensor a, Tensor b) {
        check("matmul", a, b);
        if (a.rank() < 2 || b.rank() < 2) {
            throw new ShapeException("matmul: operands need at least two axes; got " + a.shape() + " and " + b.shape()
                    + "; add one with unsqueeze");
        }
        int m = (int) a.size(-2);
        int k = (int) a.size(-1);
        int n = (int) b.size(-1);
        if (b.size(-2) != k) {
            throw new ShapeException("matmul: inner sizes must agree; got " + a.shape() + " and " + b.shape() + " (" + k
                    + " and " + b.size(-2) + ")" + repair(a, b));
        }
        if (b.rank() == 2 && a.rank() > 2 && a.isContiguous()) {
            // A batch of left operands that share the right one is a single tall product.
            long[] sizes = a.shape().toArray();
            sizes[sizes.length - 1] = n;
            return product(a.reshape(rows(sizes), k), b, null).reshape(sizes);
        }
        if (a.rank() == 2 && b.rank() == 2) {
            return product(a, b, null);
        }
        return batched(a, b, m, n, k);
    }

    private static long rows(long[] sizes) {
        long result = 1;
        for (int i = 0; i < sizes.length - 1; i++) {
            result *= sizes[i];
        }
        return result;
    }

    /** Returns X W^T: {@code x [.., in], weight [out, in] -> [.., out]}. */
    public static Tensor linear(Tensor x, Tensor weight) {
        return linearWith(x, weight, null);
    }

    /** Returns X W^T + b; the chain of every element starts from its bias. {@code bias [out]}. */
    public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        Elementwise.requireSameType("linear", x, bias);
        if (bias.rank() != 1 || weight.rank() != 2 || bias.size(0) != weight.size(0)) {
            throw new ShapeException("linear: the bias must be [out] for a weight [out, in]; got bias " + bias.shape()
                    + " and weight " + weight.shape());
        }
        return linearWith(x, weight, bias.contiguous());
    }

    private static Tensor linearWith(Tensor x, Tensor weight, @Nullable Tensor bias) {
        check("linear", x, weight);
        if (weight.rank() != 2 || x.rank() < 1 || x.size(-1) != weight.size(1)) {
            throw new ShapeException("linear: x must be [.., in] and weight [out, in]; got x " + x.shape()
                    + " and weight " + weight.shape());
        }
        long[] sizes = x.shape().toArray();
        sizes[sizes.length - 1] = weight.size(0);
        Tensor flat = x.contiguous().reshape(rows(sizes), weight.size(1));
        return product(flat, weight.transpose(0, 1), bias).reshape(sizes);
    }

    private static void check(String name, Tensor a, Tensor b) {
        Elementwise.requireSameType(name, a, b);
        Elementwise.requireFloating(name, a);
    }

    private static String repair(Tensor a, Tensor b) {
        if (a.size(-1) == b.size(-1)) {
            return "; transpose the second";
        }
        return a.size(-2) == b.size(-2) ? "; transpose the first" : "";
    }

    private static Tensor product(Tensor a, Tensor b, @Nullable Tensor bias) {
        int m = (int) a.size(0);
        int n = (int) b.size(1);
        int k = (int) a.size(1);
        Shape shape = Shape.of(m, n);
        int length = Layout.arrayLength(shape, "matmul");
        if (a.dtype() == DType.F64) {
            double[] c = new double[length];
            for (int i = 0; bias != null && i < m; i++) {
                System.arraycopy(bias.doubles(), bias.offset(), c, i * n, n);
            }
            doubles(a, b, m, n, k, 0, 0, c, 0);
            return Tensor.wrap(c, shape);
        }
        float[] c = new float[length];
        for (int i = 0; bias != null && i < m; i++) {
            System.arraycopy(bias.floats(), bias.offset(), c, i * n, n);
        }
        Gemm.multiply(m, n, k, matrix(a, 0), matrix(b, 0), c, 0, n, bias != null);
        return Tensor.wrap(c, shape);
    }

    /** The view of the matrix at a distance from a tensor's first; its last two axes are rows and columns. */
    static Matrix matrix(Tensor t, int distance) {
        int rank = t.rank();
        return new Matrix(t.floats(), t.offset() + distance, t.strides()[rank - 2], t.strides()[rank - 1]);
    }

    private static Tensor batched(Tensor a, Tensor b, int m, int n, int k) {
        Shape lead = lead(a).broadcast(lead(b), "matmul");
        Tensor left = a.expand(append(lead, m, k));
        Tensor right = b.expand(append(lead, k, n));
        Shape shape = append(lead, m, n);
        int batch = Layout.arrayLength(lead, "matmul");
        int length = Layout.arrayLength(shape, "matmul");
        int[] leftAt = distances(left, batch);
        int[] rightAt = distances(right, batch);
        if (a.dtype() == DType.F64) {
            double[] c = new double[length];
            Parallel.run(batch, i -> doubles(left, right, m, n, k, leftAt[i], rightAt[i], c, i * m * n));
            return Tensor.wrap(c, shape);
        }
        float[] c = new float[length];
        if ((long) m * n * k >= LARGE) {
            for (int i = 0; i < batch; i++) {
                Gemm.multiply(m, n, k, matrix(left, leftAt[i]), matrix(right, rightAt[i]), c, i * m * n, n, false);
            }
        } else {
            Parallel.run(
                    batch,
                    i -> Gemm.multiply(
                            m, n, k, matrix(left, leftAt[i]), matrix(right, rightAt[i]), c, i * m * n, n, false));
        }
        return Tensor.wrap(c, shape);
    }

    private static Shape lead(Tensor t) {
        return Shape.of(Arrays.copyOf(t.shape().toArray(), t.rank() - 2));
    }

    private static Shape append(Shape lead, int rows, int columns) {
        long[] sizes = Arrays.copyOf(lead.toArray(), lead.rank() + 2);
        sizes[lead.rank()] = rows;
        sizes[lead.rank() + 1] = columns;
        return Shape.of(sizes);
    }

    /** How far every matrix of a batch lies from the first. */
    private static int[] distances(Tensor t, int batch) {
        int[] result = new int[batch];
        for (int i = 0; i < batch; i++) {
            int rest = i;
            for (int axis = t.rank() - 3; axis >= 0; axis--) {
                int size = (int) t.size(axis);
                result[i] += rest % size * t.strides()[axis];
                rest /= size;
            }
        }
        return result;
    }

    private static void doubles(Tensor a, Tensor b, int m, int n, int k, int ao, int bo, double[] c, int co) {
        int rank = a.rank();
        int[] as = a.strides();
        int[] bs = b.strides();
        int bRank = b.rank();
        GemmDouble.multiply(
                m,
                n,
                k,
                a.doubles(),
                a.offset() + ao,
                as[rank - 2],
                as[rank - 1],
                b.doubles(),
                b.offset() + bo,
                bs[bRank - 2],
                bs[bRank - 1],
                c,
                co);
    }
}
