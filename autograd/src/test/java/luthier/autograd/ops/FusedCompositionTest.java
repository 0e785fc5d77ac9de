package luthier.autograd.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.function.UnaryOperator;
import luthier.autograd.Transforms;
import luthier.autograd.Variable;
import luthier.tensor.Attention.Options;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Each fused operation against its composed form: values, gradients, second derivatives. */
class FusedCompositionTest {
    private static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F64, Shape.of(shape), 0, 1);
    }

    private static Variable constant(long seed, long... shape) {
        return Variable.constant(normal(seed, shape));
    }

    private static void assertSame(UnaryOperator<Variable> fused, UnaryOperator<Variable> composed, Tensor x) {
        UnaryOperator<Variable> f = in -> weighted(fused.apply(in));
        UnaryOperator<Variable> g = in -> weighted(composed.apply(in));
        Tensor u = Rng.of(98).normal(DType.F64, x.shape(), 0, 1);
        Tensor value = fused.apply(Variable.constant(x)).value();
        assertArrayEquals(
                composed.apply(Variable.constant(x)).value().toDoubleArray(), value.toDoubleArray(), 1e-13, "value");
        Variable leaf = Variable.parameter(x);
        f.apply(leaf).backward();
        assertArrayEquals(
                Transforms.grad(g, x).toDoubleArray(), leaf.grad().orElseThrow().toDoubleArray(), 1e-12, "gradient");
        assertArrayEquals(
                Transforms.hvp(g, x, u).product().toDoubleArray(),
                Transforms.hvp(f, x, u).product().toDoubleArray(),
                1e-11,
                "second derivative");
    }

    private static Variable weighted(Variable y) {
        Tensor weights = Rng.of(99).normal(DType.F64, y.shape(), 0, 1);
        return ElementwiseOps.mul(y, Variable.constant(weights)).sum();
    }

    @Test
    void crossEntropyRows() {
        Tensor target = Tensor.of(new long[] {2, 0, 3}, 3);
        assertSame(
                x -> LossOps.crossEntropyRows(x, target, 0.2, -100),
                x -> {
                    Variable logP = SoftmaxOps.logSoftmax(x, 1);
                    Variable hard = ShapeOps.squeeze(IndexingOps.gather(logP, 1, target.unsqueeze(1)), 1);
                    Variable even = ReductionOps.mean(logP, false, 1);
                    return ElementwiseOps.add(ElementwiseOps.mul(hard, -0.8), ElementwiseOps.mul(even, -0.2));
                },
                normal(1, 3, 5));
    }

    @Test
    void layerNorm() {
        Variable w = constant(2, 5);
        Variable b = constant(3, 5);
        assertSame(
                x -> NormalizationOps.layerNorm(x, w, b, 1e-5),
                x -> {
                    Variable centered = ElementwiseOps.sub(x, ReductionOps.mean(x, true, -1));
                    Variable variance = ReductionOps.variance(x, 0, true, -1);
                    Variable z = ElementwiseOps.mul(centered, ElementwiseOps.rsqrt(ElementwiseOps.add(variance, 1e-5)));
                    return ElementwiseOps.add(ElementwiseOps.mul(z, w), b);
                },
                normal(4, 3, 5));
    }

    @Test
    void rmsNorm() {
        Variable w = constant(5, 2, 5);
        assertSame(x -> NormalizationOps.rmsNorm(x, w, 1e-5), x -> rms(x, w), normal(6, 3, 2, 5));
        Variable x = constant(7, 3, 2, 5);
        assertSame(v -> NormalizationOps.rmsNorm(x, v, 1e-5), v -> rms(x, v), normal(8, 2, 5));
    }

    private static Variable rms(Variable x, Variable w) {
        Variable squares = ReductionOps.mean(ElementwiseOps.square(x), true, -2, -1);
        return ElementwiseOps.mul(ElementwiseOps.mul(x, ElementwiseOps.rsqrt(ElementwiseOps.add(squares, 1e-5))), w);
    }

    @Test
    void batchNorm() {
        assertSame(
                x -> NormalizationOps.batchNorm(x, 1e-5),
                x -> {
                    Variable centered = ElementwiseOps.sub(x, ReductionOps.mean(x, true, 0, 2));
                    Variable variance = ReductionOps.variance(x, 0, true, 0, 2);
                    return ElementwiseOps.mul(centered, ElementwiseOps.rsqrt(ElementwiseOps.add(variance, 1e-5)));
                },
                normal(9, 3, 4, 2));
    }

    @Test
    void attention() {
        Variable other = constant(10, 1, 2, 4, 3);
        boolean[] seen = {true, true, false, true, false, false, false, false, true, true, true, true};
        Tensor visible = Tensor.of(seen, 3, 4);
        Options options = Options.scaled(0.6).seeing(visible);
        assertSame(
                q -> AttentionOps.attention(q, other, other, options),
                q -> composed(q, other, other, visible),
                normal(11, 1, 2, 3, 3));
        Variable q = constant(12, 1, 2, 3, 3);
        assertSame(
                k -> AttentionOps.attention(q, k, k, options), k -> composed(q, k, k, visible), normal(13, 1, 2, 4, 3));
    }

    private static Variable composed(Variable q, Variable k, Variable v, Tensor visible) {
        Variable scores = ElementwiseOps.mul(MatmulOps.matmul(q, ShapeOps.transpose(k, -2, -1)), 0.6);
        return MatmulOps.matmul(SoftmaxOps.maskedSoftmax(scores, visible, -1), v);
    }
}
