package luthier.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import luthier.autograd.ops.ActivationOps;
import luthier.autograd.ops.AttentionOps;
import luthier.autograd.ops.DropoutOps;
import luthier.autograd.ops.ElementwiseOps;
import luthier.autograd.ops.IndexOps;
import luthier.autograd.ops.LossOps;
import luthier.autograd.ops.MatmulOps;
import luthier.autograd.ops.NormalizationOps;
import luthier.autograd.ops.ReductionOps;
import luthier.autograd.ops.SelectionOps;
import luthier.autograd.ops.ShapeOps;
import luthier.autograd.ops.SoftmaxOps;
import luthier.tensor.DType;
import luthier.tensor.Elementwise;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** First and second derivatives of every public operation against finite differences, in double precision. */
class RulesGradCheckTest {
    private static final List<Class<?>> FAMILIES = List.of(
            ActivationOps.class,
            AttentionOps.class,
            DropoutOps.class,
            ElementwiseOps.class,
            IndexOps.class,
            LossOps.class,
            MatmulOps.class,
            NormalizationOps.class,
            ReductionOps.class,
            SelectionOps.class,
            ShapeOps.class,
            SoftmaxOps.class);

    private record Sample(Function<List<Variable>, Variable> f, Tensor... inputs) {}

    private static final Map<String, Sample> SAMPLES = new LinkedHashMap<>();

    /** A sample's function is reduced to a number with fixed weights, so that no gradient is trivially one. */
    private static void sample(String name, Function<List<Variable>, Variable> f, Tensor... inputs) {
        Function<List<Variable>, Variable> weighted = in -> {
            Variable y = f.apply(in);
            Tensor weights = Rng.of(99).normal(DType.F64, y.shape(), 0, 1);
            return ElementwiseOps.mul(y, Variable.constant(weights)).sum();
        };
        SAMPLES.put(name, new Sample(weighted, inputs));
    }

