package luthier.autograd;

import static luthier.autograd.GradSamples.index;
import static luthier.autograd.GradSamples.normal;
import static luthier.autograd.GradSamples.positive;

import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.DropoutOps;
import luthier.autograd.ops.ElementaryOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.IndexingOps;
import luthier.autograd.ops.JoiningOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Samples of the families that came first. */
final class SamplesBasics {
    private SamplesBasics() {}

    static void register() {

        Tensor a = normal(1, 2, 3);
        Tensor b = normal(2, 3);
        GradSamples.add(
                "add", in -> ElementwiseOps.add(in.get(0), in.get(1)).add(ElementwiseOps.add(in.get(1), 2)), a, b);
        GradSamples.add("sub", in -> ElementwiseOps.sub(in.get(0), in.get(1)), a, b);
        GradSamples.add("mul", in -> ElementwiseOps.mul(ElementwiseOps.mul(in.get(0), in.get(1)), 3), a, b);
        GradSamples.add("div", in -> ElementwiseOps.div(in.get(0), in.get(1)), a, positive(3, 3));
        GradSamples.add(
                "pow", in -> ElementwiseOps.pow(ElementwiseOps.pow(in.get(0), in.get(1)), 1.5), positive(4, 2, 3), b);
        GradSamples.add("neg", in -> ElementwiseOps.neg(in.get(0)), a);
        GradSamples.add("square", in -> ElementwiseOps.square(in.get(0)), a);
        GradSamples.add("sqrt", in -> ElementwiseOps.sqrt(in.get(0)), positive(5, 4));
        GradSamples.add("rsqrt", in -> ElementwiseOps.rsqrt(in.get(0)), positive(6, 4));
        GradSamples.add("reciprocal", in -> ElementwiseOps.reciprocal(in.get(0)), positive(7, 4));
        GradSamples.add("exp", in -> ElementaryOps.exp(in.get(0)), a);
        GradSamples.add("log", in -> ElementaryOps.log(in.get(0)), positive(8, 4));
        GradSamples.add("tanh", in -> ElementaryOps.tanh(in.get(0)), a);
        GradSamples.add("sigmoid", in -> ActivationOps.sigmoid(in.get(0)), a);
        GradSamples.add("erf", in -> ElementaryOps.erf(in.get(0)), a);
        GradSamples.add("maximum", in -> SelectionOps.maximum(in.get(0), in.get(1)), a, b);
        GradSamples.add("minimum", in -> SelectionOps.minimum(in.get(0), in.get(1)), a, b);
        GradSamples.add("abs", in -> SelectionOps.abs(in.get(0)), a);
        GradSamples.add("sign", in -> SelectionOps.sign(in.get(0)).mul(in.get(0)), a);
        GradSamples.add("clamp", in -> SelectionOps.clamp(in.get(0), -0.5, 0.5), a);
        Tensor mask = Tensor.of(new boolean[] {true, false, true}, 3);
        GradSamples.add("where", in -> SelectionOps.where(mask, in.get(0), in.get(1)), a, b);
        GradSamples.add("maskedFill", in -> SelectionOps.maskedFill(in.get(0), mask, 2), a);
        GradSamples.add("sum", in -> ReductionOps.sum(in.get(0), true, 0).mul(ReductionOps.sum(in.get(0))), a);
        GradSamples.add("sumTo", in -> ReductionOps.sumTo(in.get(0), Shape.of(3)), a);
        GradSamples.add("mean", in -> ReductionOps.mean(in.get(0), false, 1).mul(ReductionOps.mean(in.get(0))), a);
        GradSamples.add("variance", in -> ReductionOps.variance(in.get(0), 1, true, -1), a);
        GradSamples.add("max", in -> ReductionOps.max(in.get(0), false, 1), a);
        GradSamples.add("min", in -> ReductionOps.min(in.get(0), false, 1), a);
        GradSamples.add("reshape", in -> ShapeOps.reshape(in.get(0), 3, 2), a);
        GradSamples.add("permute", in -> ShapeOps.permute(in.get(0), 1, 0), a);
        GradSamples.add("transpose", in -> ShapeOps.transpose(in.get(0), 0, 1), a);
        GradSamples.add("expand", in -> ShapeOps.expand(in.get(0), Shape.of(2, 3)), b);
        GradSamples.add("squeeze", in -> ShapeOps.squeeze(in.get(0), 0), normal(9, 1, 3));
        GradSamples.add("unsqueeze", in -> ShapeOps.unsqueeze(in.get(0), 1), a);
        GradSamples.add("slice", in -> ShapeOps.slice(ShapeOps.slice(in.get(0), 1, 0, 3, 2), 0, 0, 1), a);
        GradSamples.add("select", in -> ShapeOps.select(in.get(0), 1, -1), a);
        GradSamples.add("split", in -> JoiningOps.split(in.get(0), 1, 1, 2).get(1), a);
        GradSamples.add("concat", in -> JoiningOps.concat(in, 0), a, normal(10, 1, 3));
        GradSamples.add("stack", in -> JoiningOps.stack(in, 1), a, normal(11, 2, 3));
        GradSamples.add(
                "matmul", in -> MatmulOps.matmul(in.get(0), in.get(1)), normal(12, 2, 1, 2, 3), normal(13, 3, 3, 2));
        GradSamples.add(
                "linear",
                in -> MatmulOps.linear(MatmulOps.linear(in.get(0), in.get(1), in.get(2)), in.get(1)),
                normal(14, 2, 2, 3),
                normal(15, 3, 3),
                b);
        GradSamples.add("softmax", in -> SoftmaxOps.softmax(in.get(0), 0), a);
        GradSamples.add("logSoftmax", in -> SoftmaxOps.logSoftmax(in.get(0), 1), a);
        GradSamples.add("logSumExp", in -> SoftmaxOps.logSumExp(in.get(0), 1, false), a);
        GradSamples.add("relu", in -> ActivationOps.relu(in.get(0)), a);
        GradSamples.add("gelu", in -> ActivationOps.gelu(in.get(0)), a);
        GradSamples.add("geluTanh", in -> ActivationOps.geluTanh(in.get(0)), a);
        GradSamples.add("silu", in -> ActivationOps.silu(in.get(0)), a);
        GradSamples.add(
                "layerNorm",
                in -> NormalizationOps.layerNorm(in.get(0), in.get(1), in.get(2), 1e-5),
                a,
                b,
                normal(16, 3));
        GradSamples.add("plain layerNorm", in -> NormalizationOps.layerNorm(in.get(0), 2, 1e-5), a);
        Tensor target = index(2, 0, -100);
        GradSamples.add("crossEntropy", in -> LossOps.crossEntropy(in.get(0), target, 0.1, -100), normal(17, 3, 3));
        GradSamples.add(
                "crossEntropyRows", in -> LossOps.crossEntropyRows(in.get(0), target, 0.2, -100), normal(18, 3, 3));
        GradSamples.add("meanSquaredError", in -> LossOps.meanSquaredError(in.get(0), in.get(1)), a, normal(19, 2, 3));
        GradSamples.add("embedding", in -> IndexingOps.embedding(in.get(0), index(2, 0, 2)), normal(20, 3, 2));
        GradSamples.add("indexSelect", in -> IndexingOps.indexSelect(in.get(0), 1, index(2, 0, 2)), a);
        GradSamples.add(
                "indexAdd", in -> IndexingOps.indexAdd(in.get(0), 1, index(1, 1), in.get(1)), a, normal(21, 2, 2));
        Tensor places = Tensor.of(new long[] {0, 2, 2, 1}, 2, 2);
        GradSamples.add("gather", in -> IndexingOps.gather(in.get(0), 1, places), a);
        GradSamples.add(
                "scatterAdd", in -> IndexingOps.scatterAdd(in.get(0), 1, places, in.get(1)), a, normal(22, 2, 2));
        Tensor q = normal(23, 1, 2, 3, 2);
        Tensor k = normal(24, 1, 2, 4, 2);
        GradSamples.add(
                "attention",
                in -> AttentionOps.attention(in.get(0), in.get(1), in.get(2), 0.7),
                q,
                k,
                normal(25, 1, 2, 4, 2));
        Tensor visible = Tensor.of(
                new boolean[] {true, true, false, true, false, false, false, false, true, false, true, true}, 3, 4);
        GradSamples.add(
                "masked attention",
                in -> AttentionOps.attention(in.get(0), in.get(1), in.get(2), visible, 0.7),
                q,
                k,
                normal(26, 1, 2, 4, 2));
        GradSamples.add("dropout", in -> DropoutOps.dropout(in.get(0), mask.expand(Shape.of(2, 3)), 0.5), a);
    }
}
