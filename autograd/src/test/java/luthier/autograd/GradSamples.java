package luthier.autograd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import luthier.autograd.ops.ElementwiseOps;
import luthier.tensor.DType;
import luthier.tensor.Elementwise;
import luthier.tensor.Rng;
import luthier.tensor.Selection;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Uses of the public operations at points where they are smooth, by the operation's name; each family registers its own. */
final class GradSamples {
    private static final Map<String, Sample> SAMPLES = new LinkedHashMap<>();

    private GradSamples() {}

    record Sample(Function<List<Variable>, Variable> f, Tensor... inputs) {}

    static {
        SamplesBasics.register();
        SamplesConvolution.register();
        SamplesLinearAlgebra.register();
        SamplesElementwise.register();
        SamplesReduction.register();
        SamplesShape.register();
        SamplesLosses.register();
        SamplesNormalization.register();
        SamplesAttention.register();
    }

    static Map<String, Sample> all() {
        return SAMPLES;
    }

    /**
     * Adds a sample; further ones of the same operation carry a note, {@code "conv2d, strided"}. The function is reduced to a number
     * with fixed weights, so that no gradient is trivially one.
     */
    static void add(String name, Function<List<Variable>, Variable> f, Tensor... inputs) {
        Function<List<Variable>, Variable> weighted = in -> {
            Variable y = f.apply(in);
            Tensor weights = Rng.of(99).normal(DType.F64, y.shape(), 0, 1);
            return ElementwiseOps.mul(y, Variable.constant(weights)).sum();
        };
        if (SAMPLES.putIfAbsent(name, new Sample(weighted, inputs)) != null) {
            throw new IllegalArgumentException("two samples have the name " + name);
        }
    }

    static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(DType.F64, Shape.of(shape), 0, 1);
    }

    static Tensor positive(long seed, long... shape) {
        return Elementwise.add(Selection.abs(normal(seed, shape)), 0.5);
    }

    static Tensor index(long... values) {
        return Tensor.of(values, values.length);
    }
}
