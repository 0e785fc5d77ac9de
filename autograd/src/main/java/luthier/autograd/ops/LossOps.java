package luthier.autograd.ops;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Grad;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Activation;
import luthier.tensor.Comparison;
import luthier.tensor.DType;
import luthier.tensor.DTypeException;
import luthier.tensor.Elementwise;
import luthier.tensor.Indexing;
import luthier.tensor.Loss;
import luthier.tensor.Reduction;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.ShapeException;
import luthier.tensor.ShapeRule;
import luthier.tensor.Tensor;

/**
 * Differentiable losses of predictions: classes, probabilities, margins. Those of distances are in {@link DistanceOps}. All are in
 * nats where logarithms are involved, and throw {@link ShapeException} if shapes do not fit.
 */
public final class LossOps {
    /** The target value that {@link #crossEntropy} skips unless told otherwise. */
    public static final long IGNORE = -100;

    /** {@code x [..]} and a target of its shape, and weights that broadcast with them. */
    private static final ShapeRule WEIGHTED = ShapeRule.of(marks -> {
        for (int axis = 0; marks.hasRank(1, marks.rank(0)) && axis < marks.rank(0); axis++) {
            marks.equal(0, axis, 1, axis);
        }
        marks.broadcast(0, 0, 2);
        marks.broadcast(0, 0, 3);
    });

    private LossOps() {}

    /**
     * Returns the mean cross-entropy over rows whose target is not {@link #IGNORE}, without label smoothing, in nats.
     *
     * {@snippet :
     * Variable logits = Variable.constant(Tensor.zeros(DType.F64, 1, 2));
     * LossOps.crossEntropy(logits, Tensor.of(new long[] {1}, 1)).value(); // F64[][0.6931471805599453]
     * }
     */
    public static Variable crossEntropy(Variable logits, Tensor target) {
        return crossEntropy(logits, target, CrossEntropyOptions.usual());
    }

    /**
     * y_i = (1 - e) w_t (-log p_i[t]) + e / classes sum_c w_c (-log p_i[c]), t the target of row i and w 1 without class weights;
     * 0 for ignored rows. {@code logits [.., classes], target I64 [..] -> [..] or one number}. The mean divides by the sum of w_t
     * over the rows that count, and is NaN if none does, as in PyTorch. Fused by {@link #crossEntropyRows} unless classes are
     * weighted and smoothed at once, which is composed of {@link SoftmaxOps#logSoftmax}.
     *
     * {@snippet :
     * Variable logits = Variable.constant(Tensor.zeros(DType.F32, 2, 1));
     * Tensor target = Tensor.of(new long[] {0, -100}, 2);
     * LossOps.crossEntropy(logits, target, CrossEntropyOptions.usual().reducedTo(LossReduction.NONE)).value(); // F32[2][0.0, 0.0]
     * }
     *
     * @throws ShapeException if the shapes do not fit or a target is outside the classes
     */
    public static Variable crossEntropy(Variable logits, Tensor target, CrossEntropyOptions options) {
        try {
            Variable rows = rows("crossEntropy", logits, target.shape(), options);
            Tensor flat = target.reshape(target.elementCount());
            if (options.classWeight().isEmpty()) {
                Variable losses = crossEntropyRows(rows, flat, options.labelSmoothing(), options.ignoreIndex());
                return reduced(losses, target, ones(rows, flat, options), options);
            }
            Tensor weights = targetWeights(rows, flat, options);
            if (options.labelSmoothing() == 0) {
                Variable losses = crossEntropyRows(rows, flat, 0, options.ignoreIndex());
                return reduced(times(losses, weights), target, weights, options);
            }
            Variable logP = SoftmaxOps.logSoftmax(rows, 1);
            Variable even = weighted(logP, options.classWeight().get());
            even = SelectionOps.maskedFill(even, ignored(flat, options.ignoreIndex()), 0);
            Variable losses = ElementwiseOps.add(
                    ElementwiseOps.mul(chosen(logP, flat, weights, options), 1 - options.labelSmoothing()),
                    ElementwiseOps.mul(even, -options.labelSmoothing() / rows.size(1)));
            return reduced(losses, target, weights, options);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("crossEntropy")
                    .with("logits", logits)
                    .with("target", target, DType.I64)
                    .targets(target, options.classAxis())
                    .by(ShapeRule.classes(options.classAxis()));
        }
    }

