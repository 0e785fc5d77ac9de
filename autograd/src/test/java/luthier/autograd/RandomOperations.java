package luthier.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import luthier.autograd.RandomGraph.Draft;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.DiagonalsOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.MovementOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.NormsOps;
import luthier.autograd.ops.PaddingOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.ScanOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.Attention;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/**
 * The operations of {@link RandomGraph}: smooth ones only, since finite differences say nothing at a kink. Where a domain ends, the
 * operand is 1 + x^2, and what grows fast takes small operands only.
 */
final class RandomOperations {
    private static final List<Maker> MAKERS = new ArrayList<>();

    private RandomOperations() {}

    /** Adds an operation to a draft, or nothing if what is there does not suit. */
    interface Maker {
        void make(Draft draft);
    }

    /** Returns all, each as often as it shall be drawn. */
    static List<Maker> all() {
        return MAKERS;
    }

    static {
        unary();
        binary();
        for (int i = 0; i < 3; i++) {
            MAKERS.addAll(List.of(
                    RandomOperations::matmul,
                    RandomOperations::linear,
                    RandomOperations::transpose,
                    RandomOperations::reshape,
                    RandomOperations::permute,
                    RandomOperations::slice,
                    RandomOperations::select,
                    RandomOperations::join,
                    RandomOperations::expand,
                    RandomOperations::softmax,
                    RandomOperations::layerNorm,
                    RandomOperations::gather,
                    RandomOperations::scatter,
                    RandomOperations::where,
                    RandomOperations::reduce));
        }
        MAKERS.addAll(List.of(
                RandomOperations::attention,
                RandomOperations::crossEntropy,
                RandomOperations::move,
                RandomOperations::fill,
                RandomOperations::scan));
    }

    // ---- elementwise

    private static void unary() {
        smooth("tanh", ElementaryOps::tanh);
        smooth("sigmoid", ActivationOps::sigmoid);
        smooth("erf", ElementaryOps::erf);
        smooth("sin", ElementaryOps::sin);
        smooth("cos", ElementaryOps::cos);
        smooth("atan", ElementaryOps::atan);
        smooth("gelu", ActivationOps::gelu);
        smooth("geluTanh", ActivationOps::geluTanh);
        smooth("silu", ActivationOps::silu);
        smooth("mish", ActivationOps::mish);
        smooth("softplus", ActivationOps::softplus);
        smooth("logSigmoid", ActivationOps::logSigmoid);
        smooth("neg", ElementwiseOps::neg);
        smooth("square", ElementwiseOps::square);
        growing("exp", ElementaryOps::exp);
        growing("expm1", ElementaryOps::expm1);
        growing("exp2", ElementaryOps::exp2);
        growing("sinh", ElementaryOps::sinh);
        growing("cosh", ElementaryOps::cosh);
        onPositive("log", ElementaryOps::log);
        onPositive("log1p", ElementaryOps::log1p);
        onPositive("sqrt", ElementwiseOps::sqrt);
        onPositive("rsqrt", ElementwiseOps::rsqrt);
        onPositive("reciprocal", ElementwiseOps::reciprocal);
        withNumber("add(%s, #)", ElementwiseOps::add);
        withNumber("mul(%s, #)", ElementwiseOps::mul);
        withNumber("div(%s, #)", ElementwiseOps::div);
        withNumber("sub(#, %s)", (x, c) -> ElementwiseOps.sub(c, x));
        withNumber("pow(#, %s)", (x, c) -> ElementwiseOps.pow(c, x));
        MAKERS.add(d -> {
            int power = 2 + d.below(2);
            d.add("pow(%s, " + power + ")", x -> ElementwiseOps.pow(x[0], power), d.pick());
        });
        MAKERS.add(d -> {
            double c = d.number();
            positive(d, d.pick(), y -> d.add("pow(%s, " + c + ")", x -> ElementwiseOps.pow(x[0], c), y));
        });
        MAKERS.add(d -> {
            double c = d.number();
            positive(d, d.pick(), y -> d.add("div(" + c + ", %s)", x -> ElementwiseOps.div(c, x[0]), y));
        });
    }

