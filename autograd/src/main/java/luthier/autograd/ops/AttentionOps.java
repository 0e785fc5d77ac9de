package luthier.autograd.ops;

import java.util.Optional;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Attention;
import luthier.tensor.Comparison;
import luthier.tensor.Creation;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.Tensor;

/** Differentiable scaled dot-product attention. Vaswani et al. 2017, arXiv:1706.03762, eq. 1. */
public final class AttentionOps {
    private AttentionOps() {}

    /**
     * Y = softmax(s Q K^T) V. With P the softmax and dP = dY V^T: dV = P^T dY, dS = P (dP - sum(P dP)), dQ = s dS K, dK = s dS^T
     * Q. {@code q [B, H, T, d], k [B, H, S, d], v [B, H, S, d] -> [B, H, T, d]}. Saves q, k and v alone.
     *
     * <p>Options: the factor s, usually 1 / sqrt(d); causal order, where query i sees keys up to i + S - T, so that both sequences end at
     * the same token; visible keys, where a query that sees none gives zeros and zero gradients; and grouped queries, {@code k, v [B, G,
     * S, d]} with G a divisor of H. Memory is linear in the sequence, see {@link Attention}; the composed form is {@link
     * MatmulOps#matmul} and {@link SoftmaxOps#maskedSoftmax}.
     *
     * {@snippet :
     * Variable q = Variable.constant(Tensor.zeros(DType.F32, 1, 1, 1, 2));
     * Variable v = Variable.constant(Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2));
     * AttentionOps.attention(q, v, v, Attention.Options.scaled(1)).value(); // F32[1, 1, 1, 2][2.0, 3.0]
     * }
     *
     * @throws ShapeException if the shapes do not fit
     */
    public static Variable attention(Variable q, Variable k, Variable v, Attention.Options options) {
        try {
            Tensor y = Attention.attention(q.value(), k.value(), v.value(), Optional.empty(), options);
            return Variable.record(y, new ScaledDotProduct(q, k, v, Optional.empty(), options), q, k, v);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("attention")
                    .with("q", q)
                    .with("k", k)
                    .with("v", v)
                    .with("visible", options.visible(), DType.BOOL)
                    .by();
        }
    }

    /**
     * Y = softmax(s Q K^T + bias) V; dBias = dS, summed to the bias's shape. Minus infinity hides a key.
     *
     * @param bias broadcast to {@code [B, H, T, S]}, such as a learned or a linear position bias
     */
    public static Variable attention(Variable q, Variable k, Variable v, Variable bias, Attention.Options options) {
        try {
            Tensor y = Attention.attention(q.value(), k.value(), v.value(), Optional.of(bias.value()), options);
            return Variable.record(y, new ScaledDotProduct(q, k, v, Optional.of(bias), options), q, k, v, bias);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("attention")
                    .with("q", q)
                    .with("k", k)
                    .with("v", v)
                    .with("bias", bias)
                    .with("visible", options.visible(), DType.BOOL)
                    .by();
        }
    }

    private record ScaledDotProduct(
            Variable q, Variable k, Variable v, Optional<Variable> bias, Attention.Options options)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (Grad.isEnabled()) {
                composed(dY, gradients);
                return;
            }
            boolean wantsBias = gradients.count() > 3 && gradients.wants(3);
            Attention.Gradients d = Attention.attentionBackward(
                    q.value(), k.value(), v.value(), bias.map(Variable::value), options, wantsBias, dY.value());
            gradients.set(0, Variable.constant(d.dQ()));
            gradients.set(1, Variable.constant(d.dK()));
            gradients.set(2, Variable.constant(d.dV()));
            d.dBias().ifPresent(dBias -> gradients.set(3, Variable.constant(dBias)));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "softmax({scale} * {0} {1}^T{+3}) {2}",
                            "{scale} * dS {1}, dS = P * (dP - sum(P * dP)), dP = {dY} {2}^T",
                            "{scale} * dS^T {0}, dS = P * (dP - sum(P * dP)), dP = {dY} {n2}^T",
                            "P^T {dY}, P = softmax({scale} * {n0} {n1}^T{+n3})",
                            "sumTo(P * (dP - sum(P * dP)), {s3}), dP = {dY} {n2}^T")
                    .with("scale", options.scale());
        }

        private void composed(Variable dY, Gradients gradients) {
            Variable keys = shared(k);
            Variable p = weights(keys);
            Variable dP = MatmulOps.matmul(dY, ShapeOps.transpose(shared(v), -2, -1));
            Variable dot = ReductionOps.sum(ElementwiseOps.mul(p, dP), new int[] {-1}, true);
            Variable dBias = ElementwiseOps.mul(p, ElementwiseOps.sub(dP, dot));
            Variable dS = ElementwiseOps.mul(dBias, options.scale());
            gradients.set(0, () -> MatmulOps.matmul(dS, keys));
            gradients.set(1, () -> joined(MatmulOps.matmul(ShapeOps.transpose(dS, -2, -1), q), k));
            gradients.set(2, () -> joined(MatmulOps.matmul(ShapeOps.transpose(p, -2, -1), dY), v));
            if (bias.isPresent() && gradients.wants(3)) {
                gradients.set(3, ReductionOps.sumTo(dBias, bias.get().shape()));
            }
        }

        /** The attention weights with their history. */
        private Variable weights(Variable keys) {
            Variable products = MatmulOps.matmul(q, ShapeOps.transpose(keys, -2, -1));
            Variable scaled = ElementwiseOps.mul(products, options.scale());
            Variable scores = bias.map(b -> ElementwiseOps.add(scaled, b)).orElse(scaled);
            return SoftmaxOps.maskedSoftmax(scores, seen(), -1);
        }

        private Tensor seen() {
            Tensor all = Tensor.of(new boolean[] {true}, 1);
            Tensor visible = options.visible().orElse(all);
            if (!options.causal()) {
                return visible;
            }
            Tensor own = Creation.arange(0, q.size(2), 1).unsqueeze(1);
            Tensor last = Elementwise.add(own, (double) (k.size(2) - q.size(2)));
            return Comparison.logicalAnd(visible, Comparison.lessEqual(Creation.arange(0, k.size(2), 1), last));
        }

        /** Repeats each key head for the query heads that share it. */
        private Variable shared(Variable x) {
            long times = q.size(1) / Math.max(1, x.size(1));
            if (times == 1) {
                return x;
            }
            Shape wide = Shape.of(x.size(0), x.size(1), times, x.size(2), x.size(3));
            Variable repeated = ShapeOps.expand(ShapeOps.unsqueeze(x, 2), wide);
            return ShapeOps.reshape(repeated, x.size(0), q.size(1), x.size(2), x.size(3));
        }

        private static Variable joined(Variable gradient, Variable like) {
            if (gradient.shape().equals(like.shape())) {
                return gradient;
            }
            long groups = like.size(1);
            Variable split = ShapeOps.reshape(
                    gradient, like.size(0), groups, gradient.size(1) / groups, like.size(2), like.size(3));
            return ReductionOps.sum(split, 2);
        }
    }
}
