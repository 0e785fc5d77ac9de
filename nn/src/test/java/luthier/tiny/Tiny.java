package luthier.tiny;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.init.Initializer;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;

/** Inputs, outputs and comparisons of small models. */
public final class Tiny {
    private Tiny() {}

    /** Token ids of the small vocabularies, {@code [rows, length]}. */
    public static Variable ids(long rows, long length) {
        return Variable.constant(Rng.of(3).integers(Shape.of(rows, length), 0, TinyGpt.VOCABULARY));
    }

    /** A mask whose rows have so many real tokens, first ones, {@code [rows, length]}. */
    public static Tensor mask(int length, int... real) {
        boolean[] values = new boolean[length * real.length];
        for (int row = 0; row < real.length; row++) {
            java.util.Arrays.fill(values, row * length, row * length + real[row], true);
        }
        return Tensor.of(values, real.length, length);
    }

    public static Tensor normal(long seed, long... sizes) {
        return Rng.of(seed).normal(DType.F32, Shape.of(sizes), 0, 0.3);
    }

    /** A parameter with these values. */
    public static Parameter parameter(String name, Tensor values) {
        Parameter made = new Parameter(name, values.shape(), Initializer.zeros());
        made.initialize(new luthier.nn.Seed(values.dtype(), Rng.of(0)));
        made.load(values);
        return made;
    }

    /** The output without history. */
    public static Tensor out(Layer model, Variable x, Context c) {
        return Grad.disabled(() -> model.forward(x, c).value().copy());
    }

    public static Tensor out(Layer model, Variable x) {
        return out(model, x, Context.inference());
    }

    /** The largest difference. */
    public static double distance(Tensor a, Tensor b) {
        assertEquals(a.shape(), b.shape());
        double[] u = a.toDoubleArray();
        double[] v = b.toDoubleArray();
        double worst = 0;
        for (int i = 0; i < u.length; i++) {
            worst = Math.max(worst, Math.abs(u[i] - v[i]));
        }
        return worst;
    }

    public static void assertBits(Tensor expected, Tensor actual, String what) {
        assertTrue(expected.bitEquals(actual), () -> what + ": differs by " + distance(expected, actual));
    }

    public static void assertBits(Map<String, Tensor> expected, Map<String, Tensor> actual, String what) {
        assertEquals(expected.keySet(), actual.keySet(), what);
        expected.forEach((name, tensor) -> assertBits(tensor, actual.get(name), what + " " + name));
    }

    public static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> copies.put(name, tensor.copy()));
        return copies;
    }

    /** Adds noise to parameters, each from a stream of its own. */
    public static void noise(Map<String, Parameter> parameters, long seed) {
        parameters.forEach((name, parameter) -> {
            Tensor noise = Rng.of(seed).split(name).normal(parameter.dtype(), parameter.shape(), 0, 0.2);
            parameter.value().copyInPlace(parameter.value().add(noise));
        });
    }

    public static Stream<Parameter> withoutGradient(Map<String, Parameter> parameters) {
        return parameters.values().stream().filter(parameter -> parameter.grad().isEmpty());
    }
}
