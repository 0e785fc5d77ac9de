package luthier.tensor;

import java.util.Arrays;
import java.util.Optional;
import luthier.tensor.kernel.Gemm;
import luthier.tensor.kernel.Gemm.Matrix;
import luthier.tensor.kernel.Parallel;
import luthier.tensor.kernel.Rows;
import luthier.tensor.kernel.SoftmaxRows;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention over heads; Vaswani et al. 2017, arXiv:1706.03762, eq. 1. {@code q [B, H, T, d], k [B, G, S, d], v
 * [B, G, S, e] -> [B, H, T, e]}; G divides H, and key head g serves the H / G query heads from g H / G on. Operands are read
 * through their strides, so the heads of a projection need no copy; the results lie in memory as {@code [B, T, H, e]}, so joining
 * the heads needs none either.
 *
 * <p>The weights {@code [B, H, T, S]} never exist as a whole: F32 runs head by head in blocks of {@value #BLOCK} queries against all
 * keys they see, and backward computes each block of weights again, with the same bits. What is saved is the input alone, memory is
 * linear in the sequence. Dao et al. 2022, arXiv:2205.14135. <b>Differences:</b> only queries are cut into blocks, so a row of weights is complete at once and
 * no running maximum is corrected; nothing but the inputs is kept, not even the sum of each row. F64 runs through the general
 * operations and needs the weights for a moment.
 *
 * <p>A query that sees no key, be it by mask, bias or order, gives zeros and takes part in no gradient. All throw {@link
 * ShapeException} if shapes do not fit and {@link DTypeException} if types differ.
 */
public final class Attention {
    private static final int BLOCK = 32;

    private Attention() {}

    /**
     * What the weights are besides softmax(scale Q K^T).
     *
     * @param scale the factor of the scores, usually 1 / sqrt(d)
     * @param causal whether query i sees only keys {@code j <= i + S - T}: both sequences end at the same token
     * @param visible BOOL, broadcast to {@code [B, H, T, S]}; true = may be seen
     */
    public record Options(double scale, boolean causal, Optional<Tensor> visible) {
        /** Returns attention to every key. */
        public static Options scaled(double scale) {
            return new Options(scale, false, Optional.empty());
        }

        /** Returns the same where a query sees only keys up to its own place, counted from the end. */
        public Options causally() {
            return new Options(scale, true, visible);
        }

        /** Returns the same where only some keys may be seen. */
        public Options seeing(Tensor keys) {
            return new Options(scale, causal, Optional.of(keys));
        }
    }

    /** Gradients of the three inputs, and of the bias where there is one. */
    public record Gradients(Tensor dQ, Tensor dK, Tensor dV, Optional<Tensor> dBias) {}

    /**
     * Returns softmax(scale Q K^T + bias) V over the keys that are seen.
     *
     * {@snippet :
     * Tensor q = Tensor.zeros(DType.F32, 1, 1, 1, 2);
     * Tensor v = Tensor.of(new float[] {1, 3}, 1, 1, 2, 1);
     * Attention.attention(q, Tensor.ones(DType.F32, 1, 1, 2, 2), v, Optional.empty(), Attention.Options.scaled(1)); // F32[1, 1, 1, 1][2.0]
     * }
     *
     * @param bias of q's type, broadcast to {@code [B, H, T, S]}
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, Optional<Tensor> bias, Options options) {
        Job job = Job.of(q, k, v, bias, options);
        if (q.dtype() == DType.F64) {
            return AttentionDouble.attention(q, k, v, bias, options);
        }
        Tensor y = empty(job.batch, job.queries, job.heads, v.size(-1));
        long each = 2L * job.queries * job.keys * v.size(-1);
        Matmul.sideBySide(job.batch * job.heads, each, head -> {
            float[] p = new float[Math.min(BLOCK, job.queries) * job.keys];
            for (int first = 0; first < job.queries; first += BLOCK) {
                int rows = Math.min(BLOCK, job.queries - first);
                int seen = job.weights(head, first, rows, p);
                into(y, head, first, rows, seen, new Matrix(p, 0, job.keys, 1), job.values(head), false);
            }
        });
        return y;
    }

    /**
     * Returns the gradients of {@link #attention}. With P the weights and dP = dY V^T: dV = P^T dY, dBias = dS = P (dP - sum(P
     * dP)), dQ = scale dS K, dK = scale dS^T Q; those of shared heads and of a broadcast bias are added in order.
     *
     * {@snippet :
     * Tensor one = Tensor.ones(DType.F32, 1, 1, 1, 1);
     * Attention.Options plain = Attention.Options.scaled(1);
     * Attention.attentionBackward(one, one, one, Optional.empty(), plain, false, one.mul(3)).dV(); // F32[1, 1, 1, 1][3.0]
     * }
     *
     * @param wantsBias whether dBias is asked for; its sum over heads runs on one head at a time
     */
    public static Gradients attentionBackward(
            Tensor q, Tensor k, Tensor v, Optional<Tensor> bias, Options options, boolean wantsBias, Tensor dY) {
        Job job = Job.of(q, k, v, bias, options);
        Require.sameType("attentionBackward", q, dY);
        Require.gradient("attentionBackward", dY, Shape.of(q.size(0), q.size(1), q.size(2), v.size(3)));
        if (q.dtype() == DType.F64) {
            return AttentionDouble.attentionBackward(q, k, v, bias, options, wantsBias, dY);
        }
        Tensor dQ = empty(job.batch, job.queries, job.heads, q.size(-1));
        Tensor dK = keyGradient(job, k);
        Tensor dV = keyGradient(job, v);
        Tensor d = dY.strides()[3] == 1 ? dY : dY.contiguous();
        Tensor dBias = wantsBias && bias.isPresent()
                ? Tensor.zeros(DType.F32, bias.get().shape())
                : null;
        int shared = job.heads / job.keyHeads;
        Backward backward = new Backward(job, d, dQ, dK, dV, dBias == null ? null : dBias.expand(job.weights));
        if (dBias != null) {
            for (int head = 0; head < job.batch * job.heads; head++) {
                backward.run(head, head % shared > 0);
            }
        } else {
            Parallel.run(job.batch * job.keyHeads, group -> {
                for (int i = 0; i < shared; i++) {
                    backward.run(group * shared + i, i > 0);
                }
            });
        }
        return new Gradients(dQ, dK, dV, Optional.ofNullable(dBias));
    }

    private record Backward(
            Job job,
            Tensor dY,
            Tensor dQ,
            Tensor dK,
            Tensor dV,
            @Nullable Tensor dBias) {
        void run(int head, boolean accumulate) {
            int keys = job.keys;
            int group = job.group(head);
            int size = Math.min(BLOCK, job.queries) * keys;
            float[] p = new float[size];
            float[] dS = new float[size];
            Matrix weights = new Matrix(p, 0, keys, 1);
            Matrix dScores = new Matrix(dS, 0, keys, 1);
            for (int first = 0; first < job.queries; first += BLOCK) {
                int rows = Math.min(BLOCK, job.queries - first);
                int seen = job.weights(head, first, rows, p);
                Matrix d = at(matrix(dY, head), first);
                Matrix v = job.values(head);
                Gemm.multiply(rows, seen, (int) dV.size(3), d, v.transposed(), dS, 0, keys, false);
                for (int i = 0; i < rows; i++) {
                    int row = i * keys;
                    float scale = dBias == null ? job.scale : 1;
                    int own = job.seenBy(first + i);
                    SoftmaxRows.softmaxBackward(p, row, dS, row, scale, dS, row, own);
                    Arrays.fill(dS, row + own, row + seen, 0f);
                    if (dBias != null) {
                        addTo(dBias, head, first + i, dS, row, own);
                        SoftmaxRows.scale(dS, row, job.scale, own);
                    }
                }
                boolean more = accumulate || first > 0;
                into(dV, group, 0, seen, rows, weights.transposed(), d, more);
                into(dQ, head, first, rows, seen, dScores, job.keys(head), false);
                into(dK, group, 0, seen, rows, dScores.transposed(), at(matrix(job.q, head), first), more);
            }
        }

        private static void addTo(Tensor sum, int head, int query, float[] dS, int at, int n) {
            int to = distance(sum, head) + sum.offset() + query * sum.strides()[2];
            for (int j = 0; j < n; j++) {
                sum.floats()[to + j * sum.strides()[3]] += dS[at + j];
            }
        }
    }

    /** target[first .. first + m) = A B, or += A B, for one head. */
    private static void into(Tensor target, int head, int first, int m, int k, Matrix a, Matrix b, boolean accumulate) {
        Matrix c = at(matrix(target, head), first);
        int n = (int) target.size(3);
        Gemm.multiply(m, n, k, a, b, c.data(), c.offset(), c.rowStride(), accumulate);
    }

    /** A tensor {@code [B, H, T, d]} that lies in memory as {@code [B, T, H, d]} and will be written as a whole. */
    private static Tensor empty(long batch, long rows, long heads, long width) {
        return Creation.blank(DType.F32, Shape.of(batch, rows, heads, width), "attention")
                .transpose(1, 2);
    }

    /** The same for keys or values, where zeros stand if no query sees one. */
    private static Tensor keyGradient(Job job, Tensor x) {
        Shape shape = Shape.of(job.batch, job.keys, job.keyHeads, x.size(-1));
        boolean all = job.queries > 0 && !job.causal;
        return (all ? Creation.blank(DType.F32, shape, "attention") : Tensor.zeros(DType.F32, shape)).transpose(1, 2);
    }

    private static Matrix matrix(Tensor t, int head) {
        return Matmul.matrix(t, distance(t, head));
    }

    private static Matrix at(Matrix m, int row) {
        return new Matrix(m.data(), m.offset() + row * m.rowStride(), m.rowStride(), m.columnStride());
    }

    private static int distance(Tensor t, int head) {
        int heads = (int) t.size(1);
        return head / heads * t.strides()[0] + head % heads * t.strides()[1];
    }

    /** One call's operands, checked. */
    private static final class Job {
        final Tensor q;
        final Tensor k;
        final Tensor v;
        final @Nullable Tensor bias;
        final @Nullable Tensor visible;
        final Shape weights;
        final float scale;
        final boolean causal;
        final int batch;
        final int heads;
        final int keyHeads;
        final int queries;
        final int keys;

        private Job(Tensor q, Tensor k, Tensor v, Optional<Tensor> bias, Options options) {
            this.q = q;
            this.k = k;
            this.v = v;
            batch = (int) q.size(0);
            heads = (int) q.size(1);
            keyHeads = (int) k.size(1);
            queries = (int) q.size(2);
            keys = (int) k.size(2);
            weights = Shape.of(batch, heads, queries, keys);
            scale = (float) options.scale();
            causal = options.causal();
            this.bias = bias.map(b -> b.expand(weights)).orElse(null);
            visible = options.visible().map(mask -> mask.expand(weights)).orElse(null);
        }

        static Job of(Tensor q, Tensor k, Tensor v, Optional<Tensor> bias, Options options) {
            Require.floating("attention", q);
            Require.sameType("attention", q, k);
            Require.sameType("attention", q, v);
            bias.ifPresent(b -> Require.sameType("attention", q, b));
            options.visible().filter(mask -> mask.dtype() != DType.BOOL).ifPresent(mask -> {
                throw new DTypeException("attention: visible must be BOOL; got " + mask.dtype());
            });
            boolean fits = q.rank() == 4
                    && k.rank() == 4
                    && v.rank() == 4
                    && q.size(0) == k.size(0)
                    && q.size(0) == v.size(0)
                    && k.size(1) == v.size(1)
                    && (k.size(1) == q.size(1) || k.size(1) > 0 && q.size(1) % k.size(1) == 0)
                    && q.size(3) == k.size(3)
                    && k.size(2) == v.size(2);
            if (!fits) {
                throw misfit(
                        new ShapeException(
                                "attention: shapes must be q [B, H, T, d], k [B, G, S, d], v [B, G, S, e], G a divisor of H; got q "
                                        + q.shape() + ", k " + k.shape() + ", v " + v.shape()),
                        q,
                        k,
                        v,
                        bias,
                        options);
            }
            Shape.of(q.size(0), q.size(1), q.size(2)).arrayLength("attention");
            Shape.of(k.size(0), k.size(1), k.size(2)).arrayLength("attention");
            try {
                return new Job(q, k, v, bias, options);
            } catch (ShapeException e) {
                throw misfit(e, q, k, v, bias, options);
            }
        }

        private static ShapeException misfit(
                ShapeException e, Tensor q, Tensor k, Tensor v, Optional<Tensor> bias, Options options) {
            Tensor visible = options.visible().orElse(null);
            return e.of(
                    "attention", ShapeRule.ATTENTION, "q, k, v, bias, visible", q, k, v, bias.orElse(null), visible);
        }

        int group(int head) {
            return head / (heads / keyHeads);
        }

        Matrix keys(int head) {
            return matrix(k, group(head));
        }

        Matrix values(int head) {
            return matrix(v, group(head));
        }

        /** Returns how many of the first keys the order lets a query see. */
        int seenBy(int query) {
            return causal ? Math.clamp(query + 1L + keys - queries, 0, keys) : keys;
        }

        /** Writes the weights of some queries into rows of p, {@code keys} apart; returns how many keys they see at most. */
        int weights(int head, int first, int rows, float[] p) {
            int seen = seenBy(first + rows - 1);
            Gemm.multiply(
                    rows,
                    seen,
                    (int) q.size(3),
                    at(matrix(q, head), first),
                    keys(head).transposed(),
                    p,
                    0,
                    keys,
                    false);
            for (int i = 0; i < rows; i++) {
                int own = seenBy(first + i);
                SoftmaxRows.scale(p, i * keys, scale, own);
                softmax(head, first + i, p, i * keys, own);
                Arrays.fill(p, i * keys + own, i * keys + seen, 0f);
            }
            return seen;
        }

        private void softmax(int head, int query, float[] p, int at, int n) {
            if (bias != null) {
                int from = distance(bias, head) + bias.offset() + query * bias.strides()[2];
                for (int j = 0; j < n; j++) {
                    p[at + j] += bias.floats()[from + j * bias.strides()[3]];
                }
            }
            if (visible != null) {
                int from = distance(visible, head) + visible.offset() + query * visible.strides()[2];
                for (int j = 0; j < n; j++) {
                    if (visible.bytes()[from + j * visible.strides()[3]] == 0) {
                        p[at + j] = Float.NEGATIVE_INFINITY;
                    }
                }
            }
            boolean masked = bias != null || visible != null;
            if (masked && Rows.max(p, at, n) == Float.NEGATIVE_INFINITY) {
                Arrays.fill(p, at, at + n, 0f);
            } else if (n > 0) {
                SoftmaxRows.softmax(p, at, p, at, n);
            }
        }
    }
}