    /**
     * y_i = -sum_c w_c q_i[c] log p_i[c] for targets that are distributions, q = (1 - e) target + e / classes; composed of {@link
     * SoftmaxOps#logSoftmax}. The mean divides by the number of rows. {@code logits and target [.., classes]}; gradients flow to
     * both. Where q or w is 0 nothing is added and no gradient flows, even if log p is minus infinity there.
     *
     * {@snippet :
     * Variable logits = Variable.constant(Tensor.zeros(DType.F64, 1, 2));
     * Variable half = Variable.constant(Tensor.full(DType.F64, 0.5, Shape.of(1, 2)));
     * LossOps.crossEntropy(logits, half, CrossEntropyOptions.usual()).value(); // F64[][0.6931471805599453]
     * }
     */
    public static Variable crossEntropy(Variable logits, Variable target, CrossEntropyOptions options) {
        try {
            if (!logits.shape().equals(target.shape())) {
                throw new ShapeException("crossEntropy: distributions must have the logits' shape; got "
                        + target.shape() + " for " + logits.shape());
            }
            int axis = logits.shape().axis(options.classAxis(), "crossEntropy");
            long classes = logits.size(axis);
            Variable q = options.labelSmoothing() == 0
                    ? target
                    : ElementwiseOps.add(
                            ElementwiseOps.mul(target, 1 - options.labelSmoothing()),
                            options.labelSmoothing() / classes);
            Variable logP = SoftmaxOps.logSoftmax(logits, axis);
            Tensor impossible = Comparison.equal(logP.value(), Double.NEGATIVE_INFINITY);
            Tensor unasked = Comparison.logicalAnd(impossible, Comparison.equal(q.value(), 0));
            Variable products = ElementwiseOps.mul(q, SelectionOps.maskedFill(logP, unasked, 0));
            if (options.classWeight().isPresent()) {
                long[] sizes = new long[logits.rank()];
                Arrays.fill(sizes, 1);
                sizes[axis] = classes;
                products = times(products, options.classWeight().get().reshape(sizes));
            }
            return options.reduction().of(ElementwiseOps.neg(ReductionOps.sum(products, axis)));
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("crossEntropy")
                    .with("logits", logits)
                    .with("target", target)
                    .by(ShapeRule.SAME);
        }
    }

    /**
     * y_i = -w_t logP_i[t], t the target of row i; 0 for ignored rows; composed of {@link IndexingOps#gather}. Shapes, weights and
     * reductions as in {@link #crossEntropy(Variable, Tensor, CrossEntropyOptions)}; the smoothing does not take part.
     *
     * {@snippet :
     * Variable logP = Variable.constant(Tensor.of(new float[] {-1, -2}, 1, 2));
     * LossOps.nll(logP, Tensor.of(new long[] {1}, 1), CrossEntropyOptions.usual()).value(); // F32[][2.0]
     * }
     */
    public static Variable nll(Variable logP, Tensor target, CrossEntropyOptions options) {
        try {
            Variable rows = rows("nll", logP, target.shape(), options);
            Tensor flat = target.reshape(target.elementCount());
            Tensor weights =
                    options.classWeight().isEmpty() ? ones(rows, flat, options) : targetWeights(rows, flat, options);
            return reduced(chosen(rows, flat, weights, options), target, weights, options);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("nll")
                    .with("logP", logP)
                    .with("target", target, DType.I64)
                    .targets(target, options.classAxis())
                    .by(ShapeRule.classes(options.classAxis()));
        }
    }

    /** Returns {@code [rows, classes]}. */
    private static Variable rows(String name, Variable logits, Shape target, CrossEntropyOptions options) {
        int axis = logits.shape().axis(options.classAxis(), name);
        Variable last = axis == logits.rank() - 1 ? logits : moved(logits, axis);
        long[] sizes = last.shape().toArray();
        Shape lead = Shape.of(Arrays.copyOf(sizes, sizes.length - 1));
        if (!lead.equals(target)) {
            throw new ShapeException(
                    name + ": targets must have the logits' shape without the axis of the classes; got " + target
                            + " for " + logits.shape() + " with classes along axis " + axis);
        }
        return ShapeOps.reshape(last, target.elementCount(), last.size(-1));
    }

    private static Variable moved(Variable x, int axis) {
        int[] order = new int[x.rank()];
        for (int i = 0; i < order.length - 1; i++) {
            order[i] = i < axis ? i : i + 1;
        }
        order[order.length - 1] = axis;
        return ShapeOps.permute(x, order);
    }

    private static Tensor ignored(Tensor target, long ignoreIndex) {
        return Comparison.equal(target, Tensor.scalar(ignoreIndex));
    }

