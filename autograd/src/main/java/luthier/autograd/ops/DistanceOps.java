package luthier.autograd.ops;

import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Comparison;
import luthier.tensor.Creation;
import luthier.tensor.Distance;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/**
 * Differentiable distances, and losses made of them; all but {@link #cosineSimilarity} composed. Prediction and target have one shape. All throw {@link
 * ShapeException} if shapes do not fit.
 */
public final class DistanceOps {
    /** {@code a [.., d], b [.., d]}, which broadcast, and a number for each pair of vectors. */
    private static final ShapeRule PAIRS = ShapeRule.of(marks -> {
        marks.broadcast(0, 0, 1);
        int rank = Math.max(marks.rank(0), marks.rank(1)) - 1;
        if (marks.isEmpty() && marks.hasRank(0, 1, 99) && marks.hasRank(2, rank)) {
            int longer = marks.rank(0) > rank ? 0 : 1;
            for (int axis = 0; axis < rank; axis++) {
                if (marks.size(longer, axis) != 1) {
                    marks.equal(longer, axis, 2, axis);
                }
            }
        }
    });

    private DistanceOps() {}

    /**
     * y = (x - t)^2, dX = 2 dY (x - t), dT = -dX.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 4}, 2));
     * Variable t = Variable.constant(Tensor.of(new float[] {1, 2}, 2));
     * DistanceOps.mse(x, t, LossReduction.MEAN).value(); // F32[][2.0]
     * }
     */
    public static Variable mse(Variable x, Variable target, LossReduction reduction) {
        return LossOps.compared(
                "mse", "x", x, target, () -> reduction.of(ElementwiseOps.square(difference("mse", x, target))));
    }

    /**
     * y = |x - t|, dX = dY sign(x - t), 0 where they are equal.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 4}, 2));
     * Variable t = Variable.constant(Tensor.of(new float[] {1, 2}, 2));
     * DistanceOps.l1(x, t, LossReduction.SUM).value(); // F32[][2.0]
     * }
     */
    public static Variable l1(Variable x, Variable target, LossReduction reduction) {
        return LossOps.compared(
                "l1", "x", x, target, () -> reduction.of(SelectionOps.abs(difference("l1", x, target))));
    }

    /**
     * y = d^2 / 2 for {@code |d| <= delta}, else delta (|d| - delta / 2), d = x - t; dX = dY clamp(d, -delta, delta). Written as c (d - c
     * / 2) with c = clamp(d), which has no branch. Huber 1964.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 3}, 2));
     * Variable t = Variable.constant(Tensor.of(new float[] {0, 0}, 2));
     * DistanceOps.huber(x, t, 1, LossReduction.NONE).value(); // F32[2][0.5, 2.5]
     * }
     *
     * @throws IllegalArgumentException if delta is not positive
     */
    public static Variable huber(Variable x, Variable target, double delta, LossReduction reduction) {
        if (!(delta > 0)) {
            throw new IllegalArgumentException("huber: delta must be positive; got " + delta);
        }
        return LossOps.compared(
                "huber", "x", x, target, () -> reduction.of(huber(difference("huber", x, target), delta)));
    }

    private static Variable huber(Variable d, double delta) {
        Variable c = SelectionOps.clamp(d, -delta, delta);
        return ElementwiseOps.mul(c, ElementwiseOps.sub(d, ElementwiseOps.mul(c, 0.5)));
    }

    /**
     * y = d^2 / (2 beta) for {@code |d| < beta}, else |d| - beta / 2, d = x - t: {@link #huber} over beta, and {@link #l1} for beta = 0.
     * Girshick 2015, arXiv:1504.08083, eq. 3.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1, 3}, 2));
     * Variable t = Variable.constant(Tensor.of(new float[] {0, 0}, 2));
     * DistanceOps.smoothL1(x, t, 2, LossReduction.NONE).value(); // F32[2][0.25, 2.0]
     * }
     *
     * @throws IllegalArgumentException if beta is negative
     */
    public static Variable smoothL1(Variable x, Variable target, double beta, LossReduction reduction) {
        if (!(beta >= 0)) {
            throw new IllegalArgumentException("smoothL1: beta must not be negative; got " + beta);
        }
        if (beta == 0) {
            return l1(x, target, reduction);
        }
        return LossOps.compared(
                "smoothL1",
                "x",
                x,
                target,
                () -> reduction.of(ElementwiseOps.mul(huber(difference("smoothL1", x, target), beta), 1 / beta)));
    }

