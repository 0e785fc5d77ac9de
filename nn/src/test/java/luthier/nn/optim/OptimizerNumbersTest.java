package luthier.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import luthier.autograd.GradException;
import luthier.nn.Parameter;
import luthier.nn.Seed;
import luthier.nn.init.Initializer;
import luthier.tensor.DType;
import luthier.tensor.Norms;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What optimizers and clipping do with numbers that are huge, tiny or none, and with a parameter given twice. */
class OptimizerNumbersTest {
    private static Map<String, Parameter> parameters(DType dtype, double[]... gradients) {
        Map<String, Parameter> result = new LinkedHashMap<>();
        for (double[] values : gradients) {
            String name = "p" + result.size();
            Tensor gradient = Tensor.of(values, values.length).to(dtype);
            Parameter parameter = new Parameter(name, gradient.shape(), Initializer.zeros());
            parameter.initialize(new Seed(dtype, Rng.of(0)));
            parameter.variable().setGrad(gradient);
            result.put(name, parameter);
        }
        return result;
    }

    private static void refused(String message, Executable operation) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, operation).getMessage());
    }

    @Test
    void clipsGradientsOfAnySize() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            double[] sizes = dtype == DType.F32 ? new double[] {1e19, 1e37, 1} : new double[] {1e19, 1e200, 1e307, 1};
            for (double size : sizes) {
                Map<String, Parameter> two = parameters(dtype, new double[] {3 * size}, new double[] {0, 4 * size});
                double norm = GradientClipping.byNorm(two, 1);
                assertEquals(5 * size, norm, 1e-6 * norm);
                double first = two.get("p0").grad().orElseThrow().get(0);
                assertEquals(0.6, first, 1e-6);
                assertEquals(0.8, two.get("p1").grad().orElseThrow().get(1), 1e-6);
            }
            double tiny = dtype == DType.F32 ? 1e-30 : 1e-200;
            Map<String, Parameter> small = parameters(dtype, new double[] {3 * tiny}, new double[] {4 * tiny});
            assertEquals(5 * tiny, GradientClipping.byNorm(small, 1), 1e-6 * tiny);
            assertEquals(3 * tiny, small.get("p0").grad().orElseThrow().get(0), 1e-6 * tiny);
        }
        // A million of the largest numbers: the norm is none of F32.
        double[] many = new double[1_000_000];
        java.util.Arrays.fill(many, Float.MAX_VALUE);
        Map<String, Parameter> huge = parameters(DType.F32, many);
        assertEquals(1000.0 * Float.MAX_VALUE, GradientClipping.byNorm(huge, 1), 1e33);
        assertEquals(1, Norms.norm(huge.get("p0").grad().orElseThrow()).item(), 1e-6);
    }

    @Test
    void aNormThatIsNoneEndsTheStep() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            Map<String, Parameter> two = parameters(DType.F32, new double[] {1, 2}, new double[] {3, bad});
            String message = assertThrows(GradException.class, () -> GradientClipping.byNorm(two, 1))
                    .getMessage();
            assertEquals(
                    "gradientClipping: the norm of all gradients must be finite; got " + Math.abs(bad)
                            + " with the gradient of p1; lower the learning rate or look for bad inputs",
                    message);
            assertArrayEquals(
                    new double[] {1, 2}, two.get("p0").grad().orElseThrow().toDoubleArray());
        }
        Map<String, Parameter> one = parameters(DType.F32, new double[] {1});
        for (double bound : new double[] {-1, Double.NaN}) {
            String message = "gradientClipping: the bound must not be negative; got " + bound;
            refused(message, () -> GradientClipping.byNorm(one, bound));
            refused(message, () -> GradientClipping.byValue(one, bound));
        }
        assertEquals(1, GradientClipping.byNorm(one, Double.POSITIVE_INFINITY));
        assertEquals(0, GradientClipping.byNorm(Map.of(), 1));
    }

    @Test
    void refusesNumbersThatAreNone() {
        Optimizer optimizer = new Optimizer(AdamW.USUAL, parameters(DType.F32, new double[] {1}), 0);
        for (double rate : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -0.1}) {
            refused(
                    "adamw: the learning rate must be finite and not negative; got " + rate,
                    () -> optimizer.step(rate));
            refused(
                    "optimizer: rate and decay factors must be finite and not negative; got " + rate + " and 0.0",
                    () -> new Optimizer.Group(rate, 0));
            refused(
                    "optimizer: rate and decay factors must be finite and not negative; got 1.0 and " + rate,
                    () -> new Optimizer.Group(1, rate));
            refused(
                    "adamw: the weight decay must be finite and not negative; got " + rate,
                    () -> new Optimizer(AdamW.USUAL, Map.of(), rate));
        }
        for (double beta : new double[] {1, -0.1, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> new AdamW(beta, 0.9, 1e-8));
            assertThrows(IllegalArgumentException.class, () -> new AdamW(0.9, beta, 1e-8));
        }
        for (double eps : new double[] {0, -1e-8, Double.NaN, Double.POSITIVE_INFINITY, 1e-60}) {
            refused(
                    "adamW: betas must be in [0, 1) and eps finite and positive; got 0.9, 0.999 and " + eps,
                    () -> new AdamW(0.9, 0.999, eps));
        }
    }

    @Test
    void aRuleWithoutDecayRefusesOne() {
        refused(
                "rprop: the rule has no weight decay; got 0.1; set it to 0, or choose another optimizer",
                () -> new Optimizer(Rprop.USUAL, Map.of(), 0.1));
        assertEquals(0, new Optimizer(Rprop.USUAL, Map.of(), 0).state().size());
    }

    /** Every rule moves a number against its gradient, not at rate 0, and stays finite where all gradients are 0. */
    @Test
    void everyRuleDescends() {
        for (UpdateRule rule : Optimizers.ALL) {
            Map<String, Parameter> one = parameters(DType.F32, new double[] {3, -2, 0});
            Optimizer optimizer = new Optimizer(rule, one, 0);
            optimizer.ahead();
            optimizer.step(0);
            assertArrayEquals(new double[3], one.get("p0").value().toDoubleArray(), rule.name());
            for (int step = 0; step < 3; step++) {
                optimizer.ahead();
                optimizer.step(0.01);
            }
            double[] moved = one.get("p0").value().toDoubleArray();
            assertTrue(moved[0] < 0 && moved[1] > 0 && moved[2] == 0, rule.name() + " " + List.of(moved[0], moved[1]));
        }
    }

    @Test
    void aParameterIsGivenOnce() {
        Map<String, Parameter> all = parameters(DType.F32, new double[] {1}, new double[] {2});
        Map<String, Parameter> tied = new LinkedHashMap<>(all);
        tied.put("tied", all.get("p0"));
        refused(
                "adamw: every parameter must be given once; got tied again as p0",
                () -> new Optimizer(AdamW.USUAL, tied, 0));
    }
}
