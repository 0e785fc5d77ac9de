package luthier.tensor;

import java.util.Arrays;
import luthier.tensor.kernel.Gemm;
import luthier.tensor.kernel.Gemm.Matrix;
import luthier.tensor.kernel.SoftmaxRows;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention over heads; Vaswani et al. 2017, arXiv:1706.03762, eq. 1. {@code q [B, H, T, d], k [B, H, S, d], v
 * [B, H, S, d] -> [B, H, T, d]}. Operands are read through their strides, so the heads of a projection need no copy; the results
 * lie in memory as {@code [B, T, H, d]}, so joining the heads needs none either.
 *
 * <p>F64 runs through the general operations, F32 head by head on all threads. All throw {@link ShapeException} if shapes do not
 * fit and {@link DTypeException} if types differ.
 */
public final class Attention {
    private Attention() {}

    /** The output and the attention weights {@code [B, H, T, S]} that backward needs. */
    public record Forward(Tensor y, Tensor probabilities) {}

    /** Gradients of the three inputs. */
    public record Gradients(Tensor dQ, Tensor dK, Tensor dV) {}

    /**
     * Returns softmax(scale Q K^T) V, F32 or F64. A NaN makes the rows that see it NaN.
     *
     * {@snippet :
     * Tensor q = Tensor.zeros(DType.F32, 1, 1, 1, 2);
     * Tensor kv = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
     * Attention.attention(q, kv, kv, 1).y(); // F32[1, 1, 1, 2][2.0, 3.0]
     * }
     */
    public static Forward attention(Tensor q, Tensor k, Tensor v, double scale) {
        return forward(q, k, v, null, scale);
    }

    /**
     * Returns the same where only some keys may be seen; a query that sees none gives zeros.
     *
     * {@snippet :
     * Tensor q = Tensor.zeros(DType.F32, 1, 1, 1, 2);
     * Tensor kv = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
     * Tensor visible = Tensor.of(new boolean[] {true, false}, 1, 2);
     * Attention.attention(q, kv, kv, visible, 1).y(); // F32[1, 1, 1, 2][1.0, 2.0]
     * }
     *
     * @param visible BOOL, broadcast to {@code [B, H, T, S]}; true = may be seen
     * @throws DTypeException if {@code visible} is not BOOL
     */
    public static Forward attention(Tensor q, Tensor k, Tensor v, Tensor visible, double scale) {
        return forward(q, k, v, visible, scale);
    }

    private static Forward forward(Tensor q, Tensor k, Tensor v, @Nullable Tensor visible, double scale) {
        Sizes s = Sizes.of(q, k, v);
        Shape weights = Shape.of(s.batch(), s.heads(), s.queries(), s.keys());
        if (visible != null && visible.dtype() != DType.BOOL) {
            throw new DTypeException("attention: visible must be BOOL; got " + visible.dtype());
        }
        if (q.dtype() == DType.F64) {
            return general(q, k, v, visible, scale);
        }
        Tensor seen = visible == null ? null : visible.expand(weights);
        Tensor y = empty(s.batch(), s.queries(), s.heads(), v.size(-1));
        Tensor probabilities = Tensor.zeros(DType.F32, weights);
        float[] p = probabilities.floats();
        int t = s.queries();
        int n = s.keys();
        Matmul.sideBySide(s.batch() * s.heads(), 2L * t * n * s.width(), head -> {
            int at = head * t * n;
            Gemm.multiply(t, n, s.width(), matrix(q, head), matrix(k, head).transposed(), p, at, n, false);
            SoftmaxRows.scale(p, at, (float) scale, t * n);
            for (int i = 0; i < t; i++) {
                softmax(p, at + i * n, n, seen, head, i);
            }
            Matrix result = matrix(y, head);
            Gemm.multiply(
                    t,
                    s.valueWidth(),
                    n,
                    new Matrix(p, at, n, 1),
                    matrix(v, head),
                    result.data(),
                    result.offset(),
                    result.rowStride(),
                    false);
        });
        return new Forward(y, probabilities);
    }

    private static void softmax(float[] p, int at, int n, @Nullable Tensor seen, int head, int query) {
        if (seen == null) {
            SoftmaxRows.softmax(p, at, p, at, n);
            return;
        }
        int from = distance(seen, head) + seen.offset() + query * seen.strides()[2];
        int step = seen.strides()[3];
        boolean any = false;
        for (int j = 0; j < n; j++) {
            if (seen.bytes()[from + j * step] == 0) {
                p[at + j] = Float.NEGATIVE_INFINITY;
            } else {
                any = true;
            }
        }
        if (any) {
            SoftmaxRows.softmax(p, at, p, at, n);
        } else {
            Arrays.fill(p, at, at + n, 0f);
        }
    }