    /**
     * y = a b / (max(|a|, eps) max(|b|, eps)) along an axis, in [-1, 1] and 1 for a vector with itself; a and b broadcast first. A vector
     * shorter than eps has a constant length: at 0 the gradient is that of the product alone, and no NaN. Fused; with a' = a / max(|a|,
     * eps): dA = dY (b' - y a') / max(|a|, eps). Neither huge nor tiny vectors lose their direction.
     *
     * {@snippet :
     * Variable a = Variable.constant(Tensor.of(new float[] {3, 4}, 2));
     * Variable b = Variable.constant(Tensor.of(new float[] {4, 3}, 2));
     * DistanceOps.cosineSimilarity(a, b, 0, 1e-8).value(); // F32[][0.96]
     * }
     */
    public static Variable cosineSimilarity(Variable a, Variable b, int axis, double eps) {
        return Misfit.composed("cosineSimilarity", m -> m.with("a", a).with("b", b), ShapeRule.BROADCAST, () -> {
            Tensor y = Distance.cosineSimilarity(a.value(), b.value(), axis, eps);
            Shape shape = a.shape().broadcast(b.shape(), "cosineSimilarity");
            // A length counts every element that broadcasting repeats.
            Variable wideA = a.shape().equals(shape) ? a : ShapeOps.expand(a, shape);
            Variable wideB = b.shape().equals(shape) ? b : ShapeOps.expand(b, shape);
            return Variable.record(y, new CosineSimilarity(wideA, wideB, y, axis, eps), wideA, wideB);
        });
    }

