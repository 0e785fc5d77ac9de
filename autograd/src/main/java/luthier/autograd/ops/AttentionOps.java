package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Attention;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Differentiable scaled dot-product attention. Vaswani et al. 2017, arXiv:1706.03762, eq. 1. */
public final class AttentionOps {
    private AttentionOps() {}

    /**
     * Y = softmax(s Q K^T) V. With P the softmax and dP = dY V^T: dV = P^T dY, dS = P (dP - sum(P dP)), dQ = s dS K, dK = s dS^T
     * Q. {@code q [B, H, T, d], k [B, H, S, d], v [B, H, S, d] -> [B, H, T, d]}.
     *
     * @param scale the factor s, usually 1 / sqrt(d)
     * @throws ShapeException if the shapes do not fit
     */
    public static Variable attention(Variable q, Variable k, Variable v, double scale) {
        Attention.Forward done = Attention.attention(q.value(), k.value(), v.value(), scale);
        return Variable.record(done.y(), new ScaledDotProduct(q, k, v, null, scale, done.probabilities()), q, k, v);
    }

    /**
     * The same where only some keys may be seen; a query that sees none gives zeros and zero gradients.
     *
     * @param visible BOOL, broadcast to {@code [B, H, T, S]}; true = may be seen
     */
    public static Variable attention(Variable q, Variable k, Variable v, Tensor visible, double scale) {
        Attention.Forward done = Attention.attention(q.value(), k.value(), v.value(), visible, scale);
        return Variable.record(done.y(), new ScaledDotProduct(q, k, v, visible, scale, done.probabilities()), q, k, v);
    }

    private record ScaledDotProduct(
            Variable q, Variable k, Variable v, @Nullable Tensor visible, double scale, Tensor probabilities)
            implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (Grad.isEnabled()) {
                composed(dY, gradients);
                return;
            }
            Attention.Gradients d =
                    Attention.attentionBackward(q.value(), k.value(), v.value(), probabilities, scale, dY.value());
            gradients.set(0, Variable.constant(d.dQ()));
            gradients.set(1, Variable.constant(d.dK()));
            gradients.set(2, Variable.constant(d.dV()));
        }

        private void composed(Variable dY, Gradients gradients) {
            Variable p = weights();
            Variable dP = MatmulOps.matmul(dY, ShapeOps.transpose(v, -2, -1));
            Variable dot = ReductionOps.sum(ElementwiseOps.mul(p, dP), true, -1);
            Variable dS = ElementwiseOps.mul(ElementwiseOps.mul(p, ElementwiseOps.sub(dP, dot)), scale);
            if (gradients.wants(0)) {
                gradients.set(0, MatmulOps.matmul(dS, k));
            }
            if (gradients.wants(1)) {
                gradients.set(1, MatmulOps.matmul(ShapeOps.transpose(dS, -2, -1), q));
            }
            if (gradients.wants(2)) {
                gradients.set(2, MatmulOps.matmul(ShapeOps.transpose(p, -2, -1), dY));
            }
        }

        /** The attention weights with their history; fully masked rows are zero. */
        private Variable weights() {
            Variable scores = ElementwiseOps.mul(MatmulOps.matmul(q, ShapeOps.transpose(k, -2, -1)), scale);
            if (visible == null) {
                return SoftmaxOps.softmax(scores, -1);
            }
            Tensor hidden = Comparison.logicalNot(visible);
            // A finite fill keeps rows without any visible key free of NaN; they are zeroed afterwards.
            double lowest = scores.dtype() == DType.F32 ? -Float.MAX_VALUE : -Double.MAX_VALUE;
            Variable p = SoftmaxOps.softmax(SelectionOps.maskedFill(scores, hidden, lowest), -1);
            return SelectionOps.maskedFill(p, hidden, 0);
        }
    }
}