    private static Tensor ones(Variable rows, Tensor target, CrossEntropyOptions options) {
        return Comparison.logicalNot(ignored(target, options.ignoreIndex())).to(rows.dtype());
    }

    private static Tensor targetWeights(Variable rows, Tensor target, CrossEntropyOptions options) {
        Tensor weight = options.classWeight().orElseThrow();
        if (weight.rank() != 1 || weight.size(0) != rows.size(1)) {
            throw new ShapeException("crossEntropy: class weights must be [classes]; got " + weight.shape() + " for "
                    + rows.size(1) + " classes");
        }
        Tensor skipped = ignored(target, options.ignoreIndex());
        Tensor chosen = Indexing.indexSelect(weight, 0, Selection.maskedFill(target, skipped, 0));
        return Selection.maskedFill(chosen, skipped, 0);
    }

    private static Variable chosen(Variable logP, Tensor target, Tensor weights, CrossEntropyOptions options) {
        Tensor skipped = ignored(target, options.ignoreIndex());
        Tensor places = Selection.maskedFill(target, skipped, 0).unsqueeze(1);
        Variable picked = ShapeOps.squeeze(IndexingOps.gather(logP, 1, places), 1);
        return times(SelectionOps.maskedFill(picked, skipped, 0), Elementwise.neg(weights));
    }

    private static Variable weighted(Variable logP, Tensor weight) {
        return ReductionOps.sum(times(logP, weight), 1);
    }

    /** Losses times weights, which broadcast to them; a weight of 0 leaves out even an infinite loss. */
    private static Variable times(Variable losses, Tensor weights) {
        Variable counted = SelectionOps.maskedFill(losses, Comparison.equal(weights, 0), 0);
        return ElementwiseOps.mul(counted, Variable.constant(weights));
    }

    private static Variable reduced(Variable losses, Tensor target, Tensor weights, CrossEntropyOptions options) {
        if (options.reduction() == LossReduction.MEAN) {
            double total = Reduction.sum(weights).item();
            return ElementwiseOps.mul(ReductionOps.sum(losses), 1 / total);
        }
        return options.reduction().of(ShapeOps.reshape(losses, target.shape().toArray()));
    }

    /**
     * y_i = (1 - e) (-log p_i[target_i]) + e mean_c(-log p_i[c]), p = softmax(logits), 0 for ignored rows; dLogits = dY_i (p_i -
     * (1 - e) onehot(target_i) - e / classes). {@code logits [n, classes], target I64 [n] -> [n]}. Saves the logits and two numbers
     * a row. The composed form is {@link SoftmaxOps#logSoftmax} and {@link IndexingOps#gather}. Label smoothing: Szegedy et al. 2015,
     * arXiv:1512.00567.
     *
     * {@snippet :
     * Variable logits = Variable.constant(Tensor.zeros(DType.F64, 1, 2));
     * LossOps.crossEntropyRows(logits, Tensor.of(new long[] {1}, 1), 0, -100).value(); // F64[1][0.6931471805599453]
     * }
     *
     * @throws ShapeException if the shapes do not fit or a target is outside the classes
     */
    public static Variable crossEntropyRows(Variable logits, Tensor target, double labelSmoothing, long ignoreIndex) {
        try {
            Loss.CrossEntropy done = Loss.crossEntropy(logits.value(), target, labelSmoothing, ignoreIndex);
            return Variable.record(
                    done.rows(), new CrossEntropy(logits, done, target, labelSmoothing, ignoreIndex), logits);
        } catch (ShapeException | DTypeException e) {
            throw Misfit.of(e)
                    .named("crossEntropyRows")
                    .with("logits", logits)
                    .with("target", target, DType.I64)
                    .targets(target, 1)
                    .by(ShapeRule.classes(1));
        }
    }