    /** dA = dY (b' - y a') / max(|a|, eps) with a' and b' over their lengths; without y a' where |a| < eps. */
    private record CosineSimilarity(Variable a, Variable b, Tensor y, int axis, double eps) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable cosine = Grad.isEnabled() ? cosineSimilarity(a, b, axis, eps) : Variable.constant(y);
            long[] sizes = ReductionOps.kept(a.shape(), new int[] {axis}).toArray();
            Variable kept = ShapeOps.reshape(cosine, sizes);
            Variable spread = ShapeOps.reshape(dY, sizes);
            Variable lengthA = NormsOps.norm(a, new int[] {axis}, 2, true);
            Variable lengthB = NormsOps.norm(b, new int[] {axis}, 2, true);
            Variable unitA = a.div(atLeast(lengthA, eps));
            Variable unitB = b.div(atLeast(lengthB, eps));
            gradients.set(0, () -> spread.mul(toOne(unitA, unitB, kept, lengthA, eps)));
            gradients.set(1, () -> spread.mul(toOne(unitB, unitA, kept, lengthB, eps)));
        }

        @Override
        public Formula formula() {
            return Formula.of(
                            "{0} . {1} / (|{0}| |{1}|)",
                            "{dY} * (v - {y} * u) / |{0}|, u = {n0} / |{n0}|, v = {n1} / |{n1}|",
                            "{dY} * (u - {y} * v) / |{1}|, u = {n0} / |{n0}|, v = {n1} / |{n1}|")
                    .with("axis", axis)
                    .with("eps", eps);
        }

        private static Variable toOne(Variable unit, Variable other, Variable cosine, Variable length, double eps) {
            Variable along = SelectionOps.maskedFill(cosine.mul(unit), Comparison.less(length.value(), eps), 0);
            return other.sub(along).div(atLeast(length, eps));
        }
    }

    private static Variable atLeast(Variable length, double eps) {
        return SelectionOps.clamp(length, eps, Double.POSITIVE_INFINITY);
    }

    /**
     * y_i = 1 - cos(a_i, b_i) where the target is 1, max(0, cos(a_i, b_i) - margin) where it is -1. {@code a, b [.., d], target of
     * -1 and 1 [..] -> [..]}.
     *
     * {@snippet :
     * Variable a = Variable.constant(Tensor.of(new float[] {3, 0}, 1, 2));
     * DistanceOps.cosineEmbedding(a, a, Tensor.of(new float[] {-1}, 1), 0.5, LossReduction.MEAN).value(); // F32[][0.5]
     * }
     */
    public static Variable cosineEmbedding(
            Variable a, Variable b, Tensor target, double margin, LossReduction reduction) {
        return Misfit.composed(
                "cosineEmbedding",
                m -> m.with("a", a).with("b", b).with("target", target, target.dtype()),
                PAIRS,
                () -> {
                    Variable cosine = cosineSimilarity(a, b, -1, 1e-8);
                    if (!target.shape().equals(cosine.shape())) {
                        throw new ShapeException("cosineEmbedding: there must be one target for each pair; got targets "
                                + target.shape() + " for vectors " + a.shape());
                    }
                    Variable alike = ElementwiseOps.add(ElementwiseOps.neg(cosine), 1);
                    Variable apart = LossOps.atLeastZero(ElementwiseOps.add(cosine, -margin));
                    return reduction.of(SelectionOps.where(Comparison.greater(target, 0), alike, apart));
                });
    }

    /**
     * y = max(0, |a - p| - |a - n| + margin) with p-norms over the last axis. {@code anchor, positive, negative [.., d] -> [..]}; as
     * in PyTorch {@code eps} is added to every difference before the norm. Balntas et al. 2016, Learning local feature descriptors
     * with triplets.
     *
     * {@snippet :
     * Variable a = Variable.constant(Tensor.of(new float[] {0}, 1, 1));
     * Variable n = Variable.constant(Tensor.of(new float[] {2}, 1, 1));
     * DistanceOps.tripletMargin(a, a, n, 5, 2, 0, false, LossReduction.MEAN).value(); // F32[][3.0]
     * }
     *
     * @param p the norm, at least 1; infinity for the largest difference
     * @param swap whether the negative's distance is the smaller of those to anchor and positive
     */
    public static Variable tripletMargin(
            Variable anchor,
            Variable positive,
            Variable negative,
            double margin,
            double p,
            double eps,
            boolean swap,
            LossReduction reduction) {
        if (!(p >= 1)) {
            throw new IllegalArgumentException("tripletMargin: p must be at least 1; got " + p);
        }
        return Misfit.composed(
                "tripletMargin",
                m -> m.with("anchor", anchor).with("positive", positive).with("negative", negative),
                ShapeRule.SAME,
                () -> {
                    Variable near = distance(anchor, positive, p, eps);
                    Variable far = distance(anchor, negative, p, eps);
                    if (swap) {
                        far = SelectionOps.minimum(far, distance(positive, negative, p, eps));
                    }
                    return reduction.of(LossOps.atLeastZero(ElementwiseOps.add(ElementwiseOps.sub(near, far), margin)));
                });
    }

    /** The p-norm of a - b + eps over the last axis; its gradient at 0 is 0. */
    private static Variable distance(Variable a, Variable b, double p, double eps) {
        return NormsOps.norm(ElementwiseOps.add(difference("tripletMargin", a, b), eps), new int[] {-1}, p, false);
    }

    /**
     * y = the mean over i of -log(e^(s_ii / temperature) / sum_j e^(s_ij / temperature)), s_ij = cos(a_i, b_j): row i of b is the match
     * of row i of a, all others are not. {@code a, b [n, d]}. Cosines and {@link LossOps#crossEntropy}; CLIP adds the same with a and b exchanged. van
     * den Oord et al. 2018, arXiv:1807.03748, eq. 4.
     *
     * {@snippet :
     * Variable a = Variable.constant(Tensor.of(new float[] {1, 0}, 1, 2));
     * DistanceOps.infoNce(a, a, 0.1).value(); // F32[][0.0]
     * }
     *
     * @throws IllegalArgumentException if the temperature is not positive
     */
    public static Variable infoNce(Variable a, Variable b, double temperature) {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("infoNce: the temperature must be positive; got " + temperature);
        }
        return Misfit.composed("infoNce", m -> m.with("a", a).with("b", b), ShapeRule.SAME, () -> {
            if (a.rank() != 2 || !a.shape().equals(b.shape())) {
                throw new ShapeException("infoNce: both sides must be [n, d]; got " + a.shape() + " and " + b.shape());
            }
            Variable left = a.div(atLeast(NormsOps.norm(a, new int[] {1}, 2, true), 1e-8));
            Variable right = b.div(atLeast(NormsOps.norm(b, new int[] {1}, 2, true), 1e-8));
            Variable cosines = MatmulOps.matmul(left, ShapeOps.transpose(right, 0, 1));
            return LossOps.crossEntropy(ElementwiseOps.mul(cosines, 1 / temperature), Creation.arange(0, a.size(0), 1));
        });
    }

    private static Variable difference(String name, Variable a, Variable b) {
        LossOps.requireSameShape(name, a, b);
        return ElementwiseOps.sub(a, b);
    }
}