    private static void smooth(String name, UnaryOperator<Variable> operation) {
        MAKERS.add(d -> d.add(name + "(%s)", x -> operation.apply(x[0]), d.pick()));
    }

    private static void growing(String name, UnaryOperator<Variable> operation) {
        MAKERS.add(d -> {
            int node = d.pick();
            if (d.most(node) < 2) {
                d.add(name + "(%s)", x -> operation.apply(x[0]), node);
            }
        });
    }

    private static void onPositive(String name, UnaryOperator<Variable> operation) {
        MAKERS.add(d -> positive(d, d.pick(), y -> d.add(name + "(%s)", x -> operation.apply(x[0]), y)));
    }

    private interface WithNumber {
        Variable apply(Variable x, double c);
    }

    private static void withNumber(String text, WithNumber operation) {
        MAKERS.add(d -> {
            double c = d.number();
            d.add(text.replace("#", "" + c), x -> operation.apply(x[0], c), d.pick());
        });
    }

    private interface OnNode {
        void make(int node);
    }

    /** Goes on with 1 + x^2 if there is room for it. */
    private static void positive(Draft d, int node, OnNode then) {
        if (d.left() >= 3) {
            int square = d.add("square(%s)", x -> ElementwiseOps.square(x[0]), node);
            then.make(d.add("add(%s, 1)", x -> ElementwiseOps.add(x[0], 1), square));
        }
    }

    private static void binary() {
        for (int i = 0; i < 3; i++) {
            pair("add", ElementwiseOps::add);
            pair("sub", ElementwiseOps::sub);
            pair("mul", ElementwiseOps::mul);
        }
        pair("logaddexp", ElementaryOps::logaddexp);
        pair("addScaled 0.75 of", (a, b) -> ElementwiseOps.addScaled(a, b, 0.75));
        pair("lerp 0.25 of", (a, b) -> ElementwiseOps.lerp(a, b, 0.25));
        pairWithPositive("div", ElementwiseOps::div);
        pairWithPositive("atan2", ElementaryOps::atan2);
        pairWithPositive("pow swapped", (a, b) -> ElementwiseOps.pow(b, a));
        pairWithPositive("xlogy", ElementaryOps::xlogy);
        MAKERS.add(d -> {
            int a = d.pick();
            int b = d.partner(a);
            int ab = d.add("add(%s, %s)", x -> x[0].add(x[1]), a, b);
            d.add("lerp(%s, %s, %s)", x -> ElementwiseOps.lerp(x[0], x[1], x[2]), a, b, ab);
        });
    }

    private static void pair(String name, BinaryOperator<Variable> operation) {
        MAKERS.add(d -> {
            int a = d.pick();
            int b = d.partner(a);
            if (d.coin()) {
                d.add(name + "(%s, %s)", x -> operation.apply(x[0], x[1]), a, b);
            } else {
                d.add(name + "(%s, %s)", x -> operation.apply(x[0], x[1]), b, a);
            }
        });
    }

    private static void pairWithPositive(String name, BinaryOperator<Variable> operation) {
        MAKERS.add(d -> {
            int a = d.pick();
            int b = d.partner(a);
            if (d.most(a) < 3) {
                positive(d, b, y -> d.add(name + "(%s, %s)", x -> operation.apply(x[0], x[1]), a, y));
            }
        });
    }

    // ---- products

    private static void matmul(Draft d) {
        int a = d.pick(1);
        if (a < 0) {
            return;
        }
        long inner = d.size(a, -1);
        int b = d.pick(1);
        if (b >= 0 && d.rank(b) <= 2 && d.size(b, Math.max(-2, -d.rank(b))) == inner) {
            d.add("matmul(%s, %s)", x -> x[0].matmul(x[1]), a, b);
        } else if (d.rank(a) >= 2 && d.coin()) {
            d.add("matmul(%s, transpose(%s))", x -> x[0].matmul(x[1].transpose(-2, -1)), a, a);
        } else {
            d.add("matmul(%s, %s)", x -> x[0].matmul(x[1]), a, d.leaf(inner, 1 + d.below(3)));
        }
    }