    private record CrossEntropy(
            Variable logits, Loss.CrossEntropy done, Tensor target, double labelSmoothing, long ignoreIndex)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            if (!Grad.isEnabled()) {
                Tensor dX = Loss.crossEntropyBackward(
                        logits.value(), target, labelSmoothing, ignoreIndex, done, dY.value());
                gradients.set(0, Variable.constant(dX));
                return;
            }
            Tensor skipped = ignored(target, ignoreIndex);
            Tensor places = Selection.maskedFill(target, skipped, 0);
            Tensor hot = Indexing.oneHot(places, logits.size(1), logits.dtype());
            Tensor q = Elementwise.add(hot.mul(1 - labelSmoothing), labelSmoothing / logits.size(1));
            Variable p = SoftmaxOps.softmax(logits, 1);
            Variable product =
                    ElementwiseOps.mul(ElementwiseOps.sub(p, Variable.constant(q)), ShapeOps.unsqueeze(dY, 1));
            gradients.set(0, SelectionOps.maskedFill(product, skipped.unsqueeze(1), 0));
        }

        @Override
        public Formula formula() {
            Formula formula = labelSmoothing == 0
                    ? Formula.of("-log(softmax({0})[target])", "{dY} * (softmax({0}) - onehot(target))")
                    : Formula.of(
                            "(1 - {labelSmoothing}) * -log(p[target]) + {labelSmoothing} * mean(-log(p)), p = softmax({0})",
                            "{dY} * (softmax({0}) - (1 - {labelSmoothing}) * onehot(target) - {labelSmoothing} / classes)");
            return formula.with("labelSmoothing", labelSmoothing).with("ignoreIndex", ignoreIndex);
        }
    }

    /**
     * y = -(w t log s + (1 - t) log(1 - s)), s = sigmoid(x), written as (1 - t) softplus(x) + w t softplus(-x) so that no logit
     * overflows and none is lost beside a larger term; dX = dY ((1 - t) sigmoid(x) - w t sigmoid(-x)), dT = dY (w softplus(-x) -
     * softplus(x)). Saves x and the target. An infinite logit on the side of its target costs 0.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {1000, -1000}, 2));
     * Variable t = Variable.constant(Tensor.of(new float[] {0, 0}, 2));
     * LossOps.bceWithLogits(x, t, LossReduction.NONE).value(); // F32[2][1000.0, 0.0]
     * }
     *
     * @param target probabilities of the shape of x
     */
    public static Variable bceWithLogits(Variable x, Variable target, LossReduction reduction) {
        return compared("bceWithLogits", "x", x, target, () -> reduction.of(binary(x, target, Tensor.ones(x.dtype()))));
    }

    /**
     * The same with weights.
     *
     * @param positiveWeight w, broadcast to x: what a positive target counts against a negative one
     * @param weight what an element's loss is multiplied by, broadcast to x; the mean still divides by the number of elements
     */
    public static Variable bceWithLogits(
            Variable x, Variable target, Tensor positiveWeight, Tensor weight, LossReduction reduction) {
        UnaryOperator<Misfit> operands = m -> m.with("x", x)
                .with("target", target)
                .with("positiveWeight", positiveWeight, x.dtype())
                .with("weight", weight, x.dtype());
        return Misfit.composed("bceWithLogits", operands, WEIGHTED, () -> {
            requireBroadcasts("positiveWeight", positiveWeight, x);
            requireBroadcasts("weight", weight, x);
            return reduction.of(times(binary(x, target, positiveWeight), weight));
        });
    }

    private static void requireBroadcasts(String name, Tensor weight, Variable x) {
        if (!weight.shape().broadcast(x.shape(), "bceWithLogits").equals(x.shape())) {
            throw new ShapeException(
                    "bceWithLogits: " + name + " must broadcast to x; got " + weight.shape() + " for " + x.shape());
        }
    }

    private static Variable binary(Variable x, Variable target, Tensor positiveWeight) {
        requireSameShape("bceWithLogits", x, target);
        Tensor t = target.value();
        Tensor negative = counted(Elementwise.sub(1, t), Activation.softplus(x.value()));
        Tensor positive = counted(positiveWeight.mul(t), Activation.softplus(Elementwise.neg(x.value())));
        return Variable.record(negative.add(positive), new BceWithLogits(x, target, positiveWeight), x, target);
    }

    /** The product, and 0 where the factor is: an infinite loss that nobody asks for is none. */
    private static Tensor counted(Tensor factor, Tensor loss) {
        return factor.mul(Selection.maskedFill(loss, Comparison.equal(factor, 0), 0));
    }

    private record BceWithLogits(Variable x, Variable target, Tensor positiveWeight)
            implements BackwardRule.ReadsOperands {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            Variable w = Variable.constant(positiveWeight);
            Variable minus = ElementwiseOps.neg(x);
            if (gradients.wants(0)) {
                Variable negative = ElementwiseOps.sub(1, target).mul(ActivationOps.sigmoid(x));
                Variable positive = w.mul(target).mul(ActivationOps.sigmoid(minus));
                gradients.set(0, ReductionOps.sumTo(dY.mul(negative.sub(positive)), x.shape()));
            }
            if (gradients.wants(1)) {
                // softplus(x) = x + softplus(-x), so that nothing cancels without a weight.
                Variable rest = times(ActivationOps.softplus(minus), Elementwise.sub(positiveWeight, 1));
                gradients.set(1, ReductionOps.sumTo(dY.mul(rest.sub(x)), target.shape()));
            }
        }

        @Override
        public Formula formula() {
            return Formula.of(
                    "(1 - {1}) * log(1 + e^{0}) + w * {1} * log(1 + e^-{0})",
                    "{dY} * ((1 - {1}) * sigmoid({0}) - w * {1} * sigmoid(-{0}))",
                    "{dY} * (w * log(1 + e^-{0}) - log(1 + e^{0}))");
        }
    }

    /**
     * y = t (log t - logP), 0 where t = 0; with {@code logTarget} the target is log t and y = e^target (target - logP).
     * Composed; gradients flow to both, the subgradient of t log t at t = 0 is 0. {@code logP and target of one shape}; {@link
     * LossReduction#BATCH_MEAN} gives the divergence itself. Kullback and Leibler 1951.
     *
     * {@snippet :
     * Variable logP = Variable.constant(Tensor.of(new float[] {-1, -2}, 1, 2));
     * Variable t = Variable.constant(Tensor.of(new float[] {1, 0}, 1, 2));
     * LossOps.klDiv(logP, t, false, LossReduction.BATCH_MEAN).value(); // F32[][1.0]
     * }
     */
    public static Variable klDiv(Variable logP, Variable target, boolean logTarget, LossReduction reduction) {
        return compared("klDiv", "logP", logP, target, () -> {
            requireSameShape("klDiv", logP, target);
            if (logTarget) {
                Tensor nothing = Comparison.equal(target.value(), Double.NEGATIVE_INFINITY);
                Variable distance =
                        SelectionOps.maskedFill(target, nothing, 0).sub(SelectionOps.maskedFill(logP, nothing, 0));
                return reduction.of(ElementwiseOps.mul(ElementaryOps.exp(target), distance));
            }
            Tensor none = Comparison.equal(target.value(), 0);
            Variable log = ElementaryOps.log(SelectionOps.maskedFill(target, none, 1));
            Tensor impossible = Comparison.equal(logP.value(), Double.NEGATIVE_INFINITY);
            Variable asked = SelectionOps.maskedFill(logP, Comparison.logicalAnd(none, impossible), 0);
            return reduction.of(ElementwiseOps.mul(target, ElementwiseOps.sub(log, asked)));
        });
    }

    /**
     * y = max(0, 1 - t x) for targets t of -1 and 1; dX = -t dY where {@code t x < 1}, at the corner too. Composed. Cortes and Vapnik 1995.
     *
     * {@snippet :
     * Variable x = Variable.constant(Tensor.of(new float[] {0.5f, 3}, 2));
     * LossOps.hinge(x, Tensor.of(new float[] {1, 1}, 2), LossReduction.NONE).value(); // F32[2][0.5, 0.0]
     * }
     */
    public static Variable hinge(Variable x, Tensor target, LossReduction reduction) {
        UnaryOperator<Misfit> operands = m -> m.with("x", x).with("target", target, x.dtype());
        return Misfit.composed("hinge", operands, ShapeRule.SAME, () -> {
            requireSameShape("hinge", x, Variable.constant(target));
            Variable product = ElementwiseOps.mul(x, Variable.constant(Elementwise.neg(target)));
            return reduction.of(atLeastZero(ElementwiseOps.add(product, 1)));
        });
    }

    static Variable atLeastZero(Variable x) {
        return SelectionOps.clamp(x, 0, Double.POSITIVE_INFINITY);
    }

    /** Runs a loss of a prediction and a target of one shape. */
    static Variable compared(String operation, String name, Variable x, Variable target, Supplier<Variable> loss) {
        return Misfit.composed(operation, m -> m.with(name, x).with("target", target), ShapeRule.SAME, loss);
    }

    static void requireSameShape(String name, Variable a, Variable b) {
        if (!a.shape().equals(b.shape())) {
            throw new ShapeException(name + ": prediction and target must have one shape; got " + a.shape() + " and "
                    + b.shape() + "; expand the smaller one if it is meant to be repeated");
        }
        if (a.dtype() != b.dtype()) {
            throw new DTypeException(
                    name + ": prediction and target must have one type; got " + a.dtype() + " and " + b.dtype());
        }
    }
}