    private static Forward general(Tensor q, Tensor k, Tensor v, @Nullable Tensor visible, double scale) {
        Tensor scores = Elementwise.mul(Matmul.matmul(q, k.transpose(-2, -1)), scale);
        if (visible == null) {
            Tensor p = Softmax.softmax(scores, -1);
            return new Forward(Matmul.matmul(p, v), p);
        }
        Tensor hidden = Comparison.logicalNot(visible);
        Tensor p = Softmax.softmax(Comparison.maskedFill(scores, hidden, -Double.MAX_VALUE), -1);
        Tensor zeroed = Comparison.maskedFill(p, hidden, 0);
        return new Forward(Matmul.matmul(zeroed, v), zeroed);
    }

    /**
     * Returns dV = P^T dY, and with dP = dY V^T and dS = P (dP - sum(P dP)): dQ = scale dS K, dK = scale dS^T Q. P are the
     * probabilities that the forward returned, so keys that were hidden get no gradient.
     *
     * {@snippet :
     * Tensor q = Tensor.zeros(DType.F32, 1, 1, 1, 2);
     * Tensor kv = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
     * Tensor p = Attention.attention(q, kv, kv, 1).probabilities();
     * Attention.attentionBackward(q, kv, kv, p, 1, Tensor.ones(DType.F32, 1, 1, 1, 2)).dV(); // F32[1, 1, 2, 2][0.5, 0.5, 0.5, 0.5]
     * }
     */
    public static Gradients attentionBackward(
            Tensor q, Tensor k, Tensor v, Tensor probabilities, double scale, Tensor dY) {
        Sizes s = Sizes.of(q, k, v);
        if (q.dtype() == DType.F64) {
            Tensor dP = Matmul.matmul(dY, v.transpose(-2, -1));
            Tensor dS = Elementwise.mul(Softmax.softmaxBackward(probabilities, dP, -1), scale);
            return new Gradients(
                    Matmul.matmul(dS, k),
                    Matmul.matmul(dS.transpose(-2, -1), q),
                    Matmul.matmul(probabilities.transpose(-2, -1), dY));
        }
        Tensor dQ = empty(s.batch(), s.queries(), s.heads(), s.width());
        Tensor dK = empty(s.batch(), s.keys(), s.heads(), s.width());
        Tensor dV = empty(s.batch(), s.keys(), s.heads(), s.valueWidth());
        Tensor d = dY.strides()[3] == 1 ? dY : dY.contiguous();
        float[] p = probabilities.floats();
        int t = s.queries();
        int n = s.keys();
        Matmul.sideBySide(s.batch() * s.heads(), 4L * t * n * s.width(), head -> {
            float[] dS = new float[t * n];
            Matrix weights = new Matrix(p, head * t * n, n, 1);
            Matrix dScores = new Matrix(dS, 0, n, 1);
            Gemm.multiply(t, n, s.valueWidth(), matrix(d, head), matrix(v, head).transposed(), dS, 0, n, false);
            for (int i = 0; i < t; i++) {
                SoftmaxRows.softmaxBackward(p, (head * t + i) * n, dS, i * n, (float) scale, dS, i * n, n);
            }
            into(dV, head, n, s.valueWidth(), t, weights.transposed(), matrix(d, head));
            into(dQ, head, t, s.width(), n, dScores, matrix(k, head));
            into(dK, head, n, s.width(), t, dScores.transposed(), matrix(q, head));
        });
        return new Gradients(dQ, dK, dV);
    }

    private static void into(Tensor target, int head, int m, int n, int k, Matrix a, Matrix b) {
        Matrix c = matrix(target, head);
        Gemm.multiply(m, n, k, a, b, c.data(), c.offset(), c.rowStride(), false);
    }

    /** Zeros {@code [B, H, T, d]} that lie in memory as {@code [B, T, H, d]}. */
    private static Tensor empty(long batch, long rows, long heads, long width) {
        return Tensor.zeros(DType.F32, batch, rows, heads, width).transpose(1, 2);
    }

    private static Matrix matrix(Tensor t, int head) {
        return Matmul.matrix(t, distance(t, head));
    }

    private static int distance(Tensor t, int head) {
        int heads = (int) t.size(1);
        return head / heads * t.strides()[0] + head % heads * t.strides()[1];
    }

    private record Sizes(int batch, int heads, int queries, int keys, int width, int valueWidth) {
        static Sizes of(Tensor q, Tensor k, Tensor v) {
            Elementwise.requireFloating("attention", q);
            Elementwise.requireSameType("attention", q, k);
            Elementwise.requireSameType("attention", q, v);
            boolean fits = q.rank() == 4
                    && k.rank() == 4
                    && v.rank() == 4
                    && q.size(0) == k.size(0)
                    && q.size(0) == v.size(0)
                    && q.size(1) == k.size(1)
                    && q.size(1) == v.size(1)
                    && q.size(3) == k.size(3)
                    && k.size(2) == v.size(2);
            if (!fits) {
                throw new ShapeException(
                        "attention: shapes must be q [B, H, T, d], k [B, H, S, d], v [B, H, S, e]; got q " + q.shape()
                                + ", k " + k.shape() + ", v " + v.shape());
            }
            return new Sizes((int) q.size(0), (int) q.size(1), (int) q.size(2), (int) k.size(2), (int) q.size(3), (int)
                    v.size(3));
        }
    }
}