    private static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F64, Shape.of(shape), 0, 1);
    }

    private static Tensor positive(long seed, long... shape) {
        return Elementwise.add(Elementwise.abs(normal(seed, shape)), 0.5);
    }

    private static Tensor index(long... values) {
        return Tensor.of(values, values.length);
    }

    static {
        Tensor a = normal(1, 2, 3);
        Tensor b = normal(2, 3);
        sample("add", in -> ElementwiseOps.add(in.get(0), in.get(1)).add(ElementwiseOps.add(in.get(1), 2)), a, b);
        sample("sub", in -> ElementwiseOps.sub(in.get(0), in.get(1)), a, b);
        sample("mul", in -> ElementwiseOps.mul(ElementwiseOps.mul(in.get(0), in.get(1)), 3), a, b);
        sample("div", in -> ElementwiseOps.div(in.get(0), in.get(1)), a, positive(3, 3));
        sample("pow", in -> ElementwiseOps.pow(ElementwiseOps.pow(in.get(0), in.get(1)), 1.5), positive(4, 2, 3), b);
        sample("neg", in -> ElementwiseOps.neg(in.get(0)), a);
        sample("square", in -> ElementwiseOps.square(in.get(0)), a);
        sample("sqrt", in -> ElementwiseOps.sqrt(in.get(0)), positive(5, 4));
        sample("rsqrt", in -> ElementwiseOps.rsqrt(in.get(0)), positive(6, 4));
        sample("reciprocal", in -> ElementwiseOps.reciprocal(in.get(0)), positive(7, 4));
        sample("exp", in -> ElementwiseOps.exp(in.get(0)), a);
        sample("log", in -> ElementwiseOps.log(in.get(0)), positive(8, 4));
        sample("tanh", in -> ElementwiseOps.tanh(in.get(0)), a);
        sample("sigmoid", in -> ElementwiseOps.sigmoid(in.get(0)), a);
        sample("erf", in -> ElementwiseOps.erf(in.get(0)), a);
        sample("maximum", in -> SelectionOps.maximum(in.get(0), in.get(1)), a, b);
        sample("minimum", in -> SelectionOps.minimum(in.get(0), in.get(1)), a, b);
        sample("abs", in -> SelectionOps.abs(in.get(0)), a);
        sample("sign", in -> SelectionOps.sign(in.get(0)).mul(in.get(0)), a);
        sample("clamp", in -> SelectionOps.clamp(in.get(0), -0.5, 0.5), a);
        Tensor mask = Tensor.of(new boolean[] {true, false, true}, 3);
        sample("where", in -> SelectionOps.where(mask, in.get(0), in.get(1)), a, b);
        sample("maskedFill", in -> SelectionOps.maskedFill(in.get(0), mask, 2), a);
        sample("sum", in -> ReductionOps.sum(in.get(0), true, 0).mul(ReductionOps.sum(in.get(0))), a);
        sample("sumTo", in -> ReductionOps.sumTo(in.get(0), Shape.of(3)), a);
        sample("mean", in -> ReductionOps.mean(in.get(0), false, 1).mul(ReductionOps.mean(in.get(0))), a);
        sample("variance", in -> ReductionOps.variance(in.get(0), 1, true, -1), a);
        sample("max", in -> ReductionOps.max(in.get(0), false, 1), a);
        sample("min", in -> ReductionOps.min(in.get(0), false, 1), a);
        sample("reshape", in -> ShapeOps.reshape(in.get(0), 3, 2), a);
        sample("permute", in -> ShapeOps.permute(in.get(0), 1, 0), a);
        sample("transpose", in -> ShapeOps.transpose(in.get(0), 0, 1), a);
        sample("expand", in -> ShapeOps.expand(in.get(0), Shape.of(2, 3)), b);
        sample("squeeze", in -> ShapeOps.squeeze(in.get(0), 0), normal(9, 1, 3));
        sample("unsqueeze", in -> ShapeOps.unsqueeze(in.get(0), 1), a);
        sample("slice", in -> ShapeOps.slice(ShapeOps.slice(in.get(0), 1, 0, 3, 2), 0, 0, 1), a);
        sample("select", in -> ShapeOps.select(in.get(0), 1, -1), a);
        sample("split", in -> ShapeOps.split(in.get(0), 1, 1, 2).get(1), a);
        sample("concat", in -> ShapeOps.concat(in, 0), a, normal(10, 1, 3));
        sample("stack", in -> ShapeOps.stack(in, 1), a, normal(11, 2, 3));
        sample("matmul", in -> MatmulOps.matmul(in.get(0), in.get(1)), normal(12, 2, 1, 2, 3), normal(13, 3, 3, 2));
        sample(
                "linear",
                in -> MatmulOps.linear(MatmulOps.linear(in.get(0), in.get(1), in.get(2)), in.get(1)),
                normal(14, 2, 2, 3),
                normal(15, 3, 3),
                b);
        sample("softmax", in -> SoftmaxOps.softmax(in.get(0), 0), a);
        sample("logSoftmax", in -> SoftmaxOps.logSoftmax(in.get(0), 1), a);
        sample("logSumExp", in -> SoftmaxOps.logSumExp(in.get(0), 1, false), a);
        sample("relu", in -> ActivationOps.relu(in.get(0)), a);
        sample("gelu", in -> ActivationOps.gelu(in.get(0)), a);
        sample("geluTanh", in -> ActivationOps.geluTanh(in.get(0)), a);
        sample("silu", in -> ActivationOps.silu(in.get(0)), a);
        sample(
                "layerNorm",
                in -> NormalizationOps.layerNorm(in.get(0), in.get(1), in.get(2), 1e-5),
                a,
                b,
                normal(16, 3));
        sample("plain layerNorm", in -> NormalizationOps.layerNorm(in.get(0), 2, 1e-5), a);
        Tensor target = index(2, 0, -100);
        sample("crossEntropy", in -> LossOps.crossEntropy(in.get(0), target, 0.1, -100), normal(17, 3, 3));
        sample("crossEntropyRows", in -> LossOps.crossEntropyRows(in.get(0), target, 0.2, -100), normal(18, 3, 3));
        sample("meanSquaredError", in -> LossOps.meanSquaredError(in.get(0), in.get(1)), a, normal(19, 2, 3));
        sample("embedding", in -> IndexOps.embedding(in.get(0), index(2, 0, 2)), normal(20, 3, 2));
        sample("indexSelect", in -> IndexOps.indexSelect(in.get(0), 1, index(2, 0, 2)), a);
        sample("indexAdd", in -> IndexOps.indexAdd(in.get(0), 1, index(1, 1), in.get(1)), a, normal(21, 2, 2));
        Tensor places = Tensor.of(new long[] {0, 2, 2, 1}, 2, 2);
        sample("gather", in -> IndexOps.gather(in.get(0), 1, places), a);
        sample("scatterAdd", in -> IndexOps.scatterAdd(in.get(0), 1, places, in.get(1)), a, normal(22, 2, 2));
        Tensor q = normal(23, 1, 2, 3, 2);
        Tensor k = normal(24, 1, 2, 4, 2);
        sample(
                "attention",
                in -> AttentionOps.attention(in.get(0), in.get(1), in.get(2), 0.7),
                q,
                k,
                normal(25, 1, 2, 4, 2));
        Tensor visible = Tensor.of(
                new boolean[] {true, true, false, true, false, false, false, false, true, false, true, true}, 3, 4);
        sample(
                "masked attention",
                in -> AttentionOps.attention(in.get(0), in.get(1), in.get(2), visible, 0.7),
                q,
                k,
                normal(26, 1, 2, 4, 2));
        sample("dropout", in -> DropoutOps.dropout(in.get(0), mask.expand(Shape.of(2, 3)), 0.5), a);
    }

    @TestFactory
    Stream<DynamicTest> firstDerivatives() {
        return SAMPLES.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(
                        e.getKey(),
                        () -> GradCheck.check(e.getValue().f(), e.getValue().inputs())
                                .assertPassed()));
    }

    @TestFactory
    Stream<DynamicTest> secondDerivatives() {
        return SAMPLES.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(
                        e.getKey(),
                        () -> GradCheck.checkSecondOrder(
                                        e.getValue().f(), e.getValue().inputs())
                                .assertPassed()));
    }

    @Test
    void everyPublicOperationHasASample() {
        TreeSet<String> without = new TreeSet<>();
        for (Class<?> family : FAMILIES) {
            for (Method method : family.getDeclaredMethods()) {
                boolean differentiable = Modifier.isPublic(method.getModifiers())
                        && (method.getReturnType() == Variable.class || method.getReturnType() == List.class);
                if (differentiable && !SAMPLES.containsKey(method.getName())) {
                    without.add(family.getSimpleName() + "." + method.getName());
                }
            }
        }
        assertEquals(new TreeSet<>(), without);
    }

    @Test
    void findsAWrongDerivative() {
        Function<List<Variable>, Variable> wrong = in -> {
            Variable x = in.get(0);
            return Variable.record(
                            Elementwise.square(x.value()),
                            (dY, gradients) -> gradients.set(0, ElementwiseOps.mul(dY, x)),
                            x)
                    .sum();
        };
        assertEquals(false, GradCheck.check(wrong, normal(30, 3)).passed());
    }
}