    private static void linear(Draft d) {
        int x = d.pick(1);
        if (x >= 0) {
            long out = 1 + d.below(3);
            int weight = d.leaf(out, d.size(x, -1));
            if (d.coin()) {
                d.add("linear(%s, %s)", in -> MatmulOps.linear(in[0], in[1]), x, weight);
            } else {
                d.add("linear(%s, %s, %s)", in -> MatmulOps.linear(in[0], in[1], in[2]), x, weight, d.leaf(out));
            }
        }
    }

    private static void attention(Draft d) {
        int q = d.pick(2);
        if (q < 0 || d.rank(q) != 2) {
            return;
        }
        long keys = d.size(q, 0);
        long width = d.size(q, 1);
        Attention.Options options = Attention.Options.scaled(0.5).causally();
        d.add(
                "attention(%s, %s, %s, causal)",
                in -> ShapeOps.reshape(
                        AttentionOps.attention(heads(in[0]), heads(in[1]), heads(in[2]), options), keys, 2),
                q,
                d.leaf(keys, width),
                d.leaf(keys, 2));
    }

    private static Variable heads(Variable x) {
        return ShapeOps.reshape(x, 1, 1, x.size(0), x.size(1));
    }

    // ---- shapes

    private static void transpose(Draft d) {
        int node = d.pick(2);
        if (node >= 0) {
            int a = d.axis(node);
            int b = d.axis(node);
            d.add("transpose(%s, " + a + ", " + b + ")", x -> x[0].transpose(a, b), node);
        }
    }

    private static void permute(Draft d) {
        int node = d.pick(2);
        if (node >= 0) {
            int shift = 1 + d.below(d.rank(node) - 1);
            int[] order = new int[d.rank(node)];
            Arrays.setAll(order, i -> (i + shift) % order.length);
            d.add("permute(%s, " + Arrays.toString(order) + ")", x -> ShapeOps.permute(x[0], order), node);
        }
    }

    private static void reshape(Draft d) {
        int node = d.pick();
        long count = d.shape(node).elementCount();
        long rows = 1 + d.below(4);
        long[] sizes = count % rows == 0 && d.coin() ? new long[] {rows, count / rows} : new long[] {count};
        d.add("reshape(%s, " + Arrays.toString(sizes) + ")", x -> x[0].reshape(sizes), node);
    }

    private static void slice(Draft d) {
        int node = d.pick(1);
        if (node >= 0) {
            int axis = d.axis(node);
            long start = d.below((int) d.size(node, axis));
            long stop = start + 1 + d.below((int) (d.size(node, axis) - start));
            long step = 1 + d.below(2);
            d.add(
                    "slice(%s, axis " + axis + ", " + start + ":" + stop + ":" + step + ")",
                    x -> ShapeOps.slice(x[0], axis, start, stop, step),
                    node);
        }
    }

    private static void select(Draft d) {
        int node = d.pick(1);
        if (node >= 0) {
            int axis = d.axis(node);
            long index = d.below((int) d.size(node, axis));
            d.add("select(%s, axis " + axis + ", " + index + ")", x -> ShapeOps.select(x[0], axis, index), node);
        }
    }

    private static void join(Draft d) {
        int node = d.pick(1);
        if (node < 0) {
            return;
        }
        int axis = d.axis(node);
        int other = d.pick();
        if (!d.shape(other).equals(d.shape(node))) {
            other = d.coin() ? node : d.leaf(d.shape(node).toArray());
        }
        if (d.coin()) {
            d.add("concat([%s, %s], axis " + axis + ")", x -> JoiningOps.concat(List.of(x), axis), node, other);
        } else if (d.rank(node) < 4) {
            d.add("stack([%s, %s], axis " + axis + ")", x -> JoiningOps.stack(List.of(x), axis), node, other);
        }
    }

    private static void expand(Draft d) {
        int node = d.pick();
        if (d.rank(node) < 3) {
            long[] old = d.shape(node).toArray();
            long[] sizes = new long[old.length + 1];
            sizes[0] = 1 + d.below(3);
            for (int i = 0; i < old.length; i++) {
                sizes[i + 1] = old[i] == 1 ? 1 + d.below(3) : old[i];
            }
            d.add("expand(%s, " + Arrays.toString(sizes) + ")", x -> ShapeOps.expand(x[0], Shape.of(sizes)), node);
        }
    }

    private static void move(Draft d) {
        int node = d.pick(1);
        if (node >= 0) {
            int axis = d.axis(node);
            switch (d.below(4)) {
                case 0 -> d.add("flip(%s, " + axis + ")", x -> MovementOps.flip(x[0], axis), node);
                case 1 -> d.add("roll(%s, " + axis + ", 1)", x -> MovementOps.roll(x[0], axis, 1), node);
                case 2 -> d.add("pad(%s, 0.5, [1, 0])", x -> PaddingOps.constant(x[0], 0.5, 1, 0), node);
                default -> d.add("repeat(%s, " + axis + ", 2)", x -> MovementOps.repeatInterleave(x[0], axis, 2), node);
            }
        }
    }

    // ---- rows

    private static void reduce(Draft d) {
        int node = d.pick(1);
        if (node < 0) {
            return;
        }
        boolean keep = d.coin();
        int axis = d.axis(node);
        int[] axes = d.below(4) == 0 ? new int[0] : new int[] {axis};
        String rest = "(%s, axes " + Arrays.toString(axes) + (keep ? ", kept)" : ")");
        switch (d.below(6)) {
            case 0 -> d.add("sum" + rest, x -> ReductionOps.sum(x[0], keep, axes), node);
            case 1 -> d.add("mean" + rest, x -> ReductionOps.mean(x[0], keep, axes), node);
            case 2 -> d.add("variance" + rest, x -> ReductionOps.variance(x[0], 0, keep, axes), node);
            case 3 -> d.add("prod" + rest, x -> ReductionOps.prod(x[0], keep, axes), node);
            case 4 -> d.add("logSumExp" + rest, x -> SoftmaxOps.logSumExp(x[0], keep, axes), node);
            default -> positive(d, node, y -> d.add("norm" + rest, x -> NormsOps.norm(x[0], keep, axes), y));
        }
    }

    private static void softmax(Draft d) {
        int node = d.pick(1);
        if (node >= 0) {
            int axis = d.axis(node);
            if (d.coin()) {
                d.add("softmax(%s, " + axis + ")", x -> SoftmaxOps.softmax(x[0], axis), node);
            } else {
                d.add("logSoftmax(%s, " + axis + ")", x -> SoftmaxOps.logSoftmax(x[0], axis), node);
            }
        }
    }

    /** With an eps that rounds the step which the norm of two close numbers is. */
    private static void layerNorm(Draft d) {
        int node = d.pick(1);
        if (node < 0) {
            return;
        }
        long width = d.size(node, -1);
        switch (d.below(4)) {
            case 0 -> d.add("layerNorm(%s, 1, 0.5)", x -> NormalizationOps.layerNorm(x[0], 1, 0.5), node);
            case 1 -> d.add("rmsNorm(%s, 1, 0.5)", x -> NormalizationOps.rmsNorm(x[0], 1, 0.5), node);
            case 2 ->
                d.add("rmsNorm(%s, %s, 0.5)", x -> NormalizationOps.rmsNorm(x[0], x[1], 0.5), node, d.leaf(width));
            default ->
                d.add(
                        "layerNorm(%s, %s, %s, 0.5)",
                        x -> NormalizationOps.layerNorm(x[0], x[1], x[2], 0.5), node, d.leaf(width), d.leaf(width));
        }
    }

    private static void scan(Draft d) {
        int node = d.pick(1);
        if (node >= 0) {
            int axis = d.axis(node);
            switch (d.below(d.rank(node) > 1 ? 4 : 3)) {
                case 0 -> d.add("cumsum(%s, " + axis + ")", x -> ScanOps.cumsum(x[0], axis), node);
                case 1 -> d.add("cumprod(%s, " + axis + ")", x -> ScanOps.cumprod(x[0], axis), node);
                case 2 -> d.add("logCumSumExp(%s, " + axis + ")", x -> ScanOps.logCumSumExp(x[0], axis), node);
                default -> d.add("tril(%s, 0)", x -> DiagonalsOps.tril(x[0], 0), node);
            }
        }
    }

    private static void crossEntropy(Draft d) {
        int node = d.pick(2);
        if (node >= 0 && d.rank(node) == 2) {
            Tensor target = Tensor.of(d.indices((int) d.size(node, 0), d.size(node, 1)), d.size(node, 0));
            d.add("crossEntropy(%s, " + target + ")", x -> LossOps.crossEntropy(x[0], target), node);
        }
    }

    // ---- indices and masks

    private static void gather(Draft d) {
        int node = d.pick(1);
        if (node < 0) {
            return;
        }
        int axis = d.axis(node);
        int count = 1 + d.below(4);
        if (d.coin()) {
            Tensor index = Tensor.of(d.indices(count, d.size(node, axis)), count);
            d.add(
                    "indexSelect(%s, " + axis + ", " + index + ")",
                    x -> IndexingOps.indexSelect(x[0], axis, index),
                    node);
        } else {
            long[] sizes = d.shape(node).toArray();
            sizes[Math.floorMod(axis, sizes.length)] = count;
            Tensor index = index(d, sizes, d.size(node, axis));
            d.add("gather(%s, " + axis + ", " + index + ")", x -> IndexingOps.gather(x[0], axis, index), node);
        }
    }

    private static void scatter(Draft d) {
        int node = d.pick(1);
        if (node < 0) {
            return;
        }
        int axis = d.axis(node);
        int source = d.pick();
        long[] sizes = d.shape(node).toArray();
        sizes[Math.floorMod(axis, sizes.length)] = 1 + d.below(3);
        if (!d.shape(source).equals(Shape.of(sizes))) {
            source = d.leaf(sizes);
        }
        if (d.coin()) {
            Tensor index = Tensor.of(d.indices((int) d.size(source, axis), d.size(node, axis)), d.size(source, axis));
            d.add(
                    "indexAdd(%s, " + axis + ", " + index + ", %s)",
                    x -> IndexingOps.indexAdd(x[0], axis, index, x[1]),
                    node,
                    source);
        } else {
            Tensor index = index(d, sizes, d.size(node, axis));
            d.add(
                    "scatterAdd(%s, " + axis + ", " + index + ", %s)",
                    x -> IndexingOps.scatterAdd(x[0], axis, index, x[1]),
                    node,
                    source);
        }
    }

    private static Tensor index(Draft d, long[] sizes, long bound) {
        return Tensor.of(d.indices((int) Shape.of(sizes).elementCount(), bound), sizes);
    }

    private static void where(Draft d) {
        int a = d.pick();
        int b = d.partner(a);
        Tensor mask = d.mask(d.shape(a));
        d.add("where(" + mask + ", %s, %s)", x -> SelectionOps.where(mask, x[0], x[1]), a, b);
    }

    private static void fill(Draft d) {
        int node = d.pick();
        Tensor mask = d.mask(d.shape(node));
        d.add("maskedFill(%s, " + mask + ", 0.5)", x -> SelectionOps.maskedFill(x[0], mask, 0.5), node);
    }
}
